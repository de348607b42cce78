"""What a facility waits for, and what equipment controls do to it (model.md, eq. 70-73)."""

from __future__ import annotations

import datetime as dt

from diamondsim.plan.cast import Entities, Path, number
from diamondsim.plan.structure import Financing, Input, OwnershipChange, PressSource, Tranche
from diamondsim.scenario.equipment import ANYWHERE, Equipment
from diamondsim.scenario.sellers import Facility


def financing(path: Path, facility: Facility, start: dt.date) -> Financing | None:
    """Return the tranches of a facility, if its money is said to come in tranches."""
    money, here = facility.financing, (*path, "financing")
    if money is None:
        return None
    window = money.window_closes
    return Financing(
        tranches=tuple(
            Tranche(name, number((*here, "tranches", name, "closes"), tranche.closes), tranche.amount)
            for name, tranche in money.tranches.items()
        ),
        clock_days=number((*here, "funding_clock"), money.funding_clock),
        window_day=None if window is None else float((window - start).days),
        wait_days=None if money.wait is None else number((*here, "wait"), money.wait),
    )


def owner_sale(path: Path, facility: Facility) -> OwnershipChange | None:
    """Return what the sale of a facility's owner would delay, if it is spoken of."""
    sale, here = facility.ownership_change, (*path, "ownership_change")
    if sale is None:
        return None
    return OwnershipChange(
        probability=number((*here, "probability"), sale.probability),
        days=number((*here, "delay"), sale.delay),
        stage=0 if sale.before is None else list(facility.stages).index(sale.before),
    )


def press_source(path: Path, facility: Facility, cast: Entities) -> PressSource | None:
    """Return where a facility's presses come from and which controls have a say in it, if it is known."""
    presses, here = facility.presses, (*path, "presses")
    if presses is None:
        return None
    return PressSource(
        region=presses.region,
        probability=number((*here, "probability"), presses.probability),
        days=number((*here, "delay"), presses.delay),
        stage=list(facility.stages).index(presses.stage),
        licences=_licences(cast, presses.region, facility.region),
    )


def _licences(cast: Entities, maker: str, region: str) -> tuple[tuple[int, Input], ...]:
    found = []
    for i, (name, control) in enumerate(cast.content.controls.items()):
        equipment = control.equipment
        presses = None if equipment is None else equipment.presses
        if equipment is None or presses is None or not reaches(equipment, region):
            continue
        if maker in equipment.makers:
            path: Path = ("controls", name, "equipment", "presses", "granted")
            found.append((i, number(path, presses.granted)))
    return tuple(found)


def reaches(equipment: Equipment, region: str) -> bool:
    """Tell whether an equipment control stands between its makers and those who want machines in a region."""
    return region not in equipment.makers and (ANYWHERE in equipment.to or region in equipment.to)
