"""Parse the notation of a number, which may be uncertain."""

import math
from functools import lru_cache

from diamondsim.distributions.base import Distribution
from diamondsim.distributions.evaluate import Measure, evaluate
from diamondsim.distributions.grammar import read
from diamondsim.distributions.signatures import NAMES
from diamondsim.distributions.simple import Constant
from diamondsim.errors import NotationError, shown
from diamondsim.units import Kind, UnitMissingError, parse_quantity

_MARKS = frozenset("()|*")  # a sign may belong to a number


@lru_cache(maxsize=4096)  # a scenario with a few values changed is read again as a whole
def parse(text: str, kind: Kind, grade_unit: str = "ct") -> Distribution:
    """Parse a number or a distribution.

    Parameters
    ----------
    text
        Such as ``120 Mct/yr``, ``tri(10 30 60) %``, ``mix(50% 0 | 50% tri(0 6 15)) months``,
        ``beta(4 2) * uniform(0.9 1.2)``, ``tri(1 2 3) days + 4 days``. See
        `diamondsim.distributions.grammar`.
    kind
        The expected kind.
    grade_unit
        ``ct`` or ``cm2``: the unit of the grade.

    Returns
    -------
    Distribution
        In canonical units; a certain number is a `Constant`.

    Raises
    ------
    NotationError
        If the text cannot be parsed, or is of another kind.

    Examples
    --------
    >>> parse("tri(10 30 60) %", Kind.FRACTION)
    Triangular(low=0.1, mode=0.3, high=0.6)
    >>> parse("exponential(2 weeks)", Kind.DURATION)
    Exponential(mean=14.0)
    """
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    if not _MARKS & set(text) and first not in NAMES:
        return Constant(parse_quantity(text, kind, grade_unit))
    try:
        distribution = evaluate(read(text), Measure(kind, grade_unit))
        if not math.isfinite(distribution.central()):
            raise NotationError("the mean is too large")
        return distribution
    except NotationError as error:
        if error.found == text:
            raise
        # Show the text as written: its numbers in canonical units would be unfamiliar.
        allowed = error.allowed
        if isinstance(error, UnitMissingError):
            unit = kind.example(grade_unit).lstrip("0123456789. ")
            allowed = f"a unit after it, as in '{text.strip()} {unit}'"
        why = f"{error.why.removesuffix(f', found {error.found}')}, in {shown(text)}"
        raise NotationError(why, found=text, allowed=allowed, suggestion=error.suggestion) from error
