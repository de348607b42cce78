"""A compiled kernel of the recursion of docs/model.md: what the batch engine is measured against.

Written from the page alone, apart from both engines, and without prices. It runs a vector of replications
from the first tick to the last, with all that is true of them in the cache. Needs numba, which the library
itself does not.
"""

from benchmarks.fused.run import run

__all__ = ["run"]
