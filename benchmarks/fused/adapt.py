"""Conversion between grades, and projects that add capacity (11a)-(11b), (46a)-(46e)."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, inlined
from benchmarks.fused.vector import any_of, broadcast, maximum, minimum, where
from benchmarks.fused.vector_access import load, store
from diamondsim.constants import LASTED_SHARE

NEVER = 1e9
"""Stands for the tick of an arrival that is not planned."""


@inlined
def set_opening_adaptation(plan: Any, draws: Any, state: Any) -> None:
    """Set conversions and projects before tick 0."""
    state.full[:] = 0.0
    for q in range(len(plan.conversion_from)):
        store(state.position, q, load(draws.conversion_floor, q))
    for e in range(len(plan.project_source)):
        store(state.lasted, e, 0.0)
        store(state.done, e, 0.0)
        store(state.underway, e, 0.0)
        store(state.arrival, e, NEVER)
        store(state.times_left, e, broadcast(1.0) * plan.project_times[e])


@inlined
def change_capacity(plan: Any, draws: Any, state: Any, t: int) -> None:
    """Change the capacities of tick t by what was added and converted (11a), (11b)."""
    for k in range(plan.n_sources):
        store(state.asked, k, 0.0)
    for e in range(len(plan.project_source)):
        k = plan.project_source[e]
        part = (broadcast(1.0) * t - load(state.arrival, e) + 1.0) / load(draws.project_ramp_ticks, e)
        part = minimum(maximum(part, 0.0), 1.0)
        added = load(state.done, e) + part * load(state.underway, e)
        store(state.asked, k, load(state.asked, k) + added)
    for k in range(plan.n_sources):
        store(state.capacity, k, load(state.capacity, k) * (load(state.asked, k) + 1.0))
        store(state.asked, k, 0.0)
        store(state.expanded, k, load(state.capacity, k))
        store(state.full, k, maximum(load(state.full, k), load(state.capacity, k)))
    # What is converted is a share of the capacity before any conversion, `expanded`.
    for q in range(len(plan.conversion_from)):
        of, into = plan.conversion_from[q], plan.conversion_to[q]
        moved = maximum(load(state.position, q), 0.0) * load(state.expanded, of)
        store(state.capacity, of, maximum(load(state.capacity, of) - moved, 0.0))
    for q in range(len(plan.conversion_from)):
        of, into = plan.conversion_from[q], plan.conversion_to[q]
        moved = maximum(load(state.position, q), 0.0) * load(state.expanded, of)
        store(state.capacity, into, load(state.capacity, into) + moved * load(draws.conversion_yield, q))


@inlined
def request_ratio(state: Any, k: int) -> Any:
    """Return what is asked of a source, as a multiple of its usual capacity (46a)."""
    expanded = load(state.expanded, k)
    usual = load(state.capacity, k) * where(expanded > 0.0, load(state.full, k) / expanded, 0.0)
    return where(usual > 0.0, load(state.asked, k) / usual, 1.0)


@inlined
def adapt(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> None:
    """Move conversions and decide on projects at the end of tick t (46a)-(46e)."""
    for q in range(len(plan.conversion_from)):
        wanted = request_ratio(state, plan.conversion_to[q])
        pressure = minimum(wanted - 1.0, wanted - request_ratio(state, plan.conversion_from[q]))
        step = minimum(maximum(10.0 * pressure, -1.0), 1.0) * load(draws.conversion_step, q)
        position = maximum(load(state.position, q) + step, load(draws.conversion_floor, q))
        store(state.position, q, minimum(position, load(draws.conversion_limit, q)))
    for e in range(len(plan.project_source)):
        lasted, ratio = load(state.lasted, e), request_ratio(state, plan.project_source[e])
        short = where(ratio > load(draws.project_threshold, e) + EPS, 1.0, 0.0)
        lasted += load(draws.project_gain, e) * (short - lasted)
        store(state.lasted, e, lasted)
        arrival, underway = load(state.arrival, e), load(state.underway, e)
        is_over = arrival + load(draws.project_ramp_ticks, e) - 1.0 <= broadcast(1.0) * t
        store(state.done, e, load(state.done, e) + where(is_over, underway, 0.0))
        underway, arrival = where(is_over, 0.0, underway), where(is_over, NEVER, arrival)
        left = load(state.times_left, e)
        is_due = (lasted >= LASTED_SHARE - EPS) & (arrival >= NEVER) & (left > 0.0)
        if any_of(is_due):
            size = load(draws.project_size, e)
            if plan.project_kept_row[e] >= 0:
                size *= load(tables.project_kept, (t, plan.project_kept_row[e], first))
            underway = where(is_due, size, underway)
            arrival = where(is_due, load(draws.project_delay_ticks, e) + t, arrival)
            store(state.times_left, e, where(is_due, left - 1.0, left))
        store(state.underway, e, underway)
        store(state.arrival, e, arrival)
