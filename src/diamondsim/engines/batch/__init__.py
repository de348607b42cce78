"""The batch engine: docs/model.md in numpy, all replications of a block at once.

`run` takes a Plan and the Draws of R replications and fills a Ledger of `(tick, entity, replication)`
arrays. Columns are independent: the results of a replication are the same bits in any block.
"""

from diamondsim.engines.batch.block_run import block_size, run

__all__ = ["block_size", "run"]
