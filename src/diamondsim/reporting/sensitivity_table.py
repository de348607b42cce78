"""The table of `diamondsim sensitivity`, and the same as a document."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import xarray as xr
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.analysis import SHORTAGE
from diamondsim.reporting.bound_values import json_limits, limits, or_null
from diamondsim.reporting.draw_names import readable_draw
from diamondsim.reporting.formatting import percent, replications, signed
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.plain_tables import new_table


def sensitivity_renderable(found: xr.Dataset, *, most: int) -> RenderableType:
    """Return the inputs that drive a metric most, for a rich console.

    Parameters
    ----------
    found : xarray.Dataset
        As `diamondsim.sensitivity` returns it.
    most : int
        Number of inputs to show.

    Returns
    -------
    rich renderable
    """
    attrs = found.attrs
    seed = f", seed {int(attrs['seed'])}" if "seed" in attrs else ""
    is_empty = bool(found["first_order"].isnull().all())
    rest = found.sizes["input"] - min(most, found.sizes["input"])
    return Group(
        Text(sensitivity_headline(attrs), style="bold"),
        *(Text(line) for line in identity_lines(attrs)),
        Text(f"{attrs['metric_long_name']}; {attrs['treatment']}"),
        Text(f"{replications(int(attrs['replications']))}{seed}; 95 % intervals in brackets"),
        Text(),
        *([] if is_empty else [_inputs(found.isel(input=slice(most)))]),
        *([Text(f"and {rest} more with smaller first-order indices")] if rest and not is_empty else []),
        *([] if is_empty else [Text()]),
        *(Text(line) for line in _sentences(found)),
        *(Text(f"warning: {line}", style="yellow") for line in attrs["warnings"].splitlines()),
    )


def json_sensitivity(found: xr.Dataset) -> dict[str, Any]:
    """Return the same for all inputs as a document; a number that does not exist is null."""
    attrs = found.attrs
    texts = ("metric", "metric_long_name", "region", "use", "treatment")
    return {
        **json_identity(attrs),
        **{name: attrs[name] for name in texts},
        **{name: int(attrs[name]) for name in ("replications", "bins", "pawn_bins", "n_needed")},
        "first_order_sum": json_limits(found["first_order_sum"]),
        "rank_r2": or_null(float(found["rank_r2"])),
        "inputs": [_document(found.isel(input=k)) for k in range(found.sizes["input"])],
        "warnings": attrs["warnings"].splitlines(),
    }


def sensitivity_headline(attrs: Mapping[Any, Any]) -> str:
    """Return the question that indices answer."""
    metric, place = attrs["metric"], f"{attrs['region']}.{attrs['use']}"
    if not attrs["use"]:
        return f"What drives {metric}"
    return (
        f"What decides whether {place} goes short"
        if metric == SHORTAGE
        else f"What drives {metric} of {place}"
    )


def _document(one: xr.Dataset) -> dict[str, Any]:
    about = ("input_path", "input_unit", "input_distribution", "input_basis")
    return {
        "input": str(one["input"].item()),
        **{name.removeprefix("input_"): str(one[name].item()) for name in about if name in one.coords},
        "first_order": json_limits(one["first_order"]),
        "pawn": or_null(float(one["pawn"])),
        "pawn_threshold": or_null(float(one["pawn_threshold"])),
        "distinguishable": bool(one["distinguishable"]),
        "srrc": json_limits(one["srrc"]),
        "prcc": or_null(float(one["prcc"])),
    }


def _inputs(shown: xr.Dataset) -> Table:
    table = new_table("input", "first order", "PAWN", "rank regression", numbers=3)
    for k in range(shown.sizes["input"]):
        one = shown.isel(input=k)
        name = str(one["input"].item())
        path = str(one["input_path"].item()) if "input_path" in one.coords else name
        pawn = or_null(float(one["pawn"]))
        mark = "*" if bool(one["distinguishable"]) else " "
        table.add_row(
            readable_draw(name, path),
            _interval(one["first_order"], "{:z.2f}".format),
            "-" if pawn is None else f"{pawn:.2f}{mark}",
            _interval(one["srrc"], lambda value: signed(value, ".2f")),
        )
    return table


def _interval(variable: xr.DataArray, shown: Callable[[float], str]) -> str:
    values = limits(variable)
    if not all(map(math.isfinite, values)):
        return "-"
    value, low, high = map(shown, values)
    return f"{value} [{low}, {high}]"


def _sentences(found: xr.Dataset) -> list[str]:
    total = or_null(float(found["first_order_sum"].sel(bound="estimate")))
    if total is None:
        return []
    total_interval = _interval(found["first_order_sum"], "{:z.2f}".format)
    lines = [
        f"First-order indices add up to {total_interval}. What is missing to "
        "1 comes from interactions, and from what is drawn more than once in a replication. An input whose "
        "interval begins at 0.00 may have no effect.",
        "PAWN: * exceeds what chance alone gives any of the inputs in one run of twenty.",
    ]
    r2 = or_null(float(found["rank_r2"]))
    if r2 is not None:
        lines.append(f"The rank regression on all inputs explains {percent(r2)} of the variance of ranks.")
    return lines
