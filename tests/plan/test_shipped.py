"""Every shipped scenario compiles, and its contracts are in balance."""

import numpy as np
import pytest

from diamondsim.plan.compile import derive
from diamondsim.scenario import load_scenario, shipped_scenarios

RUNNABLE = [listing.name for listing in shipped_scenarios() if not listing.component]


@pytest.fixture(scope="module", params=RUNNABLE)
def derived(request):
    return derive(load_scenario(request.param))


def test_the_promised_scenarios_are_among_them():
    assert {"calm", "baseline-2026", "reinstated-2027", "us-ban-2027"} <= set(RUNNABLE)


def test_the_contracts_of_each_node_add_up(derived):
    plan = derived.plan
    total = np.zeros(plan.n_nodes)
    for column in np.flatnonzero(~plan.entrant):
        total[plan.lane_node[column]] += plan.numbers["contract_share"][column].distribution.central()
    bought = derived.contracts.demand > 0
    assert bought.sum() > 10
    assert total[bought] == pytest.approx(np.ones(bought.sum()), abs=1e-9)


def test_what_is_bought_is_sold_within_capacity(derived):
    contracts = derived.contracts
    assert contracts.flow.sum(axis=0) == pytest.approx(contracts.demand, rel=1e-9)
    capacity = np.array([row.capacity.distribution.central() for row in derived.entities.sources])
    assert (contracts.flow.sum(axis=1) <= capacity).all()


@pytest.mark.parametrize("name", ["former-us-balance", "chip-tools", "origin-cut", "grade-conversion"])
def test_some_shipped_scenarios_have_processors(name):
    assert (derive(load_scenario(name)).plan.source_feed >= 0).any()


def test_feed_is_what_the_sales_of_processors_need(derived):
    plan, contracts = derived.plan, derived.contracts
    for s in np.flatnonzero(plan.source_feed >= 0):
        feed_yield = plan.numbers["feed_yield"][s].distribution.central()
        assert contracts.demand[plan.source_feed[s]] * feed_yield == pytest.approx(contracts.flow[s].sum())


def test_the_fit_settles_and_stays_within_a_hundredth_of_the_trade_table(derived):
    for fitted in derived.contracts.fits:
        assert fitted.fit.converged
        assert np.abs(fitted.fit.table_left).max() <= 0.01 * fitted.table.max()
        written = fitted.table > 0
        assert (np.abs(fitted.fit.table_left)[written] <= 0.01 * fitted.table[written]).all()
