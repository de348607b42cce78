"""Run the kernel with the signature of an engine."""

from __future__ import annotations

from collections.abc import Collection

from benchmarks.fused.kernel_draws import empty_numbers, load_numbers, pad_to_vectors, tables_of
from benchmarks.fused.kernel_plan import kernel_plan_of
from benchmarks.fused.kernel_ticks import simulate_vector
from benchmarks.fused.ledger_fields import fields_of, fill_constants
from benchmarks.fused.vector import WIDTH
from benchmarks.fused.vector_state import empty_state
from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan


def run(
    plan: Plan, draws: Draws, *, record: Collection[str] | None = None, ledger: Ledger | None = None
) -> Ledger:
    """Run all replications of the Draws.

    Parameters
    ----------
    plan : Plan
        Without prices.
    draws : Draws
        R replications.
    record : collection of str, optional
        Fields of the Ledger to record; all by default.
    ledger : Ledger, optional
        Filled and returned instead of a new one; its fields are then recorded.

    Returns
    -------
    Ledger

    Raises
    ------
    ValueError
        If the Plan has prices.
    """
    kernel_plan = kernel_plan_of(plan)
    target = Ledger.empty(plan, draws.n_replications, record) if ledger is None else ledger
    padded = pad_to_vectors(draws)
    fills_vectors = padded is draws
    shape = (target.arrays, target.kept, target.sums)
    filled = target if fills_vectors else Ledger.empty(plan, padded.n_replications, *shape)
    rings = (padded.lead_ticks, padded.review_ticks, padded.diversion_delay_ticks)
    state = empty_state(kernel_plan, *(int(ticks.max(initial=0)) + 1 for ticks in rings))
    fields, numbers = fields_of(kernel_plan, filled), empty_numbers(padded)
    tables = tables_of(padded, copy=not fills_vectors)
    for first in range(0, padded.n_replications, WIDTH):
        load_numbers(numbers, padded, first)
        simulate_vector(kernel_plan, fields, tables, numbers, state, first)
    if not fills_vectors:
        for name, array in target.arrays.items():
            array[:] = filled[name][:, :, : draws.n_replications]
    fill_constants(target)
    return target
