"""What each use of compared scenarios with prices needs and does not get: short, or given up (eq. R37)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from rich.table import Table
from rich.text import Text

from diamondsim.arrays import FloatArray
from diamondsim.reporting.bound_values import limits
from diamondsim.reporting.compared_use_texts import NONE, comparable_uses, points_text, share_text
from diamondsim.reporting.formatting import percent
from diamondsim.reporting.need_rows import NOTABLE_NEED, need_parts
from diamondsim.reporting.place_labels import labels_of_pairs
from diamondsim.reporting.plain_tables import add_figures, bare_table, is_narrow, set_in, stacked
from diamondsim.results import Estimate

NEED = "Need: short or given up because of the price, share of normal demand"


@dataclass(frozen=True)
class ComparedNeedRow:
    """The unmet need of a use in one scenario, as texts.

    Attributes
    ----------
    region, use : str
        Labels.
    scenario : str
    short, given_up : str
        Mean shares of normal demand over the horizon; `NONE` given up in a scenario without prices.
    need, less : str
        Both together, and less that of the reference in percentage points, with 95 % intervals.
    """

    region: str
    use: str
    scenario: str
    short: str
    given_up: str
    need: str
    less: str


def compared_need_rows(found: xr.DataTree) -> Iterator[ComparedNeedRow]:
    """Yield a row for each scenario and use with notable unmet need; none if no scenario has prices.

    Without prices nothing is given up, and the need that is unmet is what is short.

    Parameters
    ----------
    found : xarray.DataTree
        From `compare`.
    """
    root = found.to_dataset().sel(metric="probability_of_shortage")
    if "unmet_need" not in root:
        return
    runs = {str(name): found[str(name)].to_dataset() for name in root["scenario"].values}
    pairs = comparable_uses(root)
    labels = labels_of_pairs(root, pairs)
    reference, n = str(root.attrs["reference"]), int(root.attrs["replications"])
    for pair in pairs:
        here = root[["unmet_need", "unmet_need_difference"]].sel(pair)
        if float(here["unmet_need"].sel(bound="estimate").max()) < NOTABLE_NEED:
            continue
        for name, run in runs.items():
            short, given_up = (float(part.mean()) for part in _parts(run, pair))
            one = here.sel(scenario=name)
            yield ComparedNeedRow(
                *labels[pair["region"], pair["use"]],
                scenario=name,
                short=percent(short),
                given_up=percent(given_up) if "unmet_need" in run else NONE,
                need=share_text(_estimate(one["unmet_need"], n)),
                less=NONE if name == reference else points_text(_estimate(one["unmet_need_difference"], n)),
            )


def _estimate(variable: xr.DataArray, n: int) -> Estimate:
    return Estimate(*limits(variable), n)


def _parts(run: xr.Dataset, pair: dict[str, str]) -> tuple[FloatArray, FloatArray]:
    """Return what is short and what is given up in each replication, as shares of normal demand."""
    if "unmet_need" in run:
        return need_parts(run[["unmet_need", "shortage", "given_up"]].sel(pair))
    short, demand = (np.asarray(run[name].sel(pair).values, dtype=float) for name in ("shortage", "demand"))
    return short / np.where(demand > 0, demand, 1.0), np.zeros(len(short))


def compared_need_table(found: xr.DataTree) -> Table | None:
    """Return the table of unmet need; None if no scenario has prices, or no use has notable unmet need."""
    rows = [*compared_need_rows(found)]
    if not rows:
        return None
    table = bare_table()
    table.add_column(NEED, max_width=36, overflow="fold")
    for title in _two_by_two("Short", "Given up"):
        add_figures(table, title, justify="right")
    add_figures(table, "Together\n[95 % interval]")
    add_figures(table, "Less the reference\n[points, 95 %]")
    above = ("", "")
    for row in rows:
        if row.region != above[0]:
            table.add_row(Text(row.region, style="bold"))
        if (row.region, row.use) != above:
            table.add_row(set_in(row.use, 1))
            above = (row.region, row.use)
        table.add_row(
            set_in(row.scenario, 3),
            *_two_by_two(row.short, row.given_up),
            stacked(row.need),
            stacked(row.less),
        )
    return table


def _two_by_two(first: str, second: str) -> list[str]:
    return [f"{first}\n{second}"] if is_narrow() else [first, second]
