"""How the capacity of producers grows beyond the usual, or less than that (model.md, eq. 74-75)."""

from __future__ import annotations

import datetime as dt

from diamondsim.plan.building import reaches
from diamondsim.plan.cast import Entities, Path, number
from diamondsim.plan.states import rounded_tick
from diamondsim.plan.structure import Slowing, Swing
from diamondsim.scenario.sellers import Producer


def slowings(producer: Producer, cast: Entities) -> tuple[Slowing, ...]:
    """Return the equipment controls that slow the growth of a producer's capacity."""
    found = []
    for i, (name, control) in enumerate(cast.content.controls.items()):
        equipment = control.equipment
        expansion = None if equipment is None else equipment.expansion
        if equipment is None or expansion is None or not reaches(equipment, producer.region):
            continue
        if set(expansion.grades) & set(producer.capacity):
            path: Path = ("controls", name, "equipment", "expansion", "kept")
            found.append(Slowing(i, number(path, expansion.kept)))
    return tuple(found)


def swings(
    path: Path, producer: Producer, cast: Entities, start: dt.date, tick_days: float
) -> tuple[Swing, ...]:
    """Return the capacity that a producer opens when a date or a control comes."""
    controls = list(cast.content.controls)
    return tuple(
        Swing(
            share=number((*path, "swing", name, "share"), swing.share),
            delay_days=number((*path, "swing", name, "delay"), swing.delay),
            days=number((*path, "swing", name, "time"), swing.time),
            opens_tick=None if isinstance(swing.opens, str) else rounded_tick(swing.opens, start, tick_days),
            opened_by=controls.index(swing.opens) if isinstance(swing.opens, str) else -1,
        )
        for name, swing in producer.swing.items()
    )
