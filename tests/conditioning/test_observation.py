"""The likelihood of a figure, worked out by hand."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
import scipy.stats

import diamondsim as ds


def figure(quantity: object, error: object, **more: object) -> ds.Observation:
    kwargs = {"month": dt.date(2027, 4, 1), "control": "c", "source": "s", **more}
    return ds.Observation(quantity=quantity, error=error, **kwargs)  # type: ignore[arg-type]


def test_an_absolute_error_is_a_normal_deviation():
    found = figure(0.3, 0.1).log_likelihood(np.array([0.3, 0.1, 0.5]))
    assert found == pytest.approx([0.0, -2.0, -2.0])


def test_a_relative_error_is_a_lognormal_deviation():
    """An error of 50 % is a deviation of sqrt(ln 1.25) of the logarithm; twice as much is ln 2 away."""
    found = figure(2.0, 0.5, relative=True).log_likelihood(np.array([2.0, 4.0, 1.0]))
    away = -(math.log(2) ** 2) / (2 * math.log(1.25))
    assert found == pytest.approx([0.0, away, away])


def test_a_replication_without_exports_cannot_have_some_with_a_relative_error_but_with_an_absolute_one():
    assert figure(0.1, 0.2, relative=True).log_likelihood(np.array([0.0])).tolist() == [-math.inf]
    assert figure(0.1, 0.1).log_likelihood(np.array([0.0])) == pytest.approx([-0.5])


def test_a_month_without_exports_is_one_below_what_shows():
    """The probability that expected exports and an error of 0.1 come out at 0 or below, over that at 0."""
    found = figure(0.0, 0.1).log_likelihood(np.array([0.0, 0.1, 0.3, 3.0]))
    norm = scipy.stats.norm
    assert found[:3] == pytest.approx([0.0, *(norm.logsf(x) - math.log(0.5) for x in (1, 3))])
    assert math.isfinite(found[3])  # far off, not impossible: no underflow


@pytest.mark.parametrize("granted, decided", [(12, 40), (0, 5), (5, 5)])
def test_licences_are_binomial(granted, decided):
    licences = figure(granted, 0.0, measure="licences", unit="", decided=decided)
    rates = np.array([0.2, 0.5])
    exact = scipy.stats.binom(decided, rates).logpmf(granted)
    best = scipy.stats.binom(decided, granted / decided).logpmf(granted)
    assert licences.log_likelihood(rates) == pytest.approx(exact - best)


def test_wrong_reports_leave_a_rate_of_zero_possible():
    exact, sloppy = (
        figure(1, error, measure="licences", unit="", decided=4).log_likelihood(np.array([0.0]))
        for error in (0.0, 0.1)
    )
    assert exact.tolist() == [-math.inf]
    binom = scipy.stats.binom
    assert sloppy == pytest.approx(binom(4, 0.05).logpmf(1) - binom(4, 0.25).logpmf(1))


def test_licences_of_a_control_that_is_not_in_force_are_impossible():
    licences = figure(1, 0.1, measure="licences", unit="", decided=4)
    assert licences.log_likelihood(np.array([math.nan])).tolist() == [-math.inf]


def test_a_replication_is_off_by_as_many_errors_as_deviations():
    one = figure(0.3, 0.1)
    assert one.errors_off(one.log_likelihood(np.array([0.3, 0.5, -0.1]))) == pytest.approx([0, 2, 4])


LICENCES = {"measure": "licences", "unit": "", "decided": 4}


@pytest.mark.parametrize(
    "quantity, error, more, message",
    [
        (1, 1, {"month": dt.date(2027, 4, 15)}, "month: expected the first day of a month"),
        (1, 1, {"month": dt.datetime(2027, 4, 1)}, "month: expected the first day of a month"),
        (1, 1, {"month": "2027-04"}, "as a datetime.date, found '2027-04'"),
        (1, 1, {"destination": ""}, "destination: expected a text, found ''"),
        (1, 1, {"source": ""}, "source: expected a text, found ''"),
        (1, 1, {"control": None}, "control: expected a text, found None"),
        (math.nan, 1, {}, "quantity: expected a number of at least 0, found nan"),
        (math.inf, 1, {}, "quantity: expected a number of at least 0, found inf"),
        (-1, 1, {}, "quantity: expected a number of at least 0, found -1"),
        ("1", 1, {}, "quantity: expected a number of at least 0, found '1'"),
        (1, -1, {}, "error: expected a number of at least 0, found -1"),
        (1, math.nan, {}, "error: expected a number of at least 0, found nan"),
        (1, 0, {}, "error: expected a number above 0"),
        (0, 0.5, {"relative": True}, "relative: an error relative to a quantity of 0 is none"),
        (5, 3, {"unit": "Mct"}, "unit: expected one of share, ct, cm2, found 'Mct'"),
        (5, 3, {"unit": ""}, "unit: expected one of share, ct, cm2, found ''"),
        (1, 1, {"decided": 3}, "decided: only licences have a number of decisions, found 3"),
        (1, 1, {"measure": "licenses"}, "measure: expected one of exports, licences, found 'licenses'"),
        (1, 0, {**LICENCES, "decided": 0}, "decided: expected how many applications were decided, found 0"),
        (5, 0, LICENCES, "quantity: expected how many of 4 licences were granted, found 5"),
        (1.5, 0, LICENCES, "quantity: expected how many of 4 licences were granted, found 1.5"),
        (1, 1, LICENCES, "error: expected a share of meaningless reports below 1, found 1"),
        (1, 0, {**LICENCES, "unit": "share"}, "unit: licences have none, expected '', found 'share'"),
        (1, 0.1, {**LICENCES, "relative": True}, "relative: only the error of exports can be relative"),
    ],
)
def test_a_figure_that_cannot_be_one_is_refused(quantity, error, more, message):
    with pytest.raises(ValueError, match=r"^observation: ") as caught:
        figure(quantity, error, **more)
    assert message in str(caught.value)
    assert ";" not in str(caught.value)  # one mistake, one message


def test_all_that_is_wrong_with_a_figure_comes_at_once():
    with pytest.raises(ValueError, match=r"month: .*; quantity: .*; unit: .*, found 'Mct'"):
        figure(-1.0, 0.1, month=None, unit="Mct")


def test_numbers_of_numpy_are_numbers():
    assert figure(np.float64(0.3), np.float32(0.5)).log_likelihood(np.array([0.3])).tolist() == [0.0]
    assert figure(np.int64(1), 0.0, **{**LICENCES, "decided": np.int64(4)}).label == "2027-04 c all licences"


def test_a_tiny_error_excludes_without_a_warning():
    assert figure(0.3, 1e-300).log_likelihood(np.array([0.3, 0.4])).tolist() == [0.0, -math.inf]


@pytest.mark.parametrize(
    "place, located",
    [("", ("", None)), ("C:f.csv:3", ("C:f.csv", 3)), ("here", ("here", None)), ("a:b", ("a:b", None))],
)
def test_a_place_has_a_line_or_none(place, located):
    assert figure(0.3, 0.1, place=place).located == located
