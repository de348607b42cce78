"""Iterative proportional fitting of trade, output and demand."""

import numpy as np
import pytest

from diamondsim.plan.fit import LEAST_SHARE, FitMarket, fit_trade


def markets(*demand):
    """One grade in as many regions."""
    return [FitMarket(region, 0, flow) for region, flow in enumerate(demand)]


def test_a_worked_example_of_two_margins_is_reproduced():
    # Two sellers of both grades, one region. With the first margin (30, 70), the second (40, 60) and a seed
    # of equal odds the fitted flows are the products of the margins: 30 * 40 / 100 = 12, and so on.
    fit = fit_trade(
        np.array([[30.0], [70.0]]), np.ones((2, 2)), [FitMarket(0, 0, 40.0), FitMarket(0, 1, 60.0)]
    )
    assert fit.flow == pytest.approx(np.array([[12.0, 18.0], [28.0, 42.0]]))


def test_the_odds_of_the_seed_survive_where_only_demand_disagrees():
    # The cross-product ratio of the seed (sales by capacity mix) is 4 and must stay 4.
    capacity = np.array([[2.0, 1.0], [1.0, 2.0]])
    fit = fit_trade(np.array([[50.0], [50.0]]), capacity, [FitMarket(0, 0, 60.0), FitMarket(0, 1, 40.0)])
    (a, b), (c, d) = fit.flow
    assert a * d / (b * c) == pytest.approx(4.0)
    assert fit.flow.sum(axis=0) == pytest.approx([60.0, 40.0])


def test_margins_that_agree_leave_nothing_over():
    table = np.array([[60.0, 20.0], [10.0, 30.0]])
    fit = fit_trade(table, np.array([[60.0, 20.0], [20.0, 20.0]]), [
        FitMarket(0, 0, 50.0), FitMarket(0, 1, 20.0), FitMarket(1, 0, 30.0), FitMarket(1, 1, 20.0),
    ])  # fmt: skip
    assert fit.converged
    assert fit.table_left == pytest.approx(np.zeros((2, 2)), abs=1e-7)
    assert fit.output_left == pytest.approx(np.zeros((2, 2)), abs=1e-7)


def test_demand_wins_and_the_rest_is_left_over():
    fit = fit_trade(np.array([[80.0]]), np.array([[100.0]]), markets(100.0))
    assert fit.flow[0, 0] == pytest.approx(100.0)
    assert fit.table_left[0, 0] == pytest.approx(20.0)
    assert fit.output_left[0, 0] == pytest.approx(20.0)


def test_capacities_count_as_proportions_only():
    table = np.array([[30.0, 20.0], [20.0, 30.0]])
    demand = [FitMarket(0, 0, 25.0), FitMarket(0, 1, 25.0), FitMarket(1, 0, 25.0), FitMarket(1, 1, 25.0)]
    small = fit_trade(table, np.array([[2.0, 1.0], [1.0, 2.0]]), demand)
    large = fit_trade(table, np.array([[200.0, 100.0], [1.0, 2.0]]), demand)
    assert small.flow == pytest.approx(large.flow)


def test_a_seller_sells_no_grade_that_it_does_not_make():
    fit = fit_trade(np.array([[50.0], [50.0]]), np.array([[1.0, 0.0], [2.0, 3.0]]), [
        FitMarket(0, 0, 70.0), FitMarket(0, 1, 30.0),
    ])  # fmt: skip
    assert fit.flow == pytest.approx(np.array([[50.0, 0.0], [20.0, 30.0]]))


def test_demand_into_which_nobody_may_sell_is_reported():
    fit = fit_trade(np.array([[10.0, 0.0]]), np.array([[10.0]]), markets(10.0, 5.0))
    assert fit.unsold.tolist() == [0.0, 5.0]


def test_a_share_held_fixed_is_kept_and_the_others_still_fit_the_table():
    table, capacity = np.array([[50.0], [50.0]]), np.ones((2, 1))
    plain, special = FitMarket(0, 0, 60.0), FitMarket(0, 0, 40.0, held={0: 0.75})
    fit = fit_trade(table, capacity, [plain, special])
    assert fit.flow[:, 1] == pytest.approx([30.0, 10.0])
    assert fit.flow[:, 0] == pytest.approx([20.0, 40.0])


def test_fixed_shares_without_another_seller_leave_demand_unsold():
    fit = fit_trade(np.array([[50.0]]), np.ones((1, 1)), [FitMarket(0, 0, 50.0, held={0: 0.6})])
    assert fit.unsold[0] == pytest.approx(20.0)


def test_feed_is_what_the_fitted_sales_of_the_processor_need():
    # A mine sells mesh at home; a mill crushes it into micron with a yield of 80 % and sells 40.
    table, capacity = np.array([[100.0], [40.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    fit = fit_trade(table, capacity, [
        FitMarket(0, 0, 40.0), FitMarket(0, 1, 50.0), FitMarket(0, 1, feeds=(1, 0, 0.8)),
    ])  # fmt: skip
    assert fit.demand.tolist() == pytest.approx([40.0, 50.0, 50.0])
    assert fit.flow == pytest.approx(np.array([[0.0, 50.0, 50.0], [40.0, 0.0, 0.0]]))


def test_feed_follows_the_sales_and_not_the_table_where_demand_wins():
    table, capacity = np.array([[100.0], [40.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    fit = fit_trade(table, capacity, [FitMarket(0, 0, 30.0), FitMarket(0, 1, feeds=(1, 0, 0.5))])
    assert fit.demand[1] == pytest.approx(60.0)


def test_the_feed_of_a_processor_that_sells_nothing_is_nothing():
    fit = fit_trade(np.array([[10.0], [0.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]), [
        FitMarket(0, 1, 10.0), FitMarket(0, 1, feeds=(1, 0, 0.5)),
    ])  # fmt: skip
    assert fit.demand.tolist() == [10.0, 0.0]
    assert fit.unsold.tolist() == [0.0, 0.0]


def test_a_closed_market_buys_from_the_others():
    fit = fit_trade(np.array([[50.0], [50.0]]), np.ones((2, 1)), [
        FitMarket(0, 0, 60.0), FitMarket(0, 0, 40.0, closed=frozenset({1})),
    ])  # fmt: skip
    assert fit.flow == pytest.approx(np.array([[10.0, 40.0], [50.0, 0.0]]))


def test_splitting_a_seller_splits_its_flows_even_where_the_margins_disagree():
    table = np.array([[60.0, 35.0], [10.0, 30.0]])
    capacity = np.array([[3.0, 1.0], [1.0, 1.5]])
    demand = [FitMarket(0, 0, 45.0), FitMarket(0, 1, 20.0), FitMarket(1, 0, 30.0), FitMarket(1, 1, 28.0)]
    whole = fit_trade(table, capacity, demand)
    part = np.array([[0.4], [0.6], [1.0]])
    split = fit_trade(table[[0, 0, 1]] * part, capacity[[0, 0, 1]] * part, demand)
    assert np.abs(whole.table_left).max() > 1.0
    assert split.flow == pytest.approx(whole.flow[[0, 0, 1]] * part, rel=1e-12)


def test_splitting_a_market_splits_its_flows_even_where_the_margins_disagree():
    table, capacity = np.array([[60.0, 35.0], [10.0, 30.0]]), np.array([[3.0, 1.0], [1.0, 1.5]])
    whole = fit_trade(table, capacity, [
        FitMarket(0, 0, 45.0), FitMarket(0, 1, 20.0), FitMarket(1, 0, 30.0), FitMarket(1, 1, 28.0),
    ])  # fmt: skip
    split = fit_trade(table, capacity, [
        FitMarket(0, 0, 9.0), FitMarket(0, 1, 20.0), FitMarket(1, 0, 30.0),
        FitMarket(1, 1, 28.0), FitMarket(0, 0, 36.0),
    ])  # fmt: skip
    assert split.flow[:, 0] + split.flow[:, 4] == pytest.approx(whole.flow[:, 0], rel=1e-12)
    assert split.flow[:, 4] == pytest.approx(whole.flow[:, 0] * 0.8, rel=1e-12)


def test_a_fit_that_does_not_settle_says_so():
    table, capacity = np.array([[60.0, 35.0], [10.0, 30.0]]), np.array([[3.0, 1.0], [1.0, 1.5]])
    demand = [FitMarket(0, 0, 45.0), FitMarket(0, 1, 20.0), FitMarket(1, 0, 30.0), FitMarket(1, 1, 28.0)]
    hasty = fit_trade(table, capacity, demand, most_cycles=2)
    patient = fit_trade(table, capacity, demand)
    assert (hasty.cycles, hasty.converged) == (2, False)
    assert patient.converged
    assert patient.cycles > 2


MILLED = [FitMarket(0, 0, 60.0), FitMarket(1, 0, 30.0), FitMarket(0, 1, feeds=(1, 0, 0.8))]


@pytest.mark.parametrize("most_cycles", [2, 5000])
def test_feed_finds_its_sellers_whether_the_fit_settles_or_not(most_cycles):
    table, capacity = np.array([[110.0, 25.0], [30.0, 10.0]]), np.array([[60.0, 50.0], [40.0, 0.0]])
    fit = fit_trade(table, capacity, MILLED, most_cycles=most_cycles)
    assert fit.converged == (most_cycles == 5000)
    assert fit.unsold.tolist() == [0.0, 0.0, 0.0]
    assert fit.flow[:, 2].sum() == pytest.approx(fit.flow[1, :2].sum() / 0.8, rel=1e-12)
    assert fit.flow.sum(axis=0) == pytest.approx(fit.demand, rel=1e-12)


def test_feed_that_follows_the_sales_is_sold_even_where_nothing_else_moves():
    table, capacity = np.array([[50.0], [40.0]]), np.array([[10.0, 50.0], [40.0, 0.0]])
    fit = fit_trade(table, capacity, [FitMarket(0, 0, 40.0), FitMarket(0, 1, feeds=(1, 0, 0.8))])
    assert fit.flow.sum(axis=0) == pytest.approx(fit.demand, rel=1e-12)


def test_what_a_fit_drives_to_nothing_is_no_contract_and_the_others_take_its_part():
    # Seller 1 sells all of grade 0 and all there is in region 1, 90 against a row of 50: its part of grade 1
    # in region 0 shrinks from cycle to cycle, and never is nothing.
    table, capacity = np.array([[20.0, 0.0], [10.0, 40.0]]), np.array([[0.0, 2.0], [1.0, 1.0]])
    demand = [FitMarket(0, 0, 50.0), FitMarket(0, 1, 40.0), FitMarket(1, 0, 20.0), FitMarket(1, 1, 30.0)]
    for most_cycles in (150, 5000):
        fit = fit_trade(table, capacity, demand, most_cycles=most_cycles)
        assert fit.flow.tolist() == [[0.0, 40.0, 0.0, 0.0], [50.0, 0.0, 20.0, 30.0]]
    trace = fit_trade(table, capacity, demand, most_cycles=10).flow[1, 1]
    assert 40.0 * LEAST_SHARE < trace < 1.0


def test_a_small_share_that_is_meant_is_kept():
    table = np.array([[2e-6], [1.0]])
    fit = fit_trade(table, np.ones((2, 1)), [FitMarket(0, 0, 1.0)])
    assert fit.flow[0, 0] == pytest.approx(2e-6, rel=1e-5)


def test_a_share_held_fixed_is_kept_however_small():
    fit = fit_trade(np.ones((2, 1)), np.ones((2, 1)), [FitMarket(0, 0, 1.0, held={0: 1e-9})])
    assert fit.flow[:, 0] == pytest.approx([1e-9, 1 - 1e-9], rel=1e-9)
