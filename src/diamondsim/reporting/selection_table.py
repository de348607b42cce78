"""A selection of the best scenarios as a table and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim._version import __version__
from diamondsim.errors import joined
from diamondsim.reporting.bound_values import json_limits, limits
from diamondsim.reporting.document import json_value
from diamondsim.reporting.formatting import (
    chance,
    count,
    difference,
    figures,
    multiple_for,
    percent,
    replications,
)
from diamondsim.reporting.page_layout import marked_name, wrapped
from diamondsim.reporting.scenario_lines import json_scenario_identity, scenario_lines
from diamondsim.results import unit_symbol

_CHANCE = "probability_of_shortage"
_NAME = 22
"""Columns of a scenario with its mark."""
_WORDS = {_CHANCE: "chance of shortage", "shortage_mean": "mean shortage", "economic_loss_mean": "mean loss"}


def selection_renderable(found: xr.Dataset) -> RenderableType:
    """Return a selection for a rich console; the table is not wider than 80 characters.

    Parameters
    ----------
    found : xarray.Dataset
        From `select_best`.

    Returns
    -------
    rich renderable
    """
    attrs = found.attrs
    metric = _WORDS.get(attrs["metric"], str(attrs["metric"]))
    what = f"{attrs['best']} of {found.sizes['scenario']} scenarios with the lowest {metric}"
    about = (
        f"{metric} of {attrs['region']}.{attrs['use']}; differences below {_amount(found)} do not matter; "
        f"same random numbers, seed {attrs['seed']}, at most {replications(attrs['most'])} of each"
    )
    return Group(
        Text(what, style="bold"),
        *(Text(line) for line in wrapped(about)),
        *scenario_lines(found),
        Text(),
        _table(found),
        Text(),
        *(Text(line) for sentence in _sentences(found) for line in wrapped(sentence)),
    )


def _table(found: xr.Dataset) -> Table:
    is_chance = found.attrs["metric"] == _CHANCE
    factor, unit = _scale(found)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("scenario", max_width=_NAME)
    table.add_column("replications", justify="right")
    name = _WORDS.get(found.attrs["metric"], str(found.attrs["metric"]))
    table.add_column(f"{name[:1].upper()}{name[1:]}{unit}\n[95 % interval]", max_width=20, overflow="fold")
    points = "points" if is_chance else unit.removeprefix(", ")
    table.add_column(f"Less the best{', ' if points else ''}{points}\n[95 % interval]", max_width=21)
    for k in range(found.sizes["scenario"]):
        one = found.isel(scenario=k)
        value, less = limits(one["value"]), limits(one["difference"])
        mark = "*" if bool(one["selected"]) else " "
        table.add_row(
            marked_name(mark, str(one["scenario"].item()), _NAME),
            count(int(one["replications"])),
            _interval(value, factor, is_chance=is_chance, sign=""),
            "-" if not any(less) else _interval(less, factor, is_chance=is_chance, sign="+"),
        )
    return table


def _interval(estimate: tuple[float, float, float], factor: float, *, is_chance: bool, sign: str) -> str:
    if np.isnan(estimate[0]):
        return "?"
    if is_chance:
        return difference(*estimate) if sign else chance(*estimate)
    value, low, high = (figures(each / factor, sign) for each in estimate)
    return f"{value} [{low}, {high}]"


def _scale(found: xr.Dataset) -> tuple[float, str]:
    """Return the factor by which values are divided, and the unit that is left, after a comma."""
    unit = unit_symbol(str(found["value"].attrs["units"]))
    if unit == "1":
        return 1.0, ""
    largest = float(np.abs(found["value"].sel(bound="estimate")).max())
    factor, multiple = multiple_for(largest, unit)
    return factor, f", {multiple}"


def _amount(found: xr.Dataset) -> str:
    smallest = float(found.attrs["indifference"])
    if found.attrs["metric"] == _CHANCE:
        return f"{100 * smallest:g} percentage point{'' if 100 * smallest == 1 else 's'}"
    factor, unit = _scale(found)
    return f"{smallest / factor:g} {unit.removeprefix(', ')}".strip()


def _sentences(found: xr.Dataset) -> Iterator[str]:
    attrs = found.attrs
    names = np.array([str(name) for name in found["scenario"].values], dtype=object)
    selected = sorted(names[found["selected"].values], key=lambda name: _mean(found, name))
    yield f"* Selected: {joined(selected)}."
    failed = {str(name): str(found["failure"].sel(scenario=name).item()) for name in names}
    for name, why in failed.items():
        if why:
            yield f"{name} could not be simulated, so that the others were compared without it: {why}"
    in_doubt = [name for name in names if not found["decided"].sel(scenario=name) and not failed[name]]
    if in_doubt:
        yield (
            f"Not decided after {replications(attrs['most'])}: {joined(in_doubt)}; of these the lowest are "
            f"selected. At most {count(attrs['needed'])} of each would decide."
        )
    elif attrs["guaranteed"]:
        apart = "the next" if attrs["best"] == 1 else "all others"
        yield (
            f"With a probability of at least {percent(attrs['confidence'])} the selection is right if it is "
            f"lower than {apart} by {_amount(found)} or more. If others are closer, it may be one of those."
        )
    most = int(found["replications"].max())
    if not attrs["saved"]:
        return
    yield (
        f"{percent(attrs['saved'])} of the replications saved: with {count(most)} of each there would have "
        f"been {count(most * int(np.count_nonzero(found['replications'])))}."
    )


def _mean(found: xr.Dataset, name: str) -> float:
    return float(found["value"].sel(scenario=name, bound="estimate"))


def json_selection(found: xr.Dataset) -> dict[str, Any]:
    """Return a selection as a document; an unknown number is None.

    Parameters
    ----------
    found : xarray.Dataset
        From `select_best`.

    Returns
    -------
    dict
    """
    attrs = found.attrs
    names: Sequence[str] = [str(name) for name in found["scenario"].values]
    document = {
        "version": __version__,
        **{name: attrs[name] for name in ("metric", "region", "use", "best", "indifference", "confidence")},
        "unit": unit_symbol(str(attrs["metric_units"])),
        "guaranteed": bool(attrs["guaranteed"]),
        **{name: attrs[name] for name in ("needed", "saved", "most", "seed")},
        "scenarios": {
            name: {**json_scenario_identity(found, name), **_json_scenario(found.sel(scenario=name))}
            for name in names
        },
    }
    return {key: json_value(value) for key, value in document.items()}


def _json_scenario(one: xr.Dataset) -> dict[str, Any]:
    return {
        "selected": bool(one["selected"]),
        "decided": bool(one["decided"]),
        "replications": int(one["replications"]),
        **{name: json_limits(one[name]) for name in ("value", "difference")},
        "failure": str(one["failure"].item()) or None,
    }
