"""Two numbers of a scenario that are varied together: the values of the first, the range of the second."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from diamondsim.analysis.distribution_quantiles import quantiles
from diamondsim.analysis.question_problems import collected
from diamondsim.analysis.stated_numbers import number_at
from diamondsim.analysis.varied_number import VariedNumber, distributed_number, varied_number
from diamondsim.arguments import ArgumentError, require_mapping
from diamondsim.arrays import FloatArray
from diamondsim.errors import Problem, ScenarioError, nearest, shown
from diamondsim.scenario import Scenario

Range: TypeAlias = tuple[str, str]
"""The lowest and the highest value of a number, written as in a file."""

_HOW = "its lowest and highest value in `ranges`"


@dataclass(frozen=True)
class VariedPair:
    """Two numbers, of which the second is searched at values of the first.

    Attributes
    ----------
    first, second : VariedNumber
    first_values : (level,) array
        In canonical units, ascending.
    first_quantiles : (level,) array
        Of the distribution that the scenario states; NaN where the user gives a range.
    """

    first: VariedNumber
    second: VariedNumber
    first_values: FloatArray
    first_quantiles: FloatArray

    def changes(self, first: float, second: float) -> dict[str, str]:
        """Return both values as changes of a scenario."""
        return {self.first.path: self.first.text(first), self.second.path: self.second.text(second)}


def varied_pairs(
    scenario: Scenario, pairs: Sequence[tuple[str, str]], ranges: Mapping[str, Range], levels: int
) -> list[VariedPair]:
    """Return pairs with their values and ranges.

    Raises
    ------
    TypeError
        If `pairs` is no sequence of pairs of texts, or `ranges` no mapping of such.
    ValueError
        If there is no pair.
    ScenarioError
        With all problems: a number that the scenario does not state, that is paired with itself or has no
        range; a pair that is there twice; a range of a number that is in no pair.
    """
    _require_types(pairs, ranges)
    problems = [*_problems(pairs, ranges)]
    found: list[VariedPair] = []
    for first, second in pairs:
        values: list[VariedNumber] = []
        for path, is_first in ((first, True), (second, False)):
            with collected(problems):
                values.append(_varied(scenario, path, ranges.get(path), is_first=is_first))
        if len(values) == 2:
            found.append(_with_values(scenario, values[0], values[1], levels, is_spaced=first in ranges))
    if problems:
        raise ScenarioError(problems)
    return found


def _require_types(pairs: object, ranges: object) -> None:
    expected = "pairs: expected a sequence of pairs of paths, such as [('a.b', 'c.d')], found"
    if isinstance(pairs, str) or not isinstance(pairs, Sequence):
        raise TypeError(f"{expected} {pairs!r}")
    for pair in pairs:
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise TypeError(f"{expected} {pair!r} in it")
    if not pairs:
        raise ArgumentError("pairs", "expected one or more, found none")
    example = "{'inventory_policy.polishing.cover': ('20 days', '90 days')}"
    require_mapping("ranges", ranges, example)
    assert isinstance(ranges, Mapping), "just checked"
    for path, given in ranges.items():
        if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != 2:
            raise TypeError(f"ranges: expected the lowest and the highest value of {path}, found {given!r}")


def _problems(pairs: Sequence[tuple[str, str]], ranges: Mapping[str, Range]) -> list[Problem]:
    paths = [*dict.fromkeys(path for pair in pairs for path in pair)]
    problems = [
        Problem(argument="pairs", why=f"expected two different numbers in a pair, found {first} twice")
        for first, second in dict.fromkeys(map(tuple, pairs))
        if first == second
    ]
    problems += [
        Problem(argument="pairs", why=f"expected each pair once, found {first} and {second} again")
        for k, (first, second) in enumerate(pairs)
        if (first, second) in pairs[:k]
    ]
    problems += [
        Problem(
            argument="ranges",
            why=f"expected numbers of the pairs, found {shown(path)}",
            allowed=", ".join(paths),
            suggestion=nearest(path, paths),
        )
        for path in ranges
        if path not in paths
    ]
    return problems


def _varied(scenario: Scenario, path: str, given: Range | None, *, is_first: bool) -> VariedNumber:
    if given is None and is_first:
        return distributed_number(scenario, path, how=_HOW)
    low, high = given or (None, None)
    return varied_number(scenario, path, low, high, how=_HOW, names=("ranges", "ranges"))


def _with_values(
    scenario: Scenario, first: VariedNumber, second: VariedNumber, levels: int, *, is_spaced: bool
) -> VariedPair:
    if is_spaced:
        ends = (first.low, first.high) if levels > 1 else ((first.low + first.high) / 2,) * 2
        return VariedPair(first, second, np.linspace(*ends, levels), np.full(levels, math.nan))
    middles = (np.arange(levels) + 0.5) / levels
    distribution, _ = number_at(scenario, first.path)
    return VariedPair(first, second, quantiles(distribution, middles), middles)
