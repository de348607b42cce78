"""The cases of interest of scenario discovery: replications in which a metric is bad (docs/discover.md)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.analysis.chosen_metric import (
    AS_FLAG,
    LONGEST_IF_NONE,
    SHORTAGE,
    choose_metric,
    require_metric,
)
from diamondsim.arguments import ArgumentError, require_attributes
from diamondsim.arrays import BoolArray
from diamondsim.results import MIXED_UNITS
from diamondsim.units import number_in_unit


@dataclass(frozen=True)
class CasesOfInterest:
    """Replications in which something happens.

    Attributes
    ----------
    metric, region, use : str
        Region and use are empty where the metric is not of a use.
    condition : str
        What happens, such as ``shortage above 0.02``.
    happens : (n,) bool array
    """

    metric: str
    region: str
    use: str
    condition: str
    happens: BoolArray

    @property
    def subject(self) -> str:
        """What happens, as a clause: `US.polishing goes short`."""
        place = f"{self.region}.{self.use}"
        if self.use and self.metric == SHORTAGE:
            return f"{place} goes short"
        return f"{self.condition} holds for {place}" if self.use else f"{self.condition} holds"


def choose_cases(
    dataset: xr.Dataset,
    *,
    metric: str | xr.DataArray,
    region: str | None,
    use: str | None,
    above: float | str | None,
    below: float | str | None,
) -> CasesOfInterest:
    """Return where a metric holds, or is above or below a number.

    Raises
    ------
    ValueError
        If the Dataset has no such metric, region or use, the metric is not known in every replication, or a
        number is missing, cannot be read, or is given for a metric that is a flag.
    """
    if isinstance(metric, str) and metric in LONGEST_IF_NONE:
        require_metric(dataset, metric, region=region, use=use)
        raw = np.asarray(dataset[metric].sel(region=region, use=use).values, dtype=np.float64)
        values, is_flag = np.where(np.isnan(raw), np.inf, raw), False
        name, of_region, of_use = metric, str(region), str(use)
    else:
        chosen = choose_metric(dataset, metric, region, use)
        values, is_flag = chosen.values, chosen.treatment == AS_FLAG
        name, of_region, of_use = chosen.name, chosen.region, chosen.use
    given = {key: limit for key, limit in (("above", above), ("below", below)) if limit is not None}
    if is_flag and given:
        raise ArgumentError(next(iter(given)), f"{name} holds or does not; a number is for other metrics")
    if not is_flag and len(given) != 1:
        found = " and ".join(f"`{key}`" for key in given) or "neither"
        raise ValueError(
            f"expected `above` or `below`, a number with which {name} is compared, found {found}"
        )
    if is_flag:
        return CasesOfInterest(name, of_region, of_use, name, values > 0)
    ((key, asked),) = given.items()
    unit = _unit(dataset, metric, use)
    if isinstance(asked, str) and unit == "tick":
        require_attributes("dataset", dataset.attrs, ["tick_days"])
    limit = number_in_unit(key, asked, unit, tick_days=float(dataset.attrs.get("tick_days", 1.0)))
    happens = values > limit if key == "above" else values < limit
    text = " ".join(asked.split()) if isinstance(asked, str) else f"{limit:g}"
    return CasesOfInterest(name, of_region, of_use, f"{name} {key} {text}", happens)


def _unit(dataset: xr.Dataset, metric: str | xr.DataArray, use: str | None) -> str:
    unit = str((dataset[metric] if isinstance(metric, str) else metric).attrs.get("units", "1"))
    if unit != MIXED_UNITS:
        return unit
    if "unit" not in dataset:
        raise ValueError(
            "dataset: expected `unit`, the unit of each use, which a run of monte_carlo has; found none"
        )
    return str(dataset["unit"].sel(use=use).item())
