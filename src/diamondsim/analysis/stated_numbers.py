"""Numbers and dates that a scenario states: found by path, and moved by a step."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from diamondsim.analysis.unstated_numbers import why_unstated
from diamondsim.distributions import Constant, Distribution
from diamondsim.errors import NotationError, Problem, ScenarioError, nearest, shown
from diamondsim.scenario import Scenario, StatedNumber
from diamondsim.units import Kind, number_text, parse_quantity

NOT_STATED = "not stated"


def value_at(scenario: Scenario, path: str) -> tuple[Distribution | dt.date, str]:
    """Return what a scenario states at a path, and its canonical unit.

    Raises
    ------
    ScenarioError
        If it states nothing there, with what applies instead, or the nearest path if it cannot be stated.
    """
    stated = {number.path: number for number in scenario.numbers if not _is_key(number)}
    number = stated.get(path)
    if number is None:
        if any(number.path == path for number in scenario.numbers):
            why = (
                f"{path} states what holds from a date on, and the date is a key: expected a number or a "
                "date that a key states; `diamondsim worst-start` and `ds.worst_start` move a timeline"
            )
            raise ScenarioError([Problem(path=path, why=why)])
        unstated = why_unstated(scenario, path)
        why = unstated or f"the scenario states no number at {path!r}"
        # Another path would change something else: it is what is meant only if this one cannot be stated.
        raise ScenarioError([Problem(why=why, suggestion=None if unstated else nearest(path, [*stated]))])
    value = number.value
    return Constant(value) if isinstance(value, float) else value, number.unit


def _is_key(number: StatedNumber) -> bool:
    """Return whether a date is the key of an entry of a timeline, which states a word."""
    return isinstance(number.value, dt.date) and number.path.rpartition(".")[2] == number.value.isoformat()


def number_at(scenario: Scenario, path: str) -> tuple[Distribution, str]:
    """Return the number at a path, and its canonical unit.

    Raises
    ------
    ScenarioError
        If there is none, or a date.
    """
    value, unit = value_at(scenario, path)
    if isinstance(value, dt.date):
        raise ScenarioError([Problem(why=f"{path} is a date: expected a number", path=path)])
    return value, unit


def text_at(scenario: Scenario, path: str) -> str:
    """Return a number as the scenario writes it."""
    return next((number.text for number in scenario.numbers if number.path == path), NOT_STATED)


@dataclass(frozen=True)
class InputStep:
    """A change of a number or a date of a scenario by a fixed amount.

    Attributes
    ----------
    path : str
    text : str
        The amount as written, without a sign: ``1 day``, ``1%``.
    signs : tuple of int
        1, -1 or both: in which direction the number is moved.
    """

    path: str
    text: str
    signs: tuple[int, ...]

    @classmethod
    def read(cls, path: str, text: str) -> InputStep:
        """Return the step that a text describes: ``+1 day``, ``-1 day``, or ``1 day`` for both.

        Raises
        ------
        ScenarioError
            If it does not begin with a number.

        Examples
        --------
        >>> InputStep.read("a.b", "-1 month"), InputStep.read("a.b", "2 %").signs
        (InputStep(path='a.b', text='1 month', signs=(-1,)), (1, -1))
        """
        match = re.fullmatch(r"\s*([+-]?)\s*([0-9.].*?)\s*", text)
        if match is None:
            why = f"expected a step, such as '+1 day', '-1 month' or '1%', found {shown(text)}"
            raise ScenarioError([Problem(path=path, why=why, found=text)])
        signs = {"+": (1,), "-": (-1,), "": (1, -1)}[match[1]]
        return cls(path, match[2], signs)

    def applied(self, scenario: Scenario, sign: int) -> Scenario:
        """Return a scenario whose number is larger, or whose date is later (sign 1); or the opposite (-1).

        A number that is drawn keeps its distribution, which is shifted.

        Raises
        ------
        ScenarioError
            If the scenario states nothing at the path, the amount has another unit, or the number leaves its
            range.
        """
        value, unit = value_at(scenario, self.path)
        if isinstance(value, dt.date):
            moved = value + dt.timedelta(days=sign * round(self._days()))
            return scenario.override({self.path: moved.isoformat()}, name="step")
        amount, _ = number_at(scenario.override({self.path: self.text}, name="step"), self.path)
        if not isinstance(amount, Constant) or amount.value <= 0:
            why = f"expected a fixed step above 0, found {shown(self.text)}"
            raise ScenarioError([Problem(path=self.path, why=why, found=self.text)])
        if isinstance(value, Constant):
            moved_text = f"{number_text(value.value + sign * amount.value)} {unit}".strip()
        else:
            moved_text = f"{text_at(scenario, self.path)} {'+' if sign > 0 else '-'} {self.text}"
        return scenario.override({self.path: moved_text}, name="step")

    def _days(self) -> float:
        try:
            return parse_quantity(self.text, Kind.DURATION)
        except NotationError as error:
            why = f"{self.path} is a date: {error.why}"
            raise ScenarioError([Problem(path=self.path, why=why, found=self.text)]) from None
