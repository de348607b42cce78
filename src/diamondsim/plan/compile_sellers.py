"""Producers and facilities: numbers of sources, capacity in time, new plants (model.md, eq. 83-91)."""

from __future__ import annotations

import datetime as dt
import math
from types import MappingProxyType

from diamondsim.distributions import Constant
from diamondsim.plan.compile_prices import unit_cost
from diamondsim.plan.control_states import rounded_tick
from diamondsim.plan.entities import Entities, SourceRow, certain, number, path_name
from diamondsim.plan.structure import (
    CapacityRow,
    Facility,
    Financing,
    Input,
    Outages,
    OwnershipChange,
    PressSource,
    Rationing,
    ScheduledOutage,
    Slowing,
    Swing,
    Tranche,
)
from diamondsim.scenario import ANY_REGION, Equipment, Path, Producer
from diamondsim.scenario import Facility as WrittenFacility

# Under "priority" uses are served in tiers; inside a tier rationing is proportional.
_RATIONING = {
    "proportional": Rationing.PROPORTIONAL,
    "weighted": Rationing.WEIGHTED,
    "max_min": Rationing.MAX_MIN,
    "priority": Rationing.PROPORTIONAL,
}


def source_numbers(entities: Entities) -> dict[str, tuple[Input, ...]]:
    """Return the numbers of all sources, as keyed in `Plan.numbers`."""
    sources = entities.sources
    return {
        "capacity": tuple(row.capacity for row in sources),
        "finished_stock_ceiling": tuple(
            number((*row.path, "finished_stock_ceiling"), row.seller.finished_stock_ceiling)
            for row in sources
        ),
        "finished_opening": tuple(_finished_opening(row) for row in sources),
        "feed_yield": tuple(_feed_yield(row) for row in sources),
        "tracked_share": tuple(_tracked(row, entities.content.tracked_origin) for row in sources),
    }


def source_rationing(entities: Entities) -> list[Rationing]:
    """Return how each source rations inside a tier."""
    return [_RATIONING[row.seller.rationing] for row in entities.sources]


def capacity_rows(
    entities: Entities, start: dt.date, tick_days: float
) -> tuple[tuple[CapacityRow, ...], list[int]]:
    """Return the rows of capacity in time, one for each seller that has any, and each source's row or -1."""
    rows: dict[str, CapacityRow] = {}
    for name, producer in entities.content.producers.items():
        if (
            producer.growth != Constant(0.0)
            or producer.outages
            or producer.scheduled_outages
            or producer.swing
        ):
            rows[name] = _capacity_row(name, producer, entities, start, tick_days)
    for f, (name, facility) in enumerate(entities.content.facilities.items()):
        path: Path = ("facilities", name)
        growth = certain((*path, "growth"), 0.0)
        rows[name] = CapacityRow(name, growth, _outages(path, facility), (), f)
    names = list(rows)
    producers = [row.source.producer for row in entities.sources]
    return tuple(rows.values()), [names.index(p) if p in rows else -1 for p in producers]


def facilities(entities: Entities, start: dt.date, tick_days: float) -> tuple[Facility, ...]:
    """Return the facilities."""
    written = entities.content.facilities.items()
    return tuple(_facility(name, facility, entities, start, tick_days) for name, facility in written)


def _feed_yield(row: SourceRow) -> Input:
    path = (*row.path, "feed", row.source.grade, "yield")
    return certain(path, 1.0) if row.feed is None else number(path, row.feed.feed_yield)


def _finished_opening(row: SourceRow) -> Input:
    path = (*row.path, "opening")
    opening = row.seller.opening if isinstance(row.seller, Producer) else None
    return certain(path, math.nan) if opening is None else number(path, opening)


def _tracked(row: SourceRow, region: str | None) -> Input:
    path = (*row.path, "tracked_share")
    share = row.seller.tracked_share if isinstance(row.seller, Producer) else None
    if share is not None:
        return number(path, share)
    return certain(path, 1.0 if row.source.region == region else 0.0)


def _capacity_row(
    name: str, producer: Producer, entities: Entities, start: dt.date, tick_days: float
) -> CapacityRow:
    path: Path = ("producers", name)
    scheduled = tuple(
        ScheduledOutage(
            rounded_tick(outage.begin, start, tick_days),
            rounded_tick(outage.end, start, tick_days),
            number((*path, "scheduled_outages", key, "loss"), outage.loss),
        )
        for key, outage in producer.scheduled_outages.items()
    )
    growth = number((*path, "growth"), producer.growth)
    return CapacityRow(
        producer=name,
        growth_per_year=growth,
        outages=_outages(path, producer),
        scheduled=scheduled,
        facility=-1,
        slowings=slowings(producer, entities),
        swings=swings(path, producer, entities, start, tick_days),
    )


def _outages(path: Path, seller: Producer | WrittenFacility) -> tuple[Outages, ...]:
    return tuple(
        Outages(
            path_name((*path, "outages", key)),
            number((*path, "outages", key, "rate"), outage.rate),
            number((*path, "outages", key, "length"), outage.length),
            number((*path, "outages", key, "loss"), outage.loss),
        )
        for key, outage in seller.outages.items()
    )


def _facility(
    name: str, facility: WrittenFacility, entities: Entities, start: dt.date, tick_days: float
) -> Facility:
    path: Path = ("facilities", name)
    begins = facility.qualification_starts
    return Facility(
        name=name,
        producer=name,
        decision_day=float((facility.decision - start).days),
        stages=tuple((key, number((*path, "stages", key), time)) for key, time in facility.stages.items()),
        cancelled=number((*path, "cancelled"), facility.cancelled),
        availability=number((*path, "availability"), facility.availability),
        ramp_days=number((*path, "ramp"), facility.ramp),
        yield_start=number((*path, "yield", "start"), facility.yields.start),
        yield_end=number((*path, "yield", "end"), facility.yields.end),
        qualification=MappingProxyType(
            {key: number((*path, "qualification", key), time) for key, time in facility.qualification.items()}
        ),
        qualification_start_tick=None if begins is None else rounded_tick(begins, start, tick_days),
        financing=financing(path, facility, start),
        ownership_change=ownership_change(path, facility),
        presses=press_source(path, facility, entities),
        cost=unit_cost(path, facility),
        adoption_days=None if facility.adoption is None else number((*path, "adoption"), facility.adoption),
    )


def slowings(producer: Producer, entities: Entities) -> tuple[Slowing, ...]:
    """Return the equipment controls that slow the growth of a producer's capacity."""
    rows = []
    for i, (name, control) in enumerate(entities.content.controls.items()):
        equipment = control.equipment
        expansion = None if equipment is None else equipment.expansion
        if equipment is None or expansion is None or not reaches(equipment, producer.region):
            continue
        if set(expansion.grades) & set(producer.capacity):
            path: Path = ("controls", name, "equipment", "expansion", "kept")
            rows.append(Slowing(i, number(path, expansion.kept)))
    return tuple(rows)


def swings(
    path: Path, producer: Producer, entities: Entities, start: dt.date, tick_days: float
) -> tuple[Swing, ...]:
    """Return the capacity that a producer opens when a date or a control comes."""
    controls = list(entities.content.controls)
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


def financing(path: Path, facility: WrittenFacility, start: dt.date) -> Financing | None:
    """Return the tranches of a facility; None where it has none."""
    money, path = facility.financing, (*path, "financing")
    if money is None:
        return None
    window = money.window_closes
    return Financing(
        tranches=tuple(
            Tranche(name, number((*path, "tranches", name, "closes"), tranche.closes), tranche.amount)
            for name, tranche in money.tranches.items()
        ),
        clock_days=number((*path, "funding_clock"), money.funding_clock),
        window_day=None if window is None else float((window - start).days),
        wait_days=None if money.wait is None else number((*path, "wait"), money.wait),
    )


def ownership_change(path: Path, facility: WrittenFacility) -> OwnershipChange | None:
    """Return what a change of a facility's owner would delay; None where none is considered."""
    change, path = facility.ownership_change, (*path, "ownership_change")
    if change is None:
        return None
    return OwnershipChange(
        probability=number((*path, "probability"), change.probability),
        days=number((*path, "delay"), change.delay),
        stage=0 if change.before is None else list(facility.stages).index(change.before),
    )


def press_source(path: Path, facility: WrittenFacility, entities: Entities) -> PressSource | None:
    """Return where a facility's presses come from and which controls apply; None where it is not given."""
    presses, path = facility.presses, (*path, "presses")
    if presses is None:
        return None
    return PressSource(
        region=presses.region,
        probability=number((*path, "probability"), presses.probability),
        days=number((*path, "delay"), presses.delay),
        stage=list(facility.stages).index(presses.stage),
        licences=_licences(entities, presses.region, facility.region),
    )


def _licences(entities: Entities, maker: str, region: str) -> tuple[tuple[int, Input], ...]:
    licences = []
    for i, (name, control) in enumerate(entities.content.controls.items()):
        equipment = control.equipment
        presses = None if equipment is None else equipment.presses
        if equipment is None or presses is None or not reaches(equipment, region):
            continue
        if maker in equipment.makers:
            path: Path = ("controls", name, "equipment", "presses", "granted")
            licences.append((i, number(path, presses.granted)))
    return tuple(licences)


def reaches(equipment: Equipment, region: str) -> bool:
    """Tell whether an equipment control applies to machines sold into a region."""
    return region not in equipment.makers and (ANY_REGION in equipment.to or region in equipment.to)
