"""What a text may mean that the notation of the format does not have."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.distributions import Constant, Uniform, parse, rewrites
from diamondsim.errors import NotationError
from diamondsim.units import Kind, without_commas

DASHES = ["-", " - ", "\u2013", " \u2014 ", "..", "...", " to "]


@pytest.mark.parametrize(
    "text, senses",
    [
        ("30,5 days", ["30.5 days"]),
        ("0,05", ["0.05"]),
        ("0,050 ct", ["0.050 ct"]),
        ("12,3456 ct", ["12.3456 ct"]),
        ("-3,5 %/yr", ["-3.5 %/yr"]),
        ("1,050 Mct/yr", ["1050 Mct/yr", "1.050 Mct/yr"]),
        ("1,234,567 ct", ["1234567 ct"]),
        ("1,050.5 ct", ["1050.5 ct"]),
        ("1.050,5 ct", ["1050.5 ct"]),
        ("1,2,3 ct", []),
        ("5, ct", []),
        ("5 ct", []),
        ("a,5", []),
    ],
)
def test_a_comma_marks_decimals_or_groups_of_three_digits(text, senses):
    assert without_commas(text) == senses


@pytest.mark.parametrize(
    "text, kind, meant",
    [
        ("30-60 days", Kind.DURATION, ["uniform(30 60) days"]),
        ("60-30 days", Kind.DURATION, ["uniform(30 60) days"]),
        ("30 days - 60 days", Kind.DURATION, ["uniform(30 60) days"]),
        ("2 weeks to 2 months", Kind.DURATION, ["uniform(2 weeks 2 months)"]),
        ("between 30 and 60 days", Kind.DURATION, ["uniform(30 60) days"]),
        ("[30, 60] days", Kind.DURATION, ["uniform(30 60) days"]),
        ("(30 60) days", Kind.DURATION, ["uniform(30 60) days"]),
        ("30-60-120 days", Kind.DURATION, ["tri(30 60 120) days"]),
        ("30\u00b15 days", Kind.DURATION, ["uniform(25 35) days"]),
        ("0.3 +- 0.1", Kind.FRACTION, ["uniform(0.2 0.4)"]),
        ("5%-10%", Kind.FRACTION, ["uniform(5 10) %"]),
        ("0,5-1,5 %", Kind.FRACTION, ["uniform(0.5 1.5) %"]),
        ("-5--3 %/yr", Kind.YEARLY_RATE, ["uniform(-5 -3) %/yr"]),
        ("1_000-2_000 ct", Kind.QUANTITY, ["uniform(1_000 2_000) ct"]),
        ("uniform(30-60) days", Kind.DURATION, ["uniform(30 60) days"]),
        ("tri(30, 60, 120) days", Kind.DURATION, ["tri(30 60 120) days"]),
        ("tri(30;60;120) days", Kind.DURATION, ["tri(30 60 120) days"]),
        ("tri(30,5 60 120) days", Kind.DURATION, ["tri(30.5 60 120) days"]),
        ("tri[30 60 120] days", Kind.DURATION, ["tri(30 60 120) days"]),
        ("tri 30 60 120 days", Kind.DURATION, ["tri(30 60 120) days"]),
        (
            "truncated(lognormal(median 25%, sigma 0,5), 10%, 60%)",
            Kind.FRACTION,
            ["truncated(lognormal(median 25% sigma 0.5) 10% 60%)"],
        ),
        ("1'000 days", Kind.DURATION, ["1000 days"]),
        ("1 000 000 ct", Kind.QUANTITY, ["1000000 ct"]),
        ("\u22125 %/yr", Kind.YEARLY_RATE, ["-5 %/yr"]),
        ("1,050 ct", Kind.QUANTITY, ["1050 ct", "1.050 ct"]),
    ],
)
def test_a_usual_notation_is_written_in_that_of_the_format(text, kind, meant):
    with pytest.raises(NotationError):
        parse(text, kind)
    assert [offer for offer in rewrites(text) if readable(offer, kind)] == meant


@pytest.mark.parametrize(
    "text", ["", "30", "45 days", "2027-01-01", "thirty days", "5 dys", "30/60 days", "-5"]
)
def test_what_has_no_such_meaning_is_left_alone(text):
    assert not any(readable(offer, kind) for offer in rewrites(text) for kind in Kind)


@pytest.mark.parametrize("text", ["uniform(-1 -2) %/yr", "uniform(1 -2) %/yr", "tri(3 2 1) days"])
def test_the_sign_of_a_number_is_not_a_range(text):
    assert rewrites(text) == []


@pytest.mark.parametrize("dash", DASHES)
@given(
    low=st.integers(0, 10**6),
    width=st.integers(1, 10**6),
    unit=st.sampled_from(["days", "weeks", "working days"]),
)
def test_a_range_of_any_numbers_is_a_uniform_distribution(dash, low, width, unit):
    (offer,) = rewrites(f"{low}{dash}{low + width} {unit}")
    made = parse(offer, Kind.DURATION)
    ends = [parse(f"{number} {unit}", Kind.DURATION).central() for number in (low, low + width)]
    assert made == Uniform(*ends)


@given(number=st.decimals(0, 10**6, places=2))
def test_a_decimal_comma_gives_the_number(number):
    (offer,) = rewrites(f"{number} ct".replace(".", ","))
    assert parse(offer, Kind.QUANTITY) == Constant(float(number))


@given(text=st.text("0123456789.,;-+ ()[]eEtri%/'days", max_size=200))
def test_any_text_is_rewritten_at_once(text):
    begin = time.perf_counter()
    assert text not in rewrites(text)
    assert time.perf_counter() - begin < 1


def readable(text, kind):
    try:
        parse(text, kind)
    except NotationError:
        return False
    return True
