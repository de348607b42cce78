import numpy as np
import pytest

from diamondsim.distributions import Uniform
from diamondsim.plan import NodeKind
from diamondsim.sampling import draw
from tests.sampling.plans import make_facility, make_plan

USE, FEED, RESERVE = NodeKind.USE, NodeKind.FEED, NodeKind.RESERVE


def test_the_opening_origin_of_a_use_is_that_of_its_contracts():
    plan = make_plan(
        n_sources=2,
        lanes=((0, 0), (1, 0)),
        values={"contract_share": [0.25, 0.75], "tracked_share": [1.0, 0.2]},
    )
    assert draw(plan, seed=0, count=1).opening_tracked[0, 0] == pytest.approx(0.25 + 0.75 * 0.2)


def test_a_processor_passes_on_the_origin_of_its_feed():
    # Source 0 mines, 1 crushes what it buys from 0 and 2, 2 mines elsewhere; the use buys from 1.
    plan = make_plan(
        nodes=(USE, FEED),
        n_sources=3,
        lanes=((1, 0), (0, 1), (2, 1)),
        source_feed=np.array([-1, 1, -1]),
        values={"contract_share": [1.0, 0.6, 0.4], "tracked_share": [1.0, 0.0, 0.0]},
    )
    tracked = draw(plan, seed=0, count=1).opening_tracked[:, 0]
    np.testing.assert_allclose(tracked, [0.6, 0.6], rtol=1e-14)


def test_processors_that_sell_to_each_other_reach_the_fixed_point():
    # Each feed takes half from the other processor; a = 0.5 + 0.5 b, b = 0.5 a.
    plan = make_plan(
        nodes=(FEED, FEED),
        n_sources=4,
        lanes=((0, 0), (3, 0), (1, 1), (2, 1)),
        source_feed=np.array([-1, -1, 0, 1]),
        values={"contract_share": [0.5] * 4, "tracked_share": [1.0, 0.0, 0.0, 0.0]},
    )
    tracked = draw(plan, seed=0, count=1).opening_tracked[:, 0]
    np.testing.assert_allclose(tracked, [2 / 3, 1 / 3], rtol=1e-12)


def test_processors_that_buy_from_each_other_alone_have_nothing_of_the_tracked_origin():
    # Any equal shares would solve a = b, b = a; goods that nobody mined have no origin.
    plan = make_plan(
        nodes=(FEED, FEED),
        n_sources=2,
        lanes=((1, 0), (0, 1)),
        source_feed=np.array([0, 1]),
        values={"contract_share": [1.0] * 2, "tracked_share": [1.0, 1.0]},
    )
    assert draw(plan, seed=0, count=1).opening_tracked[:, 0].tolist() == [0.0, 0.0]


def test_a_facility_that_does_not_exist_yet_has_filled_no_stock():
    plan = make_plan(
        n_sources=2,
        lanes=((0, 0), (1, 0)),
        entrant=np.array([False, True]),
        lane_facility=np.array([-1, 0]),
        lane_class=("", "x"),
        values={"contract_share": [1.0, 0.5], "tracked_share": [0.3, 1.0]},
        facilities=(make_facility(),),
    )
    assert draw(plan, seed=0, count=1).opening_tracked[0, 0] == pytest.approx(0.3)


def test_a_reserve_holds_what_its_sellers_sell():
    plan = make_plan(
        nodes=(USE, RESERVE),
        lanes=((0, 0), (0, 1)),
        entrant=np.array([False, True]),
        values={"tracked_share": [0.9], "cover": [70.0, 0.0], "opening_stock": [np.nan, 40.0]},
    )
    draws = draw(plan, seed=0, count=1)
    assert draws.opening_tracked[:, 0].tolist() == [0.9, 0.9]
    assert draws.opening_stock[1, 0] == 40.0


def test_an_uncertain_origin_is_passed_on_replication_by_replication():
    plan = make_plan(values={"tracked_share": [Uniform(0.0, 1.0)]})
    draws = draw(plan, seed=0)
    assert np.array_equal(draws.opening_tracked, draws.tracked_share)
