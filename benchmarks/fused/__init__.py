"""A compiled kernel of the recursion of docs/model.md: what the batch engine is measured against.

Written from the page alone, apart from both engines, and without prices. It runs one replication after the
other with all that a replication is in a few kilobytes, so that nothing but the arithmetic costs time. Needs
numba, which the library itself does not.
"""

from benchmarks.fused.run import run

__all__ = ["run"]
