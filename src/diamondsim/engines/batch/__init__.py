"""The batch engine: all replications of a block at once, in numpy, from docs/model.md.

`run` takes a Plan and the Draws of R replications and fills a Ledger of `(tick, entity, replication)`
arrays. Columns do not touch each other: a replication has the same bits whatever stands beside it.
"""

from diamondsim.engines.batch.run import block_size, run

__all__ = ["block_size", "run"]
