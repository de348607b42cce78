"""More stock, more capacity, a larger reserve, no ban: none may leave those whom it serves with less.

Asked of invented markets without what makes buyers depend on each other in ways that no rule of allocation
can undo (`CONTESTED`). Even there a single replication may be worse: buyers share sellers, and one who has
more today orders less, gets less, and is remembered as a smaller customer. So the mean over replications must
not be worse by more than a point of demand, and none by more than ten. docs/monotonicity.md has what holds in
the shipped scenarios, with these mechanisms and for each use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.draws import Draws
from diamondsim.engines import batch
from diamondsim.plan import ControlState, NodeKind, Plan
from tests.engines.small_case import Case
from tests.invented.outline import Outline
from tests.invented.playing import case_of
from tests.invented.strategies import invent, outlines

CONTESTED = frozenset(
    {
        *("feed", "second mill", "facility", "building", "buyer", "registry", "lanes", "rationing", "serves"),
        *("inventory_policy", "sourcing_limit", "spillover", "prices", "surcharges"),
    }
)
"""Left out: who gets more may take it from another use of the same region, or raises a price for it."""
REPLICATIONS = 8
MEAN, EACH = 0.01, 0.10
"""The most by which the unmet share of those served may rise, in the mean and in one replication."""

some = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=25
)


def uses_of(plan: Plan) -> BoolArray:
    """Return which nodes are uses, (N,)."""
    return np.asarray(plan.node_kind == NodeKind.USE)


def bought_from(plan: Plan, source: int) -> BoolArray:
    """Return which uses have a lane from a source, (N,)."""
    served = np.zeros(plan.n_nodes, dtype=bool)
    served[plan.lane_node[plan.lane_source == source]] = True
    return np.asarray(served & uses_of(plan))


def covered(plan: Plan) -> BoolArray:
    """Return which uses have a lane that a control covers, (N,)."""
    touched = np.zeros(plan.n_nodes, dtype=bool)
    touched[plan.lane_node[(plan.rule_of >= 0).any(axis=0)]] = True
    return np.asarray(touched & uses_of(plan))


def more_stock(plan: Plan, draws: Draws, pick: int) -> tuple[Draws, BoolArray]:
    """Five more days of demand in the opening stock of one use."""
    node = np.flatnonzero(uses_of(plan))[pick % np.count_nonzero(uses_of(plan))]
    opening = draws.opening_stock.copy()
    opening[node] += 5 * draws.base_flow[node]
    return replace(draws, opening_stock=opening), np.arange(plan.n_nodes) == node


def more_stock_for_all(plan: Plan, draws: Draws, _pick: int) -> tuple[Draws, BoolArray]:
    """Five more days of demand in every opening stock."""
    added = 5 * draws.base_flow * uses_of(plan)[:, None]
    return replace(draws, opening_stock=draws.opening_stock + added), uses_of(plan)


def more_capacity(plan: Plan, draws: Draws, pick: int) -> tuple[Draws, BoolArray]:
    """Half as much capacity again for one source."""
    source = pick % plan.n_sources
    factor = np.where(np.arange(plan.n_sources) == source, 1.5, 1.0)[:, None]
    return replace(draws, capacity=draws.capacity * factor), bought_from(plan, source)


def more_capacity_for_all(plan: Plan, draws: Draws, _pick: int) -> tuple[Draws, BoolArray]:
    """Half as much capacity again for every source."""
    return replace(draws, capacity=1.5 * draws.capacity), uses_of(plan)


def larger_reserves(plan: Plan, draws: Draws, _pick: int) -> tuple[Draws, BoolArray]:
    """Three more ticks of what a reserve may release in each reserve."""
    opening, served = draws.opening_stock.copy(), np.zeros(plan.n_nodes, dtype=bool)
    for number, reserve in enumerate(plan.reserves):
        opening[reserve.node] += 3 * draws.reserve_rate[number]
        served[list(reserve.serves)] = True
    return replace(draws, opening_stock=opening), served


def no_ban(plan: Plan, draws: Draws, _pick: int) -> tuple[Draws, BoolArray]:
    """No control wherever one would be a ban."""
    state = np.where(draws.control_state == ControlState.BANNED, ControlState.NONE, draws.control_state)
    return replace(draws, control_state=state.astype(draws.control_state.dtype)), covered(plan)


def no_control(plan: Plan, draws: Draws, _pick: int) -> tuple[Draws, BoolArray]:
    """No control at any time."""
    return replace(draws, control_state=np.full_like(draws.control_state, ControlState.NONE)), covered(plan)


CHANGES = (
    *(more_stock, more_stock_for_all, more_capacity, more_capacity_for_all),
    *(larger_reserves, no_ban, no_control),
)


def unmet(case: Case, served: BoolArray) -> FloatArray:
    """Return the share of demand that is not met over the horizon, of all nodes served, (R,)."""
    ledger = batch.run(*case)
    demand, shortage = (ledger[name][:, served].sum(axis=(0, 1)) for name in ("demand", "shortage"))
    return np.asarray(shortage / np.maximum(demand, 1e-300))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@some
@given(outline=outlines(), pick=st.integers(0, 20))
def test_more_supply_leaves_those_whom_it_serves_with_no_less(
    change: Callable[[Plan, Draws, int], tuple[Draws, BoolArray]], outline: Outline, pick: int
) -> None:
    plain = replace(outline, mechanisms=outline.mechanisms - CONTESTED)
    case = case_of(invent(plain), seed=outline.seed, count=REPLICATIONS)
    draws, served = change(case.plan, case.draws, pick)
    if served.any():
        rise = unmet(Case(case.plan, draws), served) - unmet(case, served)
        assert rise.mean() <= MEAN
        assert rise.max() <= EACH
