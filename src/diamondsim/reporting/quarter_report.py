"""Results by calendar quarter: read from the Dataset of a run, as series of numbers and as tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import xarray as xr
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.reporting.formatting import amount, percent
from diamondsim.reporting.place_labels import place_labels
from diamondsim.results import unit_symbol

_USES_PER_TABLE = 5
_FIGURES_PER_TABLE = 6
"""The largest number of columns that fit beside each other: of uses, with two figures each, and of others."""


@dataclass(frozen=True)
class QuarterEstimates:
    """An estimate for each quarter, with the limits of its interval."""

    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class QuarterUse:
    """One use of one region, by quarter.

    Attributes
    ----------
    region, use, region_name, use_name, unit : str
    chance : QuarterEstimates
        Probability that more than the threshold of the quarter's demand is unmet.
    shortfall : QuarterEstimates
        Share of the quarter's demand unmet, worst grade: the mean.
    shortfall_quantiles : dict of str to tuple of float
        Its quantiles over replications, by level.
    demand, shortage : QuarterEstimates
        Means, in `unit`.
    forgone : QuarterEstimates or None
        Demand given up for its price, mean in `unit`; None without prices.
    """

    region: str
    use: str
    region_name: str
    use_name: str
    unit: str
    chance: QuarterEstimates
    shortfall: QuarterEstimates
    shortfall_quantiles: dict[str, tuple[float, ...]]
    demand: QuarterEstimates
    shortage: QuarterEstimates
    forgone: QuarterEstimates | None


@dataclass(frozen=True)
class QuarterReport:
    """Results by quarter.

    Attributes
    ----------
    quarter : tuple of str
        Labels, such as `2027Q1`.
    start : tuple of date
    covered : tuple of float
        Share of each quarter's days that the horizon covers.
    threshold : float
        A quarter is short if more than this share of its demand is unmet.
    uses : tuple of QuarterUse
    control_states : dict
        By control and state, its probability in each quarter, as a mean over its days.
    control_in_force : dict
        By control.
    legal_states : dict
        By legal state, likewise.
    facility_output : dict of str to QuarterEstimates
        Means, in the unit of the facility's first grade.
    facility_unit : str
    """

    quarter: tuple[str, ...]
    start: tuple[dt.date, ...]
    covered: tuple[float, ...]
    threshold: float
    uses: tuple[QuarterUse, ...]
    control_states: dict[str, dict[str, tuple[float, ...]]]
    control_in_force: dict[str, tuple[float, ...]]
    legal_states: dict[str, tuple[float, ...]]
    facility_output: dict[str, QuarterEstimates]
    facility_unit: str


def quarter_report(dataset: xr.Dataset) -> QuarterReport:
    """Read the results by quarter from the Dataset of `monte_carlo`."""
    chance = dataset["quarter_probability_of_shortage"]
    has_control = "quarter_control_in_force" in dataset
    has_output = "quarter_facility_output_mean" in dataset
    return QuarterReport(
        quarter=tuple(map(str, dataset["quarter"].values)),
        start=tuple(day.astype("datetime64[D]").item() for day in dataset["quarter_start"].values),
        covered=_series(dataset["quarter_covered"]),
        threshold=float(chance.attrs["threshold"]),
        uses=tuple(_uses(dataset)),
        control_states={
            control: {
                state: _series(dataset["quarter_control_probability"].sel(control=control, state=state))
                for state in map(str, dataset["state"].values)
            }
            for control in map(str, dataset["control"].values)
        },
        control_in_force=_by_name(dataset["quarter_control_in_force"], "control") if has_control else {},
        legal_states=_by_name(dataset["quarter_legal_state_probability"], "legal_state")
        if "quarter_legal_state_probability" in dataset
        else {},
        facility_output={
            facility: _estimates(dataset["quarter_facility_output_mean"].sel(facility=facility))
            for facility in map(str, dataset["facility"].values)
        }
        if has_output
        else {},
        facility_unit=unit_symbol(dataset["quarter_facility_output_mean"].attrs["units"])
        if has_output
        else "",
    )


def quarter_tables(report: QuarterReport, shown: Sequence[tuple[str, str]]) -> list[RenderableType]:
    """Return the tables by quarter: controls and output, and the uses of each region.

    Parameters
    ----------
    report : QuarterReport
    shown : sequence of (str, str)
        Region and use, by id, of the uses to show.

    Returns
    -------
    list of renderable
    """
    blocks: list[RenderableType] = [Text(), Text("By quarter", style="bold"), *map(Text, _notes(report))]
    # In tables of their own: the law seldom changes, output often.
    for columns in (_legal_columns(report), _output_columns(report)):
        blocks += _tables(report, columns, _FIGURES_PER_TABLE)
    labels = place_labels({(use.region, use.use): (use.region_name, use.use_name) for use in report.uses})
    for region in dict.fromkeys(region for region, _ in shown):
        uses = [use for use in report.uses if use.region == region and (region, use.use) in shown]
        heading = f"{labels[region, uses[0].use][0]}: chance that over {percent(report.threshold)} of the "
        heading += "quarter's demand is unmet (mean share unmet)"
        blocks += [Text(), Text(heading)]
        blocks += _tables(report, {labels[region, use.use][1]: _cells(use) for use in uses}, _USES_PER_TABLE)
    if not shown:
        blocks.append(Text("No use is short often enough to be shown; --json has the figures of all."))
    return blocks


def _notes(report: QuarterReport) -> Iterator[str]:
    in_part = [
        f"{label} {percent(share)}"
        for label, share in zip(report.quarter, report.covered, strict=True)
        if share < 1
    ]
    if in_part:
        yield f"* in part, share of its days: {', '.join(in_part)}"
    never = [*_never(report)]
    if never:
        yield f"In no quarter of any replication: {', '.join(never)}"


def _legal_columns(report: QuarterReport) -> dict[str, list[str]]:
    """Return what the law says in each quarter: controls, what they slow, and legal states."""
    shares = {_holds(name, "\n"): values for name, values in report.control_in_force.items()}
    shares |= {f"legal state\n{name}": values for name, values in report.legal_states.items()}
    return {heading: _percents(values) for heading, values in shares.items() if any(values)}


def _output_columns(report: QuarterReport) -> dict[str, list[str]]:
    return {
        f"{name}\noutput": [amount(value, report.facility_unit) for value in output.value]
        for name, output in report.facility_output.items()
    }


def _never(report: QuarterReport) -> Iterator[str]:
    """Yield what of the controls and legal states holds in no quarter, and so has no column."""
    yield from (_holds(name, " ") for name, values in report.control_in_force.items() if not any(values))
    yield from (f"legal state {name}" for name, values in report.legal_states.items() if not any(values))


def _holds(control: str, space: str) -> str:
    """Return what is counted of a control; a spillover or overcompliance slows trade and is not in force."""
    name, _, slowing = control.partition(" ")
    if slowing == "overcompliance":
        return space.join(("trade slowed", f"while {name}", "is dormant"))
    if slowing == "spillover":
        return space.join(("goods beside", name, "slowed"))
    return space.join((control, "in force"))


def _cells(use: QuarterUse) -> list[str]:
    pairs = zip(use.chance.value, use.shortfall.value, strict=True)
    return [f"{percent(chance)} ({percent(unmet)})" for chance, unmet in pairs]


def _percents(values: Sequence[float]) -> list[str]:
    return [percent(value) for value in values]


def _tables(
    report: QuarterReport, columns: Mapping[str, Sequence[str]], at_most: int
) -> list[RenderableType]:
    """Return the columns beside each other, in several tables where there are too many."""
    names = [*columns]
    tables: list[RenderableType] = []
    for first in range(0, len(names), at_most):
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
        table.add_column("Quarter", no_wrap=True)
        here = names[first : first + at_most]
        for name in here:
            table.add_column(name, justify="right", max_width=16, overflow="fold")
        for label, cells in _rows(report, [columns[name] for name in here]):
            table.add_row(label, *cells)
        tables.append(table)
    return tables


def _rows(report: QuarterReport, columns: Sequence[Sequence[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the rows of a table; consecutive quarters with the same figures, as printed, share one."""
    labels = [
        f"{label}{'*' if share < 1 else ''}"
        for label, share in zip(report.quarter, report.covered, strict=True)
    ]
    for cells, run in groupby(zip(labels, zip(*columns, strict=True), strict=True), key=itemgetter(1)):
        first, *others = (label for label, _ in run)
        yield (f"{first} to {others[-1]}" if others else first), cells


_READ = (
    *("shortage", "region_name", "use_name", "unit"),
    *("quarter_probability_of_shortage", "quarter_shortfall_mean", "quarter_shortfall_quantiles"),
    *("quarter_demand_mean", "quarter_shortage_mean", "quarter_forgone_mean"),
)
"""The variables of a run from which the quarters of a use are made."""


def _uses(dataset: xr.Dataset) -> Iterator[QuarterUse]:
    read = dataset[[name for name in _READ if name in dataset.variables]]  # a run has hundreds of others
    for region in range(read.sizes["region"]):
        for use in range(read.sizes["use"]):
            one = read.isel(region=region, use=use)
            if not np.isnan(one["shortage"].values[0]):
                yield _use(one)


def _use(one: xr.Dataset) -> QuarterUse:
    quantiles = one["quarter_shortfall_quantiles"]
    return QuarterUse(
        region=str(one["region"].item()),
        use=str(one["use"].item()),
        region_name=str(one["region_name"].item()),
        use_name=str(one["use_name"].item()),
        unit=str(one["unit"].item()),
        chance=_estimates(one["quarter_probability_of_shortage"]),
        shortfall=_estimates(one["quarter_shortfall_mean"]),
        shortfall_quantiles={
            f"{float(level):g}": _series(quantiles.sel(quantile=level))
            for level in quantiles["quantile"].values
        },
        demand=_estimates(one["quarter_demand_mean"]),
        shortage=_estimates(one["quarter_shortage_mean"]),
        forgone=_estimates(one["quarter_forgone_mean"]) if "quarter_forgone_mean" in one else None,
    )


def _estimates(variable: xr.DataArray) -> QuarterEstimates:
    return QuarterEstimates(*(_series(variable.sel(bound=bound)) for bound in ("estimate", "low", "high")))


def _by_name(variable: xr.DataArray, dim: str) -> dict[str, tuple[float, ...]]:
    return {str(name): _series(variable.sel({dim: name})) for name in variable[dim].values}


def _series(variable: xr.DataArray) -> tuple[float, ...]:
    return tuple(map(float, variable.values))
