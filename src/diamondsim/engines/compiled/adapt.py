"""Conversion between grades, and projects that add capacity (11a)-(11b), (46a)-(46e)."""

from __future__ import annotations

from typing import Any

from diamondsim.constants import EPS, FULL_SPEED, LASTED_SHARE
from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.lane_prices import exponential
from diamondsim.engines.compiled.vector import any_of, broadcast, maximum, minimum, where
from diamondsim.engines.compiled.vector_access import get, put

NOT_PLANNED = 1e9
"""Stands for the tick of an arrival that is not planned."""


@phase
def set_opening_adaptation(plan: Any, draws: Any, state: Any) -> None:
    """Set conversions and projects before tick 0."""
    for q in range(len(plan.conversion_from)):
        put(state.position, q, get(draws.conversion_floor, q))
    for e in range(len(plan.project_source)):
        put(state.lasted, e, 0.0)
        put(state.done, e, 0.0)
        put(state.underway, e, 0.0)
        put(state.arrival, e, NOT_PLANNED)
        put(state.times_left, e, broadcast(1.0) * plan.project_times[e])


@phase
def change_capacity(plan: Any, draws: Any, state: Any, t: int) -> None:
    """Change the capacities of tick t by what was added and converted (11a), (11b)."""
    for k in range(plan.n_sources):
        put(state.asked, k, 0.0)
    for e in range(len(plan.project_source)):
        k = plan.project_source[e]
        part = (broadcast(1.0) * t - get(state.arrival, e) + 1.0) / get(draws.project_ramp_ticks, e)
        part = minimum(maximum(part, 0.0), 1.0)
        added = get(state.done, e) + part * get(state.underway, e)
        put(state.asked, k, get(state.asked, k) + added)
    for k in range(plan.n_sources):
        put(state.grown, k, get(state.asked, k) + 1.0)
        put(state.capacity, k, get(state.capacity, k) * get(state.grown, k))
        put(state.asked, k, 0.0)
        put(state.expanded, k, get(state.capacity, k))
        put(state.full, k, maximum(get(state.full, k), get(state.capacity, k)))
    # What is converted is a share of the capacity before any conversion, `expanded`.
    for q in range(len(plan.conversion_from)):
        of, into = plan.conversion_from[q], plan.conversion_to[q]
        moved = maximum(get(state.position, q), 0.0) * get(state.expanded, of)
        put(state.capacity, of, maximum(get(state.capacity, of) - moved, 0.0))
    for q in range(len(plan.conversion_from)):
        of, into = plan.conversion_from[q], plan.conversion_to[q]
        moved = maximum(get(state.position, q), 0.0) * get(state.expanded, of)
        put(state.capacity, into, get(state.capacity, into) + moved * get(draws.conversion_yield, q))
    for k in range(plan.n_sources):
        put(state.own, k, get(state.capacity, k))


@inlined
def usual_capacity(state: Any, k: int) -> Any:
    """Return what a source could make without an outage (46a)."""
    expanded = get(state.expanded, k)
    full = get(state.full, k)
    usual = get(state.own, k) * where(expanded > 0.0, full / expanded, 0.0)
    return where(expanded > 0.0, maximum(usual, EPS * full), usual)


@inlined
def request_ratio(state: Any, k: int) -> Any:
    """Return what is asked of a source, as a multiple of its usual capacity (46a)."""
    usual = usual_capacity(state, k)
    return where(usual > 0.0, get(state.asked, k) / usual, 1.0)


@inlined
def lacking_of(plan: Any, draws: Any, state: Any, q: int) -> Any:
    """Return the share of capacity to convert beside what is; negative: too much is (46b)."""
    of, into = plan.conversion_from[q], plan.conversion_to[q]
    full_from, usual_from, usual_into = broadcast(0.0), broadcast(0.0), broadcast(0.0)
    for p in range(len(plan.conversion_from)):
        if plan.conversion_to[p] == into:
            full_from += get(state.full, plan.conversion_from[p])
            usual_from += usual_capacity(state, plan.conversion_from[p])
        if plan.conversion_from[p] == of:
            usual_into += usual_capacity(state, plan.conversion_to[p])
    unit_yield = get(draws.conversion_yield, q)
    here, there = request_ratio(state, into), request_ratio(state, of)
    moved = here * usual_into + unit_yield * there * usual_from
    to_be_equally_short = where(moved > 0.0, (here - there) * usual_from / moved, 0.0)
    of_capacity = where(full_from > 0.0, usual_capacity(state, into) / full_from, 0.0)
    return of_capacity * minimum((here - 1.0) / unit_yield, to_be_equally_short)


@inlined
def profit_of(plan: Any, draws: Any, state: Any, q: int) -> Any:
    """Return what a conversion gains on a unit, as a share of what the unit brings (60a)."""
    given_up = get(state.earned, plan.conversion_from[q])
    gained = exponential(get(state.earned, plan.conversion_to[q]) - given_up)
    cost = get(draws.conversion_cost, q) * exponential(0.0 - given_up)
    return get(draws.conversion_worth, q) * gained - cost - 1.0


@phase
def adapt(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> None:
    """Move conversions and decide on projects at the end of tick t (46a)-(46e)."""
    for q in range(len(plan.conversion_from)):
        step = get(draws.conversion_step, q)
        move = minimum(maximum(lacking_of(plan, draws, state, q), 0.0 - step), step)
        if plan.has_prices:
            gain = FULL_SPEED * profit_of(plan, draws, state, q)
            move = minimum(move, minimum(maximum(gain, -1.0), 1.0) * step)
        position = maximum(get(state.position, q) + move, get(draws.conversion_floor, q))
        put(state.position, q, minimum(position, get(draws.conversion_limit, q)))
    for e in range(len(plan.project_source)):
        lasted, ratio = get(state.lasted, e), request_ratio(state, plan.project_source[e])
        short = where(ratio > get(draws.project_threshold, e) + EPS, 1.0, 0.0)
        lasted += get(draws.project_gain, e) * (short - lasted)
        put(state.lasted, e, lasted)
        arrival, underway = get(state.arrival, e), get(state.underway, e)
        is_over = arrival + get(draws.project_ramp_ticks, e) - 1.0 <= broadcast(1.0) * t
        put(state.done, e, get(state.done, e) + where(is_over, underway, 0.0))
        underway, arrival = where(is_over, 0.0, underway), where(is_over, NOT_PLANNED, arrival)
        left = get(state.times_left, e)
        is_due = (lasted >= LASTED_SHARE - EPS) & (arrival >= NOT_PLANNED) & (left > 0.0)
        if any_of(is_due):
            size = get(draws.project_size, e)
            if plan.project_kept_row[e] >= 0:
                size *= get(tables.project_kept, (t, plan.project_kept_row[e], first))
            underway = where(is_due, size, underway)
            arrival = where(is_due, get(draws.project_delay_ticks, e) + t, arrival)
            put(state.times_left, e, where(is_due, left - 1.0, left))
        put(state.underway, e, underway)
        put(state.arrival, e, arrival)
