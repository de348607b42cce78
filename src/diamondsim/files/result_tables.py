"""The public call `tables`: any result as tidy tables, those of a comparison and of a trace included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
import xarray as xr

from diamondsim.engines.event import QUANTITIES, Event
from diamondsim.errors import nearest
from diamondsim.results import DataFrame, TidyTables, of_node
from diamondsim.simulation import Trace

Result: TypeAlias = xr.Dataset | xr.DataTree | Trace

_SCENARIO = "scenario"
"""ColumnNote of the tables of a comparison that says of which scenario a row is."""
_EVENTS = "events"
_MAIN = ("uses", "inputs")
"""The main table, if there is one of these; otherwise it is the first one."""
_ABOUT_EVENTS = {
    "time": "when it happened",
    "tick": "when it happened, in ticks from the start of the horizon",
    "kind": "what happened",
    "entity": "to whom or what",
    "quantity": "how much",
    "quantity_of": "what the quantity is of, with its unit",
    "unit": "unit of the goods, if the quantity is one of goods",
    "why": "the reason or circumstance",
}


class ResultTables(Mapping[str, DataFrame]):
    """The tables of a result by name, each made when it is asked for."""

    def __init__(self, result: Result) -> None:
        self._events: tuple[Event, ...] | None = None
        self._nodes: dict[str, TidyTables] = {}
        if isinstance(result, Trace):
            self._dataset, self._events = result.dataset, result.events
        elif isinstance(result, xr.DataTree):
            self._dataset = result.to_dataset()
            self._nodes = {name: TidyTables(of_node(node)) for name, node in result.children.items()}
        else:
            self._dataset = result
        self._root = TidyTables(self._dataset)
        of_nodes = dict.fromkeys(name for tables in self._nodes.values() for name in tables)
        # A table of the comparison and one of its scenarios that are called alike are two tables.
        self._of_nodes = {name if name not in self._root else f"{name}_of_each": name for name in of_nodes}

    @property
    def main(self) -> str | None:
        """The table that answers what people ask first; None if there is no table."""
        if self._events is not None:
            return _EVENTS
        names = [*self._root, *self._of_nodes]
        return next((name for name in _MAIN if name in self._root), names[0] if names else None)

    def __getitem__(self, name: str) -> DataFrame:
        if name == _EVENTS and self._events is not None:
            return _events_table(self._dataset, self._events)
        if name in self._root:
            return self._root[name]
        if name in self._of_nodes:
            inner = self._of_nodes[name]
            return _joined({node: each[inner] for node, each in self._nodes.items() if inner in each})
        close = nearest(str(name), self)
        hint = f"did you mean {close!r}?" if close else f"there are {', '.join(self)}"
        raise KeyError(f"there is no table {name!r}; {hint}")

    def __iter__(self) -> Iterator[str]:
        if self._events is not None:
            yield _EVENTS
        yield from self._root
        yield from self._of_nodes

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"ResultTables({', '.join(self)})"


def tables(result: Result) -> ResultTables:
    """Return a result as tidy tables: a row for each thing at each step, a column for each variable.

    `Dataset.to_dataframe` repeats every number for each value of the dimensions that it does not have, which
    takes more memory than there is. Here only variables with the same dimensions share a table.

    Parameters
    ----------
    result : xarray.Dataset, xarray.DataTree or Trace
        From any call of this package, or a part of it.

    Returns
    -------
    mapping of str to pandas.DataFrame
        A table is made when it is asked for. Its name says what its rows are (`uses`, `facilities`,
        `reserves`, `inputs`, `markets`, ...), and along what: `uses_by_replication`, `uses_by_time`,
        `uses_by_quarter`; `..._quantiles` has a row for each quantile. The first columns are the labels, with
        the names and units that belong to them; then comes a column for each variable, and where it has an
        interval two more, `NAME_low` and `NAME_high`. What a region does not have has no row. The attribute
        `units` (``frame.attrs["units"]``) maps each variable to its unit, and `long_names` to what it is;
        where uses or inputs are counted in different units, that of a row is in the column `unit` or
        `input_unit`. The tables of the scenarios of a comparison are joined, with a column `scenario`; a
        trace also has the table `events`.

    Raises
    ------
    TypeError
        If `result` is none of these.

    Examples
    --------
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> found = ds.tables(ds.monte_carlo(calm, replications=8))
    >>> uses = found["uses"].set_index(["region", "use"])
    >>> float(uses.loc[("US", "polishing"), "probability_of_shortage"])
    0.0
    >>> found["uses"].attrs["units"]["time_to_survive_median"], "uses_by_replication" in found
    ('tick', True)
    """
    return ResultTables(require_result(result))


def require_result(result: Result) -> Result:
    """Return a result if it is one.

    Raises
    ------
    TypeError
    """
    if not isinstance(result, xr.Dataset | xr.DataTree | Trace):
        raise TypeError(
            f"result: expected an xarray.Dataset, xarray.DataTree or Trace, found {type(result).__name__}"
        )
    return result


def _joined(frames: Mapping[str, DataFrame]) -> DataFrame:
    """Return the tables of several scenarios as one, with the scenario in the first column."""
    columns = list(dict.fromkeys(column for frame in frames.values() for column in frame.columns))
    lengths = [len(frame) for frame in frames.values()]
    parts: dict[str, tuple[str, np.ndarray]] = {
        _SCENARIO: ("row", np.repeat(np.array([*frames], dtype=object), lengths))
    }
    texts = [_SCENARIO]
    for column in columns:
        held = [frame.get(column) for frame in frames.values()]
        if any(each is not None and each.dtype == "category" for each in held):
            texts.append(column)
        values = [
            np.full(length, np.nan) if each is None else each.to_numpy()
            for each, length in zip(held, lengths, strict=True)
        ]
        parts[column] = ("row", np.concatenate(values))
    joined = xr.Dataset(parts).to_dataframe().reset_index(drop=True)[[_SCENARIO, *columns]]
    joined = joined.astype(dict.fromkeys(texts, "category"))
    for name in ("units", "long_names", "labels"):
        of_all = [frame.attrs[name] for frame in frames.values()]
        if isinstance(of_all[0], Mapping):
            joined.attrs[name] = {key: value for each in of_all for key, value in each.items()}
    joined.attrs["labels"] = [_SCENARIO, *next(iter(frames.values())).attrs["labels"]]
    return joined


def _events_table(dataset: xr.Dataset, events: tuple[Event, ...]) -> DataFrame:
    """Return the event log of a trace, a row for each event."""
    start, tick_days = dataset["time"].values[0], float(dataset.attrs["tick_days"])
    ticks = np.array([event.tick for event in events], dtype=np.int64)
    seconds = (ticks * tick_days * 86_400).round().astype("timedelta64[s]")

    def texts(values: list[str]) -> tuple[str, np.ndarray]:
        return "row", np.array(values, dtype=object)

    frame = xr.Dataset(
        {
            "time": ("row", start.astype("datetime64[s]") + seconds),
            "tick": ("row", ticks),
            "kind": texts([str(event.kind) for event in events]),
            "entity": texts([event.entity for event in events]),
            "quantity": ("row", np.array([event.quantity for event in events], dtype=np.float64)),
            "quantity_of": texts([QUANTITIES[event.kind] for event in events]),
            "unit": texts([event.unit for event in events]),
            "why": texts([event.why for event in events]),
        }
    ).to_dataframe()[[*_ABOUT_EVENTS]]
    frame = frame.reset_index(drop=True)
    frame = frame.astype(dict.fromkeys(("kind", "entity", "quantity_of", "unit", "why"), "category"))
    frame.attrs["units"] = {"tick": "tick", "quantity": "see quantity_of"}
    frame.attrs["long_names"] = dict(_ABOUT_EVENTS)
    frame.attrs["labels"] = ["time", "tick", "kind", "entity"]
    return frame
