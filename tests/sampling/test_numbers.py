import numpy as np
import pytest

from diamondsim.distributions import Uniform
from diamondsim.draws import Draws
from diamondsim.plan import Input, NodeKind, Source
from diamondsim.sampling import NUMBERS, draw
from tests.sampling.plans import make_plan, number


def drawn(**values) -> Draws:
    return draw(make_plan(values=values), seed=0, count=3)


@pytest.mark.parametrize(
    "key, given, field, expected",
    [
        ("base_flow", 100.0, "base_flow", 700.0),
        ("cover", 70.0, "cover_ticks", 10.0),
        ("cover", 3.5, "cover_ticks", 0.5),
        ("reserve_goal", 40.0, "reserve_goal", 40.0),
        ("max_order", 1.5, "max_order", 1.5),
        ("queue_weight", 0.8, "queue_weight", 0.8),
        ("backorder_share", 0.3, "backorder_share", 0.3),
        ("fill_rate_memory_days", 0.0, "fill_rate_gain", 1.0),
        ("fill_rate_memory_days", 70.0, "fill_rate_gain", 1 - np.exp(-0.1)),
        ("qualification_days", 10.5, "qualification_rate", 0.5),
        ("qualification_days", 0.0, "qualification_rate", 1.0),
        ("qualification_days", np.nan, "qualification_rate", 0.0),
        ("qualification_trigger", 0.8, "qualification_trigger", 0.8),
        ("contract_weight", 0.7, "contract_weight", 0.7),
        ("purchase_memory_days", 70.0, "purchase_gain", 1 - np.exp(-0.1)),
        ("purchase_memory_days", 0.0, "purchase_gain", 1.0),
        ("contract_share", 0.6, "contract_share", 0.6),
        ("sourcing_limit", 0.9, "sourcing_limit", 0.9),
        ("lead", 0.0, "lead_ticks", 1),
        ("lead", 10.4, "lead_ticks", 1),
        ("lead", 10.5, "lead_ticks", 2),
        ("lead", 21.0, "lead_ticks", 3),
        ("capacity", 150.0, "capacity", 1050.0),
        ("feed_yield", 0.9, "feed_yield", 0.9),
        ("tracked_share", 0.7, "tracked_share", 0.7),
    ],
)
def test_numbers_are_in_the_units_of_the_engines(key, given, field, expected):
    values = getattr(drawn(**{key: [given]}), field)
    assert values.shape == (1, 3)
    np.testing.assert_allclose(values, expected, rtol=1e-14)


def test_reserve_numbers_stand_in_rows_of_reserves():
    plan = make_plan(
        nodes=(NodeKind.USE, NodeKind.RESERVE), values={"reserve_rate": [3.0], "reserve_trigger": [0.2]}
    )
    draws = draw(plan, seed=0, count=2)
    assert draws.reserve_rate.tolist() == [[21.0, 21.0]]
    assert draws.reserve_trigger.tolist() == [[0.2, 0.2]]


@pytest.mark.parametrize(
    "given, stock",
    [
        ({}, 7000.0),
        ({"opening_days": [14.0]}, 1400.0),
        ({"opening_days": [0.0]}, 0.0),
        ({"opening_stock": [5.0], "opening_days": [14.0]}, 5.0),
        ({"opening_stock": [0.0]}, 0.0),
    ],
)
def test_a_stock_counts_before_days_and_days_before_cover(given, stock):
    np.testing.assert_allclose(drawn(**given).opening_stock, stock)


def test_finished_stock_is_counted_in_days_of_all_contracts_of_a_source_and_is_full_at_the_start():
    plan = make_plan(
        nodes=(NodeKind.USE,) * 2,
        n_sources=2,
        lanes=((0, 0), (1, 0), (0, 1)),
        values={
            "contract_share": [0.25, 0.75, 1.0],
            "base_flow": [100.0, 10.0],
            "finished_stock_ceiling": [14.0, 7.0],
        },
    )
    draws = draw(plan, seed=0, count=1)
    assert draws.finished_stock_ceiling[:, 0].tolist() == [14 * (25 + 10), 7 * 75]
    assert np.array_equal(draws.opening_finished, draws.finished_stock_ceiling)


def test_finished_stock_at_the_start_may_be_another_than_the_ceiling():
    plan = make_plan(values={"finished_stock_ceiling": [14.0], "finished_opening": [3.5]})
    draws = draw(plan, seed=0, count=1)
    assert draws.finished_stock_ceiling.tolist() == [[1400.0]]
    assert draws.opening_finished.tolist() == [[350.0]]


def test_what_a_reserve_buys_is_no_contract_and_adds_nothing_to_finished_stock():
    plan = make_plan(
        nodes=(NodeKind.USE, NodeKind.RESERVE), lanes=((0, 0), (0, 1)), entrant=np.array([False, True])
    )
    assert draw(plan, seed=0, count=1).finished_stock_ceiling.tolist() == [[1400.0]]


def test_a_facility_begins_without_finished_stock_and_counts_its_ceiling_in_days_of_nameplate():
    plan = make_plan(
        values={"capacity": [30.0], "finished_stock_ceiling": [14.0]},
        sources=(Source("s0", "plant", "here", "grit", "plant"),),
    )
    draws = draw(plan, seed=0, count=1)
    assert draws.finished_stock_ceiling.tolist() == [[420.0]]
    assert draws.opening_finished.tolist() == [[0.0]]


def test_two_numbers_with_one_name_are_one_draw():
    shared = Input("cover.common", Uniform(10.0, 20.0))
    own = Input("cover.own", Uniform(10.0, 20.0))
    draws = draw(make_plan(nodes=(NodeKind.USE,) * 3, values={"cover": [shared, shared, own]}), seed=0)
    assert np.array_equal(draws.cover_ticks[0], draws.cover_ticks[1])
    assert abs(np.corrcoef(draws.cover_ticks[0], draws.cover_ticks[2])[0, 1]) < 0.15


def test_a_plan_that_lacks_a_number_is_refused():
    plan = make_plan()
    lacking = {key: rows for key, rows in plan.numbers.items() if key != "queue_weight"}
    with pytest.raises(AssertionError, match="queue_weight"):
        draw(make_plan(numbers=lacking), seed=0)


def test_every_key_says_its_rows_and_its_meaning():
    assert {key.rows for key in NUMBERS.values()} == {"nodes", "lanes", "sources", "reserves", "scenario"}
    assert all(key.meaning for key in NUMBERS.values())


def shares(*given, entrant=()):
    lanes = tuple((s, 0) for s in range(len(given)))
    plan = make_plan(
        n_sources=len(given),
        lanes=lanes,
        values={"contract_share": list(given)},
        entrant=np.isin(np.arange(len(given)), entrant),
    )
    return draw(plan, seed=0).contract_share


def test_certain_shares_keep_their_proportions_and_fill_what_an_uncertain_one_leaves():
    share = shares(Uniform(0.2, 0.6), 0.45, 0.15)
    assert share[0].min() < 0.21
    assert share[0].max() > 0.59
    np.testing.assert_allclose(share.sum(axis=0), 1.0, rtol=1e-14)
    np.testing.assert_allclose(share[1], 3 * share[2], rtol=1e-14)


def test_uncertain_shares_above_one_are_divided_by_their_sum():
    share = shares(Uniform(0.8, 0.9), Uniform(0.4, 0.5), 0.1)
    assert (share[2] == 0).all()
    np.testing.assert_allclose(share.sum(axis=0), 1.0, rtol=1e-14)


def test_an_uncertain_seller_without_others_takes_all():
    np.testing.assert_allclose(shares(Uniform(0.2, 0.6)), 1.0)


def test_certain_shares_and_those_of_entrants_stay_as_they_are():
    assert shares(0.3, 0.7)[:, 0].tolist() == [0.3, 0.7]
    share = shares(0.3, 0.7, Uniform(0.0, 0.5), entrant=[2])
    assert share[:2, 5].tolist() == [0.3, 0.7]
    assert share[2].max() > 0.4


def test_an_uncertain_number_is_named_by_its_input():
    one = draw(make_plan(values={"cover": [number(Uniform(1.0, 2.0), "a")]}), seed=0)
    two = draw(make_plan(values={"cover": [number(Uniform(1.0, 2.0), "b")]}), seed=0)
    assert not np.isin(one.cover_ticks, two.cover_ticks).any()
