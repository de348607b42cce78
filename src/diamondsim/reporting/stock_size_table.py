"""The stock of a buyer beside a second source, as sentences, a table and a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from diamondsim.reporting.bound_values import json_limits
from diamondsim.reporting.formatting import amount, figures, multiple_for
from diamondsim.reporting.page_layout import wrapped
from diamondsim.reporting.size_target_words import (
    COLUMN,
    SAMPLING_ONLY,
    answer_words,
    days_words,
    is_flat,
    json_question,
    question_lines,
)

_NO_SECOND = (
    "The buyer has no second source to compare with: name one with --second-source, or write it under "
    "buyers.*.qualify."
)

_ITEMS = {
    "economic_loss": "economic loss",
    "holding_cost": "cost of holding stock",
    "delivery_cost": "fixed cost of deliveries",
    "total": "total",
}


def stock_size_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield what the buyer may do as a table, and the stocks that were simulated.

    Parameters
    ----------
    found : xarray.Dataset
        From `diamondsim.size_stock`.

    Yields
    ------
    str
    """
    attrs = found.attrs
    yield from question_lines(attrs, "stock")
    source = f"; second source: {attrs['second_source']}" if attrs["second_source"] else ""
    yield from wrapped(
        f"Buyer: {attrs['buyer']}, of {amount(attrs['demand_a_day'] * 365.25, attrs['unit'])}/yr; "
        f"{attrs['vary']} as stated: {attrs['stated']}{source}"
    )
    yield ""
    yield from _aligned(_choices(found))
    yield ""
    for sentence in _sentences(found):
        yield from wrapped(sentence)
    if "worth" in found:
        yield ""
        yield from _worth(found)
    for option in found["option"].values:
        yield ""
        yield from _aligned(_simulated(found.sel(option=option)))
    yield ""
    yield from wrapped(SAMPLING_ONLY)


def json_stock_size(found: xr.Dataset) -> dict[str, Any]:
    """Return the stocks as a document; a limit that does not exist is null."""
    attrs = found.attrs
    return {
        **json_question(attrs),
        **{name: attrs[name] for name in ("buyer", "vary", "stated", "second_source")},
        "demand_a_day": attrs["demand_a_day"],
        "unit": attrs["unit"],
        "check_seed": found["achieved"].attrs["seed"],
        "worth": _json_worth(found) if "worth" in found else None,
        "options": {str(option): _json_option(found.sel(option=option)) for option in found["option"].values},
    }


def _json_worth(found: xr.Dataset) -> dict[str, Any]:
    worth = found["worth"]
    return {
        "unit": "USD",
        "items": {str(item): json_limits(worth.sel(item=item)) for item in worth["item"].values},
        "unknown": dict(line.split(": ", 1) for line in worth.attrs["comment"].splitlines()),
    }


def _json_option(one: xr.Dataset) -> dict[str, Any]:
    return {
        "reached": bool(one["reached"]),
        "monotone": bool(one["monotone"]),
        "stock_days": json_limits(one["stock"]),
        "as_stated": json_limits(one["as_stated"]),
        "achieved": {str(c): json_limits(one["achieved"].sel(check=c)) for c in one["check"].values},
        "stocks": [
            {"days": float(one["simulated_stock"][k]), "answer": json_limits(one["answer"].isel(size=k))}
            for k in range(_count(one))
        ],
    }


def _choices(found: xr.Dataset) -> Iterator[list[str]]:
    attrs = found.attrs
    yield ["choice", "stock", f"{COLUMN[attrs['target']]}"]
    for option, name in zip(found["option"].values, ("as stated", "second source alone"), strict=False):
        yield [name, "as stated", answer_words(attrs, found["as_stated"].sel(option=option).values)]
    for option, name in zip(found["option"].values, ("stock alone", "both"), strict=False):
        one = found.sel(option=option)
        value, low, high = map(float, one["stock"].values)
        if math.isnan(value):
            yield [name, "none is enough", "-"]
            continue
        upper = f"{float(f'{high:.3g}'):g}" if math.isfinite(high) else f"> {_largest(one)}"
        limits = f"[{float(f'{low:.3g}'):g}, {upper}]"
        answer = answer_words(attrs, one["achieved"].sel(check="estimate").values)
        yield [name, f"{days_words(value)} {limits}", f"{answer} (*)"]


def _sentences(found: xr.Dataset) -> Iterator[str]:
    attrs = found.attrs
    if found["reached"].any():
        yield (
            f"(*) On other random numbers (seed {found['achieved'].attrs['seed']}). In brackets behind a "
            "stock: the interval of the smallest one that meets the target."
        )
    for option, name in zip(found["option"].values, ("alone", "beside the second source"), strict=False):
        one = found.sel(option=option)
        if not one["reached"]:
            last = int(np.nanargmax(one["simulated_stock"].values == float(one["best_stock"])))
            best = answer_words(attrs, one["answer"].isel(size=last).values)
            yield (
                f"No stock {name} up to {_largest(one)} days meets it: the best is {best}, with "
                f"{days_words(float(one['best_stock']))}."
            )
            if is_flat(one["answer"].sel(bound="estimate").values[: _count(one)]):
                yield "The largest stocks do equally well: what arrives decides, not what is wanted."
        if not one["monotone"]:
            yield f"More stock {name} did worse by more than its interval."
    if not attrs["second_source"] and "." not in attrs["buyer"]:
        yield _NO_SECOND


def _worth(found: xr.Dataset) -> Iterator[str]:
    """Yield what the second source saves in money, and what of it is unknown."""
    worth = found["worth"]
    unknown = dict(line.split(": ", 1) for line in worth.attrs["comment"].splitlines())
    if "economic_loss" in unknown:
        yield from wrapped(
            f"What the second source is worth in money is unknown: {unknown['economic_loss']}."
        )
        return
    yield from wrapped(
        f"Over the horizon the second source saves {found.attrs['buyer']}, with its stock as stated "
        f"({found.attrs['replications']:,} pairs of replications):"
    )
    yield from _aligned(
        [f"  {name}", _dollars([*map(float, worth.sel(item=item).values)])]
        for item, name in _ITEMS.items()
        if item not in unknown
    )
    if unknown:
        lacks = "; ".join(f"{_ITEMS[item]} ({why})" for item, why in unknown.items())
        yield from wrapped(f"Not in the total, because it is unknown: {lacks}.")


def _dollars(limits: list[float]) -> str:
    ends = [each for each in limits if not math.isnan(each)]
    largest = max(map(abs, ends))
    factor, multiple = multiple_for(largest, "USD")
    value, *interval = (figures(each / factor) for each in ends)
    return f"{value}{f' [{interval[0]}, {interval[1]}]' if interval else ''} {multiple}"


def _simulated(one: xr.Dataset) -> Iterator[list[str]]:
    yield [str(one["option"].item()), COLUMN[str(one.attrs["target"])]]
    for k in range(_count(one)):
        stock = days_words(float(one["simulated_stock"][k]))
        yield [stock, answer_words(one.attrs, one["answer"].isel(size=k).values)]


def _count(one: xr.Dataset) -> int:
    return int(np.isfinite(one["simulated_stock"].values).sum())


def _largest(one: xr.Dataset) -> str:
    return f"{float(one['simulated_stock'].max()):g}"


def _aligned(rows: Iterator[list[str]]) -> Iterator[str]:
    """Yield rows with columns of equal width."""
    cells = [*rows]
    widths = [max(map(len, column)) + 2 for column in zip(*cells, strict=True)]
    for row in cells:
        yield "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
