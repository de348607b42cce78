"""What compared scenarios lose and cost in dollars, as rows of a table, and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from rich.table import Table
from rich.text import Text

from diamondsim.reporting.bound_values import json_limits, limits
from diamondsim.reporting.formatting import multiple_for, signed
from diamondsim.reporting.plain_tables import add_figures, bare_table, set_in, stacked

_ITEMS = {
    "economic_loss": "Economic loss",
    "holding_cost": "Holding stock",
    "delivery_cost": "Deliveries",
    "reserve_cost": "Holding reserves",
    "total": "Loss and costs",
}


@dataclass(frozen=True)
class CostRow:
    """A cost of a scenario over the horizon, and less that of the reference, as texts with 95 % intervals."""

    scenario: str
    item: str
    mean: str
    less: str


@dataclass(frozen=True)
class _Scale:
    """A multiple of USD, and the decimals with which amounts of that size are shown."""

    factor: float
    unit: str
    decimals: int

    @classmethod
    def of(cls, root: xr.Dataset) -> _Scale:
        largest = float(np.abs(root["money"].sel(bound="estimate")).max())
        factor, unit = multiple_for(largest, "USD")
        before_point = len(f"{largest / factor:.0f}")
        return cls(factor, unit, min(2, max(0, 4 - before_point)))

    def interval(self, estimate: tuple[float, float, float], sign: str = "") -> str:
        """Return an estimate with its limits, of which a single replication has none."""
        known = (each / self.factor for each in estimate if not math.isnan(each))
        form = f",.{self.decimals}f"
        value, *ends = (signed(each, form) if sign else f"{each:z{form}}" for each in known)
        return f"{value} [{ends[0]}, {ends[1]}]" if ends else value


def cost_unit(root: xr.Dataset) -> str:
    """Return the multiple of USD in which the costs of a comparison are shown."""
    return _Scale.of(root).unit


def cost_rows(root: xr.Dataset) -> Iterator[CostRow]:
    """Yield what each scenario costs, in `cost_unit`; the total where it adds up several items.

    Parameters
    ----------
    root : xarray.Dataset
        Of a comparison; without a loss or cost there are no rows.
    """
    if "money" not in root:
        return
    scale = _Scale.of(root)
    known = root["money"].sel(bound="estimate").notnull().all("scenario")
    items = [item for item in _ITEMS if bool(known.sel(item=item))]
    for scenario in map(str, root["scenario"].values):
        for item in items if len(items) > 2 else items[:1]:
            at = {"scenario": scenario, "item": item}
            is_reference = scenario == str(root.attrs["reference"])
            yield CostRow(
                scenario,
                _ITEMS[item],
                scale.interval(limits(root["money"].sel(at))),
                "-" if is_reference else scale.interval(limits(root["money_difference"].sel(at)), "+"),
            )


def cost_table(root: xr.Dataset) -> Table | None:
    """Return the table of what each scenario loses and costs; None without a loss or cost."""
    if "money" not in root:
        return None
    table = bare_table()
    table.add_column("Loss and cost", max_width=30, overflow="fold")
    add_figures(table, f"Mean, {cost_unit(root)}\n[95 % interval]", max_width=28)
    add_figures(table, "Less the reference\n[95 % interval]", max_width=30)
    scenario = None
    for row in cost_rows(root):
        if row.scenario != scenario:
            scenario = row.scenario
            table.add_row(Text(scenario, style="bold", overflow="fold"))
        table.add_row(set_in(row.item, 1), stacked(row.mean), stacked(row.less))
    return table


def json_costs(root: xr.Dataset) -> dict[str, Any]:
    """Return what each scenario loses and costs as a document, in USD; empty without a loss or cost."""
    if "money" not in root:
        return {}
    return {
        scenario: {
            item: {
                name: json_limits(root[key].sel(scenario=scenario, item=item))
                for name, key in (("value", "money"), ("difference", "money_difference"))
            }
            for item in map(str, root["item"].values)
        }
        for scenario in map(str, root["scenario"].values)
    }
