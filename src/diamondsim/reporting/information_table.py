"""The value of information as a table and as a document."""

from __future__ import annotations

from typing import Any

import xarray as xr
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.analysis import failures_in
from diamondsim.reporting.bound_values import json_limits, limits
from diamondsim.reporting.document import json_value
from diamondsim.reporting.draw_names import readable_draw
from diamondsim.reporting.failed_lines import failed_lines
from diamondsim.reporting.formatting import figures, multiple_for, replications
from diamondsim.reporting.page_layout import marked_name, wrapped
from diamondsim.reporting.scenario_lines import json_scenario_identity, scenario_lines
from diamondsim.results import unit_symbol

_NAME = 40
"""Columns of a scenario with its mark."""


def information_renderable(found: xr.Dataset, *, most: int) -> RenderableType:
    """Return what inputs are worth knowing, for a rich console; the table is not wider than 80 characters.

    Parameters
    ----------
    found : xarray.Dataset
        From `value_of_information`.
    most : int
        Number of inputs to show.

    Returns
    -------
    rich renderable
    """
    attrs = found.attrs
    factor, unit = _scale(found)
    about = (
        f"{attrs['metric']} of {attrs['region']}.{attrs['use']}, {unit}; "
        f"{replications(int(attrs['replications']))} of each, seed {attrs['seed']}; 95 % intervals"
    )
    choice = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    choice.add_column("scenario", max_width=_NAME)
    choice.add_column(f"expected, with its cost, {unit}")
    for name in map(str, found["scenario"].values):
        mark = "*" if name == attrs["chosen"] else " "
        expected = _interval(found["expected"].sel(scenario=name), factor, digits=3)
        choice.add_row(marked_name(mark, name, _NAME), expected)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("input known before the choice", max_width=48, overflow="fold")
    table.add_column(f"is worth, {'points' if unit == '%' else unit}", max_width=28)
    for k in range(min(most, found.sizes["input"])):
        one = found.isel(input=k)
        name = readable_draw(str(one["input"].item()), str(one["input_path"].item()))
        table.add_row(name, _interval(one["information"], factor))
    rest = found.sizes["input"] - min(most, found.sizes["input"])
    whole = _interval(found["perfect_information"], factor, digits=3)
    sentence = (
        f"Chosen without information: {attrs['chosen']} (*). Knowing everything that is drawn would be worth "
        f"{whole}; no input is worth more. An input is worth something only if it changes the choice; one "
        "whose interval begins at 0 may be worth nothing."
    )
    return Group(
        *(Text(line, style="bold") for line in wrapped(str(attrs["title"]))),
        *(Text(line) for line in wrapped(about)),
        *(Text(line, style="yellow") for line in failed_lines(attrs)),
        *scenario_lines(found),
        Text(),
        choice,
        Text(),
        table,
        *([Text(f"and {rest} more that are worth no more")] if rest else []),
        Text(),
        *(Text(line) for line in wrapped(sentence)),
        *(
            Text(line, style="yellow")
            for warning in attrs["warnings"].splitlines()
            for line in wrapped(f"warning: {warning}")
        ),
    )


def _scale(found: xr.Dataset) -> tuple[float, str]:
    """Return the factor by which values are divided, and the unit that is left."""
    unit = unit_symbol(str(found["expected"].attrs["units"]))
    if unit == "1":
        return 0.01, "%"
    largest = float(abs(found["expected"]).max())
    return multiple_for(largest, unit)


def _interval(variable: xr.DataArray, factor: float, *, digits: int = 2) -> str:
    scaled = (each / factor for each in limits(variable))
    value, low, high = (figures(each) if abs(each) >= 99.95 else f"{each:z.{digits}g}" for each in scaled)
    return f"{value} [{low}, {high}]"


def json_information(found: xr.Dataset) -> dict[str, Any]:
    """Return the value of information as a document.

    Parameters
    ----------
    found : xarray.Dataset
        From `value_of_information`.

    Returns
    -------
    dict
    """
    attrs = found.attrs
    document = {
        "version": attrs["diamondsim_version"],
        **{name: attrs[name] for name in ("metric", "region", "use", "chosen", "replications", "seed")},
        "unit": unit_symbol(str(found["expected"].attrs["units"])),
        "expected": {
            str(name): json_limits(found["expected"].sel(scenario=name)) for name in found["scenario"].values
        },
        "perfect_information": json_limits(found["perfect_information"]),
        "scenarios": {
            str(name): json_scenario_identity(found, str(name)) for name in found["scenario"].values
        },
        "inputs": [_json_input(found.isel(input=k)) for k in range(found.sizes["input"])],
        "failures": failures_in(attrs),
        "warnings": attrs["warnings"].splitlines(),
    }
    return {key: json_value(value) for key, value in document.items()}


def _json_input(one: xr.Dataset) -> dict[str, Any]:
    return {
        "input": str(one["input"].item()),
        "path": str(one["input_path"].item()),
        "distribution": str(one["input_distribution"].item()),
        **json_limits(one["information"]),
    }
