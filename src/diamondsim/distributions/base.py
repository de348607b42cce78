"""The interface of all distributions."""

from abc import ABC, abstractmethod

from diamondsim.errors import NotationError
from diamondsim.units import number_text


class Distribution(ABC):
    """A distribution of one number in canonical units; a frozen value."""

    __slots__ = ()

    @abstractmethod
    def central(self) -> float:
        """Return the exact mean, used where one number must represent the distribution."""

    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Return the least and the greatest value; either may be infinite."""

    @abstractmethod
    def text(self, unit: str = "") -> str:
        """Return text that parses to an equal distribution.

        Parameters
        ----------
        unit
            The canonical unit of its kind, see `diamondsim.units.canonical_unit`.
        """


def require(holds: bool, why: str, *found: float) -> None:
    """Raise a `NotationError` with the parameters found, unless `holds`."""
    if not holds:
        values = " ".join(number_text(value) for value in found)
        raise NotationError(f"{why}, found {values}", found=values)


def call_text(name: str, unit: str, *values: float) -> str:
    """Return ``name(1 2 3) unit``."""
    return with_unit(f"{name}({' '.join(number_text(value) for value in values)})", unit)


def with_unit(text: str, unit: str) -> str:
    """Return `text` followed by `unit` if there is one."""
    return f"{text} {unit}" if unit else text
