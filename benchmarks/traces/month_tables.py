"""The tables of a replication by month: exports, what is made elsewhere, who is served."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from benchmarks.declared_runs.marked_pages import markdown_table
from benchmarks.traces.calendar_months import Months
from benchmarks.traces.choosing import covered_lanes, quiet_ticks
from diamondsim.plan import Plan

FloatArray = npt.NDArray[np.float64]

MONTHLY_UNTIL = 24
"""Later months are told together: the rest of their calendar year, then each year."""

USES = {
    "US.polishing": "polishing, United States",
    "JP.polishing": "polishing, Japan",
    "US.machining": "machining, United States",
    "JP.machining": "machining, Japan",
    "KR.all_allies": "all, Korea",
    "OA.all_allies": "all, other allies",
    "RW.all_rest": "all, rest of the world",
}
DESTINATIONS = {
    "all": ("US", "JP", "KR", "OA", "RW"),
    "the United States": ("US",),
    "Japan": ("JP",),
    "others": ("KR", "OA", "RW"),
}


@dataclass(frozen=True)
class Stretch:
    """Months that are told together.

    Attributes
    ----------
    label : str
    number : str
        Of the month of the control; empty for several.
    rows : tuple of int
        Positions in `Months`.
    """

    label: str
    number: str
    rows: tuple[int, ...]


def stretches(months: Months) -> list[Stretch]:
    """Return the months from the one before the notice on, later ones by calendar year."""
    made = [
        Stretch(f"{day:%Y-%m}", str(number), (row,))
        for row, (day, number) in enumerate(zip(months.first_days, months.numbers, strict=True))
        if -1 <= number <= MONTHLY_UNTIL
    ]
    later = [row for row, number in enumerate(months.numbers) if number > MONTHLY_UNTIL]
    for year in dict.fromkeys(months.first_days[row].year for row in later):
        rows = tuple(row for row in later if months.first_days[row].year == year)
        first, last = months.first_days[rows[0]], months.first_days[rows[-1]]
        label = f"{year}" if len(rows) == 12 else f"{first:%Y-%m} to {last:%Y-%m}"
        made.append(Stretch(label, "", rows))
    return made


class Flows:
    """Exports under the control, and output elsewhere, as shares of a normal month of as many days."""

    def __init__(self, dataset: xr.Dataset, plan: Plan, months: Months) -> None:
        self._months, self._quiet = months, quiet_ticks(plan)
        covered = dataset.isel(lane=covered_lanes(plan))
        self._exports = (covered["shipped"] + covered["granted"]).values
        self._to = covered["lane_to"].values
        made = dataset["source_grade"].isin(np.unique(covered["lane_grade"].values))
        elsewhere = (made & (dataset["source_region"] != "CN")).values
        self._output = dataset["output"].values[:, elsewhere].sum(axis=1)

    def exports(self, to: tuple[str, ...], one: Stretch) -> float:
        """Return exports to some regions."""
        return self._share(self._exports[:, np.isin(self._to, to)].sum(axis=1), one)

    def output_elsewhere(self, one: Stretch) -> float:
        """Return the output of the grades that the control covers, made outside China."""
        return self._share(self._output, one)

    def _share(self, by_tick: FloatArray, one: Stretch) -> float:
        weights = self._months.weights[list(one.rows)].sum(axis=0)
        return float((weights @ by_tick) / weights.sum() / by_tick[: self._quiet].mean())


class Need:
    """Demand unmet and stock of a use, of whichever of its grades is worse off."""

    def __init__(self, dataset: xr.Dataset, name: str, months: Months, grades: tuple[str, ...]) -> None:
        nodes = [f"{name}.{grade}" for grade in grades]
        of = dataset.sel(node=[node for node in nodes if node in dataset["node"].values])
        self._months = months
        self._demand, self._shortage = of["demand"].values, of["shortage"].values
        self._stock = of["stock"].values

    def unmet(self, weights: FloatArray) -> float:
        """Return the share of the demand of some ticks that is unmet."""
        demand = weights @ self._demand
        known = demand > 0
        return float(np.max((weights @ self._shortage)[known] / demand[known], initial=0.0))

    def cells(self, one: Stretch) -> str:
        """Return the unmet share of some months, and the stock at their end in weeks of their demand."""
        weights = self._months.weights[list(one.rows)].sum(axis=0)
        last = int(np.flatnonzero(weights)[-1])
        stock = float(np.min(self._stock[last] / (weights @ self._demand / weights.sum())))
        unmet = self.unmet(weights)
        told = "-" if unmet < 0.005 else f"{100 * unmet:.0f} %"
        return f"{told}, {stock:.0f}"


def flow_table(flows: Flows, months: Months) -> str:
    """Return exports under the control and output elsewhere by month."""
    heads = ["", "month", *(f"exports to {name}" for name in DESTINATIONS), "output elsewhere"]
    rows = []
    for one in stretches(months):
        shares = [*(flows.exports(to, one) for to in DESTINATIONS.values()), flows.output_elsewhere(one)]
        rows.append([one.label, one.number, *(f"{100 * share:.0f} %" for share in shares)])
    return markdown_table(heads, rows)


def need_table(dataset: xr.Dataset, months: Months) -> str:
    """Return what each use is short of, and its stock, by month."""
    needs = [Need(dataset, name, months, ("mesh", "micron")) for name in USES]
    rows = [[one.label, one.number, *(need.cells(one) for need in needs)] for one in stretches(months)]
    return markdown_table(["", "month", *USES.values()], rows)
