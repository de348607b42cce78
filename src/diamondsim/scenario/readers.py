"""Convert text of a known kind into values in canonical units, within limits.

A grade is counted in carats or in cm2. Whether a number has the unit of its grade is checked later, when all
grades are known (`diamondsim.scenario.checks`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Constant, Distribution, parse, rewrites
from diamondsim.errors import NotationError, found_text, joined, shown
from diamondsim.scenario.patterns import number_schema
from diamondsim.units import Kind, number_text

GRADE_UNITS = ("ct", "cm2")
LONGEST_YEARS = 1000
"""Nothing takes longer: a longer duration has a wrong exponent or unit."""
UNLIMITED = Constant(math.inf)
"""The value of ``none`` where a ceiling is expected."""


@dataclass(frozen=True, slots=True)
class Number:
    """Reads a number or a distribution of one kind within limits.

    Attributes
    ----------
    kind
        Expected kind.
    low, high
        Least and greatest allowed value. The least is 0 for everything except growth and the like.
    unlimited
        Whether ``none`` is allowed, for no limit.
    plain
        Whether it must be certain; the value is then a float.
    """

    kind: Kind
    low: float = 0.0
    high: float = math.inf
    unlimited: bool = False
    plain: bool = False

    def read(self, value: object) -> Distribution | float:
        """Return the value in canonical units; a float if it must be plain.

        Raises
        ------
        NotationError
            If the text cannot be read or exceeds the limits.
        """
        if not isinstance(value, str):
            found = found_text(value)
            allowed = f"a value such as '{self.kind.example('ct')}'"
            raise NotationError(f"expected {self.kind.noun}, found {found}", found=found, allowed=allowed)
        if self.unlimited and value.strip() == "none":
            return UNLIMITED
        distribution = self._parse(value)
        self._check_limits(value, distribution)
        if not self.plain:
            return distribution
        if not isinstance(distribution, Constant):
            raise NotationError(
                f"expected a fixed number, found the distribution {shown(value)}", found=value
            )
        return distribution.value

    def _parse(self, text: str) -> Distribution:
        try:
            return parse_in_either_unit(text, self.kind)
        except NotationError as error:
            meant = [offer for offer in rewrites(text) if self._takes(offer)]
            if len(meant) == 1:
                raise NotationError(error.why, found=text, suggestion=meant[0]) from error
            allowed = joined([*map(shown, meant)], "or") if meant else error.allowed
            if self.unlimited and allowed and not error.suggestion:
                allowed = f"{allowed}, or none"
            # What was suggested for a part of the text, such as a unit, is nearer than other examples.
            raise NotationError(
                error.why, found=error.found, allowed=allowed, suggestion=error.suggestion
            ) from error

    def _takes(self, text: str) -> bool:
        """Return whether another text would be allowed here."""
        try:
            distribution = parse_in_either_unit(text, self.kind)
            self._check_limits(text, distribution)
        except NotationError:
            return False
        return isinstance(distribution, Constant) or not self.plain

    def _check_limits(self, text: str, distribution: Distribution) -> None:
        if self.kind is Kind.DURATION and distribution.central() > LONGEST_YEARS * DAYS_PER_YEAR:
            mean = "" if isinstance(distribution, Constant) else " on average"
            why = f"{shown(text)} is longer than {LONGEST_YEARS:,} years{mean}"
            raise NotationError(why, found=text, allowed=f"at most {LONGEST_YEARS:,} years")
        low, high = distribution.support()
        certain = isinstance(distribution, Constant)
        if low < self.low:
            least = number_text(self.low)
            if self.low and (self.kind is Kind.YEARLY_RATE or "%" in text):
                least = f"{100 * self.low:g}%{'/yr' * (self.kind is Kind.YEARLY_RATE)}"
            why = f"{shown(text)} {'is' if certain else 'can fall'} below {least}"
            hint = "a bound, as in 'truncated(normal(120 10) min 0)'" if math.isinf(low) else None
            raise NotationError(why, found=text, allowed=hint)
        if high > self.high:
            fraction = self.kind is Kind.FRACTION and certain and "%" not in text
            percent = f"{100 * self.high:g}%"
            in_percent = {Kind.FRACTION: percent, Kind.RATE: f"{percent}/day"}
            most = in_percent.get(self.kind, number_text(self.high))
            why = f"{shown(text)} {'is above' if certain else 'can exceed'} {most}"
            raise NotationError(
                why, found=text, suggestion=f"{text.strip()}%" if fraction and high <= 100 else None
            )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _reading(self.read, canonical_text)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return number_schema(
            self.kind, low=self.low, high=self.high, unlimited=self.unlimited, plain=self.plain
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a value with one function, and writes it with another.

    Attributes
    ----------
    read, write
        From the value in the file to the Python value, and from the Python value to text.
    description, pattern
        For editors; `pattern` is a regular expression for the whole text, if there is one.
    """

    read: Callable[[object], object]
    write: Callable[[Any], str]
    description: str
    pattern: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _reading(self.read, self.write)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        if self.pattern is None:
            return {"type": ["string", "number"], "description": self.description}
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "description": self.description}


def _reading(read: Callable[[object], object], write: Callable[[Any], str]) -> CoreSchema:
    writing = core_schema.plain_serializer_function_ser_schema(write, return_schema=core_schema.str_schema())
    return core_schema.no_info_plain_validator_function(read, serialization=writing)


def parse_in_either_unit(text: str, kind: Kind) -> Distribution:
    """Parse a number whose grade, and therefore unit, is not yet known.

    Raises
    ------
    NotationError
        If it can be parsed neither in carats nor in cm2.
    """
    in_carats, in_cm2 = GRADE_UNITS
    try:
        return parse(text, kind, in_carats)
    except NotationError as error:
        try:
            return parse(text, kind, in_cm2)
        except NotationError:
            raise error from None


def grade_unit_of(text: str, kind: Kind) -> str:
    """Return the unit of a grade in which a number is written; carats where it has none."""
    in_carats, in_cm2 = GRADE_UNITS
    for unit in (in_carats, in_cm2):
        try:
            parse(text, kind, unit)
        except NotationError:
            continue
        return unit
    return in_carats


def canonical_text(value: Distribution | float) -> str:
    """Return a number in canonical units as text, without the unit."""
    return number_text(value) if isinstance(value, float) else value.text()
