"""Runs the kernel vector by vector, and fills a Ledger."""

from __future__ import annotations

from diamondsim.draws import Draws
from diamondsim.engines.compiled.kernel_arrays import table_of
from diamondsim.engines.compiled.kernel_draws import empty_numbers, load_numbers, pad_to_vectors, tables_of
from diamondsim.engines.compiled.kernel_plan import kernel_plan_of
from diamondsim.engines.compiled.kernel_ticks import simulate_vector
from diamondsim.engines.compiled.ledger_fields import clear_lanes_without_queue, fields_of, fill_constants
from diamondsim.engines.compiled.vector import VECTOR_SIZE
from diamondsim.engines.compiled.vector_state import empty_state, reset_state
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan


def fill(plan: Plan, draws: Draws, target: Ledger) -> Ledger:
    """Run all replications of the Draws, and fill and return a Ledger of as many."""
    kernel_plan = kernel_plan_of(plan)
    padded = pad_to_vectors(draws)
    fills_vectors = padded is draws
    shape = (target.arrays, target.kept, target.sums)
    filled = target if fills_vectors else Ledger.empty(plan, padded.n_replications, *shape)
    clear_lanes_without_queue(kernel_plan, filled)
    rings = (padded.lead_ticks, padded.review_ticks, padded.diversion_delay_ticks)
    state = empty_state(kernel_plan, *(int(ticks.max(initial=0)) + 1 for ticks in rings))
    fields, tables, numbers = fields_of(kernel_plan, filled), tables_of(padded), empty_numbers(padded)
    records = (kernel_plan, fields, tables, numbers, state)
    described = [table_of(record) for record in records]
    addresses = [table.ctypes.data for table in described]
    for first in range(0, padded.n_replications, VECTOR_SIZE):
        load_numbers(numbers, padded, first)
        reset_state(state)
        simulate_vector(*addresses, first)
    if not fills_vectors:
        for name, array in target.arrays.items():
            array[:] = filled[name][:, :, : draws.n_replications]
    if plan.prices is None:
        fill_constants(target)
    return target
