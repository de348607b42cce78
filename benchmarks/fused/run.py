"""One call for the kernel, like that of an engine."""

from __future__ import annotations

from collections.abc import Collection

from benchmarks.fused.drawn import empty_numbers, tables_of, take, whole_vectors
from benchmarks.fused.record import fields_of, fill_the_rest
from benchmarks.fused.replay import replay
from benchmarks.fused.state import empty_state
from benchmarks.fused.vector import WIDTH
from benchmarks.fused.world import world_of
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
        Fields of the Ledger to keep; all by default.
    ledger : Ledger, optional
        Filled and returned in the place of a new one; `record` is then what it holds.

    Returns
    -------
    Ledger

    Raises
    ------
    ValueError
        Where the Plan has prices.
    """
    w = world_of(plan)
    wanted = Ledger.empty(plan, draws.n_replications, record) if ledger is None else ledger
    whole = whole_vectors(draws)
    is_whole = whole is draws
    like = (wanted.arrays, wanted.kept, wanted.sums)
    filled = wanted if is_whole else Ledger.empty(plan, whole.n_replications, *like)
    rings = (whole.lead_ticks, whole.review_ticks, whole.diversion_delay_ticks)
    state = empty_state(w, *(int(ticks.max(initial=0)) + 1 for ticks in rings))
    fields, tables, numbers = fields_of(w, filled), tables_of(whole, copy=not is_whole), empty_numbers(whole)
    for first in range(0, whole.n_replications, WIDTH):
        take(numbers, whole, first)
        replay(w, fields, tables, numbers, state, first)
    if not is_whole:
        for name, array in wanted.arrays.items():
            array[:] = filled[name][:, :, : draws.n_replications]
    fill_the_rest(wanted)
    return wanted
