"""What a second source saves its buyer in money."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import diamondsim as ds
from diamondsim.analysis.worth_in_money import WORTH_ITEMS, worth_variable
from tests.simulation.small import short_ban

FIRM: dict[str, Any] = {"region": "home", "use": "u/firm"}
N = 40


@pytest.fixture(scope="module")
def scenario():
    """A firm that buys half of a use, and another producer that it may qualify from the first day."""
    return short_ban().override(
        {
            "regions.ally": {},
            "producers.other": {"region": "ally", "capacity": {"g": "1 kct/day"}},
            "buyers.firm": {
                "aggregate": "home.u",
                "share": "50%",
                "inventory_policy": {"cover": "10 days"},
                "qualify": {"other": {"from": "2026-01-01", "share": "50%", "lead": "1 day"}},
            },
            "uses.u.value": "5 USD/ct",
            "uses.u.holding_cost": "3 USD/ct/yr",
        }
    )


@pytest.fixture(scope="module")
def runs(scenario):
    without = scenario.override({"buyers.firm.qualify": None})
    return [ds.monte_carlo(each, replications=N, seed=3, workers=1) for each in (without, scenario)]


def saved(runs, item):
    before, after = (run[item].sel(FIRM).values for run in runs)
    return before - after


def test_it_is_the_mean_difference_of_pairs_with_the_interval_of_student(scenario, runs):
    found = worth_variable(scenario, *runs, **FIRM)
    values = dict(zip(WORTH_ITEMS, np.asarray(found.values), strict=True))
    loss, holding = saved(runs, "economic_loss"), saved(runs, "holding_cost")
    assert loss.mean() > 0 > holding.mean()  # it is short less often, and holds more
    for item, sample in (("economic_loss", loss), ("holding_cost", holding), ("total", loss + holding)):
        half = stats.t.ppf(0.975, N - 1) * sample.std(ddof=1) / N**0.5
        assert values[item] == pytest.approx([sample.mean(), sample.mean() - half, sample.mean() + half])
    # 5 dollars for a carat of lost demand: nothing is backordered.
    assert loss.mean() == pytest.approx(5 * saved(runs, "shortage").mean())


def test_a_cost_that_is_not_stated_is_unknown_and_not_zero(scenario, runs):
    found = worth_variable(scenario, *runs, **FIRM)
    assert np.isnan(found.values[WORTH_ITEMS.index("delivery_cost")]).all()
    assert found.attrs["comment"] == "delivery_cost: uses.u gives no `delivery_cost`"
    assert found.attrs["units"] == "USD"


def test_without_a_value_there_is_no_total_and_the_reason_is_given(scenario):
    plain = scenario.override({"uses.u.value": None})
    without = plain.override({"buyers.firm.qualify": None})
    runs = [ds.monte_carlo(each, replications=2, workers=1) for each in (without, plain)]
    found = worth_variable(plain, *runs, **FIRM)
    assert np.isnan(found.values[[WORTH_ITEMS.index("economic_loss"), WORTH_ITEMS.index("total")]]).all()
    assert np.isfinite(found.values[WORTH_ITEMS.index("holding_cost"), 0])
    first = found.attrs["comment"].splitlines()[0]
    assert first == "economic_loss: uses.u gives neither `value` nor `delay_cost`"


def test_size_stock_has_it_where_there_is_a_second_source(scenario, runs):
    asked: dict[str, Any] = {
        "chance": "70%",
        "most": "30 days",
        "tolerance": 0.9,
        "replications": N,
        "seed": 3,
        "workers": 1,
    }
    found = ds.size_stock(scenario, "firm", **asked)
    assert found["worth"].variable.identical(worth_variable(scenario, *runs, **FIRM))
    assert "worth" not in ds.size_stock(scenario, "home.u", **{**asked, "replications": 2, "chance": "90%"})
