"""The columns of the printed table of a run that its Dataset does not have, as variables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import numpy as np
import xarray as xr

from diamondsim.arguments import ArgumentError
from diamondsim.errors import joined
from diamondsim.reporting.baseline_differences import (
    chance_differences,
    require_same_measure,
    require_same_random_numbers,
)
from diamondsim.reporting.use_rows import UseRow, rows_of_uses
from diamondsim.results import Estimate, of_node

T = TypeVar("T")

_ATTRS = ("n_ticks", "tick_days", "threshold", "window_days", "seed", "sampling")
_BOUNDS = ("estimate", "low", "high")
_ONSETS = {"median": "median", "early": "10 % quantile", "late": "90 % quantile"}


def with_table_columns(
    run: xr.Dataset | xr.DataTree, *, baseline: xr.Dataset | xr.DataTree | None = None
) -> xr.Dataset:
    """Return a run with the columns that the table of ``diamondsim run`` has and its Dataset has not.

    The table `uses` of `save` and `tables` then has them, as in the files that the command writes.

    Parameters
    ----------
    run : xarray.Dataset or xarray.DataTree
        Of `monte_carlo`; or a node of `compare`, such as ``comparison["lapse-2027"]``.
    baseline : xarray.Dataset or xarray.DataTree, optional
        A run of another scenario, with the same seed.

    Returns
    -------
    xarray.Dataset
        Also with (region, use) `begins_median`, `begins_early` and `begins_late`, dates: median, 10 and 90 %
        quantile over the replications that go short. With a baseline these of it too (`baseline_begins_...`),
        and with (region, use, bound) its probability of a shortage, the mean of its worst 5 % and the depth
        of its median shortage (`baseline_...`), and the difference of the probabilities,
        `probability_less_baseline`.

    Raises
    ------
    ValueError
        If one of the two is no result of `monte_carlo`; if the baseline has another horizon, measure of a
        shortage, seed or way to sample.

    Examples
    --------
    >>> import diamondsim as ds
    >>> lapse = ds.load_scenario("lapse-2027").override({"horizon.length": "1 yr"})
    >>> found = ds.with_table_columns(ds.monte_carlo(lapse, replications=32))
    >>> found["begins_median"].sel(region="US", use="construction").dt.year.item()
    2027
    """
    run = _require_run("run", run)
    added = _begins(run, _rows(run), "begins", "in the replications that go short")
    if baseline is not None:
        baseline = _require_run("baseline", baseline)
        _require_pairs(run, baseline)
        others = _rows(baseline)
        added |= _begins(run, others, "baseline_begins", "in those of the baseline that go short")
        for name, words, estimate in _ESTIMATES:
            found = {key: estimate(row) for key, row in others.items()}
            added[f"baseline_{name}"] = _estimates(run, found, words)
        added["probability_less_baseline"] = _estimates(
            run, chance_differences(run, baseline), "probability of a shortage less that in the baseline"
        )
    return run.assign(added)


def _require_run(argument: str, given: object) -> xr.Dataset:
    """Return the Dataset of a run, if it is one."""
    if isinstance(given, xr.DataTree):
        given = of_node(given)
    expected = "expected the Dataset of monte_carlo"
    if not isinstance(given, xr.Dataset):
        raise ArgumentError(argument, f"{expected}, found {given!r:.60}")
    missing = [name for name in ("peak_shortfall", "first_shortage") if name not in given]
    missing += [
        f"the dimension {name}" for name in ("region", "use", "replication") if name not in given.dims
    ]
    missing += [f"the attribute {name}" for name in _ATTRS if name not in given.attrs]
    if missing:
        raise ArgumentError(argument, f"{expected}, found a Dataset without {joined(missing)}")
    return given


def _require_pairs(run: xr.Dataset, baseline: xr.Dataset) -> None:
    """Check that a baseline measures what the run does, with the same random numbers."""
    try:
        require_same_measure(run, baseline)
        require_same_random_numbers(run, baseline)
    except ValueError as error:
        raise ArgumentError("baseline", str(error)) from None


def _rows(run: xr.Dataset) -> dict[tuple[str, str], UseRow]:
    return {(row.region, row.use): row for row in rows_of_uses(run)}


_ESTIMATES: tuple[tuple[str, str, Callable[[UseRow], Estimate]], ...] = (
    ("probability_of_shortage", "probability of a shortage in the baseline", lambda row: row.chance),
    (
        "peak_shortfall_cvar",
        "mean of the worst replications of the baseline: largest share of demand unmet over a window",
        lambda row: row.depth,
    ),
    (
        "shortage_depth_median",
        "median of the largest share of demand unmet over a window, among replications of the baseline that "
        "go short",
        lambda row: row.depth_if_short,
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
