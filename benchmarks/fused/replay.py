"""The recursion of docs/model.md, one vector of replications after the other."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.allocate import allocate
from benchmarks.fused.compiled import kernel
from benchmarks.fused.receive import arrive, change, grant, open_lanes, set_shares
from benchmarks.fused.record import note_tick
from benchmarks.fused.settle import join, learn, make, reroute, set_sail
from benchmarks.fused.state import open_books
from benchmarks.fused.want import consume, look_ahead, order


@kernel
def replay(w: Any, p: Any, tables: Any, d: Any, s: Any, first: int) -> None:
    """Run the replications from `first` on, as many as a vector holds: section 3, tick by tick.

    Parameters
    ----------
    w : World
    p : Fields
        Filled in the columns of these replications.
    tables : Tables
        Of all replications.
    d : Numbers
        Of these replications.
    s : State
        Room for a vector.
    first : int
    """
    open_books(w, d, s, tables.growth, first)
    open_lanes(w, d, s)
    next_opening = 0
    slot, review_slot, detour_slot = 0, 0, 0
    for t in range(w.n_ticks):
        if t >= next_opening:
            next_opening = set_shares(w, d, s, t)
        got = s.sent[slot]  # what is allocated, in the end what sets out
        change(w, tables, d, s, t, first)
        arrive(w, d, s, p, slot, detour_slot)
        grant(w, s, review_slot)
        consume(w, tables, d, s, t, first)
        is_rushing = look_ahead(w, tables, d, s, t, first)
        order(w, d, s, got, is_rushing)
        allocate(w, d, s, got)
        reroute(w, s, got)
        make(w, d, s)
        learn(w, d, s, p, got)
        join(w, s, got, review_slot, detour_slot)
        note_tick(w, p, s, got, t, first)
        set_sail(w, s, got)
        slot = slot + 1 if slot + 1 < len(s.sent) else 0
        review_slot = review_slot + 1 if review_slot + 1 < len(s.review_due) else 0
        detour_slot = detour_slot + 1 if detour_slot + 1 < len(s.detour_due) else 0
