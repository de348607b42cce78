"""What happens in a replication, in sentences by month: the event log, read for a buyer.

Owns what is told and what is left out. A stock that is low, or a use that is short, counts as one time if it
recovers for less than a quarter of a year. Licences come in batches, so that a rule passes nothing in many
weeks and goods by way of third countries come and go: what lasts for less than a quarter is not told.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from benchmarks.traces.calendar_months import Months
from benchmarks.traces.month_tables import Need, stretches
from benchmarks.traces.readable_names import Names, listed
from diamondsim.engines.event import Event, EventKind
from diamondsim.engines.event.event_log import counted
from diamondsim.simulation import Trace

GAP_TICKS = 13
"""A recovery of fewer ticks is none, nor is a stop of licensing or a pause of diversion."""

OUTAGE_TICKS = 4
"""Shorter outages are left out."""

SENTENCES = {
    "announced": "The control is announced.",
    "ahead": "Buyers order ahead, {}.",
    "force": "The control takes effect: exports need a licence.",
    "slowed": "Lawful trade is slowed.",
    "suspended": "The control is suspended.",
    "released": "What waits for licences is released: {}.",
    "cancelled": "Buyers cancel what they had ordered twice: {}.",
    "stops": "Hardly any licence comes for a quarter of a year or longer, for {}.",
    "diverted": "Some goods arrive by way of third countries.",
    "crackdown": "A crackdown makes goods by way of third countries rarer.",
    "low": "Stocks fall below half of their target: {}.",
    "short": "Short from now on: {}.",
    "served": "Short no longer: {}.",
    "full": "Stocks are back at four fifths of their target: {}.",
    "reserve": "Reserves open: {}.",
    "further": "Buyers have qualified further sellers, and no sourcing limit holds any more: {}.",
    "shifts": "Makers decide on more shifts: {}.",
    "works": "Makers decide on new works: {}.",
    "shifts on": "More shifts begin, with the capacity they add: {}.",
    "works on": "New works begin, with the capacity they add: {}.",
    "converts": "Presses turn from one grit to the other: {}.",
    "reduced": "Makers cut output for want of orders: {}.",
    "outage": "Outage: {}.",
    "plant": "{}.",
    "qualified": "Buyers may order from {}.",
    "moved": "The last contracts have moved to {}.",
}
"""The sentences, in the order in which they are told."""


@dataclass(frozen=True)
class Note:
    """Something to tell: the key of its sentence, when, and what goes into the sentence beside others."""

    key: str
    tick: int
    item: str = ""
    use: tuple[str, str] | None = None


@dataclass(frozen=True)
class Time:
    """A use that is short, or whose stock is low: ticks [begin, end); `open` if it lasts to the horizon."""

    region: str
    use: str
    begin: int
    end: int
    open: bool


def story(trace: Trace, names: Names, months: Months) -> str:
    """Return the story as a list in Markdown, a point for each month in which something happens."""
    notes = [*_notes(trace, names, months)]
    unknown = {note.key for note in notes} - set(SENTENCES)
    assert not unknown, f"no sentence for {sorted(unknown)}"
    lines = []
    for one in stretches(months):
        ticks = np.flatnonzero(months.weights[list(one.rows)].sum(axis=0) > 0.5)
        here = [note for note in notes if ticks[0] <= note.tick <= ticks[-1]]
        said = [_sentence(key, [note for note in here if note.key == key], names) for key in SENTENCES]
        if any(said):
            number = f" (month {one.number})" if one.number else ""
            text = f"- **{one.label}**{number}. {' '.join(filter(None, said))}"
            lines.append(wrapped(text, indent="  "))
    return "\n".join(lines)


def wrapped(text: str, *, indent: str = "") -> str:
    """Return a paragraph in lines of the length of a page; a number stays beside its percent sign."""
    joined = text.replace(" %", "\u00a0%")
    filled = textwrap.fill(
        joined, 110, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return filled.replace("\u00a0", " ")


def _sentence(key: str, notes: Sequence[Note], names: Names) -> str:
    if not notes:
        return ""
    uses = [note.use for note in notes if note.use is not None]
    text = SENTENCES[key].format(names.uses(uses) if uses else listed(note.item for note in notes))
    return text[:1].upper() + text[1:]


def times_of(events: Sequence[Event], dataset: xr.Dataset, begins: EventKind, ends: EventKind) -> list[Time]:
    """Return when uses are short, or their stocks low, in any grade; gaps below `GAP_TICKS` count as part."""
    last = dataset.sizes["time"]
    label = {
        node: (str(where), str(use))
        for node, where, use in zip(
            dataset["node"].values, dataset["node_region"].values, dataset["node_use"].values, strict=True
        )
    }
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    since: dict[str, int] = {}
    for event in events:
        if event.kind is begins:
            since[event.entity] = event.tick
        elif event.kind is ends:
            spans.setdefault(label[event.entity], []).append((since.pop(event.entity), event.tick))
    for entity, tick in since.items():
        spans.setdefault(label[entity], []).append((tick, last))
    made = []
    for (where, use), pairs in spans.items():
        merged: list[tuple[int, int]] = []
        for begin, end in sorted(pairs):
            if merged and begin - merged[-1][1] < GAP_TICKS:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((begin, end))
        made += [Time(where, use, begin, end, end + GAP_TICKS > last) for begin, end in merged]
    return sorted(made, key=lambda time: (time.begin, time.region, time.use))


def _notes(trace: Trace, names: Names, months: Months) -> Iterator[Note]:
    events, dataset = trace.events, trace.dataset
    yield from (note for event in events for note in _of_event(event, names))
    yield from _outages(events, names)
    yield from lasting_stops(events, names, dataset.sizes["time"])
    yield from diversions(events)
    grades = tuple(map(str, np.unique(dataset["node_grade"].values)))
    for short in times_of(events, dataset, EventKind.SHORTAGE_BEGINS, EventKind.SHORTAGE_ENDS):
        yield Note("short", short.begin, use=(short.region, short.use))
        if not short.open:
            weights = np.zeros(dataset.sizes["time"])
            weights[short.begin : short.end] = 1.0
            need = Need(dataset, f"{short.region}.{short.use}", months, grades)
            lasted = counted(short.end - short.begin, "week")
            lasted = f"{lasted}, {100 * need.unmet(weights):.0f} % of demand unmet"
            yield Note("served", short.end, f"{names.use(short.region, short.use)} ({lasted})")
    for low in times_of(events, dataset, EventKind.STOCK_LOW, EventKind.STOCK_REPLENISHED):
        yield Note("low", low.begin, use=(low.region, low.use))
        if not low.open:
            yield Note("full", low.end, use=(low.region, low.use))


def _of_event(event: Event, names: Names) -> Iterator[Note]:
    """Yield what is told of an event by itself."""
    kind, tick, entity = event.kind, event.tick, event.entity
    if kind in _PLAIN:
        # What is so at the start of the horizon is no news.
        if tick > 0:
            yield Note(_PLAIN[kind], tick)
    elif kind is EventKind.FRONT_LOADING:
        yield Note("ahead", tick, f"up to {event.quantity:.1f} times what they use")
    elif kind in (EventKind.QUEUE_RELEASED, EventKind.ORDERS_CANCELLED):
        key = "released" if kind is EventKind.QUEUE_RELEASED else "cancelled"
        yield Note(key, tick, f"{event.quantity / 1e6:.0f} Mct for {names.rule(entity)}")
    elif kind is EventKind.FURTHER_SOURCES:
        yield Note("further", tick, names.region(entity))
    elif kind is EventKind.RESERVE_OPENS:
        yield Note("reserve", tick, entity)
    elif kind in (EventKind.MILESTONE, EventKind.NO_OUTPUT):
        yield Note("plant", tick, f"{names.producer(entity)}: {event.why.replace('_', ' ')}")
    elif "." in entity:
        yield from _of_source(event, names)


def _of_source(event: Event, names: Names) -> Iterator[Note]:
    """Yield what is told of what a source makes and for whom."""
    producer, grade = event.entity.split(".")[:2]
    kind, tick, last = event.kind, event.tick, event.entity.rpartition(".")[2]
    told = names.producer(producer)
    if kind is EventKind.EXPANSION_DECIDED:
        yield Note(last, tick, told)
    elif kind is EventKind.EXPANSION_ARRIVES:
        yield Note(f"{last} on", tick, f"{told} ({100 * event.quantity:.0f} %)")
    elif kind is EventKind.CONVERSION_BEGINS:
        yield Note("converts", tick, f"{told} (to {last.removeprefix('to_')})")
    elif kind is EventKind.OUTPUT_REDUCED and producer.startswith("cn_"):
        yield Note("reduced", tick, f"{told} ({grade})")
    elif kind is EventKind.QUALIFIED:
        yield Note("qualified", tick, f"{told} ({grade})")
    elif kind is EventKind.CONTRACTS_MOVED:
        yield Note("moved", tick, f"{told} ({grade})")


_PLAIN = {
    EventKind.CONTROL_ANNOUNCED: "announced",
    EventKind.CONTROL_IN_FORCE: "force",
    EventKind.CONTROL_SUSPENDED: "suspended",
    EventKind.TRADE_SLOWED: "slowed",
    EventKind.CRACKDOWN: "crackdown",
}


def _outages(events: Sequence[Event], names: Names) -> Iterator[Note]:
    begun: dict[str, Event] = {}
    for event in events:
        if event.kind is EventKind.OUTAGE_BEGINS:
            begun[event.entity] = event
        elif event.kind is EventKind.OUTAGE_ENDS and event.quantity >= OUTAGE_TICKS:
            first = begun[event.entity]
            lost = f"loses {100 * first.quantity:.0f} % of its capacity for {event.quantity:.0f} weeks"
            yield Note("outage", first.tick, f"{names.producer(event.entity)} {lost}")


def lasting_stops(events: Sequence[Event], names: Names, last: int) -> Iterator[Note]:
    """Yield stops of licensing that last, for civil buyers; what stops for all of them at once is said once.

    Military buyers are denied in principle. A stop that the log does not end lasts to the end of the control,
    or to `last`, the end of the horizon.
    """
    ends = (EventKind.LICENSING_RESUMES, EventKind.CONTROL_SUSPENDED)
    stops = [event for event in events if event.kind is EventKind.LICENSING_STOPS]
    civil = {event.entity for event in stops if not names.is_military(event.entity)}
    by_tick: dict[int, list[str]] = {}
    for stop in stops:
        control = stop.entity.partition(":")[0]
        until = min(
            (
                event.tick
                for event in events
                if event.kind in ends and event.tick > stop.tick and event.entity in (stop.entity, control)
            ),
            default=last,
        )
        if stop.entity in civil and until - stop.tick >= GAP_TICKS:
            by_tick.setdefault(stop.tick, []).append(stop.entity)
    for tick, found in by_tick.items():
        items = ["all civil buyers"] if civil <= set(found) else [names.rule(rule) for rule in found]
        yield from (Note("stops", tick, item) for item in items)


def diversions(events: Sequence[Event]) -> Iterator[Note]:
    """Yield when goods begin to arrive by way of third countries after a quarter without."""
    ended = -GAP_TICKS
    for event in events:
        if event.kind is EventKind.DIVERSION_ENDS:
            ended = event.tick
        elif event.kind is EventKind.DIVERSION_BEGINS and event.tick - ended >= GAP_TICKS:
            yield Note("diverted", event.tick)
