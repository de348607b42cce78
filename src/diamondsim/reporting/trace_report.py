"""The event log of one replication, with dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import xarray as xr

from diamondsim.engines.event import QUANTITIES, Event
from diamondsim.reporting.formatting import count
from diamondsim.reporting.legal_state_rows import identity_lines
from diamondsim.reporting.page_layout import wrapped
from diamondsim.reporting.use_rows import date_of

_INDENT = 12
"""Columns of a date and the space after it, under which the reason of an event is set in."""

_WORDS = {1.0: "day", 7.0: "week"}
"""What a tick of so many days is called."""


def trace_lines(dataset: xr.Dataset, events: Sequence[Event]) -> Iterator[str]:
    """Yield the header of one replication, then for each event a line that names it and why it happened.

    No line is longer than those of a report.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a `Trace`.
    events : sequence of Event
        Of the same `Trace`.

    Yields
    ------
    str
    """
    attrs = dataset.attrs
    yield from identity_lines(attrs)
    number = count(int(attrs["replication"]))
    tick_days = float(attrs["tick_days"])
    ticks = "" if tick_days in _WORDS else f"; a tick is {tick_days:g} days"
    yield f"replication {number} of seed {attrs['seed']}: one path of many, not a forecast{ticks}"
    yield ""
    times = dataset["time"].values
    kinds = max((len(event.kind) for event in events), default=0)
    for event in events:
        yield f"{date_of(times, event.tick)}  {event.kind:<{kinds}}  {event.entity}"
        yield from wrapped(f"{event.why} [{in_words(_quantity(event), tick_days)}]", indent=_INDENT)
    if not events:
        yield "No events."


def in_words(text: str, tick_days: float) -> str:
    """Return a text with weeks or days for ticks, where a tick is a week or a day.

    Examples
    --------
    >>> in_words("after 3 ticks, 9 % of the tick's demand", 7.0), in_words("after 1 tick", 3.5)
    ("after 3 weeks, 9 % of the week's demand", 'after 1 tick')
    """
    word = _WORDS.get(tick_days)
    return text if word is None else re.sub(r"\btick(s?)\b", rf"{word}\1", text)


def json_trace(dataset: xr.Dataset, events: Sequence[Event]) -> dict[str, Any]:
    """Return the event log as a document.

    Parameters
    ----------
    dataset, events
        As for `trace_lines`.

    Returns
    -------
    dict
        `scenario`, `seed`, `replication`, `events`.
    """
    attrs, times = dataset.attrs, dataset["time"].values
    tick_days = float(attrs["tick_days"])
    return {
        "version": attrs["diamondsim_version"],
        "scenario": {
            **{key: attrs[key] for key in ("title", "as_of", "legal_state", "scenario_hash")},
            "legal_state_outdated": attrs["legal_state_outdated"] or None,
            "changes": attrs["changes"].splitlines(),
        },
        "seed": attrs["seed"],
        "replication": attrs["replication"],
        "events": [
            {
                "date": date_of(times, event.tick).isoformat(),
                "tick": event.tick,
                "kind": str(event.kind),
                "entity": event.entity,
                "quantity": event.quantity,
                "quantity_of": in_words(QUANTITIES[event.kind], tick_days),
                "unit": event.unit,
                "why": event.why,
            }
            for event in events
        ],
    }


def _quantity(event: Event) -> str:
    what, _, unit = QUANTITIES[event.kind].partition(", ")
    if unit == "fraction":
        return f"{what}: {100 * event.quantity:.1f} %"
    number = (
        f"{event.quantity:,.2f}" if event.quantity < 10 and event.quantity % 1 else f"{event.quantity:,.0f}"
    )
    return f"{what}: {number} {event.unit}".rstrip()
