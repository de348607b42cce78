"""Evaluate the parsed notation of a distribution in canonical units."""

from dataclasses import dataclass
from math import fsum, inf, prod

from diamondsim.distributions.base import Distribution
from diamondsim.distributions.compound import Mixture, Product, Sum, Truncated
from diamondsim.distributions.signatures import SIGNATURES, Signature
from diamondsim.distributions.simple import Constant, Exponential, Lognormal, Normal
from diamondsim.distributions.syntax import (
    Argument,
    Call,
    Cut,
    FactorTerm,
    Figure,
    Mix,
    Term,
    Total,
    carries_unit,
    last_unit,
)
from diamondsim.errors import NotationError
from diamondsim.units import Kind, UnitMissingError, convert


@dataclass(frozen=True, slots=True)
class Measure:
    """The kind and unit expected of a number.

    Attributes
    ----------
    kind, grade_unit
        Expected kind, and the unit of the grade.
    unit
        The unit of numbers that have none of their own.
    per
        Suffix of the unit of every number: ``/yr`` inside ``tri(1% 2% 3%) /yr``.
    """

    kind: Kind
    grade_unit: str
    unit: str = ""
    per: str = ""

    @property
    def counts(self) -> bool:
        """Whether a number without a unit of its own gets one."""
        return bool(self.unit or self.per)

    def inside(self, after: str, last: str = "") -> "Measure":
        """Return the measure inside brackets.

        Parameters
        ----------
        after
            The unit after the brackets.
        last
            The unit of the last number in them, for numbers that have none: it is not added to the 5 of
            ``exponential(5 /yr)`` a second time.
        """
        if after.startswith("/"):
            return Measure(self.kind, self.grade_unit, last, after + self.per)
        return Measure(self.kind, self.grade_unit, after or last or self.unit, self.per)

    def value(self, figure: Figure) -> float:
        """Return a number in canonical units."""
        unit = (figure.unit or self.unit) + self.per
        return convert(figure.number, unit, self.kind, self.grade_unit)


_PURE = Measure(Kind.NUMBER, "ct")


def evaluate(total: Total, measure: Measure) -> Distribution:
    """Return the distribution described by a sum of terms.

    Raises
    ------
    NotationError
        If a unit or a parameter is wrong.
    """
    if len(total.terms) == 1:
        return _product(total.terms[0], measure)
    try:
        terms = tuple(_product(term, measure) for term in total.terms)
    except UnitMissingError as error:
        example = measure.kind.example(measure.grade_unit)
        unit = example.lstrip("0123456789. ")
        why = f"{error.why.removesuffix(f', found {error.found}')} in a term of a sum"
        allowed = f"a unit after each term, as in 'tri(1 2 3) {unit} + {example}'"
        raise NotationError(why, found=error.found, allowed=allowed) from error
    if all(isinstance(term, Constant) for term in terms):
        return Constant(fsum(term.central() for term in terms))
    return Sum(terms)


def _product(term: Term, measure: Measure) -> Distribution:
    if len(term.factors) == 1:
        return _factor(term.factors[0], measure)
    carrier = _carrier(term, measure)
    others = [_factor(factor, _PURE) for k, factor in enumerate(term.factors) if k != carrier]
    factors = (_factor(term.factors[carrier], measure), *others)
    if all(isinstance(factor, Constant) for factor in factors):
        return Constant(prod(factor.central() for factor in factors))
    return Product(factors)


def _carrier(term: Term, measure: Measure) -> int:
    """Return the index of the factor that has the unit; the others are pure numbers."""
    if not measure.kind.dimension(measure.grade_unit):
        return 0
    carriers = [k for k, factor in enumerate(term.factors) if carries_unit(factor)]
    if not carriers and measure.counts:
        carriers = [k for k, factor in enumerate(term.factors) if not _is_beta(factor)][:1]
    if len(carriers) == 1:
        return carriers[0]
    count = "no factor" if not carriers else "more than one factor"
    why = f"expected {measure.kind.noun}, but {count} of the product has a unit"
    example = measure.kind.example(measure.grade_unit)
    raise NotationError(why, allowed=f"one factor with a unit, such as '{example}'")


def _factor(factor: FactorTerm, measure: Measure) -> Distribution:
    match factor:
        case Figure():
            return Constant(measure.value(factor))
        case Call():
            return _call(factor, measure)
        case Mix(weights, parts, unit):
            inner = measure.inside(unit)
            return Mixture(tuple(map(_PURE.value, weights)), tuple(evaluate(part, inner) for part in parts))
        case Cut():
            return _cut(factor, measure)


def _call(call: Call, measure: Measure) -> Distribution:
    signature = SIGNATURES[call.name]
    figures = _bind(call, signature)
    inner = measure.inside(call.unit, _trailing_unit(call, signature))
    if _is_beta(call) and (inner.counts or measure.kind.dimension(measure.grade_unit)):
        why = "beta is a pure number between 0 and 1 and has no unit"
        raise NotationError(why, allowed="a product such as 'beta(4 2) * 10 days'")
    _refuse_gaps(call, signature, inner)
    if "rate" in figures:
        rate = _PURE.value(figures["rate"])
        if rate <= 0:
            raise NotationError("gamma needs a rate above 0", found=figures["rate"].number)
        return signature.build(_PURE.value(figures["shape"]), inner.value(Figure("1")) / rate)
    measures = {name: _PURE if name in signature.pure else inner for name in signature.parameters}
    values = [measures[name].value(figures[name]) for name in signature.parameters]
    if "high" in signature.parameters and min(values) == max(values):
        return Constant(values[0])
    return signature.build(*values)


def _bind(call: Call, signature: Signature) -> dict[str, Figure]:
    """Return the numbers of a call by parameter."""
    bound: dict[str, Figure] = {}
    for place, argument in enumerate(call.arguments):
        positional = not signature.named and place < len(signature.parameters)
        name = argument.name or (signature.parameters[place] if positional else "")
        if name not in (*signature.parameters, *_instead(call)) or name in bound:
            raise _wrong_numbers(call, signature)
        bound[name] = argument.figure
    expected = [set(signature.parameters), {"shape", *_instead(call)}]
    if set(bound) not in expected:
        raise _wrong_numbers(call, signature)
    return bound


def _instead(call: Call) -> tuple[str, ...]:
    return ("rate",) if call.name == "gamma" else ()


def _wrong_numbers(call: Call, signature: Signature) -> NotationError:
    parameters = " and ".join(signature.parameters) if signature.named else " ".join(signature.parameters)
    order = "each preceded by its name" if signature.named else "in this order"
    found = " ".join(f"{argument.name} {argument.figure.number}".strip() for argument in call.arguments)
    why = f"{call.name} takes {parameters}, {order}; found {found or 'nothing'}"
    return NotationError(why, found=found, allowed=f"a value such as '{signature.example}'")


def _trailing_unit(call: Call, signature: Signature) -> str:
    last = call.arguments[-1]
    return "" if last.name in (*signature.pure, "rate") else last.figure.unit


def _refuse_gaps(call: Call, signature: Signature, inner: Measure) -> None:
    # With percentages a bare number would silently be read as a fraction.
    pure = (*signature.pure, "rate")
    counted = [argument.figure for argument in call.arguments if argument.name not in pure]
    bare = [figure for figure in counted if not figure.unit and float(figure.number)]
    if bare and not inner.unit and any(figure.unit for figure in counted):
        why = f"some numbers of {call.name} have a unit, but {bare[0].number} has none"
        raise NotationError(why, found=bare[0].number)


def _is_beta(factor: FactorTerm) -> bool:
    return isinstance(factor, Call) and factor.name == "beta"


def _cut(cut: Cut, measure: Measure) -> Distribution:
    inner = measure.inside(cut.unit, last_unit(cut.bounds))
    part = _factor(cut.part, inner)
    if not isinstance(part, Normal | Lognormal | Exponential):
        raise NotationError(
            "truncated takes a normal, lognormal or exponential; other distributions need no bounds"
        )
    low, high = _bounds(cut.bounds, inner)
    return Truncated(part, low, high)


def _bounds(arguments: tuple[Argument, ...], measure: Measure) -> tuple[float, float]:
    bounds = {"min": -inf, "max": inf}
    names = [argument.name for argument in arguments]
    if names == ["", ""]:
        names = ["min", "max"]
    if not names or len(set(names)) < len(names) or not set(names) <= set(bounds):
        raise NotationError(
            "truncated takes two bounds, or min or max and a number",
            allowed="a value such as 'truncated(normal(120 10) min 0)'",
        )
    bounds |= {name: measure.value(argument.figure) for name, argument in zip(names, arguments, strict=True)}
    return bounds["min"], bounds["max"]
