"""Reports progress to the caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the replications done and the replications requested, in the caller's own thread."""


class ProgressReporter:
    """Counts replications and calls the caller's function.

    Parameters
    ----------
    progress : callable or None

    Attributes
    ----------
    total : int
        Replications requested so far; may grow.
    error : Exception or None
        What the caller's function raised, which is no failure of a run.
    """

    def __init__(self, progress: Progress | None) -> None:
        self.total = 0
        self.error: Exception | None = None
        self._progress = progress
        self._done = 0

    def add(self, replications: int) -> bool:
        """Count some more replications as done; returns True, since the work is to continue."""
        self._done += replications
        if self._progress is not None and replications:
            try:
                self._progress(self._done, self.total)
            except Exception as error:
                self.error = error
                raise
        return True
