"""Orders that follow prices do not swing from week to week (model.md, section 3, "Stability").

One market of one maker and one buyer, whose demand jumps up by a third or whose supply falls by a quarter.
Without smoothing the orders rise and fall from tick to tick where (lead + cover + 1/2) * elasticity is more
than the adjustment time.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from diamondsim.engines import batch
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario
from tests.engines.pricing import priced
from tests.engines.small_case import lane, small_case, source, use


def orders(
    *, adjustment: float, cover: float, elasticity: float, planning: float, shock: float
) -> np.ndarray:
    """Return the orders of a buyer, times in ticks; `shock` is on supply if it is below 1, else on demand."""
    rationed, change = shock < 1, [1.0] * 20 + [shock]
    case = small_case(
        n_ticks=400,
        nodes=[use("a", demand=100, cover=cover, growth=None if rationed else change, fill_rate_gain=0.0)],
        # What it could make beyond its contracts fills the orders, and is not offered at a price.
        sources=[source("s", capacity=100 if rationed else 900, index=change if rationed else None)],
        lanes=[lane("s", "a", lead=4)],
    )
    gain = 1 - np.exp(-1 / planning) if planning else 1.0
    case = priced(case, gain=1 / adjustment, demand=elasticity, planning=gain, highest=np.log(1e3))
    return np.asarray(batch.run(*case)["order"][:, 0, 0])


def longest_alternation(path: np.ndarray, at_least: float = 1.0) -> int:
    """Return the most ticks in a row in which a path turns, each time by more than `at_least`."""
    steps = np.diff(path)
    turns = (steps[1:] * steps[:-1] < 0) & (np.minimum(abs(steps[1:]), abs(steps[:-1])) > at_least)
    longest = run = 0
    for turn in turns:
        run = run + 1 if turn else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize("adjustment", [4.0, 12.0, 26.0])
@pytest.mark.parametrize("cover", [0.0, 8.0, 26.0])
@pytest.mark.parametrize("elasticity", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("shock", [0.75, 4 / 3])
def test_orders_do_not_swing_where_stocks_are_planned_on_half_a_year(
    adjustment: float, cover: float, elasticity: float, shock: float
) -> None:
    path = orders(adjustment=adjustment, cover=cover, elasticity=elasticity, planning=26.0, shock=shock)
    assert elasticity * (0.5 + (4 + cover) / 51) < adjustment
    assert longest_alternation(path) <= 2


@pytest.mark.parametrize("planning", [0.0, 4.0, 26.0])
def test_orders_swing_where_the_condition_of_the_page_fails_and_only_there(planning: float) -> None:
    """`1 / 2 + L g / (2 - g)` with L the lead and cover, and g the share of a price that is planned on."""
    gain = 1 - np.exp(-1 / planning) if planning else 1.0
    ticks = 0.5 + 30 * gain / (2 - gain)
    for factor, swings in ((0.9, True), (1.1, False)):
        path = orders(
            adjustment=factor * 0.8 * ticks, cover=26.0, elasticity=0.8, planning=planning, shock=1.001
        )
        assert (np.abs(np.diff(path[-50:])).max() > 1.0) == swings


@pytest.mark.parametrize("tick", ["7 days", "1 day"])
def test_orders_do_not_swing_in_the_shipped_market_without_noise(tick: str) -> None:
    quiet = {
        "horizon.length": "3 yr",
        "horizon.tick": tick,
        "inventory_policy.any.noise": None,
        # Licences that come and go from tick to tick would move orders up and down by themselves.
        "controls.cn_55.licensing.any.any.batch": None,
    }
    plan = compile_plan(load_scenario("priced-2027").override(quiet))
    ledger = batch.run(plan, draw(plan, seed=0, count=8), record={"order"})
    uses = [n for n, node in enumerate(plan.nodes) if node.use is not None]
    for region in plan.regions:
        nodes = [n for n in uses if plan.nodes[n].region == region]
        total = ledger["order"][:, nodes].sum(axis=1)
        for path in total.T:
            assert longest_alternation(path, 0.05 * path.mean()) <= 4


def test_a_tariff_on_goods_under_control_makes_no_use_safer() -> None:
    """Paired: the same draws, tariffs of 0, 25 and 145 %; unmet need counts what is given up."""
    needs = []
    for rate in ("0%", "25%", "145%"):
        plan = compile_plan(
            load_scenario("priced-2027").override(
                {"horizon.length": "4 yr", "prices.surcharges.us_tariff.rate": {"2027-01-01": rate}}
            )
        )
        ledger = batch.run(plan, draw(plan, seed=0, count=64), record={"demand", "forgone", "shortage"})
        nodes = [
            [n for n, node in enumerate(plan.nodes) if node.region == "US" and node.use == use]
            for use in ("polishing", "machining", "construction", "thermal_powder", "munitions")
        ]
        forgone = ledger["forgone"]
        unmet = (ledger["shortage"] + np.maximum(forgone, 0.0)).sum(axis=0)
        normal = (ledger["demand"] + forgone).sum(axis=0)
        needs.append([(unmet[n].sum(axis=0) / normal[n].sum(axis=0)).mean() for n in nodes])
    for less, more in pairwise(needs):
        assert all(b > a for a, b in zip(less, more, strict=True))
