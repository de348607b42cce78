"""The table of `diamondsim sensitivity --design`, and the same as a document."""

from __future__ import annotations

import math
from typing import Any

import xarray as xr
from rich.console import Group, RenderableType
from rich.text import Text

from diamondsim.reporting.bound_values import json_limits, limits
from diamondsim.reporting.formatting import count, replications
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.plain_tables import new_table
from diamondsim.reporting.sensitivity_table import sensitivity_headline


def design_renderable(found: xr.Dataset) -> RenderableType:
    """Return the indices of all groups, for a rich console.

    Parameters
    ----------
    found : xarray.Dataset
        As `diamondsim.sobol_indices` returns it.

    Returns
    -------
    rich renderable
    """
    attrs = found.attrs
    table = new_table("group", "inputs", "first order", "total", numbers=3)
    for k in range(found.sizes["group"]):
        one = found.isel(group=k)
        table.add_row(
            str(one["group"].item()),
            count(int(one["inputs"])),
            _interval(one["first_order"]),
            _interval(one["total"]),
        )
    total = _interval(found["first_order_sum"])
    return Group(
        Text(f"{sensitivity_headline(attrs)}, by design", style="bold"),
        *(Text(line) for line in identity_lines(attrs)),
        Text(f"{attrs['metric_long_name']}; {attrs['treatment']}"),
        Text(
            f"{count(int(attrs['runs']))} runs of {replications(int(attrs['replications']))}, "
            f"seed {int(attrs['seed'])}; 95 % intervals in brackets"
        ),
        Text(),
        table,
        Text(),
        *(
            []
            if total == "-"
            else [Text(f"First-order indices add up to {total}. A total index counts interactions as well.")]
        ),
        *(Text(f"warning: {line}", style="yellow") for line in attrs["warnings"].splitlines()),
    )


def json_design(found: xr.Dataset) -> dict[str, Any]:
    """Return the same as a document; a number that does not exist is null."""
    attrs = found.attrs
    texts = ("metric", "metric_long_name", "region", "use", "treatment")
    return {
        **json_identity(attrs),
        **{name: attrs[name] for name in texts},
        **{name: int(attrs[name]) for name in ("replications", "runs", "resamples")},
        "first_order_sum": json_limits(found["first_order_sum"]),
        "groups": [
            {
                "group": str(one["group"].item()),
                "inputs": int(one["inputs"]),
                "first_order": json_limits(one["first_order"]),
                "total": json_limits(one["total"]),
            }
            for one in (found.isel(group=k) for k in range(found.sizes["group"]))
        ],
        "warnings": attrs["warnings"].splitlines(),
    }


def _interval(variable: xr.DataArray) -> str:
    value, low, high = limits(variable)
    return "-" if math.isnan(value) else f"{value:z.2f} [{low:z.2f}, {high:z.2f}]"
