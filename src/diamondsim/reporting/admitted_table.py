"""The admitted flow of a control by month, next to that of earlier controls."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import xarray as xr

from diamondsim.results import precedents


def admitted_lines(flow: xr.DataArray, *, destination: str) -> Iterator[str]:
    """Yield a table for one destination: for each month the quantiles and the precedents; then the waits.

    Parameters
    ----------
    flow : xarray.DataArray
        From `admitted_flow`.
    destination : str
        One of its destinations. The precedents cover all destinations and are shown for `all` only.

    Yields
    ------
    str
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
        yield f"Applications wait {wait:.0f} days on average; {withdrawn:.0%} are withdrawn."


def json_admitted(flow: xr.DataArray) -> dict[str, Any]:
    """Return fractions by destination and month, and precedents with their sources, as a document."""
    return {
        "control": flow.attrs["control"],
        "replications": flow.attrs["replications"],
        "seed": flow.attrs["seed"],
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
            p.name: {"effective": p.effective, "source": p.source, "by_month": dict(p.by_month)}
            for p in precedents()
        },
    }
