"""What a measure is: a function that takes one thing of a case, for each replication or for all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from diamondsim.arrays import FloatArray


class Kind(Enum):
    """What the values of a measure are, which decides how they are shown and compared."""

    EVENT = "whether something happens: 0 or 1"
    SHARE = "a share, shown in per cent"
    NUMBER = "a number in the unit that the row names"


@dataclass(frozen=True)
class Measure:
    """A function that measures a case.

    Attributes
    ----------
    of : callable
        Takes a CaseRun, and by name the parameters that a table gives. It returns (R,) values, NaN in
        replications that have none, or a single value where only a mean over replications is kept.
    kind : Kind
    reads : tuple of str
        Path variables.
    """

    of: Callable[..., FloatArray]
    kind: Kind
    reads: tuple[str, ...] = ()

    @property
    def parameters(self) -> Mapping[str, bool]:
        """The names of the parameters; True for those without which it cannot be called."""
        known = [*inspect.signature(self.of).parameters.values()][1:]
        return {each.name: each.default is each.empty for each in known}


def measure(kind: Kind, *reads: str) -> Callable[[Callable[..., FloatArray]], Measure]:
    """Return a decorator that makes a measure of a function."""

    def decorate(of: Callable[..., FloatArray]) -> Measure:
        return Measure(of, kind, reads)

    return decorate
