"""A Dataset as tidy tables, one for each kind of result.

Owns which variables share a table, and how the tables are called.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import xarray as xr

from diamondsim.arrays import BoolArray
from diamondsim.errors import nearest

DataFrame: TypeAlias = Any
"""`pandas.DataFrame`, which has no types of its own."""

_ENTITIES: Mapping[tuple[str, ...], str] = {
    (): "run",
    ("region", "use"): "uses",
    ("region",): "regions",
    ("facility",): "facilities",
    ("facility", "zone"): "facilities_by_zone",
    ("reserve",): "reserves",
    ("grade", "zone"): "markets",
    ("control",): "controls",
    ("control", "state"): "control_states",
    ("legal_state",): "legal_states",
    ("input",): "inputs",
}
"""By the dimensions that name what a number is of: how its tables are called."""
_STEPS = ("replication", "time", "quarter")
"""Dimensions along which there are many numbers of each; a table has one of them at most."""


class TidyTables(Mapping[str, DataFrame]):
    """The tables of a Dataset by name, each made when it is asked for; `diamondsim.tables` describes them.

    Parameters
    ----------
    dataset : xarray.Dataset
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset
        self._names: dict[str, list[str]] = {}
        for name, variable in dataset.data_vars.items():
            self._names.setdefault(_table_of(variable.dims), []).append(str(name))

    def __getitem__(self, name: str) -> DataFrame:
        if name not in self._names:
            close = nearest(str(name), self._names)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(self._names)}"
            raise KeyError(f"there is no table {name!r}; {hint}")
        return _table(self._dataset, self._names[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"TidyTables({', '.join(self._names)})"


def _table_of(dims: tuple[Any, ...]) -> str:
    """Return the name of the table of the variables with some dimensions."""
    entity = tuple(str(dim) for dim in dims if dim not in (*_STEPS, "bound", "quantile"))
    steps = [str(dim) for dim in dims if dim in _STEPS]
    name = _ENTITIES.get(tuple(sorted(entity, key=_order)), "_by_".join(entity))
    return "_by_".join([name, *steps]) + ("_quantiles" if "quantile" in dims else "")


def _order(dim: str) -> int:
    """Return where a dimension stands in `_ENTITIES`, in which each comes before those that it is by."""
    order = (
        "region",
        "use",
        "facility",
        "reserve",
        "grade",
        "zone",
        "control",
        "state",
        "legal_state",
        "input",
    )
    return order.index(dim) if dim in order else len(order)


def _table(dataset: xr.Dataset, names: list[str]) -> DataFrame:
    """Return the table of some variables that have the same dimensions, `bound` aside."""
    rows = [str(dim) for dim in dataset[names[0]].dims if dim != "bound"]
    rows.sort(key=lambda dim: (dim not in _STEPS, _order(dim), dim == "quantile"))
    columns = dict(_columns(dataset, names))
    beside = {
        str(name): coordinate.variable
        for name, coordinate in dataset.coords.items()
        if coordinate.dims and name not in coordinate.dims and {*coordinate.dims} <= {*rows}
    }
    labels = {dim: dataset[dim].variable for dim in rows if dim in dataset.coords}
    part = xr.Dataset(columns, {**labels, **beside})
    frame = part.to_dataframe(dim_order=rows) if rows else part.expand_dims("row").to_dataframe()
    if len({*rows} - {*_STEPS, "quantile"}) > 1:
        frame = frame[_exists(frame[[*columns]].notna().any(axis=1).to_numpy(), rows, part.sizes)]
    frame = frame.reset_index(drop=not rows)[[*rows, *beside, *columns]]
    texts = [name for name in (*rows, *beside) if part[name].dtype.kind in "OUT"]
    frame = frame.astype(dict.fromkeys(texts, "category"))  # a byte or two for each row
    about = {name: part[name].attrs for name in (*rows, *beside) if name in part.coords}
    frame.attrs["units"] = {
        **{name: str(attrs["units"]) for name, attrs in about.items() if "units" in attrs},
        **{name: str(column.attrs.get("units", "1")) for name, column in columns.items()},
    }
    about |= {name: column.attrs for name, column in columns.items()}
    frame.attrs["long_names"] = {name: str(attrs.get("long_name", "")) for name, attrs in about.items()}
    frame.attrs["labels"] = rows
    return frame


def _columns(dataset: xr.Dataset, names: list[str]) -> Iterator[tuple[str, xr.Variable]]:
    """Yield the columns of some variables, one for each bound where there are bounds."""
    for name in names:
        variable = dataset[name].variable
        if "bound" not in variable.dims:
            yield name, variable
            continue
        for place, bound in enumerate(dataset["bound"].values):
            column = name if bound == "estimate" else f"{name}_{bound}"
            found = variable.isel(bound=place)
            if bound != "estimate":
                limit = {"low": "lower", "high": "upper"}.get(str(bound), str(bound))
                found.attrs["long_name"] = f"{limit} limit of the interval of {name}"
            yield column, found


def _exists(some: BoolArray, rows: list[str], sizes: Mapping[Hashable, int]) -> BoolArray:
    """Return which rows are of a cell of the grid that has a number at some step, (rows,).

    The others are of what does not exist, such as a use that a region does not have.
    """
    along = tuple(place for place, dim in enumerate(rows) if dim in (*_STEPS, "quantile"))
    grid = some.reshape([sizes[dim] for dim in rows])
    kept = grid.any(axis=along, keepdims=True) if along else grid
    return np.broadcast_to(kept, grid.shape).reshape(-1)
