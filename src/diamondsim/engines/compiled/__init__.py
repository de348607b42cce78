"""The compiled engine: docs/model.md as one loop over ticks, compiled for the processor.

It is written from the page alone, independently of both other engines. It runs one vector of replications
from the first tick to the last, so that their state stays in the cache. It needs numba, which is an extra.
"""

from diamondsim.engines.compiled.kernel_run import run

__all__ = ["run"]
