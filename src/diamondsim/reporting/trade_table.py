"""The tables of `diamondsim trade`: flows beside the base scenario, and what became of each row."""

from __future__ import annotations

import math
from typing import Any

import xarray as xr
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.reporting.formatting import amount
from diamondsim.reporting.plain_tables import new_table

_USED = "used"


def trade_renderable(dataset: xr.Dataset) -> RenderableType:
    """Return the flows, the reconciliation of the rows and the warnings for a rich console.

    Parameters
    ----------
    dataset : Dataset
        As `diamondsim.read_trade` returns it.

    Returns
    -------
    rich renderable
    """
    attrs = dataset.attrs
    layouts = ", ".join(sorted(set(attrs["layouts"].splitlines())))
    return Group(
        Text(f"Trade of {attrs['years']}, over {attrs['base']}", style="bold"),
        Text(f"Files: {len(attrs['files'].splitlines())} ({layouts})"),
        Text(),
        Text(f"Flows (where both report, the {attrs['mirror']} one is used)", style="bold"),
        _flows(dataset),
        Text(),
        Text("Demand (sales in the region less the feed of its processors)", style="bold"),
        _demand(dataset),
        Text(),
        Text("Rows of the files", style="bold"),
        _fates(dataset),
        *(Text(f"warning: {line}", style="yellow") for line in attrs["warnings"].splitlines()),
    )


def json_trade_figures(dataset: xr.Dataset) -> dict[str, Any]:
    """Return the same as maps, lists, texts and numbers; quantities in carats, flows in carats a year."""
    attrs = dataset.attrs
    files = zip(*(attrs[key].splitlines() for key in ("files", "layouts", "sha256")), strict=True)
    return {
        "version": attrs["diamondsim_version"],
        "base": attrs["base"],
        "years": [int(year) for year in attrs["years"].split(", ") if year],
        "choices": {
            key: attrs[key] for key in ("mirror", "hong_kong", "imputed", "unallocated", "re_exports")
        },
        "files": [{"file": file, "layout": layout, "sha256": sha} for file, layout, sha in files],
        "flows": [
            {"origin": origin, "destination": to, **{name: _plain(value) for name, value in values.items()}}
            for origin, to, values in _pairs(dataset)
        ],
        "demand": [
            {
                "region": region,
                "demand": float(dataset["demand"].sel(destination=region)),
                "base_demand": float(dataset["base_demand"].sel(destination=region)),
            }
            for region in dataset["destination"].values.tolist()
        ],
        "rows": [
            {
                "fate": fate,
                "rows": int(dataset["fate_rows"].sel(fate=fate)),
                "quantity": float(dataset["fate_quantity"].sel(fate=fate)),
            }
            for fate in dataset["fate"].values.tolist()
        ],
        "residual": attrs["residual"],
        "warnings": attrs["warnings"].splitlines(),
        "overlay": attrs["overlay"],
    }


_COLUMNS = ("exporter_reported", "importer_reported", "reported", "flow", "base_flow", "months")


def _pairs(dataset: xr.Dataset) -> list[tuple[str, str, dict[str, float]]]:
    """Return the pairs of regions that the figures change or report."""
    found = []
    for origin in dataset["origin"].values.tolist():
        for destination in dataset["destination"].values.tolist():
            values = {
                name: float(dataset[name].sel(origin=origin, destination=destination)) for name in _COLUMNS
            }
            moved = abs(values["flow"] - values["base_flow"]) > 0.5
            if moved or not math.isnan(values["reported"]):
                found.append((origin, destination, values))
    return found


def _flows(dataset: xr.Dataset) -> Table:
    table = new_table("from", "to", "exporter says", "importer says", "now", "base", numbers=4)
    for origin, destination, values in _pairs(dataset):
        shown = (values[name] for name in ("exporter_reported", "importer_reported", "flow", "base_flow"))
        table.add_row(origin, destination, *(_amount(value) for value in shown))
    return table


def _demand(dataset: xr.Dataset) -> Table:
    table = new_table("region", "now", "base", numbers=2)
    for region in dataset["destination"].values.tolist():
        new, base = (float(dataset[name].sel(destination=region)) for name in ("demand", "base_demand"))
        if abs(new - base) > 0.5:
            table.add_row(region, _amount(new), _amount(base))
    return table


def _fates(dataset: xr.Dataset) -> Table:
    table = new_table("fate", "rows", "quantity", numbers=2)
    for fate in dataset["fate"].values.tolist():
        rows = int(dataset["fate_rows"].sel(fate=fate))
        quantity = float(dataset["fate_quantity"].sel(fate=fate))
        shown = amount(quantity, "ct") if quantity else "-"
        table.add_row(fate if fate == _USED else f"left out: {fate}", f"{rows:,}", shown)
    rows, quantity = int(dataset["fate_rows"].sum()), float(dataset["fate_quantity"].sum())
    table.add_row("all", f"{rows:,}", amount(quantity, "ct"), style="bold")
    return table


def _amount(ct_per_year: float) -> str:
    return "-" if math.isnan(ct_per_year) else amount(ct_per_year, "ct/yr")


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
