"""What compared scenarios lose and cost in dollars."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.analysis.compared_costs import COST_ITEMS, cost_variables
from diamondsim.results import mean
from tests.simulation.costly import COSTS, RESERVE, STOCK
from tests.simulation.small import short_ban


@pytest.fixture(scope="module")
def found() -> xr.DataTree:
    usual = short_ban(**COSTS)
    scenarios = {"usual": usual, "stock": usual.override(STOCK), "reserve": usual.override(RESERVE)}
    return ds.compare(scenarios, replications=200, seed=4, workers=1)


def _total(run: xr.Dataset, name: str) -> np.ndarray:
    return run[name].sum([dim for dim in run[name].dims if dim != "replication"]).values


def test_each_cost_is_the_mean_of_its_sum_over_uses_and_reserves(found):
    run = found["reserve"].to_dataset()
    for item in ("economic_loss", "holding_cost", "reserve_cost"):
        wanted = mean(_total(run, item))
        assert wanted.value > 0
        assert found["money"].sel(scenario="reserve", item=item).values == pytest.approx(
            [wanted.value, wanted.low, wanted.high]
        )
    assert found["money"].sel(scenario="usual", item="reserve_cost", bound="estimate") == 0
    assert np.isnan(found["money"].sel(item="delivery_cost")).all(), "no scenario states it"


def test_the_difference_of_the_total_is_that_of_pairs(found):
    one, other = (
        np.sum(
            [_total(run, item) for item in ("economic_loss", "holding_cost", "reserve_cost") if item in run],
            axis=0,
        )
        for run in (found["reserve"].to_dataset(), found["usual"].to_dataset())
    )
    wanted = mean(one - other)
    difference = found["money_difference"].sel(scenario="reserve", item="total")
    assert difference.values == pytest.approx([wanted.value, wanted.low, wanted.high])
    assert (found["money_difference"].sel(scenario="usual", item="total") == 0).all()


def test_what_counts_is_said():
    usual = short_ban(**COSTS)
    without = usual.override({**RESERVE, "uses.u.holding_cost": None}).override(
        {"reserves.store.holding_cost": None}
    )
    runs = {
        name: ds.monte_carlo(each, replications=20, workers=1)
        for name, each in {"usual": usual, "b": without}.items()
    }
    money = cost_variables(runs)["money"]
    assert money.attrs["comment"] == (
        "Counted: the economic loss of u. Unknown and left out: holding the reserve store, whose cost b "
        "does not state; holding the stock of u, which not all scenarios state. What goods and plants cost "
        "is not included."
    )
    known = ~np.isnan(money[:, :, 0].values).any(axis=1)
    assert [item for item, is_known in zip(COST_ITEMS, known, strict=True) if is_known] == [
        "economic_loss",
        "total",
    ]


def test_a_reserve_counts_where_all_that_have_it_state_its_cost():
    priced = short_ban(**COSTS).override(RESERVE)
    unpriced = priced.override({"reserves.store.holding_cost": None})
    scenarios = {"priced": priced, "unpriced": unpriced, "without": short_ban(**COSTS)}
    runs = {name: ds.monte_carlo(each, replications=20, workers=1) for name, each in scenarios.items()}
    for names, counts in ((["priced", "without"], True), (["priced", "unpriced"], False), ([*runs], False)):
        found = cost_variables({name: runs[name] for name in names})
        money = found["money"][COST_ITEMS.index("reserve_cost"), :, 0]
        assert np.isfinite(money.values).all() == counts
        assert ("whose cost unpriced does not state" in found["money"].attrs["comment"]) is not counts


def test_scenarios_without_a_loss_or_cost_have_none():
    found = ds.compare({"usual": short_ban(), "stock": short_ban(**STOCK)}, replications=8, workers=1)
    assert not {"money", "money_difference", "item"} & {*found.to_dataset().variables}
