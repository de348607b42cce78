"""Quantities with units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.errors import NotationError
from diamondsim.units import UNITS, Kind, canonical_unit, number_text, parse_quantity, parse_unit

GRADE_UNITS = ["ct", "cm2"]
SIZES = st.floats(-1e200, 1e200, allow_nan=False)


@pytest.mark.parametrize(
    "text, kind, value",
    [
        ("5 ct", Kind.QUANTITY, 5.0),
        ("40 Mct", Kind.QUANTITY, 40e6),
        ("1 g", Kind.QUANTITY, 5.0),
        ("60 t", Kind.QUANTITY, 300e6),
        ("200 mg", Kind.QUANTITY, 1.0),
        ("1_000 ct", Kind.QUANTITY, 1000.0),
        ("1e6 ct", Kind.QUANTITY, 1e6),
        (".5ct", Kind.QUANTITY, 0.5),
        ("  7   kct ", Kind.QUANTITY, 7000.0),
        ("0", Kind.QUANTITY, 0.0),
        ("365.25 ct/yr", Kind.FLOW, 1.0),
        ("365.25 Mct per year", Kind.FLOW, 1e6),
        ("7 ct / week", Kind.FLOW, 1.0),
        ("30.4375 ct/month", Kind.FLOW, 1.0),
        ("1 month", Kind.DURATION, 30.4375),
        ("2 yr", Kind.DURATION, 730.5),
        ("45 working days", Kind.DURATION, 63.0),
        ("1 working  day", Kind.DURATION, 1.4),
        ("30%", Kind.FRACTION, 0.3),
        ("35 %", Kind.FRACTION, 0.35),
        ("0.3", Kind.FRACTION, 0.3),
        ("1.5", Kind.NUMBER, 1.5),
        ("-2", Kind.NUMBER, -2.0),
        ("7.2%/yr", Kind.YEARLY_RATE, 0.072),
        ("1/day", Kind.YEARLY_RATE, 365.25),
        ("20%/week", Kind.RATE, 1 / 35),
        ("600 MUSD", Kind.MONEY, 600e6),
        ("0.17 USD/ct", Kind.PRICE, 0.17),
        ("0.5 USD/g", Kind.PRICE, 0.1),
        ("365.25 USD/ct/yr", Kind.HOLDING_COST, 1.0),
        ("0.2 kWh/ct", Kind.POWER_USE, 0.2),
        ("1 MWh/kct", Kind.POWER_USE, 1.0),
        ("70 USD per MWh", Kind.POWER_PRICE, 0.07),
    ],
)
def test_a_number_with_a_unit_becomes_canonical(text, kind, value):
    assert parse_quantity(text, kind) == value


@pytest.mark.parametrize(
    "text, value", [("5 cm2", 5.0), ("3 kcm2", 3000.0), ("1 cm²", 1.0), ("1 cm^2", 1.0), ("1 m2", 1e4)]
)
def test_plates_are_counted_in_square_centimetres(text, value):
    assert parse_quantity(text, Kind.QUANTITY, "cm2") == value


@pytest.mark.parametrize(
    "text, kind, said",
    [
        (
            "1,000 ct",
            Kind.QUANTITY,
            "'1,000 ct' has a comma; write decimals with a point, and group digits with _ or not at all; "
            "allowed: '1000 ct' or '1.000 ct'",
        ),
        ("0,5 ct", Kind.QUANTITY, "did you mean '0.5 ct'?"),
        ("40 Mtc", Kind.QUANTITY, "unknown unit 'Mtc'; did you mean 'Mct'?"),
        ("40 mct", Kind.QUANTITY, "unknown unit 'mct'; did you mean 'Mct'?"),
        ("5 $", Kind.MONEY, "unknown unit '$'; did you mean 'USD'?"),
        ("5 ct/dya", Kind.FLOW, "unknown unit 'dya'; did you mean 'day'?"),
        (
            "40",
            Kind.QUANTITY,
            "expected a quantity, found '40' without a unit; allowed: a value such as '40 Mct'",
        ),
        ("40 Mct/yr", Kind.QUANTITY, "expected a quantity, found '40 Mct/yr' (a flow)"),
        (
            "40 Mct",
            Kind.FLOW,
            "expected a flow, found '40 Mct' (a quantity); allowed: a value such as '120 kct/yr'",
        ),
        ("30 days", Kind.FRACTION, "expected a fraction, found '30 days' (a duration)"),
        (
            "3%",
            Kind.YEARLY_RATE,
            "expected a yearly rate, found '3%' (a fraction); allowed: a value such as '3%/yr'",
        ),
        ("5 USD/yr", Kind.MONEY, "expected an amount of money, found '5 USD/yr' (in USD/day)"),
        ("5 cm2", Kind.QUANTITY, "'5 cm2' counts cm2, but this grade is counted in ct"),
        ("1e300 Mct", Kind.QUANTITY, "the number '1e300 Mct' is too large"),
        ("1e999 ct", Kind.QUANTITY, "the number '1e999 ct' is too large"),
        (
            "9**9**9 ct",
            Kind.QUANTITY,
            "expected a quantity (a number followed by a unit), found '9**9**9 ct'",
        ),
        (
            "1e99999 ct",
            Kind.QUANTITY,
            "expected a quantity (a number followed by a unit), found '1e99999 ct'",
        ),
        ("nan ct", Kind.QUANTITY, "expected a quantity (a number followed by a unit), found 'nan ct'"),
        ("inf", Kind.NUMBER, "expected a plain number, found 'inf'"),
        ("٣ ct", Kind.QUANTITY, "expected a quantity (a number followed by a unit), found '٣ ct'"),
        ("1__0 ct", Kind.QUANTITY, "expected a quantity (a number followed by a unit), found '1__0 ct'"),
        ("", Kind.DURATION, "expected a duration (a number followed by a unit), found ''"),
        (
            "5 days days",
            Kind.DURATION,
            "expected a duration (a number followed by a unit), found '5 days days'",
        ),
        (
            "5 " + "d" * 10_000,
            Kind.DURATION,
            "expected a duration (a number followed by a unit), found '5 ddd",
        ),
    ],
)
def test_a_wrong_quantity_is_reported_with_an_alternative(text, kind, said):
    with pytest.raises(NotationError) as caught:
        parse_quantity(text, kind)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text, kind, listed, nearest",
    [
        ("5 yrs", Kind.DURATION, {"day", "week", "yr"}, "yr"),
        ("5 cts", Kind.QUANTITY, {"ct", "t", "cm2"}, "ct"),
        ("5 kcn2", Kind.QUANTITY, {"ct", "t", "cm2"}, "kcm2"),
        ("5 weks/yr", Kind.FLOW, {"ct", "t", "cm2"}, None),
        ("5 ct/yrs", Kind.FLOW, {"day", "week", "yr"}, "yr"),
        ("5 dollars", Kind.MONEY, {"USD", "kUSD", "MUSD", "GUSD"}, "USD"),
        ("5 dollars", Kind.QUANTITY, {"ct", "t", "cm2"}, None),
        ("5 USD/weks", Kind.PRICE, {"ct", "t", "cm2"}, None),
        ("5 USD/ct/weks", Kind.HOLDING_COST, {"ct", "cm2", "week"}, "weeks"),
        ("5 percent", Kind.FRACTION, {"%"}, None),
        ("5 pct/month", Kind.RATE, {"%"}, None),
        ("5 kwh/ct", Kind.POWER_USE, {"kWh", "MWh", "GWh"}, "kWh"),
        ("5 USD/kW", Kind.POWER_PRICE, {"kWh", "MWh", "GWh"}, "kWh"),
    ],
)
def test_an_unknown_unit_is_reported_with_the_units_that_fit(text, kind, listed, nearest):
    with pytest.raises(NotationError) as caught:
        parse_quantity(text, kind)
    told = set(str(caught.value.allowed).split(", "))
    assert listed <= told
    assert {UNITS[name][0] for name in told} == {UNITS[name][0] for name in listed}
    assert caught.value.suggestion == nearest


@pytest.mark.parametrize("grade_unit", GRADE_UNITS)
@pytest.mark.parametrize("kind", Kind)
def test_the_example_of_a_kind_can_be_read(kind, grade_unit):
    assert parse_quantity(kind.example(grade_unit), kind, grade_unit) > 0


@pytest.mark.parametrize("grade_unit", GRADE_UNITS)
@pytest.mark.parametrize("kind", Kind)
@given(value=SIZES)
def test_a_number_written_in_its_canonical_unit_reads_back_exactly(kind, grade_unit, value):
    text = f"{number_text(value)} {canonical_unit(kind, grade_unit)}"
    assert parse_quantity(text, kind, grade_unit) == value


@given(
    value=st.integers(1, 10**12), unit=st.sampled_from([u for u, (base, _) in UNITS.items() if base == "day"])
)
def test_a_unit_below_a_slash_divides_by_what_it_multiplies_above(value, unit):
    per_day = parse_quantity(f"{value} ct/{unit}", Kind.FLOW)
    days = parse_quantity(f"1 {unit}", Kind.DURATION)
    assert per_day * days == pytest.approx(value, rel=1e-15)


@given(text=st.text(max_size=90), kind=st.sampled_from(Kind))
def test_any_text_is_a_finite_number_or_a_notation_error(text, kind):
    try:
        value = parse_quantity(text, kind)
    except NotationError:
        return
    assert abs(value) < float("inf")


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_a_positive_amount_of_its_base(unit):
    dimension, factor = parse_unit(unit)
    base, size = UNITS[unit]
    assert factor == size > 0
    assert dimension == (((base, 1),) if base else ())
