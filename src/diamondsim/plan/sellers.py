"""How producers and facilities make: numbers of sources, capacity in time, plants to be built."""

from __future__ import annotations

import datetime as dt
import math
from types import MappingProxyType

from diamondsim.distributions import Constant
from diamondsim.plan.building import financing, owner_sale, press_source
from diamondsim.plan.cast import Entities, Path, SourceRow, certain, number, path_name
from diamondsim.plan.expansion import slowings, swings
from diamondsim.plan.prices import unit_cost
from diamondsim.plan.states import rounded_tick
from diamondsim.plan.structure import CapacityRow, Facility, Input, Outages, Rationing, ScheduledOutage
from diamondsim.scenario.sellers import Facility as WrittenFacility
from diamondsim.scenario.sellers import Producer

# One use after another is a matter of tiers; inside a tier it is the usual way.
_RATIONING = {
    "proportional": Rationing.PROPORTIONAL,
    "weighted": Rationing.WEIGHTED,
    "max_min": Rationing.MAX_MIN,
    "priority": Rationing.PROPORTIONAL,
}


def source_numbers(cast: Entities) -> dict[str, tuple[Input, ...]]:
    """Return the numbers of all sources, as keyed in `Plan.numbers`."""
    sources = cast.sources
    return {
        "capacity": tuple(row.capacity for row in sources),
        "finished_stock_ceiling": tuple(
            number((*row.path, "finished_stock_ceiling"), row.seller.finished_stock_ceiling)
            for row in sources
        ),
        "finished_opening": tuple(_finished_opening(row) for row in sources),
        "feed_yield": tuple(_feed_yield(row) for row in sources),
        "tracked_share": tuple(_tracked(row, cast.content.tracked_origin) for row in sources),
    }


def source_rationing(cast: Entities) -> list[Rationing]:
    """Return how each source rations inside a tier."""
    return [_RATIONING[row.seller.rationing] for row in cast.sources]


def capacity_rows(
    cast: Entities, start: dt.date, tick_days: float
) -> tuple[tuple[CapacityRow, ...], list[int]]:
    """Return the rows of capacity in time, one for each seller that has any, and each source's row or -1."""
    rows: dict[str, CapacityRow] = {}
    for name, producer in cast.content.producers.items():
        if (
            producer.growth != Constant(0.0)
            or producer.outages
            or producer.scheduled_outages
            or producer.swing
        ):
            rows[name] = _capacity_row(name, producer, cast, start, tick_days)
    for f, (name, facility) in enumerate(cast.content.facilities.items()):
        path: Path = ("facilities", name)
        growth = certain((*path, "growth"), 0.0)
        rows[name] = CapacityRow(name, growth, _outages(path, facility), (), f)
    names = list(rows)
    producers = [row.source.producer for row in cast.sources]
    return tuple(rows.values()), [names.index(p) if p in rows else -1 for p in producers]


def facilities(cast: Entities, start: dt.date, tick_days: float) -> tuple[Facility, ...]:
    """Return the facilities."""
    written = cast.content.facilities.items()
    return tuple(_facility(name, facility, cast, start, tick_days) for name, facility in written)


def _feed_yield(row: SourceRow) -> Input:
    path = (*row.path, "feed", row.source.grade, "yield")
    return certain(path, 1.0) if row.feed is None else number(path, row.feed.feed_yield)


def _finished_opening(row: SourceRow) -> Input:
    path = (*row.path, "opening")
    given = row.seller.opening if isinstance(row.seller, Producer) else None
    return certain(path, math.nan) if given is None else number(path, given)


def _tracked(row: SourceRow, region: str | None) -> Input:
    path = (*row.path, "tracked_share")
    origin = row.seller.tracked_share if isinstance(row.seller, Producer) else None
    if origin is not None:
        return number(path, origin)
    return certain(path, 1.0 if row.source.region == region else 0.0)


def _capacity_row(
    name: str, producer: Producer, cast: Entities, start: dt.date, tick_days: float
) -> CapacityRow:
    path: Path = ("producers", name)
    scripted = tuple(
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
        scheduled=scripted,
        facility=-1,
        slowings=slowings(producer, cast),
        swings=swings(path, producer, cast, start, tick_days),
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
    name: str, facility: WrittenFacility, cast: Entities, start: dt.date, tick_days: float
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
        ownership_change=owner_sale(path, facility),
        presses=press_source(path, facility, cast),
        cost=unit_cost(path, facility),
    )
