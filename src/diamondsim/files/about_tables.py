"""Two tables about a result that every file of tables has: where it comes from, and what its columns are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from diamondsim.files.result_tables import Result
from diamondsim.results import DataFrame
from diamondsim.simulation import Trace

SCENARIO_TEXT = "scenario"
"""Attribute that holds the resolved scenario, as the text of a file."""
_FIRST = (
    *("title", "scenario_hash", "diamondsim_version", "seed", "replications", "as_of", "legal_state"),
    *("legal_state_outdated", "changes", "command"),
)
"""The attributes that come first, in this order."""


class Fact(NamedTuple):
    """A line of the table `provenance`; `scenario` is empty where it is of the whole result."""

    scenario: str
    name: str
    value: str | int | float


class ColumnNote(NamedTuple):
    """A line of the table `columns`."""

    place: str
    table: str
    column: str
    unit: str
    description: str


def provenance_facts(result: Result, left_out: Iterable[str]) -> list[Fact]:
    """Return where a result comes from, a line for each attribute except the text of the scenario.

    Parameters
    ----------
    result : xarray.Dataset, xarray.DataTree or Trace
    left_out : iterable of str
        Tables that are not in the file.
    """
    facts = [Fact(node, *item) for node, attrs in _attrs(result) for item in _facts(attrs)]
    missing = ", ".join(left_out)
    if missing:
        why = "; these have a row for each replication, and .nc, .zarr and .parquet hold them"
        facts.append(Fact("", "tables_left_out", missing + why))
    return facts


def scenario_texts(result: Result) -> dict[str, str]:
    """Return the resolved scenarios as the text of files, by node; '' is the result itself."""
    return {
        node: str(attrs[SCENARIO_TEXT])
        for node, attrs in _attrs(result)
        if "\n" in str(attrs.get(SCENARIO_TEXT, ""))
    }


def columns_of(table: str, frame: DataFrame, place: str) -> list[ColumnNote]:
    """Return a line for each column of a table."""
    units, long_names = frame.attrs["units"], frame.attrs["long_names"]
    return [
        ColumnNote(place, table, name, units.get(name, ""), long_names.get(name, ""))
        for name in frame.columns
    ]


def text_table(rows: Iterable[tuple[object, ...]], names: Iterable[str]) -> DataFrame:
    """Return a table of texts."""
    columns = list(zip(*rows, strict=True))
    made = {
        name: ("row", np.array([str(cell) for cell in column], dtype=object))
        for name, column in zip(names, columns, strict=True)
    }
    frame = xr.Dataset(made).to_dataframe()[[*made]].reset_index(drop=True)
    frame.attrs.update({"units": {}, "long_names": {}, "labels": []})
    return frame


def _attrs(result: Result) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    if isinstance(result, xr.DataTree):
        for node in result.subtree:
            yield node.path.strip("/"), node.attrs
    else:
        yield "", (result.dataset if isinstance(result, Trace) else result).attrs


def _facts(attrs: Mapping[Any, Any]) -> Iterator[tuple[str, str | int | float]]:
    names = [name for name in _FIRST if name in attrs]
    names += [str(name) for name in attrs if name not in names]
    for name in names:
        value = attrs[name]
        if name == SCENARIO_TEXT and "\n" in str(value):
            continue
        if isinstance(value, np.generic):
            value = value.item()
        yield name, value if isinstance(value, int | float) else str(value)
