"""Prices and costs of a replication, by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from diamondsim.draws import NO_PRICE
from diamondsim.ledger import Ledger
from diamondsim.plan import Node, NodeKind, Reserve
from diamondsim.results import Settings, Summary, recorded, summary_dataset, trace_dataset
from diamondsim.results.metrics import metrics_of
from diamondsim.results.price_metrics import start_on_contracts
from diamondsim.results.settings import ReserveSettings
from tests.results.hand_made import PROVENANCE, ledger_of, plan_of
from tests.results.priced_model import FAR, HOME, priced_case

# Prices (T, M, R): at home up to four times, from afar down; the second replication stays where it began.
PRICE = np.ones((4, 2, 2))
PRICE[:, HOME, 0] = [1.0, 2.0, 4.0, 4.0]
PRICE[:, FAR, 0] = [1.0, 0.8, 0.5, 0.6]


def dataset_of(plan, draws, settings=None, **arrays):
    summary = Summary(plan, settings or Settings())
    summary.add(draws, ledger_of(plan, draws.n_replications, **arrays))
    return summary_dataset(summary, PROVENANCE)


@pytest.fixture(scope="module")
def found():
    return dataset_of(*priced_case(), demand=100.0, paid=1.0, price=PRICE)


def test_the_extremes_of_a_price_are_multiples_of_the_start_with_the_tick_that_first_has_them(found):
    home, far = (found.sel(grade="grit", zone=zone) for zone in ("home", "far"))
    assert home["peak_price"].values.tolist() == [4.0, 1.0]
    assert home["peak_price_tick"].values.tolist() == [2.0, 0.0]
    assert far["lowest_price"].values.tolist() == [0.5, 1.0]
    assert far["lowest_price_tick"].values.tolist() == [2.0, 0.0]
    assert home["start_price"].values.tolist() == [0.2, 0.2]
    assert found["peak_price"].dims == ("replication", "grade", "zone")


def test_bands_of_a_price_are_in_multiples_and_in_dollars(found):
    home = found.sel(grade="grit", zone="home")
    assert home["price_mean"].values == pytest.approx([1.0, 1.5, 2.5, 2.5], abs=1e-6)
    assert home["price_usd_mean"].values == pytest.approx([0.2, 0.3, 0.5, 0.5], abs=1e-6)
    # At most half a bin off, and nothing at the price of the start, which is the middle of one.
    assert home["price_usd_band"].sel(quantile=0.95).values[2] == pytest.approx(0.8, abs=0.011)
    assert home["price_band"].sel(quantile=0.95).values[2] == pytest.approx(4.0, abs=0.052)
    assert home["price_band"].sel(quantile=0.05).values == pytest.approx([1.0] * 4, rel=1e-12)
    assert home["price_usd_band"].sel(quantile=0.05).values == pytest.approx([0.2] * 4, rel=1e-12)
    assert found["price_band"].dims == ("time", "grade", "zone", "quantile")
    assert found["price_usd_band"].attrs["units"] == "USD/carat"
    assert "(x + 0.2)^2" in found["price_usd_band"].attrs["quantile_error"]
    assert found["grade_unit"].values.tolist() == ["ct"]


def test_contracts_start_at_the_price_of_their_sellers_with_the_tariff_that_has_long_been_paid():
    start = start_on_contracts(*priced_case())
    assert start[0] == pytest.approx([0.25 * 0.2 + 0.75 * 0.1 * 1.5] * 2)
    assert start[1] == pytest.approx([0.1] * 2)
    assert np.isnan(start[2]).all()


def test_a_node_without_contracts_starts_at_the_price_of_its_own_market():
    plan, draws = priced_case()
    start = start_on_contracts(replace(plan, entrant=np.ones(plan.n_lanes, dtype=bool)), draws)
    assert start[:2, 0].tolist() == [0.2, 0.1]


def test_what_is_used_costs_what_contracts_cost_on_the_day():
    plan, draws = priced_case()
    paid = np.ones((4, 3, 2))
    paid[2:, 0, 0] = 2.0
    used = np.zeros((4, 3, 2))
    used[:, 0], used[:, 1], used[:, 2] = [[10.0], [20.0], [30.0], [40.0]], 5.0, 7.0
    found = dataset_of(plan, draws, demand=100.0, used=used, paid=paid, price=1.0)
    start = 0.05 + 0.1125
    here = found.sel(region="US", use="cutting")
    assert here["purchase_cost"].values == pytest.approx([start * 170, start * 100])
    assert here["extra_cost"].values == pytest.approx([start * 70, 0.0])
    assert found["purchase_cost"].sel(region="CN", use="cutting").values == pytest.approx([2.0, 2.0])
    assert found["purchase_cost"].sel(region="US", use="plates").isnull().all()
    assert found["extra_cost_mean"].sel(region="US", use="cutting", bound="estimate") == pytest.approx(
        start * 35
    )
    assert found["purchase_cost"].attrs["units"] == "USD"


def test_what_is_given_up_counts_against_what_would_have_been_wanted():
    plan, draws = priced_case()
    demand, forgone = np.zeros((4, 3, 2)), np.zeros((4, 3, 2))
    demand[:, 0], forgone[:, 0, 0], forgone[:, 0, 1] = 75.0, [0.0, 25.0, 50.0, 25.0], -25.0
    found = dataset_of(plan, draws, demand=demand, forgone=forgone, paid=1.0, price=1.0)
    assert found["forgone"].sel(region="US", use="cutting").values == pytest.approx([0.25, -0.5])
    assert found["forgone"].sel(region="CN", use="cutting").values.tolist() == [0.0, 0.0]


def test_unmet_need_is_what_is_short_and_what_is_given_up_as_a_share_of_normal_demand():
    """Normal demand is 100 a tick. In replication 1 goods are cheap, and what is bought more offsets no
    shortage: 20 are short of 4 * (100 - 25 of 125 more) = 400.
    """
    plan, draws = priced_case()
    demand, forgone, shortage = np.zeros((4, 3, 2)), np.zeros((4, 3, 2)), np.zeros((4, 3, 2))
    forgone[:, 0, 0], forgone[:, 0, 1] = [0.0, 25.0, 50.0, 25.0], -25.0
    demand[:, 0] = 100.0 - forgone[:, 0]
    shortage[:, 0, 0], shortage[:, 0, 1] = [10.0, 0.0, 10.0, 0.0], [20.0, 0.0, 0.0, 0.0]
    found = dataset_of(
        plan,
        draws,
        Settings(threshold=0.5, window_days=7.0),
        demand=demand,
        forgone=forgone,
        shortage=shortage,
        paid=1.0,
        price=1.0,
    ).sel(region="US", use="cutting")
    assert found["given_up"].values.tolist() == [100.0, 0.0]
    assert found["unmet_need"].values == pytest.approx([120 / 400, 20 / 400])
    assert found["peak_unmet_need"].values == pytest.approx([0.6, 0.2])
    assert found["probability_of_unmet_need"].sel(bound="estimate") == 0.5
    # Of what is wanted at the price of the day, less is short.
    assert found["peak_shortfall"].values == pytest.approx([0.2, 20 / 125])
    assert found["probability_of_shortage"].sel(bound="estimate") == 0.0


def test_without_prices_there_is_no_need_beyond_the_shortage():
    names = {metric.name for metric in metrics_of(plan_of()[0], Settings())}
    assert "shortage" in names
    assert not names & {"given_up", "unmet_need", "peak_unmet_need"}


def test_a_plant_stands_beside_home_prices_and_landed_ones():
    found = dataset_of(*priced_case(), demand=1.0, paid=1.0, price=PRICE).sel(facility="plant")
    # It can make 0.2, 0.8, 0.8 of its nameplate in ticks 1 to 3; the tariff is 50 % in tick 1, then 100 %.
    assert found["unit_cost"].values.tolist() == [0.3, 0.3]
    assert found["home_price"].values == pytest.approx([0.2 * (0.2 * 2 + 0.8 * 4 * 2) / 1.8, 0.2])
    landed = [(0.2 * 0.08 * 1.5 + 0.8 * (0.05 + 0.06) * 2) / 1.8, 0.1 * (0.2 * 1.5 + 1.6 * 2) / 1.8]
    assert found["landed_price"].sel(zone="far").values == pytest.approx(landed)
    assert found["landed_price"].sel(zone="home").isnull().all()
    # At home 0.4, 0.8, 0.8 in the first replication, 0.2 in the second; landed 0.15 and 0.2 in the second.
    assert found["covers_cost"].values.tolist() == [1.0, 0.0]
    assert found["covers_cash_cost"].values.tolist() == [1.0, 1.0]
    assert found["undercut"].values.tolist() == [1.0, 1.0]
    assert found["landed_price"].dims == ("replication", "zone")


def test_a_plant_is_undercut_only_while_it_could_make_something():
    plan, draws = priced_case(unit_cost=np.full((1, 2), 0.18))
    found = dataset_of(plan, draws, demand=1.0, paid=1.0, price=1.0).sel(facility="plant")
    assert found["undercut"].values == pytest.approx([1 / 3, 1 / 3])  # 0.15 in tick 1, then 0.2
    early = replace(draws, milestones=(np.full((2, 2), -3),))
    found = dataset_of(plan, early, demand=1.0, paid=1.0, price=1.0).sel(facility="plant")
    assert found["undercut"].values == pytest.approx([0.5, 0.5])


def test_a_floor_covers_the_cost_but_is_not_the_price():
    floor = np.full((4, 2), NO_PRICE)
    floor[2] = np.log(0.35 / 0.2)
    found = dataset_of(*priced_case(floor=floor), demand=1.0, paid=1.0, price=1.0).sel(facility="plant")
    assert found["covers_cost"].values.tolist() == [1.0, 1.0]
    assert found["home_price"].values == pytest.approx([0.2, 0.2])


def test_a_plant_that_never_produces_has_a_cost_and_nothing_to_sell():
    plan, draws = priced_case()
    late = replace(draws, milestones=(np.array([[1, 4], [2, 4]]),))
    found = dataset_of(plan, late, demand=1.0, paid=1.0, price=1.0).sel(facility="plant")
    for name in ("home_price", "covers_cost", "covers_cash_cost", "undercut"):
        assert np.isnan(found[name].values).tolist() == [False, True], name
    assert found["unit_cost"].values.tolist() == [0.3, 0.3]
    assert found["home_price_mean"].sel(bound="estimate").item() == pytest.approx(0.2)


def test_a_milestone_beyond_the_horizon_is_missing_and_one_before_it_is_kept():
    plan, draws = priced_case(replications=3)
    drawn = replace(draws, milestones=(np.array([[-3, 3, 4], [2, 4, 9]]),))
    found = dataset_of(plan, drawn, demand=1.0, paid=1.0, price=1.0).sel(facility="plant")
    np.testing.assert_array_equal(found["first_output"], [-3.0, 3.0, np.nan])
    np.testing.assert_array_equal(found["full_output"], [2.0, np.nan, np.nan])


def test_the_output_of_plants_over_time_is_labelled_by_plant(found):
    assert found["facility_output_band"].dims == ("time", "facility", "quantile")
    assert found["facility_output_mean"].dims == ("time", "facility")
    assert found["facility"].values.tolist() == ["plant"]


def test_of_a_plant_without_a_cost_nothing_is_said():
    plan, draws = priced_case()
    silent = replace(plan, facilities=tuple(replace(f, cost=None) for f in plan.facilities))
    found = dataset_of(silent, draws, demand=1.0, paid=1.0, price=1.0)
    assert "unit_cost" not in found
    assert "peak_price" in found


def test_the_cheapest_maker_of_a_zone_lands_first():
    plan, draws = priced_case()
    other = replace(plan.sources[0], region="RU")  # in the far zone too, and nobody taxes it
    assert plan.prices is not None
    prices = replace(plan.prices, source_market=np.array([FAR, FAR, HOME, -1]))
    found = dataset_of(
        replace(plan, regions=("US", "CN", "RU"), sources=(other, *plan.sources[1:]), prices=prices),
        draws,
        demand=1.0,
        paid=1.0,
        price=1.0,
    )
    assert found["landed_price"].sel(facility="plant", zone="far").values == pytest.approx([0.1, 0.1])


def with_reserve(plan):
    node = len(plan.nodes)
    return replace(
        plan,
        nodes=(*plan.nodes, Node("stockpile", NodeKind.RESERVE, "US", "grit", None)),
        node_kind=np.append(plan.node_kind, NodeKind.RESERVE),
        reserves=(Reserve("stockpile", node, (0,)),),
    )


def draws_with_reserve(draws):
    """Without hold-back and goal."""
    n_nodes, n = draws.base_flow.shape
    return replace(draws, reserve_hold_back=np.zeros((1, n)), reserve_goal=np.zeros((n_nodes + 1, n)))


def test_a_reserve_costs_its_holding_and_the_interest_on_what_it_holds():
    plan, draws = priced_case()
    assert plan.prices is not None
    prices = replace(plan.prices, node_market=np.append(plan.prices.node_market, HOME))
    plan, draws = replace(with_reserve(plan), prices=prices), draws_with_reserve(draws)
    stock = np.zeros((4, 4, 2))
    stock[:, 3] = [[100.0], [100.0], [50.0], [0.0]]
    settings = Settings(reserves={"stockpile": ReserveSettings(holding_cost=0.001, interest=0.1)})
    found = dataset_of(plan, draws, settings, demand=1.0, paid=1.0, price=PRICE, stock=stock)
    expected = 7 * 250 * (0.001 + 0.1 * 0.2 / 365.25)
    assert found["reserve_cost"].sel(reserve="stockpile").values == pytest.approx([expected] * 2)
    assert found["reserve_cost"].attrs["units"] == "USD"
    assert found["reserve_cost_mean"].sel(reserve="stockpile", bound="low") == pytest.approx(expected)


def test_holding_costs_need_no_prices_and_interest_without_one_is_unknown():
    plan, draws = plan_of((("US", "cutting", "grit"),), n_ticks=2)
    plan, draws = with_reserve(plan), draws_with_reserve(draws)
    for interest, expected in ((0.0, 7 * 2 * 30 * 0.5), (0.1, math.nan)):
        settings = Settings(reserves={"stockpile": ReserveSettings(0.5, interest)})
        found = dataset_of(plan, draws, settings, demand=1.0, stock=30.0)
        assert found["reserve_cost"].values[:, 0] == pytest.approx([expected] * 3, nan_ok=True)
    assert "reserve_cost" not in dataset_of(plan, draws, demand=1.0, stock=30.0)


def test_prices_are_recorded_only_where_there_are_some():
    plan, _ = priced_case()
    fields = recorded(plan, Settings())
    assert set(fields) - set(recorded(replace(plan, prices=None), Settings())) == {"paid", "forgone", "price"}


def test_without_prices_there_is_no_word_of_them():
    plan, draws = plan_of()
    found = dataset_of(plan, draws, demand=1.0)
    assert {"grade", "zone"} & set(found.dims) == set()
    assert not [name for name in found.variables if "price" in str(name) or "forgone" in str(name)]


def random_arrays(plan, replications, seed):
    rng = np.random.default_rng(seed)

    def numbers(rows, low, high):
        return rng.uniform(low, high, (plan.n_ticks, rows, replications))

    return {
        "demand": numbers(plan.n_nodes, 1.0, 100.0),
        "used": numbers(plan.n_nodes, 0.0, 100.0),
        "forgone": numbers(plan.n_nodes, -10.0, 10.0),
        "paid": np.exp(numbers(plan.n_nodes, -1.0, 2.0)),
        "price": np.exp(numbers(plan.n_markets, -1.0, 3.0)),
        "stock": numbers(plan.n_nodes, 0.0, 100.0),
    }


@pytest.mark.parametrize("size", [1, 3, 8, 64])
def test_prices_do_not_depend_on_the_blocks(size):
    n = 130
    rng = np.random.default_rng(9)
    start, floor = rng.uniform(0.1, 1.0, (2, n)), rng.uniform(-0.5, 1.0, (4, n))
    plan, draws = priced_case(n_ticks=300, replications=n, start_usd=start, floor=floor)
    first = rng.integers(-5, 320, (1, n)).repeat(2, axis=0)
    assert draws.prices is not None
    surcharge = rng.uniform(-0.5, 0.5, draws.prices.surcharge.shape)
    draws = replace(draws, milestones=(first,), prices=replace(draws.prices, surcharge=surcharge))
    arrays = random_arrays(plan, n, seed=4)
    parts = Summary(plan, Settings())
    for begin in range(0, n, size):
        columns = slice(begin, begin + size)
        some = {name: array[:, :, columns] for name, array in arrays.items()}
        part = Summary(plan, Settings())
        part.add(draws.select(columns), ledger_of(plan, len(range(n)[columns]), **some))
        parts.merge(part)
    found = summary_dataset(parts, PROVENANCE)
    assert found.identical(dataset_of(plan, draws, **arrays))
    never = first[0] >= plan.n_ticks
    assert 0 < never.sum() < n
    assert np.isnan(found["home_price"].values[:, 0]).tolist() == never.tolist()


def test_every_variable_of_prices_has_a_unit_a_name_and_an_interval_where_it_is_an_estimate(found):
    for name, variable in found.data_vars.items():
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name
        if name.endswith("_mean") and "time" not in variable.dims:
            assert "bound" in variable.dims, name
    assert found["peak_price_mean"].dims == ("grade", "zone", "bound")
    assert found["landed_price_quantiles"].dims == ("facility", "zone", "quantile", "bound")
    assert found["peak_price_mean"].sel(zone="home", grade="grit", bound="estimate").item() == 2.5


def test_a_trace_holds_prices_only_where_there_are_some():
    plan, draws = priced_case(replications=1)
    full = trace_ledger(plan, price=PRICE[:, :, :1], paid=1.0)
    found = trace_dataset(plan, draws, full, PROVENANCE)
    assert found["price"].dims == ("time", "market")
    assert found["paid"].dims == found["forgone"].dims == ("time", "node")
    assert found["price"].sel(market="grit.home").values.tolist() == [1.0, 2.0, 4.0, 4.0]
    assert found["start_price"].values.tolist() == [0.2, 0.1]
    assert found["market_zone"].values.tolist() == ["home", "far"]
    bare, draws = plan_of(replications=1)
    names = set(trace_dataset(bare, draws, trace_ledger(bare), PROVENANCE).variables)
    assert not names & {"price", "paid", "forgone", "market"}


def trace_ledger(plan, **arrays):
    ledger = Ledger.empty(plan, 1)
    for name, values in arrays.items():
        ledger[name][...] = values
    return ledger
