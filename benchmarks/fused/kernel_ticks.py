"""The recursion of docs/model.md for one vector of replications, tick by tick."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.adapt import adapt, change_capacity, set_opening_adaptation
from benchmarks.fused.begin_tick import (
    arrive,
    begin_tick,
    give_up_contracts,
    grant,
    set_incumbent_shares,
    set_shares,
)
from benchmarks.fused.compiled import kernel
from benchmarks.fused.consume_order import buy_in_advance, consume, order
from benchmarks.fused.diversion import divert
from benchmarks.fused.end_tick import dispatch, enqueue, make, update_ratings
from benchmarks.fused.ledger_fields import record_tick
from benchmarks.fused.rounds import allocate
from benchmarks.fused.vector_state import set_opening_state


@kernel
def simulate_vector(plan: Any, fields: Any, tables: Any, draws: Any, state: Any, first: int) -> None:
    """Run the replications from `first` on, as many as a vector holds (section 3).

    Parameters
    ----------
    plan : KernelPlan
    fields : Fields
        Written in the columns of these replications.
    tables : DrawnTables
        Of all replications.
    draws : DrawnNumbers
        Of these replications.
    state : State
        Buffers for one vector.
    first : int
    """
    set_opening_state(plan, draws, state, tables.growth, first)
    set_opening_adaptation(plan, draws, state)
    set_incumbent_shares(plan, draws, state)
    adapts = len(plan.conversion_from) + len(plan.project_source) > 0
    next_opening = 0
    slot, review_slot, diverted_slot = 0, 0, 0
    for t in range(plan.n_ticks):
        if t >= next_opening:
            next_opening = set_shares(plan, draws, state, t)
        give_up_contracts(plan, draws, state)
        allocated = state.sent[slot]  # the allocation; at the end of the tick, what is dispatched
        begin_tick(plan, tables, draws, state, t, first)
        if adapts:
            change_capacity(plan, draws, state, t)
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
        if adapts:
            adapt(plan, tables, draws, state, t, first)
        record_tick(plan, fields, state, allocated, t, first)
        dispatch(plan, state, allocated)
        slot = slot + 1 if slot + 1 < len(state.sent) else 0
        review_slot = review_slot + 1 if review_slot + 1 < len(state.review_due) else 0
        diverted_slot = diverted_slot + 1 if diverted_slot + 1 < len(state.diverted_due) else 0
