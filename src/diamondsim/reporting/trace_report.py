"""The event log of one replication, with dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import xarray as xr

from diamondsim.engines.event import QUANTITIES, Event
from diamondsim.reporting.formatting import count
from diamondsim.reporting.legal_state_rows import head_lines
from diamondsim.reporting.use_rows import date_of


def trace_lines(dataset: xr.Dataset, events: Sequence[Event]) -> Iterator[str]:
    """Yield the header of one replication, then one line for each event.

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
    yield from head_lines(attrs["title"], attrs["as_of"], attrs["legal_state"], attrs["legal_state_outdated"])
    number = count(int(attrs["replication"]))
    yield f"replication {number} of seed {attrs['seed']}: one path of many, not a forecast"
    yield ""
    times = dataset["time"].values
    kinds = max((len(event.kind) for event in events), default=0)
    names = max((len(event.entity) for event in events), default=0)
    for event in events:
        day = date_of(times, event.tick)
        yield f"{day}  {event.kind:<{kinds}}  {event.entity:<{names}}  {event.why} [{_quantity(event)}]"
    if not events:
        yield "No events."


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
    return {
        "version": attrs["diamondsim_version"],
        "scenario": {
            **{key: attrs[key] for key in ("title", "as_of", "legal_state", "scenario_hash")},
            "legal_state_outdated": attrs["legal_state_outdated"] or None,
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
                "quantity_of": QUANTITIES[event.kind],
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
