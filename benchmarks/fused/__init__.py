"""A compiled kernel of the recursion of docs/model.md, against which the batch engine is measured.

It is written from the page alone, independently of both engines, and has no prices. It runs one vector of
replications from the first tick to the last, so that their state stays in the cache. It needs numba, which
the library itself does not.
"""

from benchmarks.fused.kernel_run import run

__all__ = ["run"]
