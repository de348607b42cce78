"""Read a number that may be uncertain, as people write it."""

import math

from diamondsim.distributions.base import Distribution
from diamondsim.distributions.evaluate import Measure, evaluate
from diamondsim.distributions.grammar import read
from diamondsim.distributions.signatures import NAMES
from diamondsim.distributions.simple import Constant
from diamondsim.errors import NotationError, shown
from diamondsim.units import Kind, UnitMissingError, parse_quantity

_MARKS = frozenset("()|*")


def parse(text: str, kind: Kind, grade_unit: str = "ct") -> Distribution:
    """Read a number or a distribution.

    Parameters
    ----------
    text
        Such as ``120 Mct/yr``, ``tri(10 30 60) %``, ``mix(50% 0 | 50% tri(0 6 15)) months``,
        ``beta(4 2) * uniform(0.9 1.2)``. The grammar stands in `diamondsim.distributions.grammar`.
    kind
        What the number must measure.
    grade_unit
        ``ct`` or ``cm2``: what the grade is counted in.

    Returns
    -------
    Distribution
        In canonical units; a certain number is a `Constant`.

    Raises
    ------
    NotationError
        Where the text cannot be read, or measures something else.

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
            raise NotationError("its mean is too large a number")
        return distribution
    except NotationError as error:
        if error.found == text:
            raise
        # The text shows the numbers as they were written; in canonical units nobody would know them.
        allowed = error.allowed
        if isinstance(error, UnitMissingError):
            unit = kind.example(grade_unit).lstrip("0123456789. ")
            allowed = f"a unit behind it, as in '{text.strip()} {unit}'"
        why = f"{error.why.removesuffix(f', found {error.found}')}, in {shown(text)}"
        raise NotationError(why, found=text, allowed=allowed, suggestion=error.suggestion) from error
