"""Words for probabilities: a word claims no more than the whole interval says."""

import pytest

from diamondsim.html_report.likelihood import SCALE, likelihood
from diamondsim.results import Estimate


def test_the_scale_is_that_of_the_ipcc():
    assert {each.word: (each.low, each.high) for each in SCALE} == {
        "virtually certain": (0.99, 1.0),
        "very likely": (0.90, 1.0),
        "likely": (0.66, 1.0),
        "about as likely as not": (0.33, 0.66),
        "unlikely": (0.0, 0.33),
        "very unlikely": (0.0, 0.10),
        "exceptionally unlikely": (0.0, 0.01),
    }


@pytest.mark.parametrize(
    "low, high, word",
    [
        (0.991, 1.0, "virtually certain"),
        (0.989, 0.999, "very likely"),
        (0.90, 0.95, "very likely"),
        (0.899, 0.95, "likely"),
        (0.66, 0.70, "likely"),
        (0.34, 0.65, "about as likely as not"),
        (0.20, 0.33, "unlikely"),
        (0.0, 0.11, "unlikely"),
        (0.0, 0.1, "very unlikely"),
        (0.0, 0.0099, "exceptionally unlikely"),
    ],
)
def test_the_narrowest_range_that_holds_the_interval_has_the_word(low, high, word):
    found = likelihood(Estimate((low + high) / 2, low, high, 100))
    assert found is not None
    assert found.word == word


@pytest.mark.parametrize("low, high", [(0.65, 0.67), (0.32, 0.34), (0.1, 0.9), (float("nan"), 0.5)])
def test_an_interval_across_a_limit_has_no_word(low, high):
    assert likelihood(Estimate(0.5, low, high, 100)) is None
