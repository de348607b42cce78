"""The columns of the printed table of a run that its Dataset does not have, as variables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import numpy as np
import xarray as xr

from diamondsim.reporting.report import Report
from diamondsim.reporting.use_rows import UseRow
from diamondsim.results import Estimate

T = TypeVar("T")

_BOUNDS = ("estimate", "low", "high")
_ONSETS = {"median": "median", "early": "10 % quantile", "late": "90 % quantile"}


def with_table_columns(dataset: xr.Dataset, report: Report) -> xr.Dataset:
    """Return a run with the columns of its printed table as variables by region and use.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    report : Report
        Of it.

    Returns
    -------
    xarray.Dataset
        Also with `begins_median`, `begins_early` and `begins_late`, dates; with a baseline these of it too,
        its probability of a shortage and the mean of its worst 5 % (`baseline_...`), and the difference of
        the probabilities, `probability_less_baseline`.
    """
    rows = {(row.region, row.use): row for row in report.rows}
    added = _begins(dataset, rows, "begins", "in the replications that go short")
    if report.baseline_head is not None:
        others = report.baseline_rows
        added |= _begins(dataset, others, "baseline_begins", "in those of the baseline that go short")
        for name, words, estimate in _ESTIMATES:
            found = {key: estimate(row) for key, row in others.items()}
            added[f"baseline_{name}"] = _estimates(dataset, found, words)
        added["probability_less_baseline"] = _estimates(
            dataset, report.differences, "probability of a shortage less that in the baseline"
        )
    return dataset.assign(added)


_ESTIMATES: tuple[tuple[str, str, Callable[[UseRow], Estimate]], ...] = (
    ("probability_of_shortage", "probability of a shortage in the baseline", lambda row: row.chance),
    (
        "peak_shortfall_cvar",
        "mean of the worst replications of the baseline: largest share of demand unmet over a window",
        lambda row: row.depth,
    ),
)


def _begins(
    dataset: xr.Dataset, rows: Mapping[tuple[str, str], UseRow], name: str, where: str
) -> dict[str, xr.Variable]:
    """Return when the first shortage begins: median, and 10 and 90 % quantiles; NaT where there is none."""
    found = {}
    for end, words in _ONSETS.items():
        days = np.full((dataset.sizes["region"], dataset.sizes["use"]), np.datetime64("NaT", "s"))
        for place, row in _places(dataset, rows):
            if row.onset is not None:
                days[place] = np.datetime64(getattr(row.onset, end), "s")
        attrs = {"long_name": f"day on which the first shortage begins, {where}: {words}"}
        found[f"{name}_{end}"] = xr.Variable(("region", "use"), days, attrs)
    return found


def _estimates(dataset: xr.Dataset, estimates: Mapping[tuple[str, str], Estimate], words: str) -> xr.Variable:
    values = np.full((dataset.sizes["region"], dataset.sizes["use"], len(_BOUNDS)), np.nan)
    for place, one in _places(dataset, estimates):
        values[place] = one.value, one.low, one.high
    return xr.Variable(("region", "use", "bound"), values, {"long_name": words, "units": "1"})


def _places(dataset: xr.Dataset, values: Mapping[tuple[str, str], T]) -> Iterator[tuple[tuple[int, int], T]]:
    """Yield the values of the uses that a Dataset has, each with the numbers of its region and use."""
    for r, region in enumerate(map(str, dataset["region"].values)):
        for u, use in enumerate(map(str, dataset["use"].values)):
            if (region, use) in values:
                yield (r, u), values[region, use]
