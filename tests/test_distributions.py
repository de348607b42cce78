"""Distributions: their values and their notation."""

import math
import statistics
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from diamondsim.distributions import (
    Beta,
    Constant,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Normal,
    Pert,
    Product,
    Sum,
    Triangular,
    Truncated,
    Uniform,
    parse,
    scaled,
)
from diamondsim.distributions.lexer import MAX_CHARS
from diamondsim.errors import NotationError
from diamondsim.units import Kind, canonical_unit

MONTH = 30.4375

RARE_OR_NOT = Mixture((0.5, 0.5), (Constant(3.0), Exponential(5.0)))

WRITTEN = [
    ("5 days", Kind.DURATION, Constant(5.0)),
    ("constant(5) days", Kind.DURATION, Constant(5.0)),
    ("tri(10 30 60) %", Kind.FRACTION, Triangular(0.1, 0.3, 0.6)),
    ("tri(10 30 60%)", Kind.FRACTION, Triangular(0.1, 0.3, 0.6)),
    ("tri(0.1 0.3 0.6)", Kind.FRACTION, Triangular(0.1, 0.3, 0.6)),
    ("tri(10 30 60 days)", Kind.DURATION, Triangular(10.0, 30.0, 60.0)),
    ("tri(10 days 1 month 60 days)", Kind.DURATION, Triangular(10.0, MONTH, 60.0)),
    ("tri(0 2 4)\n  weeks", Kind.DURATION, Triangular(0.0, 14.0, 28.0)),
    ("tri(5 10 15) working days", Kind.DURATION, Triangular(7.0, 14.0, 21.0)),
    ("pert(1.0 2.0 3.5)", Kind.NUMBER, Pert(1.0, 2.0, 3.5)),
    ("uniform(0.2 0.9)", Kind.FRACTION, Uniform(0.2, 0.9)),
    ("uniform(low 0.2 high 0.9)", Kind.FRACTION, Uniform(0.2, 0.9)),
    ("uniform(5 5) days", Kind.DURATION, Constant(5.0)),
    ("tri(2 2 2)", Kind.NUMBER, Constant(2.0)),
    ("beta(0.90 7.05)", Kind.FRACTION, Beta(0.9, 7.05)),
    ("normal(120 10) ct/day", Kind.FLOW, Normal(120.0, 10.0)),
    ("lognormal(median 3 months sigma 0.66)", Kind.DURATION, Lognormal(3 * MONTH, 0.66)),
    ("lognormal(sigma 0.66 median 3) months", Kind.DURATION, Lognormal(3 * MONTH, 0.66)),
    ("exponential(360 days)", Kind.DURATION, Exponential(360.0)),
    ("gamma(shape 1.5 scale 2) days", Kind.DURATION, Gamma(1.5, 2.0)),
    ("gamma(shape 1.5 rate 4) /yr", Kind.YEARLY_RATE, Gamma(1.5, 0.25)),
    (
        "mix(55% uniform(0 0.05) | 45% beta(6 2))",
        Kind.FRACTION,
        Mixture((0.55, 0.45), (Uniform(0.0, 0.05), Beta(6.0, 2.0))),
    ),
    (
        "mix(0.5 0 months | 0.5 tri(0 7 14) days)",
        Kind.DURATION,
        Mixture((0.5, 0.5), (Constant(0.0), Triangular(0.0, 7.0, 14.0))),
    ),
    (
        "mix(50% 0 | 50% mix(20% 1 | 80% uniform(2 3))) weeks",
        Kind.DURATION,
        Mixture((0.5, 0.5), (Constant(0.0), Mixture((0.2, 0.8), (Constant(7.0), Uniform(14.0, 21.0))))),
    ),
    (
        "truncated(normal(120 10) min 100) days",
        Kind.DURATION,
        Truncated(Normal(120.0, 10.0), 100.0, math.inf),
    ),
    (
        "truncated(lognormal(median 25% sigma 0.5) 10% 60%)",
        Kind.FRACTION,
        Truncated(Lognormal(0.25, 0.5), 0.1, 0.6),
    ),
    (
        "truncated(lognormal(median 25% sigma 0.5) 10% 60%) /yr",
        Kind.YEARLY_RATE,
        Truncated(Lognormal(0.25, 0.5), 0.1, 0.6),
    ),
    ("beta(4 2) * uniform(0.9 1.2)", Kind.FRACTION, Product((Beta(4.0, 2.0), Uniform(0.9, 1.2)))),
    ("beta(4 2) * 10 days", Kind.DURATION, Product((Constant(10.0), Beta(4.0, 2.0)))),
    (
        "tri(1 2 3) weeks * tri(1 1.5 2)",
        Kind.DURATION,
        Product((Triangular(7.0, 14.0, 21.0), Triangular(1.0, 1.5, 2.0))),
    ),
    ("2 * 3 days", Kind.DURATION, Constant(6.0)),
    ("exponential(0.5 /day)", Kind.RATE, Exponential(0.5)),
    ("exponential(5) /yr", Kind.YEARLY_RATE, Exponential(5.0)),
    ("exponential(5 /yr)", Kind.YEARLY_RATE, Exponential(5.0)),
    ("uniform(2 5 /yr)", Kind.YEARLY_RATE, Uniform(2.0, 5.0)),
    ("uniform(2/yr 5/yr)", Kind.YEARLY_RATE, Uniform(2.0, 5.0)),
    ("uniform(2 5 %/yr)", Kind.YEARLY_RATE, Uniform(0.02, 0.05)),
    ("uniform(2 5%) /yr", Kind.YEARLY_RATE, Uniform(0.02, 0.05)),
    ("uniform(2% 5%) /yr", Kind.YEARLY_RATE, Uniform(0.02, 0.05)),
    ("mix(50% 3 /yr | 50% exponential(5 /yr))", Kind.YEARLY_RATE, RARE_OR_NOT),
    ("mix(50% 3 | 50% exponential(5)) /yr", Kind.YEARLY_RATE, RARE_OR_NOT),
    (
        "truncated(exponential(5) max 9 /yr)",
        Kind.YEARLY_RATE,
        Truncated(Exponential(5.0), -math.inf, 9.0),
    ),
    ("tri(1 2 3) days + 4 days", Kind.DURATION, Sum((Triangular(1.0, 2.0, 3.0), Constant(4.0)))),
    ("1 week + tri(1 2 3) days", Kind.DURATION, Sum((Constant(7.0), Triangular(1.0, 2.0, 3.0)))),
    ("tri(1 2 3) days +4 days", Kind.DURATION, Sum((Triangular(1.0, 2.0, 3.0), Constant(4.0)))),
    ("tri(3 4 5) days - 2 days", Kind.DURATION, Sum((Triangular(3.0, 4.0, 5.0), Constant(-2.0)))),
    ("tri(3 4 5) days -2 days", Kind.DURATION, Sum((Triangular(3.0, 4.0, 5.0), Constant(-2.0)))),
    (
        "exponential(3 days) + uniform(0 1) weeks + 1 day",
        Kind.DURATION,
        Sum((Exponential(3.0), Uniform(0.0, 7.0), Constant(1.0))),
    ),
    (
        "beta(4 2) * 10 days + 2 * tri(1 2 3) days",
        Kind.DURATION,
        Sum((Product((Constant(10.0), Beta(4.0, 2.0))), Product((Triangular(1.0, 2.0, 3.0), Constant(2.0))))),
    ),
    (
        "mix(50% tri(1 2 3) + 4 | 50% 1 + 1) days",
        Kind.DURATION,
        Mixture((0.5, 0.5), (Sum((Triangular(1.0, 2.0, 3.0), Constant(4.0))), Constant(2.0))),
    ),
    ("tri(10 20 30) % + 5 %", Kind.FRACTION, Sum((Triangular(0.1, 0.2, 0.3), Constant(0.05)))),
    ("beta(4 2) + 0.1", Kind.FRACTION, Sum((Beta(4.0, 2.0), Constant(0.1)))),
    ("uniform(5 5) days + 1 day", Kind.DURATION, Constant(6.0)),
    ("uniform(1 2 /yr) * beta(4 2)", Kind.YEARLY_RATE, Product((Uniform(1.0, 2.0), Beta(4.0, 2.0)))),
]


@pytest.mark.parametrize("text, kind, distribution", WRITTEN)
def test_a_text_becomes_a_distribution_in_canonical_units(text, kind, distribution):
    assert parse(text, kind) == distribution


@pytest.mark.parametrize(
    "text, kind, said",
    [
        (
            "tri(10, 30, 60) %",
            Kind.FRACTION,
            "has a comma; use spaces, because YAML splits values inside {...} at commas",
        ),
        ("tri(10 60 30) %", Kind.FRACTION, "tri needs low <= mode <= high, in 'tri(10 60 30) %'"),
        ("tri(10 30)", Kind.NUMBER, "tri takes low mode high, in this order; found 10 30"),
        ("tri()", Kind.NUMBER, "tri takes low mode high, in this order; found nothing"),
        ("tri 10 30 60", Kind.NUMBER, "expected '(' before '10'"),
        ("tri(1 2 3", Kind.NUMBER, "expected ')' before the end"),
        ("tri(1 2 3))", Kind.NUMBER, "expected the end before ')'"),
        ("tri(1-2 3)", Kind.NUMBER, "'1-2' is not a number; separate numbers with spaces"),
        ("tri(1 2 3)", Kind.DURATION, "expected a duration, found '1' without a unit"),
        ("tri(1 2 3) dyas", Kind.DURATION, "unknown unit 'dyas'"),
        ("tri(1 2 3) dyas", Kind.FLOW, "unknown unit 'dyas', in 'tri(1 2 3) dyas'; allowed: ct, carat,"),
        ("exponential(5 /yr)", Kind.DURATION, "expected a duration, found '5/yr' (a rate)"),
        ("exponential(5 days)", Kind.RATE, "expected a rate, found '5 days' (a duration)"),
        ("exponential(5 /yr) /yr", Kind.YEARLY_RATE, "expected a yearly rate, found '5/yr/yr' (in /day/day)"),
        ("uniform(1% 2) /yr", Kind.YEARLY_RATE, "some numbers of uniform have a unit, but 2 has none"),
        ("gamma(shape 2 rate 3/yr)", Kind.DURATION, "expected a plain number, found '3/yr' (a rate)"),
        ("tri(1 2 3) cm2", Kind.QUANTITY, "counts cm2, but this grade is counted in ct"),
        (
            "triangular(1 2 3)",
            Kind.NUMBER,
            "unknown distribution 'triangular', in 'triangular(1 2 3)'; did you mean 'tri'?",
        ),
        ("unifrom(1 2)", Kind.NUMBER, "did you mean 'uniform'?"),
        ("uniform(10% 0.6)", Kind.FRACTION, "some numbers of uniform have a unit, but 0.6 has none"),
        ("uniform(3 1)", Kind.NUMBER, "uniform needs low < high, in 'uniform(3 1)'"),
        ("beta(4 2) days", Kind.DURATION, "beta is a pure number between 0 and 1 and has no unit"),
        ("beta(4 2) %", Kind.FRACTION, "beta is a pure number between 0 and 1 and has no unit"),
        ("beta(2 1e300)", Kind.FRACTION, "beta needs shapes of at most 1e6, in 'beta(2 1e300)'"),
        ("beta(0 2)", Kind.FRACTION, "beta needs both shapes above 0, in 'beta(0 2)'"),
        ("normal(1 0)", Kind.NUMBER, "normal needs a standard deviation above 0, in 'normal(1 0)'"),
        (
            "lognormal(3 0.5)",
            Kind.NUMBER,
            "lognormal takes median and sigma, each preceded by its name; found 3 0.5",
        ),
        ("lognormal(median 3 sigma 0)", Kind.NUMBER, "lognormal needs 0 < sigma <= 20, in 'lognormal("),
        ("lognormal(median 3 median 4)", Kind.NUMBER, "lognormal takes median and sigma"),
        ("lognormal(median 1e300 sigma 20)", Kind.NUMBER, "the mean is too large"),
        (
            "exponential(-3 days)",
            Kind.DURATION,
            "exponential needs a mean above 0, in 'exponential(-3 days)'",
        ),
        ("gamma(shape 1 rate 0)", Kind.NUMBER, "gamma needs a rate above 0"),
        ("mix(50% 0 | 40% 1)", Kind.NUMBER, "the weights of a mix must add up to 100%, found 90%"),
        ("mix(150% 0 | -50% 1)", Kind.NUMBER, "mix needs weights of 0% or more, in 'mix(150%"),
        ("mix()", Kind.NUMBER, "expected a number before ')'"),
        ("truncated(beta(1 2) 0 1)", Kind.NUMBER, "truncated takes a normal, lognormal or exponential"),
        ("truncated(normal(0 1))", Kind.NUMBER, "truncated takes two bounds, or min or max and a number"),
        ("truncated(normal(0 1) 2 1)", Kind.NUMBER, "truncated needs min < max, in 'truncated("),
        (
            "truncated(normal(0 1) min 9)",
            Kind.NUMBER,
            "truncated leaves almost no probability between its bounds",
        ),
        (
            "beta(4 2) * beta(2 4)",
            Kind.DURATION,
            "expected a duration, but no factor of the product has a unit",
        ),
        ("2 days * 3 days", Kind.DURATION, "more than one factor of the product has a unit"),
        (
            "5 days + 3 days",
            Kind.DURATION,
            "expected a duration (a number followed by a unit), found '5 days + 3 days'",
        ),
        (
            "tri(1 2 3) + 4 days",
            Kind.DURATION,
            "expected a duration, found '1' without a unit in a term of a sum, in 'tri(1 2 3) + 4 days'; "
            "allowed: a unit after each term, as in 'tri(1 2 3) days + 45 days'",
        ),
        ("tri(1 2 3) days + 4", Kind.DURATION, "found '4' without a unit in a term of a sum"),
        ("tri(1 2 3) days + 4 ct", Kind.DURATION, "expected a duration, found '4 ct'"),
        (
            "tri(1 2 3) days - tri(0 1 2) days",
            Kind.DURATION,
            "expected a number, since nothing else can be subtracted, before 'tri'",
        ),
        ("tri(1 2 3) days - -4 days", Kind.DURATION, "since nothing else can be subtracted, before '-4'"),
        (
            "tri(1 2 3) days +",
            Kind.DURATION,
            "expected a number or the name of a distribution before the end",
        ),
        ("tri(1 2 3) days 4 days", Kind.DURATION, "expected the end before '4'"),
        ("@(", Kind.NUMBER, "unexpected '@'"),
        ("tri(1 2 3) ct/(day)", Kind.FLOW, "expected a unit before '('"),
        ("mix(50% " * 12 + "1", Kind.NUMBER, "expected ')' before the end"),
        ("mix(1 " * 100, Kind.NUMBER, "brackets are nested more than 12 deep"),
        ("(" * 40_000, Kind.NUMBER, "is longer than 2000 characters"),
    ],
)
def test_a_wrong_distribution_is_reported_in_one_line(text, kind, said):
    with pytest.raises(NotationError) as caught:
        parse(text, kind)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.found == text


# Realistic numbers: enough digits to need rounding, not so large that a product overflows.
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
POSITIVE = st.floats(1e-3, 1e6)


@st.composite
def ordered(draw, count):
    values = sorted(draw(st.lists(NUMBERS, min_size=count, max_size=count)))
    assume(values[0] < values[-1])
    return values


UNBOUNDED = (
    st.builds(Normal, NUMBERS, POSITIVE)
    | st.builds(Lognormal, POSITIVE, st.floats(0.01, 3))
    | st.builds(Exponential, POSITIVE)
)


@st.composite
def truncations(draw):
    part = draw(UNBOUNDED)
    centre = part.median if isinstance(part, Lognormal) else part.mean
    width = part.sd if isinstance(part, Normal) else centre
    low, high = centre - draw(st.floats(0.1, 0.9)) * width, centre + draw(st.floats(0.1, 9)) * width
    open_end = draw(st.sampled_from(["none", "low", "high"]))
    return Truncated(part, -math.inf if open_end == "low" else low, math.inf if open_end == "high" else high)


PURE = st.builds(Beta, POSITIVE, POSITIVE) | ordered(2).map(lambda v: Uniform(*v))
SIMPLE = (
    st.builds(Constant, NUMBERS)
    | ordered(2).map(lambda v: Uniform(*v))
    | ordered(3).map(lambda v: Triangular(*v))
    | ordered(3).map(lambda v: Pert(*v))
    | st.builds(Gamma, POSITIVE, POSITIVE)
    | UNBOUNDED
    | truncations()
)


@st.composite
def mixtures(draw, parts):
    inside = draw(st.lists(parts, min_size=1, max_size=4))
    weights = [draw(st.integers(1, 1000)) for _ in inside]
    return Mixture(tuple(weight / sum(weights) for weight in weights), tuple(inside))


def products(carriers):
    return st.builds(
        lambda first, others: Product((first, *others)), carriers, st.lists(PURE, min_size=1, max_size=2)
    )


def sums(terms):
    """Sums of two or three terms, of which at least one is uncertain."""
    return (
        st.lists(terms, min_size=2, max_size=3)
        .filter(lambda found: not all(isinstance(term, Constant) for term in found))
        .map(lambda found: Sum(tuple(found)))
    )


DISTRIBUTIONS = st.recursive(
    SIMPLE, lambda inner: mixtures(inner | products(SIMPLE) | sums(SIMPLE | products(SIMPLE))), max_leaves=6
)
DISTRIBUTIONS |= products(SIMPLE) | sums(mixtures(SIMPLE) | SIMPLE | products(SIMPLE))


@given(distribution=DISTRIBUTIONS, kind=st.sampled_from(Kind), grade_unit=st.sampled_from(["ct", "cm2"]))
def test_the_text_of_a_distribution_reads_back_as_an_equal_one(distribution, kind, grade_unit):
    text = distribution.text(canonical_unit(kind, grade_unit))
    assume(len(text) <= MAX_CHARS)
    assert parse(text, kind, grade_unit) == distribution


@given(distribution=DISTRIBUTIONS)
def test_the_mean_lies_within_the_support(distribution):
    low, high = distribution.support()
    mean = distribution.central()
    slack = 1e-9 * abs(mean)
    assert low - slack <= mean <= high + slack


@given(text=st.text(alphabet="tribeamxunocd0123456789.()|*% /+-", max_size=60), kind=st.sampled_from(Kind))
def test_any_text_is_a_distribution_or_a_notation_error(text, kind):
    try:
        distribution = parse(text, kind)
    except NotationError:
        return
    assert math.isfinite(distribution.central())


@pytest.mark.parametrize(
    "distribution, mean",
    [
        (Constant(4.0), 4.0),
        (Uniform(1.0, 2.0), 1.5),
        (Triangular(0.0, 1.0, 5.0), 2.0),
        (Pert(0.0, 1.0, 8.0), 2.0),
        (Beta(4.0, 2.0), 2 / 3),
        (Normal(120.0, 10.0), 120.0),
        (Lognormal(3.0, 0.66), 3 * math.exp(0.66**2 / 2)),
        (Exponential(360.0), 360.0),
        (Gamma(1.5, 2.0), 3.0),
        (Mixture((0.25, 0.75), (Constant(0.0), Uniform(0.0, 8.0))), 3.0),
        (Product((Uniform(0.0, 8.0), Beta(1.0, 3.0))), 1.0),
        (Sum((Uniform(0.0, 8.0), Constant(3.0), Exponential(2.0))), 9.0),
    ],
)
def test_the_mean_is_that_of_the_textbook(distribution, mean):
    assert distribution.central() == pytest.approx(mean, rel=1e-12)


@pytest.mark.parametrize(
    "distribution",
    [
        Truncated(Normal(2.0, 1.5), 1.0, 4.0),
        Truncated(Normal(0.0, 1.0), 3.0, 4.5),
        Truncated(Normal(0.0, 1.0), -4.5, -3.0),
        Truncated(Lognormal(0.25, 0.5), 0.1, 0.6),
        Truncated(Lognormal(2.0, 3.0), -1.0, 0.3),
        Truncated(Exponential(8.0), 1.0, 12.0),
        Truncated(Exponential(8.0), -5.0, 12.0),
    ],
    ids=str,
)
def test_the_mean_of_a_truncated_distribution_is_the_integral_over_what_is_left(distribution):
    low, high = distribution.support()
    step = (high - low) / 20_000
    middles = [low + (k + 0.5) * step for k in range(20_000)]
    densities = [density(distribution.part, x) for x in middles]
    mean = math.fsum(x * d for x, d in zip(middles, densities, strict=True)) / math.fsum(densities)
    assert distribution.central() == pytest.approx(mean, rel=1e-4)


def density(part, x):
    match part:
        case Normal(mean, sd):
            return statistics.NormalDist(mean, sd).pdf(x)
        case Lognormal(median, sigma):
            return statistics.NormalDist(math.log(median), sigma).pdf(math.log(x)) / x
        case Exponential(mean):
            return math.exp(-x / mean) / mean


@pytest.mark.parametrize(
    "distribution, support",
    [
        (Constant(4.0), (4.0, 4.0)),
        (Beta(4.0, 2.0), (0.0, 1.0)),
        (Normal(1.0, 2.0), (-math.inf, math.inf)),
        (Gamma(1.0, 2.0), (0.0, math.inf)),
        (Mixture((1.0, 0.0), (Uniform(1.0, 2.0), Normal(0.0, 1.0))), (1.0, 2.0)),
        (Mixture((0.5, 0.5), (Uniform(1.0, 2.0), Constant(7.0))), (1.0, 7.0)),
        (Product((Uniform(-1.0, 2.0), Uniform(-3.0, 1.0))), (-6.0, 3.0)),
        (Product((Exponential(1.0), Constant(0.0))), (0.0, 0.0)),
        (Sum((Uniform(-1.0, 2.0), Constant(3.0))), (2.0, 5.0)),
        (Sum((Normal(0.0, 1.0), Exponential(1.0))), (-math.inf, math.inf)),
        (Truncated(Lognormal(1.0, 1.0), -5.0, 2.0), (0.0, 2.0)),
    ],
    ids=str,
)
def test_the_support_holds_every_value_that_can_occur(distribution, support):
    assert distribution.support() == support


@given(distribution=DISTRIBUTIONS, factor=st.floats(0, 100))
def test_scaling_scales_the_mean(distribution, factor):
    size = sum(abs(term.central()) for term in getattr(distribution, "terms", (distribution,)))
    rounding = max(1e-9 * factor * size, sys.float_info.min)  # below it, single bits are lost
    assert scaled(distribution, factor).central() == pytest.approx(
        factor * distribution.central(), rel=1e-9, abs=rounding
    )
