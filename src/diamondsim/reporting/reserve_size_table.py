"""The size of a reserve as sentences, a table of the efficient frontier, and a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from diamondsim.reporting.bound_values import json_limits
from diamondsim.reporting.formatting import amount
from diamondsim.reporting.page_layout import wrapped
from diamondsim.reporting.size_target_words import (
    COLUMN,
    SAMPLING_ONLY,
    answer_words,
    is_flat,
    json_question,
    question_lines,
)
from diamondsim.results import unit_symbol


def reserve_size_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield the size of each reserve as a sentence, and the efficient frontier of cost against the answer.

    Parameters
    ----------
    found : xarray.Dataset
        From `diamondsim.size_reserve`.

    Yields
    ------
    str
    """
    yield from question_lines(found.attrs, "size")
    yield ""
    for sentence in _sentences(found):
        yield from wrapped(sentence)
    yield ""
    yield from _frontier(found)
    yield ""
    yield from wrapped(f"The table has the sizes for which no other one is better for less. {SAMPLING_ONLY}")


def json_reserve_size(found: xr.Dataset) -> dict[str, Any]:
    """Return the size of each reserve as a document; a limit that does not exist is null."""
    names = [str(name) for name in found["reserve"].values]
    by_name = {
        name: {
            "grade": str(found["grade"].sel(reserve=name).item()),
            "unit": str(found["unit"].sel(reserve=name).item()),
            "opening": json_limits(found["opening"].sel(reserve=name)),
        }
        for name in names
    }
    return {
        **json_question(found.attrs),
        "reached": bool(found.attrs["reached"]),
        "monotone": bool(found.attrs["monotone"]),
        "reserves": by_name,
        "cost": json_limits(found["cost"]),
        "cost_unit": unit_symbol(str(found["cost"].attrs["units"])),
        "check_seed": found["achieved"].attrs["seed"],
        "achieved": {str(c): json_limits(found["achieved"].sel(check=c)) for c in found["check"].values},
        "sizes": [
            {
                "opening": dict(zip(names, map(float, row["simulated_opening"].values), strict=True)),
                "cost": float(row["simulated_cost"]),
                "answer": json_limits(row["answer"]),
                "efficient": bool(row["efficient"]),
            }
            for row in (found.isel(size=k) for k in range(found.sizes["size"]))
        ],
    }


def _sentences(found: xr.Dataset) -> Iterator[str]:
    attrs = found.attrs
    if not attrs["reached"]:
        best = found.isel(size=int(attrs["best_size"]))
        largest = found["simulated_opening"].max("size").values
        answer, sizes = answer_words(attrs, best["answer"].values), best["simulated_opening"].values
        yield (
            f"No opening stock up to {_sizes(found, largest)} meets it: the best is {answer}, "
            f"with {_sizes(found, sizes)}."
        )
        if is_flat(found["answer"].sel(bound="estimate").values):
            yield "The largest sizes do equally well: release, trigger or the other uses it serves decide."
    else:
        yield from _answers(found)
    if not attrs["monotone"]:
        yield "A larger stock did worse by more than its interval; all sizes above the one found meet it."


def _answers(found: xr.Dataset) -> Iterator[str]:
    attrs = found.attrs
    for name in found["reserve"].values:
        one = found.sel(reserve=name)
        unit = str(one["unit"].item())
        value, low, high = map(float, one["opening"].values)
        largest = amount(float(one["simulated_opening"].max()), unit)
        upper = amount(high, unit) if math.isfinite(high) else f"more than {largest}"
        yield (
            f"{name} ({one['grade'].item()}): {amount(value, unit)} [{amount(low, unit)}, {upper}] is the "
            "smallest opening stock that meets it."
        )
    if str(found["cost"].attrs["units"]) == "USD":
        value, low, high = map(float, found["cost"].values)
        upper = f"{_usd(high)}" if math.isfinite(high) else "more"
        yield f"It costs {_usd(value)} [{_usd(low)}, {upper}]."
    parts = [
        f"{answer_words(attrs, found['achieved'].sel(check=check).values)} with {words}"
        for check, words in (("estimate", "this size"), ("high", "the upper limit"))
        if np.isfinite(found["achieved"].sel(check=check, bound="estimate"))
    ]
    yield f"On other random numbers (seed {found['achieved'].attrs['seed']}): {'; '.join(parts)}."


def _frontier(found: xr.Dataset) -> Iterator[str]:
    shown = found.isel(size=np.flatnonzero(found["efficient"].values))
    heads = [str(name) for name in found["reserve"].values]
    has_cost = str(found["cost"].attrs["units"]) == "USD"
    rows = [[*heads, *(["cost"] if has_cost else []), COLUMN[str(found.attrs["target"])]]]
    for k in range(shown.sizes["size"]):
        row = shown.isel(size=k)
        sizes = row["simulated_opening"].values
        units = row["unit"].values
        cells = [amount(float(size), str(unit)) for size, unit in zip(sizes, units, strict=True)]
        cost = [_usd(float(row["simulated_cost"]))] if has_cost else []
        rows.append([*cells, *cost, answer_words(found.attrs, row["answer"].values)])
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    for cells in rows:
        yield "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _sizes(found: xr.Dataset, sizes: Any) -> str:
    units, names = found["unit"].values, found["reserve"].values
    texts = [amount(float(size), str(unit)) for size, unit in zip(sizes, units, strict=True)]
    if len(texts) == 1:
        return texts[0]
    return ", ".join(f"{text} of {name}" for text, name in zip(texts, names, strict=True))


def _usd(value: float) -> str:
    return amount(value, "USD")
