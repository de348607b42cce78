"""A published figure on a month: what was exported under a control, or how many licences were granted.

Owns what an observation is and how probable it is, given what a replication expects (docs/model.md, eq.
102-104).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray

FigureKind: TypeAlias = Literal["exports", "licences"]
ALL_DESTINATIONS = "all"
"""As a destination: all regions that a control covers."""
SHARE = "share"
"""As a unit: of the exports of a normal month."""
EXPORT_UNITS = (SHARE, "ct", "cm2")
"""Units of exports."""
MOST_ERRORS = 4.0
"""A replication that misses an observation by more errors is not compatible with it."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A figure on a calendar month.

    Attributes
    ----------
    month : datetime.date
        Its first day.
    control : str
        Identifier of the control whose lanes the figure covers.
    destination : str
        Identifier of a region, or ``all``.
    measure : str
        ``exports``; or ``licences``: how many of the applications decided in the month were granted.
    quantity : float
        Exports in `unit`, or the number of licences granted.
    unit : str
        Of exports: ``share`` (of a normal month), ``ct`` or ``cm2``. Empty for licences.
    error : float
        Of exports the standard deviation: a share of the quantity if `relative`, else in `unit`. Of licences
        the share of the reports that are no better than a coin toss.
    relative : bool
    decided : int
        Applications decided, for licences.
    source : str
        Where the figure is from.
    place : str
        File and line, for messages, such as ``published.csv:3``.

    Raises
    ------
    ValueError
        If an attribute is not what is said above: with all that is wrong.

    Examples
    --------
    >>> import datetime as dt
    >>> import diamondsim as ds
    >>> one = ds.Observation(
    ...     month=dt.date(2027, 3, 1), control="cn_55", quantity=0.3, error=0.1, source="customs"
    ... )
    >>> import numpy as np
    >>> one.log_likelihood(np.array([0.3, 0.4])).round(3).tolist()
    [0.0, -0.5]
    """

    month: dt.date
    control: str
    destination: str = ALL_DESTINATIONS
    measure: FigureKind = "exports"
    quantity: float
    unit: str = SHARE
    error: float
    relative: bool = False
    decided: int = 0
    source: str
    place: str = ""

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise ValueError("observation: " + "; ".join(problems))

    def _problems(self) -> Iterator[str]:
        """Yield what is wrong: likelihoods of such figures would be NaN, or those of another figure."""
        if type(self.month) is not dt.date or self.month.day != 1:
            yield f"month: expected the first day of a month as a datetime.date, found {self.month!r}"
        for name in ("control", "destination", "source"):
            text = getattr(self, name)
            if not isinstance(text, str) or not text:
                yield f"{name}: expected a text, found {text!r}"
        numbers = {name: _as_number(getattr(self, name)) for name in ("quantity", "error")}
        for name, value in numbers.items():
            if not 0 <= value < math.inf:
                yield f"{name}: expected a number of at least 0, found {getattr(self, name)!r}"
        if self.measure not in get_args(FigureKind):
            yield f"measure: expected one of {', '.join(get_args(FigureKind))}, found {self.measure!r}"
        elif self.measure == "licences":
            yield from self._licence_problems(**numbers)
        else:
            yield from self._export_problems(**numbers)

    def _licence_problems(self, quantity: float, error: float) -> Iterator[str]:
        decided = _as_number(self.decided)
        if not decided >= 1 or not decided.is_integer():
            yield f"decided: expected how many applications were decided, found {self.decided!r}"
        elif quantity > decided or (quantity >= 0 and not quantity.is_integer()):
            yield f"quantity: expected how many of {decided:g} licences were granted, found {self.quantity!r}"
        if error >= 1:
            yield f"error: expected a share of meaningless reports below 1, found {self.error!r}"
        if self.unit:
            yield f"unit: licences have none, expected '', found {self.unit!r}"
        if self.relative:
            yield "relative: only the error of exports can be relative"

    def _export_problems(self, quantity: float, error: float) -> Iterator[str]:
        if self.unit not in EXPORT_UNITS:
            yield f"unit: expected one of {', '.join(EXPORT_UNITS)}, found {self.unit!r}"
        if error == 0:
            yield "error: expected a number above 0, since 0 excludes every replication"
        if self.relative and quantity == 0:
            yield "relative: an error relative to a quantity of 0 is none"
        if self.decided:
            yield f"decided: only licences have a number of decisions, found {self.decided!r}"

    @property
    def located(self) -> tuple[str, int | None]:
        """The file and the line of `place`; no line where it names none."""
        file, _, line = self.place.rpartition(":")
        return (file, int(line)) if line.isdecimal() else (self.place, None)

    @property
    def end(self) -> dt.date:
        """The first day after the month."""
        return (self.month + dt.timedelta(days=31)).replace(day=1)

    @property
    def label(self) -> str:
        """Name of the figure in messages and tables, such as ``2027-03 cn_55 US exports``."""
        return f"{self.month:%Y-%m} {self.control} {self.destination} {self.measure}"

    def log_likelihood(self, expected: FloatArray) -> FloatArray:
        """Return the logarithm of the likelihood of some replications, 0 at most.

        Parameters
        ----------
        expected : (R,) float array
            What each replication exports, in `unit`, or the mean approval rate; NaN where no licence could be
            decided, because the control is not in force.

        Returns
        -------
        (R,) float array
            Relative to that of the expectation that fits best; minus infinity where impossible.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if self.measure == "licences":
                found = self._log_binomial(expected)
            elif self.quantity == 0:
                found = special.log_ndtr(-expected / self.error) - math.log(0.5)
            elif self.relative:
                found = -0.5 * ((math.log(self.quantity) - np.log(expected)) / self._log_error) ** 2
            else:
                found = -0.5 * ((self.quantity - expected) / self.error) ** 2
        return np.asarray(np.where(np.isnan(found), -np.inf, np.minimum(found, 0.0)))

    @property
    def _log_error(self) -> float:
        return math.sqrt(math.log1p(self.error * self.error))

    def _log_binomial(self, rate: FloatArray) -> FloatArray:
        granted = self.error / 2 + (1 - self.error) * np.minimum(rate, 1.0)
        share = min(max(self.quantity / self.decided, self.error / 2), 1 - self.error / 2)
        refused = self.decided - self.quantity

        def log_density(p: FloatArray | float) -> FloatArray:
            return np.asarray(special.xlogy(self.quantity, p) + special.xlog1py(refused, -np.asarray(p)))

        return log_density(granted) - log_density(share)

    def errors_off(self, log_likelihood: FloatArray) -> FloatArray:
        """Return by how many errors replications miss the figure, from `log_likelihood`."""
        return np.asarray(np.sqrt(-2.0 * log_likelihood))


def _as_number(value: object) -> float:
    """Return a number; NaN for anything else, such as a text."""
    is_number = not isinstance(value, bool | str) and hasattr(value, "__float__")
    return float(value) if is_number else math.nan  # type: ignore[arg-type]
