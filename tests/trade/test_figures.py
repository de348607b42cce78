"""Cells of statistical tables, units and areas: known answers."""

import csv
from fractions import Fraction
from importlib.resources import files

import pytest

from diamondsim.errors import NotationError
from diamondsim.trade.areas import area_of
from diamondsim.trade.figures import carats_per, digits_of, read_figure, read_period


@pytest.mark.parametrize(
    "text, value, estimated",
    [
        ("159", 159.0, False),
        ("1,234.5", 1234.5, False),
        ("e160", 160.0, True),
        ("160e", 160.0, True),
        ("1e3", 1000.0, False),
        ("\N{EM DASH}", 0.0, False),
        ("--", 0.0, False),
        ("0", 0.0, False),
    ],
)
def test_a_cell_with_a_number_is_read(text, value, estimated):
    figure = read_figure(text)
    assert (figure.value, figure.estimated) == (value, estimated)


@pytest.mark.parametrize(
    "text, why",
    [
        ("W", "withheld"),
        ("NA", "not available"),
        ("<5", "only a bound"),
        (">15", "only a bound"),
        ("", "no quantity"),
    ],
)
def test_a_mark_is_no_number(text, why):
    figure = read_figure(text)
    assert figure.value is None
    assert why in figure.why_none


@pytest.mark.parametrize(
    "text, value", [("1,5", 1.5), ("1.234,5", 1234.5), ("1,234,567", 1234567.0), ("7", 7.0)]
)
def test_a_comma_may_be_a_decimal_sign_where_it_separates_no_cells(text, value):
    assert read_figure(text, decimal_comma=True).value == value


def test_a_comma_that_can_mean_two_numbers_is_refused():
    with pytest.raises(NotationError, match=r"'1,234' can mean 1234 or 1.234"):
        read_figure("1,234", decimal_comma=True)


@pytest.mark.parametrize("text", ["1e19", "1e999", "9" * 400])
def test_a_number_that_no_statistics_can_have_is_refused(text):
    with pytest.raises(NotationError, match="is too large"):
        read_figure(text)


@pytest.mark.parametrize("text", ["12 34", "1,23", "ten", "1.2.3"])
def test_anything_else_is_refused(text):
    with pytest.raises(NotationError, match="expected a number"):
        read_figure(text)


def test_a_kilogram_has_exactly_5000_carats():
    assert carats_per("kg") == Fraction(5000)
    assert carats_per("Weight in carats") == 1
    assert carats_per("thousand metric tons") == 5 * 10**9
    assert carats_per("u") is None


@pytest.mark.parametrize("text", ["2024", "202403", "2024-03"])
def test_a_period_is_a_year_or_a_month(text):
    year, month = read_period(text)
    assert (year, month) == (2024, 3 if len(text) > 4 else None)


@pytest.mark.parametrize("text", ["24", "2024-13", "March 2024", "2024Q1"])
def test_other_periods_are_refused(text):
    with pytest.raises(NotationError, match="expected a period"):
        read_period(text)


def test_points_in_a_code_do_not_matter():
    assert digits_of("7105.10.00.30") == digits_of("HS 7105100030") == "7105100030"
    assert digits_of("TOTAL") is None


@pytest.mark.parametrize(
    "words, key",
    [
        (("842", "USA", "USA"), "USA"),
        (("251",), "FRA"),
        (("757",), "CHE"),
        (("699",), "IND"),
        (("490", "S19", "Other Asia, nes"), "TWN"),
        (("492", "MCO"), "X492"),
        (("MCO",), "MCO"),
        (("036",), "AUS"),
        (("Korea, Republic of",), "KOR"),
        (("NA",), "NAM"),
        (("0", "W00", "World"), "W00"),
        (("899",), "X899"),
        (("736", "", "Sudan (...2011)"), "SDN"),
        (("Sudan (...2011)",), "SDN"),
        (("Réunion (Overseas France)",), "REU"),
        (("412",), "XKX"),
        (("China, including Hong Kong",), "CHN"),
    ],
)
def test_comtrade_and_the_survey_name_areas_in_their_own_ways(words, key):
    area = area_of(*words)
    assert area is not None
    assert area.key == key


def test_no_two_areas_share_a_number_a_code_or_a_name():
    seen: dict[str, str] = {}
    text = files("diamondsim.trade").joinpath("areas.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        words = [row["key"], row["iso2"], row["name"], *row["codes"].split(), *row["other_names"].split("; ")]
        for word in {word.casefold() for word in words if word}:
            assert seen.setdefault(word, row["key"]) == row["key"]


def test_an_unknown_area_is_none():
    assert area_of("Atlantis") is None
