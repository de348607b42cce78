"""A run that fails among several: named, so that the others need not be lost with it.

What fails here is diamondsim and not the user's input, which is checked before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import BrokenExecutor
from typing import TypeAlias

from diamondsim.errors import shown

RunFailed: TypeAlias = Callable[[str, Exception], None]
"""Called with the name of a run and why it failed; raises to end the others too."""


class RunFailedError(RuntimeError):
    """One of several runs failed.

    Attributes
    ----------
    name : str
        Of the run.
    """

    def __init__(self, name: str, error: Exception) -> None:
        super().__init__(f"the run {shown(name)} failed: {failure_text(error)}")
        self.name = name


class KeptFailures:
    """Takes the runs that fail, and ends the others only for a run that all of them need.

    Parameters
    ----------
    needed : collection of str
        Names of the runs without which the others answer nothing.

    Attributes
    ----------
    errors : dict of str to Exception
        By name of the run.
    """

    def __init__(self, needed: Collection[str] = ()) -> None:
        self.errors: dict[str, Exception] = {}
        self._needed = needed

    def __call__(self, name: str, error: Exception) -> None:
        """Keep a failure, or raise it."""
        if name in self._needed:
            raise_failure(name, error)
        self.errors.setdefault(name, error)

    def raise_if_nothing_is_left(self, names: Iterable[str]) -> None:
        """Raise the first failure if all runs of these names failed."""
        if self.errors and {*names} <= self.errors.keys():
            raise_failure(*next(iter(self.errors.items())))

    def texts(self) -> dict[str, str]:
        """Return each failure as a text, by name of the run."""
        return {name: failure_text(error) for name, error in self.errors.items()}


def raise_failure(name: str, error: Exception) -> None:
    """Raise the failure of a run with its name; that of a run without a name as it is."""
    if not name or isinstance(error, RunFailedError):
        raise error
    raise RunFailedError(name, error) from error


def failure_text(error: Exception) -> str:
    """Return the type and the message of an exception on one line; of a run that failed its message alone.

    Examples
    --------
    >>> failure_text(ZeroDivisionError("division by zero")), failure_text(KeyError())
    ('ZeroDivisionError: division by zero', 'KeyError')
    """
    name = "" if isinstance(error, RunFailedError) else type(error).__name__
    return ": ".join(part for part in (name, " ".join(str(error).split())) if part)


def concerns_every_run(error: Exception) -> bool:
    """Return whether an exception is one of the machine or of the executor, and not of a single run."""
    return isinstance(error, OSError | BrokenExecutor)
