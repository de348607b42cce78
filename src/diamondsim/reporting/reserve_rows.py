"""What each reserve does: what it releases, when it is spent, and what demand is met because of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.reporting.formatting import place
from diamondsim.reporting.use_rows import Onset, onset_of
from diamondsim.results import Estimate, mean, paired_difference, proportion, weights_of
from diamondsim.scenario import Scenario


@dataclass(frozen=True)
class ReserveEffect:
    """What a reserve does for a use, or for several together, from pairs with the same random numbers.

    Attributes
    ----------
    place : str
        The use and its region as they read inside a sentence; empty for all uses that it does not serve.
    unit : str
    met : Estimate
        Mean demand over the horizon that is unmet without the reserve less that with it.
    chance, chance_without, less_often : Estimate or None
        Probability of a shortage with and without the reserve, and the second less the first; None for
        several uses together.
    """

    place: str
    unit: str
    met: Estimate
    chance: Estimate | None = None
    chance_without: Estimate | None = None
    less_often: Estimate | None = None


@dataclass(frozen=True)
class ReserveUse:
    """The use of a reserve over the horizon.

    Attributes
    ----------
    reserve, grade, unit : str
    released : Estimate
        Mean quantity released.
    used : Estimate
        Probability that it releases anything.
    spent : Estimate
        Probability that at some time it has no more than it holds back for the first of its uses.
    first_spent : Onset or None
        When first, in the replications in which that happens; None if it never does.
    effects : tuple of ReserveEffect or None
        On each use that it serves, then on all others; None if the comparison was not made.
    """

    reserve: str
    grade: str
    unit: str
    released: Estimate
    used: Estimate
    spent: Estimate
    first_spent: Onset | None
    effects: tuple[ReserveEffect, ...] | None


def reserve_uses(
    scenario: Scenario, dataset: xr.Dataset, without: Mapping[str, xr.Dataset]
) -> tuple[ReserveUse, ...]:
    """Return what each reserve of a run does.

    Parameters
    ----------
    scenario : Scenario
    dataset : xarray.Dataset
        Of `monte_carlo`.
    without : mapping of str to xarray.Dataset
        By reserve, the run of the scenario without it, with the same seed and no more replications.

    Returns
    -------
    tuple of ReserveUse
        In the order of the scenario.
    """
    times, weights, rows = dataset["time"].values, weights_of(dataset), []
    for name, reserve in scenario.reserves.items():
        one = dataset.sel(reserve=name)
        released, ticks = (np.asarray(one[key].values) for key in ("reserve_released", "reserve_spent"))
        rows.append(
            ReserveUse(
                reserve=name,
                grade=reserve.grade,
                unit=scenario.grades[reserve.grade].unit,
                released=mean(released, None, weights).within(0.0),
                used=proportion(released > 0, None, weights),
                spent=proportion(~np.isnan(ticks), None, weights),
                first_spent=onset_of(ticks, times, weights),
                effects=tuple(_effects(scenario, name, dataset, without[name])) if name in without else None,
            )
        )
    return tuple(rows)


def _effects(
    scenario: Scenario, name: str, dataset: xr.Dataset, without: xr.Dataset
) -> Iterator[ReserveEffect]:
    """Yield the effect on each use that a reserve serves, then on all others that count in its unit."""
    reserve = scenario.reserves[name]
    unit = scenario.grades[reserve.grade].unit
    paired = dataset.isel(replication=slice(0, without.sizes["replication"]))
    weights, threshold = weights_of(paired), float(dataset.attrs["threshold"])
    saved = unmet(without) - unmet(paired)
    is_served = np.zeros((paired.sizes["region"], paired.sizes["use"]), dtype=bool)
    for r, region in enumerate(paired["region"].values):
        for u, use in enumerate(paired["use"].values):
            # A buyer carved out of a use that is served is served too.
            is_served[r, u] = region == reserve.region and str(use).partition("/")[0] in reserve.serves
            one = saved.isel(region=r, use=u)
            if not is_served[r, u] or one.isnull().any():
                continue
            short, short_without = (
                run["peak_shortfall"].isel(region=r, use=u).values > threshold for run in (paired, without)
            )
            yield ReserveEffect(
                place=place(str(one["use_name"].item()), str(one["region_name"].item())),
                unit=str(one["unit"].item()),
                met=mean(one.values, None, weights),
                chance=proportion(short, None, weights),
                chance_without=proportion(short_without, None, weights),
                less_often=paired_difference(short_without, short, weights),
            )
    others = ~is_served & np.array([str(each) == unit for each in paired["unit"].values])
    elsewhere = _sum_over(saved, others)
    if elsewhere.any():
        yield ReserveEffect("", unit, mean(elsewhere, None, weights))


def _sum_over(values: xr.DataArray, some: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the sum over some regions and uses of values by replication; a use that is missing counts 0."""
    chosen = values.transpose("replication", "region", "use").values[:, some]
    return np.asarray(np.nansum(chosen, axis=1))


def unmet(run: xr.Dataset) -> xr.DataArray:
    """Return what is short over the horizon and, with prices, what is given up because of them."""
    return run["shortage"] + run["given_up"] if "given_up" in run else run["shortage"]
