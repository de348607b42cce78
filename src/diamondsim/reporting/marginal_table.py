"""What steps of numbers are worth, as a table and as a document."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.analysis import failures_in
from diamondsim.reporting.bound_values import json_limits, limits
from diamondsim.reporting.document import json_value
from diamondsim.reporting.failed_lines import failed_lines
from diamondsim.reporting.few_replications import too_few
from diamondsim.reporting.formatting import difference, figures, multiple_for, replications
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.page_layout import wrapped
from diamondsim.reporting.place_labels import labels_of_pairs
from diamondsim.results import unit_symbol

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHANCE, _SHORTAGE = "probability_of_shortage", "shortage_mean"
_ITEMS = {
    "economic_loss": "economic loss, uses with a value",
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
        *(Text(line, style="bold" if k == 0 else "") for k, line in enumerate(identity_lines(attrs))),
        *(Text(line, style="dim") for line in wrapped(about)),
        *(Text(line, style="yellow") for line in too_few(int(attrs["replications"]), " of each run")),
        *(Text(line, style="yellow") for line in failed_lines(attrs)),
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
    unchanged, places = 0, _places(one)
    labels = labels_of_pairs(one, places)
    for place in places:
        change = one["change"].sel(place)
        chance, short = (limits(change.sel(metric=metric)) for metric in (_CHANCE, _SHORTAGE))
        if _is_none(chance[0]) and _is_none(short[0]):
            unchanged += 1
            continue
        where, use = labels[place["region"], place["use"]]
        unit = unit_symbol(str(one["unit"].sel(use=place["use"]).item()))
        table.add_row(f"  {use}, {where}", difference(*chance), _amount(short, unit))
    if table.row_count:
        yield table
    if unchanged:
        yield Text(f"  no replication changes in {unchanged} {'use' if unchanged == 1 else 'uses'}")
    yield from (Text(f"  {line}") for line in _money(one))


def _money(one: xr.Dataset) -> Iterator[str]:
    """Yield a line for each item that is known, and the total where it adds up several."""
    money = {name: limits(one["money"].sel(item=name)) for name in _ITEMS}
    known = [name for name in _ITEMS if not math.isnan(money[name][0])]
    for name in known if len(known) > 2 else known[:1]:
        yield f"{_ITEMS[name]}: {_amount(money[name], 'USD')}"


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


def _amount(change: tuple[float, float, float], unit: str) -> str:
    known = [each for each in change if not math.isnan(each)]  # a single replication has no interval
    largest = max(map(abs, known))
    factor, multiple = multiple_for(largest, unit)
    value, *ends = (figures(each / factor, "+") for each in known)
    return f"{value}{f' [{ends[0]}, {ends[1]}]' if ends else ''} {multiple}"


def _sentences(found: xr.Dataset) -> Iterator[str]:
    yield (
        "Below 0 is better. Each is the change with the whole step, from pairs of replications; the "
        "intervals cover sampling error only."
    )
    if bool(found["money"].isnull().all()):
        yield "No use of the scenario has a value or a cost, and no reserve: there is nothing in dollars."
    passed = _passed_dates(found)
    if passed:
        yield (
            f"Stated for a date that had passed on {found.attrs['as_of']}: {', '.join(passed)}. The step "
            "says what another date would have been worth; it cannot be taken any more."
        )


def _passed_dates(found: xr.Dataset) -> list[str]:
    """Return the stepped numbers that are dates before the day up to which facts were looked for."""
    as_of = str(found.attrs.get("as_of") or "")
    return [
        str(path)
        for path, text in zip(found["step"].values, found["stated"].values, strict=True)
        if _DATE.fullmatch(str(text)) and str(text) < as_of
    ]


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
        **json_identity(attrs),
        **{name: attrs[name] for name in ("replications", "runs")},
        "units": {
            str(metric): unit_symbol(str(found["metric_units"].sel(metric=metric).item()))
            for metric in found["metric"].values
        },
        "failures": failures_in(attrs),
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
                    str(metric): json_limits(one["change"].sel({"metric": metric, **place}))
                    for metric in one["metric"].values
                },
            }
            for place in _places(one)
        ],
        "money": {str(item): json_limits(one["money"].sel(item=item)) for item in one["item"].values},
    }
