"""Values, limits and answers of break-even searches in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from diamondsim.analysis import NOT_STATED
from diamondsim.reporting.formatting import chance, percent, rough_chance
from diamondsim.results import unit_symbol
from diamondsim.units import number_text

_CHANCE = "probability_of_shortage"
_SHARES = (_CHANCE, "fill_rate_mean")


@dataclass(frozen=True)
class ShownNumber:
    """A number in the unit in which it is written.

    Attributes
    ----------
    unit : str
    size : float
        One of the unit in canonical units.
    """

    unit: str
    size: float

    def plain(self, value: float) -> str:
        """Return a value with three significant figures: more than its interval supports.

        Examples
        --------
        >>> ShownNumber("weeks", 7.0).plain(70.123)
        '10'
        """
        shown = value / self.size
        return number_text(float(f"{shown:.3g}") if math.isfinite(shown) else shown)

    def text(self, value: float) -> str:
        """Return a value with its unit.

        Examples
        --------
        >>> ShownNumber("%", 0.01).text(0.25), ShownNumber("", 1.0).text(0.25)
        ('25 %', '0.25')
        """
        return f"{self.plain(value)} {self.unit}".strip()

    def crossing(self, value: float, low: float, high: float, ends: tuple[float, float]) -> str:
        """Return a break-even value with its interval; an infinite limit is the end of the search.

        Examples
        --------
        >>> ShownNumber("days", 1.0).crossing(72.84, 67.8, float("inf"), (10.0, 120.0))
        '72.8 days [67.8, at least 120 days]'
        """
        limits = ", ".join(
            self.plain(limit) if math.isfinite(limit) else f"at {word} {self.text(end)}"
            for limit, word, end in zip((low, high), ("most", "least"), ends, strict=True)
        )
        return f"{self.text(value)} [{limits}]"

    def short_crossing(self, value: float, low: float, high: float, ends: tuple[float, float]) -> str:
        """Return the same for a column with the unit in its head.

        Examples
        --------
        >>> ShownNumber("days", 1.0).short_crossing(72.84, 67.8, float("inf"), (10.0, 120.0))
        '72.8 [67.8, > 120]'
        """
        limits = ", ".join(
            self.plain(limit) if math.isfinite(limit) else f"{sign} {self.plain(end)}"
            for limit, sign, end in zip((low, high), "<>", ends, strict=True)
        )
        return f"{self.plain(value)} [{limits}]"

    def head(self, text: str) -> str:
        """Return the head of a column of such numbers.

        Examples
        --------
        >>> ShownNumber("days", 1.0).head("A"), ShownNumber("", 1.0).head("A")
        ('A (days)', 'A')
        """
        return f"{text} ({self.unit})" if self.unit else text


def stated_text(stated: str) -> str:
    """Return what a scenario states at a path, in a sentence."""
    return "the scenario does not state it" if stated == NOT_STATED else f"the scenario states {stated}"


def threshold_text(metric: str, units: str, threshold: float) -> str:
    """Return a threshold in percent or with its unit."""
    return f"{100 * threshold:g} %" if metric in _SHARES else f"{threshold:,g} {unit_symbol(units)}"


def answer_text(metric: str, value: float, low: float, high: float) -> str:
    """Return an answer with its interval, where it has one."""
    if metric == _CHANCE:
        return chance(value, low, high)
    return f"{value:,.4g}" + ("" if math.isnan(low) else f" [{low:,.4g}, {high:,.4g}]")


def short_answer(metric: str, value: float, high: float) -> str:
    """Return an answer without its interval, of whose limits a chance of 0 needs the upper one.

    Examples
    --------
    >>> short_answer("probability_of_shortage", 0.0, 0.006), short_answer("shortage_mean", 1234.0, 1300.0)
    ('< 0.6 %', '1,234')
    """
    if metric == _CHANCE:
        return rough_chance(value, high)
    return percent(value) if metric in _SHARES else f"{value:,.4g}"
