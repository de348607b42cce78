"""Facilities that need feed (model.md, eq. 93)."""

import numpy as np
import pytest

from diamondsim.engines import batch
from diamondsim.errors import ScenarioError
from diamondsim.plan import NodeKind, compile_plan
from diamondsim.plan.check import check
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario

CALM = load_scenario("calm").override({"horizon.length": "700 days"})
MILL = {
    "region": "US",
    "nameplate": "14 Mct/yr",
    "product_mix": {"micron": "100%"},
    "feed": {"micron": {"grade": "coarse", "yield": "70%", "cover": "40 days"}},
    "decision": "2026-11-23",
    "stages": {"installation": "140 days"},
    "ramp": "0 days",
    "contract_shares": {"US.machining": "20%"},
    "lead": {"US": "7 days"},
    "assumed": "A test",
}


def mill(**changes):
    return CALM.override({"facilities": {"mill": MILL | changes}})


def index_of(names, name):
    return next(k for k, item in enumerate(names) if item.name == name)


def test_the_feed_of_a_mill_is_an_empty_stock_that_expects_what_the_nameplate_needs():
    plan = compile_plan(mill())
    feed = index_of(plan.nodes, "mill.micron.feed")
    draws = draw(plan, seed=0, count=2)
    assert plan.node_kind[feed] == NodeKind.FEED
    assert plan.source_feed[index_of(plan.sources, "mill.micron")] == feed
    assert draws.base_flow[feed] == pytest.approx(14e6 / 0.7 * 7 / 365.25)
    assert (draws.opening_stock[feed] == 0).all()
    assert (draws.growth[:, plan.node_growth[feed]] == 1).all()


def test_it_buys_from_first_output_on_from_those_who_sell_its_grade_in_its_region():
    plan = compile_plan(mill())
    feed = index_of(plan.nodes, "mill.micron.feed")
    use = index_of(plan.nodes, "US.construction.coarse")
    draws = draw(plan, seed=0, count=1)
    of_feed, of_use = (np.flatnonzero((plan.lane_node == n) & (plan.lane_facility < 0)) for n in (feed, use))
    assert plan.entrant[of_feed].all()
    assert (draws.open_tick[of_feed] == 20).all()
    assert plan.lane_source[of_feed].tolist() == plan.lane_source[of_use].tolist()
    assert draws.contract_share[of_feed] == pytest.approx(draws.contract_share[of_use])
    assert draws.contract_share[of_feed].sum() == pytest.approx(1.0)


def test_it_makes_what_it_sells_of_the_feed_that_has_arrived():
    plan = compile_plan(mill())
    feed, made = index_of(plan.nodes, "mill.micron.feed"), index_of(plan.sources, "mill.micron")
    ledger = batch.run(plan, draw(plan, seed=0, count=1))
    output, used = ledger["output"][:, made, 0], ledger["used"][:, feed, 0]
    assert (ledger["arrived"][:21, feed] == 0).all()
    assert (output[:21] == 0).all()
    assert used == pytest.approx(output / 0.7)
    # A fifth of the micron that machining takes in the United States.
    sold = 0.2 * 122.5e6 * 0.35 * 7 / 365.25
    assert output[-1] == pytest.approx(sold, rel=1e-4)
    assert ledger["arrived"][-1, feed, 0] == pytest.approx(sold / 0.7, rel=2e-4)


def test_a_world_with_a_mill_that_is_never_set_up_is_the_same_world():
    plan, without = compile_plan(mill(cancelled="100%")), compile_plan(CALM)
    ledgers = [batch.run(p, draw(p, seed=0, count=1)) for p in (plan, without)]
    nodes = [index_of(plan.nodes, node.name) for node in without.nodes]
    for field in ("used", "stock", "order", "shortage"):
        assert ledgers[0][field][:, nodes] == pytest.approx(ledgers[1][field], rel=1e-12)


def test_a_mill_whose_feed_nobody_sells_is_worth_a_warning():
    there = {"region": "US", "feed": {"micron": {"grade": "raw"}}}
    world = CALM.override({"grades.raw": {"unit": "ct"}, "facilities": {"mill": MILL | there}})
    assert check(world).warnings == ("mill.micron.feed: nobody sells raw in US",)


@pytest.mark.parametrize(
    "feed, message",
    [
        ({"micro": {"grade": "coarse"}}, "unknown output 'micro'; did you mean 'micron'?"),
        ({"micron": {"grade": "coars"}}, "unknown grade 'coars'; did you mean 'coarse'?"),
        ({"micron": {"grade": "coarse", "opening": "9 days"}}, "a facility has no feed before it starts"),
        ({"micron": {"grade": "coarse", "yield": "0%"}}, "a yield must be above 0"),
    ],
)
def test_a_mistake_in_a_feed_is_answered(feed, message):
    with pytest.raises(ScenarioError) as caught:
        mill(feed=feed)
    assert message in str(caught.value)
