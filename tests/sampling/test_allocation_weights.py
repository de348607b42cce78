"""The weights of lanes in rationing (eq. 39a, 39b), worked out by hand."""

from dataclasses import replace
from typing import Any

import numpy as np

from diamondsim.distributions import Uniform
from diamondsim.plan import NodeKind, Plan, Reserve
from diamondsim.sampling import draw
from tests.sampling.plans import make_plan

USE, FEED, RESERVE = NodeKind.USE, NodeKind.FEED, NodeKind.RESERVE


def weights(plan: Plan) -> Any:
    return draw(plan, seed=0, count=3).allocation_weight


def two_uses(**values: Any) -> Plan:
    """One seller; demands of 30 and 10 a day, so that the mean value of 4 and 12 is 6."""
    return make_plan(
        nodes=(USE, USE),
        lanes=((0, 0), (0, 1)),
        values={"base_flow": [30.0, 10.0], "value_added": [4.0, 12.0], **values},
    )


def test_the_weight_is_the_value_over_the_mean_of_the_grade_to_the_power_of_the_exponent():
    for exponent, expected in ((0.0, [1.0, 1.0]), (1.0, [4 / 6, 2.0]), (3.0, [(4 / 6) ** 3, 8.0])):
        found = weights(two_uses(value_exponent=[exponent]))
        np.testing.assert_allclose(found, np.repeat([expected], 3, axis=0).T, rtol=1e-14)


def test_extreme_values_have_finite_weights_in_their_order():
    """1e30 times the mean to the power of 20 is more than a float holds."""
    found = weights(two_uses(value_added=[1e-30, 1e15], value_exponent=[20.0], home_preference=[1e300]))
    np.testing.assert_array_equal(found, np.repeat([[1e-100], [1e100]], 3, axis=1))


def test_each_grade_has_its_own_mean():
    plan = two_uses()
    nodes = tuple(
        replace(node, grade=grade) for node, grade in zip(plan.nodes, ("grit", "dust"), strict=True)
    )
    assert (weights(replace(plan, nodes=nodes, grades=("grit", "dust"))) == 1.0).all()


def test_without_values_all_weigh_the_same_whatever_the_exponent():
    assert (weights(two_uses(value_added=[np.nan, np.nan], value_exponent=[3.0])) == 1.0).all()


def test_a_buyer_in_the_region_of_the_seller_weighs_more():
    plan = two_uses(home_preference=[1.5], value_exponent=[0.0])
    nodes = (plan.nodes[0], replace(plan.nodes[1], region="there"))
    np.testing.assert_allclose(
        weights(replace(plan, nodes=nodes, regions=("here", "there")))[:, 0], [1.5, 1.0]
    )


def test_a_reserve_has_the_value_of_the_first_use_it_serves():
    plan = make_plan(
        nodes=(USE, USE, RESERVE),
        lanes=((0, 0), (0, 1), (0, 2)),
        values={"base_flow": [30.0, 10.0, 5.0], "value_added": [4.0, 12.0, np.nan]},
    )
    plan = replace(plan, reserves=(Reserve("r", 2, (1, 0)),))
    np.testing.assert_allclose(weights(plan)[:, 0], [4 / 6, 2.0, 2.0])


def test_a_feed_stock_has_the_mean_of_those_who_buy_what_is_made_from_it_for_a_unit_of_feed():
    """The mill sells 15 a day to the first use and 5 to the second: (15 * 4 + 5 * 12) / 20 = 6, half of it
    for a unit of feed, since the yield is 50 %. The mean of the uses is 6 too.
    """
    plan = make_plan(
        nodes=(USE, USE, FEED),
        n_sources=2,
        lanes=((0, 0), (1, 0), (0, 1), (1, 1), (0, 2)),
        values={
            "base_flow": [30.0, 10.0, 40.0],
            "value_added": [4.0, 12.0, np.nan],
            "contract_share": [0.5, 0.5, 0.5, 0.5, 1.0],
            "feed_yield": [1.0, 0.5],
        },
        source_feed=np.array([-1, 2]),
    )
    np.testing.assert_allclose(weights(plan)[:, 0], [4 / 6, 4 / 6, 2.0, 2.0, 0.5])


def test_an_uncertain_value_and_exponent_are_drawn_in_each_replication():
    found = weights(two_uses(value_added=[4.0, Uniform(6.0, 18.0)], value_exponent=[Uniform(1.0, 2.0)]))
    assert len(np.unique(found[1])) == 3
