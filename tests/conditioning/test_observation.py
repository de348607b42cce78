"""The likelihood of a figure, worked out by hand."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
import scipy.stats

import diamondsim as ds


def figure(quantity: float, error: float, **more: object) -> ds.Observation:
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
