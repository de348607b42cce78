"""The recursion of docs/model.md for one vector of replications, tick by tick."""

from __future__ import annotations

from diamondsim.engines.compiled.adapt import adapt, change_capacity, set_opening_adaptation
from diamondsim.engines.compiled.begin_tick import (
    arrive,
    begin_tick,
    give_up_contracts,
    grant,
    set_incumbent_shares,
    set_shares,
)
from diamondsim.engines.compiled.compilation import kernel
from diamondsim.engines.compiled.consume_order import buy_in_advance, consume, order
from diamondsim.engines.compiled.diversion import divert
from diamondsim.engines.compiled.end_tick import dispatch, enqueue, make, update_ratings
from diamondsim.engines.compiled.kernel_arrays import layer, record_at
from diamondsim.engines.compiled.kernel_draws import DrawnNumbers, DrawnTables
from diamondsim.engines.compiled.kernel_plan import KernelPlan
from diamondsim.engines.compiled.lane_prices import expect_normal_demand, quote, set_opening_prices
from diamondsim.engines.compiled.ledger_fields import Fields, record_tick
from diamondsim.engines.compiled.market_balance import settle
from diamondsim.engines.compiled.rounds import allocate
from diamondsim.engines.compiled.vector_state import VectorState, set_opening_state

plan_record, fields_record = record_at(KernelPlan), record_at(Fields)
tables_record, draws_record = record_at(DrawnTables), record_at(DrawnNumbers)
state_record = record_at(VectorState)


@kernel
def simulate_vector(
    plan_at: int, fields_at: int, tables_at: int, draws_at: int, state_at: int, first: int
) -> None:
    """Run the replications from `first` on, as many as a vector holds (section 3).

    Parameters
    ----------
    plan_at, fields_at, tables_at, draws_at, state_at : int
        Addresses of the tables of a KernelPlan, the Fields of a Ledger, and DrawnTables of all replications;
        of DrawnNumbers of these, and of a VectorState.
    first : int
    """
    plan, fields, tables = plan_record(plan_at), fields_record(fields_at), tables_record(tables_at)
    draws, state = draws_record(draws_at), state_record(state_at)
    set_opening_state(plan, tables, draws, state, first)
    set_opening_adaptation(plan, draws, state)
    set_incumbent_shares(plan, draws, state)
    if plan.has_prices:
        set_opening_prices(plan, tables, draws, state, first)
    adapts = len(plan.conversion_from) + len(plan.project_source) > 0
    slot, review_slot, diverted_slot = 0, 0, 0
    for t in range(plan.n_ticks):
        set_shares(plan, draws, state, t)
        give_up_contracts(plan, draws, state)
        allocated = layer(state.sent, slot)  # the allocation; at the end of the tick, what is dispatched
        begin_tick(plan, tables, draws, state, t, first)
        if adapts:
            change_capacity(plan, draws, state, t)
        if plan.has_prices:
            quote(plan, tables, draws, state, t, first)
        else:
            expect_normal_demand(plan, state)
        arrive(plan, draws, state, fields, slot, diverted_slot)
        grant(plan, state, review_slot)
        consume(plan, tables, draws, state, t, first)
        is_raised = buy_in_advance(plan, tables, draws, state, t, first)
        order(plan, draws, state, allocated, is_raised)
        allocate(plan, draws, state, allocated)
        divert(plan, draws, state, allocated)
        make(plan, draws, state)
        update_ratings(plan, draws, state, fields, allocated, t)
        enqueue(plan, state, allocated, review_slot, diverted_slot)
        if plan.has_prices:
            settle(plan, tables, draws, state, t, first)
        if adapts:
            adapt(plan, tables, draws, state, t, first)
        record_tick(plan, fields, state, allocated, t, first)
        dispatch(plan, state, allocated)
        slot = slot + 1 if slot + 1 < len(state.sent) else 0
        review_slot = review_slot + 1 if review_slot + 1 < len(state.review_due) else 0
        diverted_slot = diverted_slot + 1 if diverted_slot + 1 < len(state.diverted_due) else 0
