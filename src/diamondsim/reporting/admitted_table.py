"""The admitted flow of a control by month, next to that of earlier controls."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import xarray as xr

from diamondsim.reporting.formatting import replications
from diamondsim.reporting.page_layout import wrapped
from diamondsim.results import months_outside, precedents

_PRECEDENTS = (
    "Precedents: customs exports to all destinations over those of a normal month, see docs/episodes.md."
)
_FITTED = (
    "The licensing rules of the shipped scenarios were set with these months in view, so that this is no "
    "test of them: docs/backtest.md has one."
)


def admitted_lines(flow: xr.DataArray) -> Iterator[str]:
    """Yield the table of each destination, and how the precedents lie in the band; or why there is no table.

    Parameters
    ----------
    flow : xarray.DataArray
        From `admitted_flow`.

    Yields
    ------
    str
    """
    control, n = flow.attrs["control"], int(flow.attrs["replications"])
    in_force = f"; in force in {flow.attrs['in_force']:,} of them" if flow.attrs["in_force"] < n else ""
    yield from wrapped(
        f"{control}: flow out of the controlled region over its contract flow, by month from effect (-1 is "
        f"the last one before it); quantiles of {replications(n)}, seed {flow.attrs['seed']}{in_force}"
    )
    if flow.attrs["empty"]:
        yield ""
        yield from wrapped(f"No month has a value: {flow.attrs['empty']}.")
        return
    for destination in flow["destination"].values:
        yield ""
        yield f"To {'all destinations' if destination == 'all' else destination}"
        yield from _of_destination(flow, str(destination))
    yield ""
    yield from wrapped(_PRECEDENTS)
    yield from _beside_precedents(flow)


def _of_destination(flow: xr.DataArray, destination: str) -> Iterator[str]:
    """Yield a table for one destination: for each month the quantiles and the precedents; then the waits.

    The precedents cover all destinations and are shown for `all` only.
    """
    shown = precedents() if destination == "all" else ()
    quantiles = [f"{100 * float(q):.0f} %" for q in flow["quantile"]]
    yield "".join(f"{head:>10}" for head in ("month", *quantiles, *(p.name for p in shown)))
    for month in flow["month"].values:
        row = flow.sel(destination=destination, month=month).values
        if any(map(math.isnan, row)):
            continue
        cells = [f"{int(month):d}", *(f"{value:.2f}" for value in row)]
        cells += [f"{p.by_month[int(month)]:.2f}" if int(month) in p.by_month else "" for p in shown]
        yield "".join(f"{cell:>10}" for cell in cells).rstrip()
    wait, withdrawn = (float(flow[name].sel(destination=destination)) for name in ("wait_days", "withdrawn"))
    if not math.isnan(wait):
        yield f"Applications wait {wait:.0f} days on average; {100 * withdrawn:.0f} % are withdrawn."


def _beside_precedents(flow: xr.DataArray) -> Iterator[str]:
    low, high = (f"{100 * float(flow['quantile'][end]):.0f}" for end in (0, -1))
    counts = []
    for precedent in precedents():
        outside, compared = months_outside(precedent, flow.sel(destination="all"))
        which = f" ({', '.join(map(str, outside))})" if outside else ""
        if compared:
            counts.append(f"{len(outside)} of {compared} of {precedent.name}{which}")
    if counts:
        band = f"Months of control outside the band of {low} to {high} %"
        yield from wrapped(f"{band}: {'; '.join(counts)}. {_FITTED}")


def json_admitted(flow: xr.DataArray) -> dict[str, Any]:
    """Return fractions by destination and month, and precedents with their sources, as a document."""
    outside = {p.name: months_outside(p, flow.sel(destination="all")) for p in precedents()}
    return {
        **{key: flow.attrs[key] for key in ("control", "replications", "seed", "in_force", "empty")},
        "admitted": {
            str(place): {
                str(month): {
                    str(q): float(flow.sel(destination=place, month=month, quantile=q))
                    for q in flow["quantile"].values
                }
                for month in flow["month"].values
                if not flow.sel(destination=place, month=month).isnull().any()
            }
            for place in flow["destination"].values
        },
        "applications": {
            str(place): {
                name: float(flow[name].sel(destination=place))
                for name in ("wait_days", "withdrawn")
                if not flow[name].sel(destination=place).isnull()
            }
            for place in flow["destination"].values
        },
        "precedents": {
            p.name: {
                "effective": p.effective,
                "source": p.source,
                "by_month": dict(p.by_month),
                "outside_band": list(outside[p.name][0]),
                "months_compared": outside[p.name][1],
            }
            for p in precedents()
        },
    }
