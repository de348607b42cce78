"""The recursion of docs/model.md, one replication after the other."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.allocate import allocate
from benchmarks.fused.compiled import kernel, part
from benchmarks.fused.drawn import of_replication
from benchmarks.fused.receive import arrive, change, grant, set_shares
from benchmarks.fused.record import note_tick
from benchmarks.fused.settle import dispatch, learn, make, reroute
from benchmarks.fused.state import open_books
from benchmarks.fused.want import consume, look_ahead, order


@kernel
def replay_group(
    w: Any, layout: Any, numbers: Any, s: Any, group: Any, record: Any, first: int, count: int
) -> None:
    """Run `count` replications from `first` on.

    Parameters
    ----------
    w : World
    layout : (Columns, Places)
        Of the rows of `group` and of `record`.
    numbers : Numbers
        Of all replications, (R, entity).
    s : State
        Room for one replication.
    group : (GROUP, T, columns) float array
        What is drawn tick by tick for these replications.
    record : (GROUP, T, columns) float array
        Filled.
    first, count : int
    """
    at, places = layout
    for j in range(count):
        replay(w, at, places, of_replication(numbers, first + j), s, group[j], record[j])


@part
def replay(w: Any, at: Any, places: Any, d: Any, s: Any, table: Any, record: Any) -> None:
    """Run one replication: section 3, tick by tick."""
    open_books(w, d, s, table[0, at.growth :])
    next_opening = 0
    slot, review_slot = 0, 0
    for t in range(w.n_ticks):
        row = table[t]
        if t >= next_opening:
            next_opening = set_shares(w, d, s, t)
        change(w, at, row, d, s)
        arrive(w, s, slot)
        grant(w, d, s, slot, review_slot)
        consume(w, at, row, d, s)
        look_ahead(w, at, row, d, s, t)
        order(w, d, s)
        allocate(w, d, s)
        reroute(w, s)
        make(w, d, s)
        dispatch(w, d, s, slot, review_slot)
        learn(w, s)
        note_tick(w, places, s, record[t])
        slot = slot + 1 if slot + 1 < len(s.due) else 0
        review_slot = review_slot + 1 if review_slot + 1 < len(s.review_due) else 0
