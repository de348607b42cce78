"""What steps of numbers are worth, as a table and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.reporting.document import json_value
from diamondsim.reporting.formatting import difference, region, replications, short_name, wrapped
from diamondsim.results import unit_symbol

_BOUNDS = ("estimate", "low", "high")
_CHANCE, _SHORTAGE = "probability_of_shortage", "shortage_mean"
_ITEMS = {
    "economic_loss": "economic loss, all uses",
    "holding_cost": "holding stock",
    "reserve_cost": "holding reserves",
    "total": "total",
}


def marginal_renderable(found: xr.Dataset) -> RenderableType:
    """Return what each step is worth, for a rich console; the table is not wider than 80 characters.

    Parameters
    ----------
    found : xarray.Dataset
        From `marginal_value`; of one use, or of several.

    Returns
    -------
    rich renderable
    """
    attrs = found.attrs
    about = (
        f"{replications(int(attrs['replications']))} of each of {attrs['runs']} runs, seed {attrs['seed']}, "
        "same random numbers; 95 % intervals in brackets"
    )
    parts: list[RenderableType] = [
        *(Text(line, style="bold") for line in wrapped(str(attrs["title"]))),
        *(Text(line, style="dim") for line in wrapped(about)),
    ]
    for k in range(found.sizes["step"]):
        parts += [Text(), *_step(found.isel(step=k))]
    parts += [Text(), *(Text(line) for sentence in _sentences(found) for line in wrapped(sentence))]
    return Group(*parts)


def _step(one: xr.Dataset) -> Iterator[RenderableType]:
    sign = {1: "+", -1: "-", 0: "+"}[int(one["direction"])]
    halved = ", half of the difference between + and -" if int(one["direction"]) == 0 else ""
    head = f"{one['step'].item()}: {sign}{one['step_size'].item()}{halved}"
    yield from (Text(line, style="bold") for line in wrapped(head))
    yield from (Text(line, style="dim") for line in wrapped(f"stated: {one['stated'].item()}"))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("use", max_width=30, overflow="fold")
    table.add_column("Chance of shortage, points", max_width=22)
    table.add_column("Mean shortage", max_width=26)
    unchanged = 0
    for place in _places(one):
        change = one["change"].sel(place)
        chance, short = (_limits(change.sel(metric=metric)) for metric in (_CHANCE, _SHORTAGE))
        if _is_none(chance[0]) and _is_none(short[0]):
            unchanged += 1
            continue
        use = short_name(str(one["use_name"].sel(use=place["use"]).item()))
        where = region(str(one["region_name"].sel(region=place["region"]).item()))
        unit = unit_symbol(str(one["unit"].sel(use=place["use"]).item()))
        table.add_row(f"  {use}, {where}", difference(*chance), _amount(short, unit))
    if table.row_count:
        yield table
    if unchanged:
        yield Text(f"  no replication changes in {unchanged} {'use' if unchanged == 1 else 'uses'}")
    yield from (Text(f"  {line}") for line in _money(one))


def _money(one: xr.Dataset) -> Iterator[str]:
    """Yield a line for each item that is known, and the total where it adds up several."""
    limits = {name: _limits(one["money"].sel(item=name)) for name in _ITEMS}
    known = [name for name in _ITEMS if not math.isnan(limits[name][0])]
    for name in known if len(known) > 2 else known[:1]:
        yield f"{_ITEMS[name]}: {_amount(limits[name], 'USD')}"


def _places(found: xr.Dataset) -> list[dict[str, str]]:
    known = found["change"].sel(metric=_SHORTAGE, bound="estimate").notnull()
    return [
        {"region": str(r), "use": str(u)}
        for r in found["region"].values
        for u in found["use"].values
        if bool(np.any(known.sel(region=r, use=u)))
    ]


def _is_none(change: float) -> bool:
    return math.isnan(change) or change == 0


def _limits(variable: xr.DataArray) -> tuple[float, float, float]:
    estimate, low, high = (float(variable.sel(bound=bound)) for bound in _BOUNDS)
    return estimate, low, high


def _amount(limits: tuple[float, float, float], unit: str) -> str:
    largest = max(abs(each) for each in limits)
    factor, prefix = next(((f, p) for f, p in ((1e6, "M"), (1e3, "k")) if largest >= f), (1.0, ""))
    value, low, high = (f"{each / factor:+.3g}" for each in limits)
    return f"{value} [{low}, {high}] {prefix}{unit}"


def _sentences(found: xr.Dataset) -> Iterator[str]:
    yield (
        "Below 0 is better. Each is the change with the whole step, from pairs of replications; the "
        "intervals cover sampling error only."
    )
    if bool(found["money"].isnull().all()):
        yield "No use of the scenario has a value or a cost, and no reserve: there is nothing in dollars."


def json_marginal(found: xr.Dataset) -> dict[str, Any]:
    """Return what each step is worth as a document; an unknown number is None.

    Parameters
    ----------
    found : xarray.Dataset
        From `marginal_value`.

    Returns
    -------
    dict
    """
    attrs = found.attrs
    document = {
        "version": attrs["diamondsim_version"],
        **{name: attrs[name] for name in ("title", "scenario_hash", "seed", "replications", "runs")},
        "units": {
            str(metric): unit_symbol(str(found["metric_units"].sel(metric=metric).item()))
            for metric in found["metric"].values
        },
        "steps": [_json_step(found.isel(step=k)) for k in range(found.sizes["step"])],
    }
    return {key: json_value(value) for key, value in document.items()}


def _json_step(one: xr.Dataset) -> dict[str, Any]:
    return {
        "path": str(one["step"].item()),
        "step": str(one["step_size"].item()),
        "direction": int(one["direction"]),
        "stated": str(one["stated"].item()),
        "uses": [
            {
                **place,
                "unit": unit_symbol(str(one["unit"].sel(use=place["use"]).item())),
                "change": {
                    str(metric): _json_limits(one["change"].sel({"metric": metric, **place}))
                    for metric in one["metric"].values
                },
            }
            for place in _places(one)
        ],
        "money": {str(item): _json_limits(one["money"].sel(item=item)) for item in one["item"].values},
    }


def _json_limits(variable: xr.DataArray) -> dict[str, float]:
    return dict(zip(("value", "low", "high"), _limits(variable), strict=True))
