"""A mixture of scenarios as a table and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from string import ascii_lowercase
from typing import Any

import numpy as np
import xarray as xr

from diamondsim.reporting.bound_values import json_limits, or_null
from diamondsim.reporting.few_replications import too_few
from diamondsim.reporting.formatting import chance, percent, replications
from diamondsim.reporting.page_layout import label_width, labelled_row, wrapped

_LEGEND = (
    "Lowest and highest: of the scenarios, with their letters. Between: the share of what differs from one "
    "replication to another that goes with which scenario holds. The intervals are sampling errors and take "
    "the probabilities of the scenarios as given. More in docs/mixture.md."
)
_COLUMNS = (("Chance of a shortage", 24), ("lowest", 11), ("highest", 11), ("between", 9))


def mixture_lines(
    found: xr.Dataset, titles: Sequence[str], *, number: int, seed: int, changes: Sequence[str] = ()
) -> Iterator[str]:
    """Yield the scenarios, a row for each use that goes short in one of them, and what the words mean.

    Parameters
    ----------
    found : xarray.Dataset
        From `diamondsim.mixture`.
    titles : sequence of str
        Of the scenarios.
    number : int
        Replications of each scenario.
    seed : int
    changes : sequence of str
        Changes of every scenario, each as ``path=value``.

    Yields
    ------
    str
    """
    yield f"{replications(number)} of each scenario, seed {seed}, with common random numbers"
    yield from too_few(number, " of each scenario")
    if changes:
        yield from wrapped(f"changed in every scenario: {', '.join(changes)}")
    letters = _letters(found.sizes["scenario"])
    for letter, name, probability, title in zip(
        letters, found["scenario"].values, found["probability"].values, titles, strict=True
    ):
        yield from wrapped(f"({letter}) {float(probability):.3g}: {name}: {title}")
    rows = [*_rows(found)]
    shown = [row for row in rows if row["highest"]["chance"] > 0]
    labels = (text for row in shown for text in (_use(row), row["region_name"]))
    width = label_width(labels, gap=2, beside=sum(size for _, size in _COLUMNS))
    for region, of_region in groupby(shown, key=lambda row: row["region_name"]):
        yield ""
        yield from labelled_row(region, "".join(f"{head:<{size}}" for head, size in _COLUMNS), width)
        for row in of_region:
            cells = zip(_cells(row, letters), _COLUMNS, strict=True)
            texts = "".join(f"{cell:<{size}}" for cell, (_, size) in cells)
            yield from labelled_row(_use(row), texts, width)
    yield ""
    if len(shown) < len(rows):
        yield f"No other use goes short in any scenario ({len(rows) - len(shown)} of {len(rows)} uses)."
    yield from wrapped(_LEGEND)


def _cells(row: dict[str, Any], letters: Sequence[str]) -> Iterator[str]:
    yield chance(*(row["probability_of_shortage"][key] for key in ("estimate", "low", "high")))
    for end in (row["lowest"], row["highest"]):
        yield f"{letters[end['number']]} {percent(end['chance'])}"
    yield "-" if row["between"] is None else percent(row["between"])


def json_mixture(found: xr.Dataset) -> dict[str, Any]:
    """Return a mixture as a document."""
    names = [str(name) for name in found["scenario"].values]
    return {
        "scenarios": [
            {"name": name, "probability": float(probability)}
            for name, probability in zip(names, found["probability"].values, strict=True)
        ],
        "paired": bool(found.attrs["paired"]),
        "uses": [{**row, **_ends(row, names)} for row in _rows(found)],
    }


def _rows(found: xr.Dataset) -> Iterator[dict[str, Any]]:
    for region in range(found.sizes["region"]):
        for use in range(found.sizes["use"]):
            one = found.isel(region=region, use=use)
            if math.isnan(float(one["probability_of_shortage"][0])):
                continue
            by_scenario = one["probability_of_shortage_by_scenario"].values
            chances, between = by_scenario[:, 0], float(one["probability_of_shortage_between"])
            yield {
                **{name: str(one[name].item()) for name in ("region", "use", "region_name", "use_name")},
                "volumes": str(one["volumes"].item()),
                **{name: json_limits(one[name]) for name in _ESTIMATES},
                "lowest": _end(by_scenario, int(np.argmin(chances))),
                "highest": _end(by_scenario, int(np.argmax(chances))),
                "between": or_null(between),
            }


_ESTIMATES = ("probability_of_shortage", "shortage_mean", "fill_rate_mean", "economic_loss_mean")


def _end(by_scenario: Any, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "chance": float(by_scenario[number, 0]),
        "low": float(by_scenario[number, 1]),
        "high": float(by_scenario[number, 2]),
    }


def _ends(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return the ends of a row with the name of the scenario in place of its number."""
    ends = {}
    for end in ("lowest", "highest"):
        numbered = dict(row[end])
        ends[end] = {"scenario": names[numbered.pop("number")], **numbered}
    return ends


def _use(row: dict[str, Any]) -> str:
    mark = ", assumed volumes" if row["volumes"] == "assumed" else ""
    return f"  {row['use_name']}{mark}"


def _letters(count: int) -> list[str]:
    """Return a short name for each scenario: a to z, then a1, b1 and so on."""
    return [ascii_lowercase[k % 26] + (str(k // 26) if k >= 26 else "") for k in range(count)]
