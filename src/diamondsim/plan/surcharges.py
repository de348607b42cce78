"""Tariffs, premiums and freight: which lanes they are on, and since when (model.md, eq. 86, 99)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from diamondsim.arrays import BoolArray
from diamondsim.distributions import Distribution
from diamondsim.plan.cast import Entities, Path, number, path_name
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.states import rounded_tick
from diamondsim.plan.structure import Input, Steps, Surcharge
from diamondsim.scenario.prices import Since
from diamondsim.scenario.prices import Surcharge as Written


def make_surcharges(
    cast: Entities, written: Mapping[str, Written], lanes: Sequence[LaneRow], start: dt.date, tick_days: float
) -> tuple[tuple[Surcharge, ...], BoolArray]:
    """Return two rows for each surcharge, and the (U, L) lanes that each row is on.

    The first row is for the lanes of incumbents, the second for those of entrants.
    """
    rows: list[Surcharge] = []
    on_lanes = np.zeros((2 * len(written), len(lanes)), dtype=bool)
    for name, about in written.items():
        path: Path = ("prices", "surcharges", name, "rate")
        steps = make_steps(path, about.rate, start, tick_days)
        grades = _grades(cast, about)
        origin = tuple(r for r in cast.content.regions if _all_pay(cast, about, grades, r))
        for is_change in (True, False):
            on_lanes[len(rows)] = [
                lane.entrant != is_change and _pays(cast, about, grades, lane) for lane in lanes
            ]
            rows.append(Surcharge(steps, is_change, origin, about.to, grades))
    on_lanes.flags.writeable = False
    return tuple(rows), on_lanes


def make_steps(path: Path, written: Mapping[Since, Distribution], start: dt.date, tick_days: float) -> Steps:
    """Return a number that changes on dates; what has always been so comes first."""
    dated: list[tuple[int, Input]] = []
    for date in sorted(day for day in written if isinstance(day, dt.date)):
        tick = rounded_tick(date, start, tick_days)
        dated.append((tick, number((*path, date.isoformat()), written[date])))
    always = [
        (min([0, *(tick for tick, _ in dated)]), number((*path, str(key)), value))
        for key, value in written.items()
        if not isinstance(key, dt.date)
    ]
    return Steps(path_name(path), (*always, *dated))


def _grades(cast: Entities, written: Written) -> tuple[str, ...]:
    """Return the grades concerned: those written, or all that the sellers named make."""
    if written.grades is not None:
        return written.grades
    if set(written.sellers) & set(cast.content.regions):
        return tuple(cast.content.grades)
    made = {row.source.grade for row in cast.sources if row.source.producer in written.sellers}
    return tuple(grade for grade in cast.content.grades if grade in made)


def _pays(cast: Entities, written: Written, grades: Sequence[str], lane: LaneRow) -> bool:
    source, node = cast.sources[lane.source].source, cast.nodes[lane.node].node
    named = source.region in written.sellers or source.producer in written.sellers
    return named and node.region in written.to and source.grade in grades


def _all_pay(cast: Entities, written: Written, grades: Sequence[str], region: str) -> bool:
    """Tell whether everybody who sells these grades from a region pays a surcharge."""
    sellers = {
        row.source.producer
        for row in cast.sources
        if row.source.region == region and row.source.grade in grades
    }
    return region in written.sellers or (bool(sellers) and sellers <= set(written.sellers))
