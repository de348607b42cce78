"""A number of a scenario that a search varies: the ends of the search, and how its values are written."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from diamondsim.analysis.question_problems import refuse
from diamondsim.analysis.stated_numbers import NOT_STATED, number_at, text_at
from diamondsim.distributions import Constant, Distribution
from diamondsim.errors import Problem, ScenarioError
from diamondsim.scenario import Scenario
from diamondsim.units import number_text

_UNIT = re.compile(r"(?:(?<=[\d\s)])|^)([A-Za-z%][A-Za-z0-9%/]*)(?=$|\s)")
"""What may be a unit in the text of a number."""


@dataclass(frozen=True)
class VariedNumber:
    """A number and the range in which it is varied.

    Attributes
    ----------
    path : str
    unit : str
        Its canonical unit.
    stated : str
        As the scenario writes it.
    low, high : float
        Ends of the range, in canonical units.
    shown_unit : str
        The unit in which the user or the scenario writes it.
    shown_unit_size : float
        One of it in canonical units.
    """

    path: str
    unit: str
    stated: str
    low: float
    high: float
    shown_unit: str
    shown_unit_size: float

    def text(self, value: float) -> str:
        """Return a value as it is written in a scenario."""
        return f"{number_text(value)} {self.unit}".strip()


def varied_number(
    scenario: Scenario,
    path: str,
    low: str | None,
    high: str | None,
    *,
    how: str,
    names: tuple[str, str] = ("low", "high"),
) -> VariedNumber:
    """Return a number with the ends of a search.

    Parameters
    ----------
    scenario : Scenario
    path : str
    low, high : str or None
        Written as in a file; by default the ends of the distribution that the scenario states.
    how : str
        How a user gives the ends, for the error if the distribution has none.
    names : tuple of str
        Arguments of the call that give the ends.

    Raises
    ------
    ScenarioError
        If the scenario has no such number, an end cannot be read or is missing, or they are not in order.
    """
    given = (low, high)
    problems: list[Problem] = []
    ends: list[float] = []
    for side, (name, text) in enumerate(zip(names, given, strict=True)):
        try:
            ends.append(
                _end_of_support(scenario, path, side, how)
                if text is None
                else _written(scenario, path, name, text)
            )
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise ScenarioError(problems)
    unit = _number(scenario, path, given)[1]
    if ends[0] >= ends[1]:
        begin, end = (f"{number_text(each)} {unit}".strip() for each in ends)
        why = f"expected low below high, found {begin} and {end}"
        raise ScenarioError([Problem(why=why, argument=names[low is None], path=path)])
    stated = text_at(scenario, path)
    shown_unit, size = _shown_unit(scenario, path, unit, [high, low, stated])
    return VariedNumber(path, unit, stated, ends[0], ends[1], shown_unit, size)


def distributed_number(scenario: Scenario, path: str, *, how: str) -> VariedNumber:
    """Return a number with the ends of its distribution, which may be infinite.

    Parameters
    ----------
    scenario : Scenario
    path : str
    how : str
        How a user gives a range, for the error if the scenario states a single value.

    Raises
    ------
    ScenarioError
        If the scenario states no such number, or a single value.
    """
    value, unit = number_at(scenario, path)
    stated = text_at(scenario, path)
    if isinstance(value, Constant):
        raise refuse(f"{path}: {stated} is a single value: give {how}")
    shown_unit, size = _shown_unit(scenario, path, unit, [stated])
    return VariedNumber(path, unit, stated, *value.support(), shown_unit, size)


def _number(scenario: Scenario, path: str, given: Sequence[str | None]) -> tuple[Distribution, str]:
    """Return the number; one that the scenario does not state has the unit of a given end."""
    text = next((text for text in given if text is not None), None)
    return number_at(scenario if text is None else scenario.override({path: text}), path)


def _written(scenario: Scenario, path: str, name: str, text: str) -> float:
    """Return an end that the user gives, read as a value of the number."""
    try:
        value, _ = number_at(scenario.override({path: text}), path)
    except ScenarioError as error:
        raise ScenarioError(replace(each, argument=name, file="") for each in error.problems) from None
    if not isinstance(value, Constant):
        raise refuse(f"{path}: expected a fixed number, found {text!r}", argument=name)
    return value.value


def _end_of_support(scenario: Scenario, path: str, side: int, how: str) -> float:
    """Return an end of the distribution that the scenario states."""
    value, _ = number_at(scenario, path)
    end = value.support()[side]
    if isinstance(value, Constant) or not math.isfinite(end):
        stated = text_at(scenario, path)
        what = "the scenario does not state it" if stated == NOT_STATED else f"{stated} has no two ends"
        raise refuse(f"{path}: {what}: give {how}")
    return end


def _shown_unit(scenario: Scenario, path: str, unit: str, texts: Sequence[str | None]) -> tuple[str, float]:
    """Return the unit in which the user or the scenario writes a number, and its size in canonical units."""
    for text in texts:
        for found in _UNIT.findall(text or ""):
            try:
                value, _ = number_at(scenario.override({path: f"1 {found}"}), path)
            except ScenarioError:
                continue
            return found, value.central()
    return unit, 1.0
