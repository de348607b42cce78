"""One call for the kernel, like that of an engine."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from benchmarks.fused.drawn import GROUP, columns_of, fill, numbers_of, put
from benchmarks.fused.record import Places, places_of
from benchmarks.fused.replay import replay_group
from benchmarks.fused.state import empty_state
from benchmarks.fused.world import world_of
from diamondsim.draws import Draws
from diamondsim.ledger import FIELDS, Ledger
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
    kept = Ledger.empty(plan, draws.n_replications, record) if ledger is None else ledger
    places, width = places_of(w, kept.arrays)
    columns, row_length = columns_of(draws)
    numbers = numbers_of(draws)
    longest = max(draws.lead_ticks.max(initial=1), draws.detour_ticks.max(initial=1))
    state = empty_state(w, int(longest) + 1, int(draws.review_ticks.max(initial=0)) + 1)
    group = np.zeros((GROUP, plan.n_ticks, row_length))
    rows = np.zeros((GROUP, plan.n_ticks, width))
    for first in range(0, draws.n_replications, GROUP):
        fill(group, draws, columns, first)
        count = min(GROUP, draws.n_replications - first)
        replay_group(w, (columns, places), numbers, state, group, rows, first, count)
        for name, place in zip(Places._fields, places, strict=True):
            if place >= 0:
                array = kept[name]
                put(rows[:, :, place : place + array.shape[1]], array, first)
    for name, value in (("paid", 1.0), ("forgone", 0.0)):  # (98) without prices
        if name in kept.arrays:
            kept[name][:] = value
    assert set(kept.arrays) <= {*Places._fields, "paid", "forgone", "price"} == set(FIELDS)
    return kept
