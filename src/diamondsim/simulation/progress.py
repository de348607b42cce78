"""Telling the caller how far the work is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of replications done and the number wanted, by the caller's own thread."""


class Teller:
    """Tells the caller how far the work is.

    Parameters
    ----------
    progress : callable or None
        Whom to tell.

    Attributes
    ----------
    total : int
        Replications wanted, as far as is known; may grow.
    """

    def __init__(self, progress: Progress | None) -> None:
        self.total = 0
        self._progress = progress
        self._done = 0

    def more(self, replications: int) -> bool:
        """Say that some more are done; the work goes on."""
        self._done += replications
        if self._progress is not None and replications:
            self._progress(self._done, self.total)
        return True
