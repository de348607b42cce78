"""What compared scenarios lose and cost in dollars, over all uses and reserves (docs/compare.md, eq. C6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import xarray as xr

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.errors import joined
from diamondsim.plan import Sampling
from diamondsim.results import bounds, mean, with_attrs

OF_USES = {
    "economic_loss": "the economic loss",
    "holding_cost": "holding the stock",
    "delivery_cost": "the deliveries",
}
"""Costs of the uses of a region, in words."""
OF_RESERVES, TOTAL = "reserve_cost", "total"
COST_ITEMS = (*OF_USES, OF_RESERVES, TOTAL)


def cost_variables(runs: Mapping[str, xr.Dataset]) -> dict[str, xr.Variable]:
    """Return what each scenario loses and costs, and by how much it differs from the first.

    Parameters
    ----------
    runs : mapping of str to xarray.Dataset
        Of `monte_carlo`, by name of the scenario, with the same random numbers, regions and uses; the first
        is the reference.

    Returns
    -------
    dict of str to xarray.Variable
        `money` and `money_difference`, (item, scenario, bound) over `COST_ITEMS`, in USD; empty if no
        scenario states a loss or cost. An item of a use counts where all scenarios state it, so that the
        same is compared. A reserve that a scenario does not have costs nothing there. The attribute `comment`
        says what counts, and what is unknown.
    """
    first = next(iter(runs.values()))
    groups = Sampling(str(first.attrs["sampling"])).groups(first["replication"].values)
    counted = {item: _known_in_all(runs, item) for item in OF_USES}
    costs = {
        item: [_over_uses(run, item, counted[item]) for run in runs.values()]
        for item in OF_USES
        if counted[item].any()
    }
    if any(_known_reserves(run) for run in runs.values()):
        costs[OF_RESERVES] = [_over_reserves(run) for run in runs.values()]
    if not costs:
        return {}
    costs[TOTAL] = [np.sum(parts, axis=0) for parts in zip(*costs.values(), strict=True)]
    shape = (len(COST_ITEMS), len(runs), 3)
    money, difference = np.full(shape, np.nan), np.full(shape, np.nan)
    for k, item in enumerate(COST_ITEMS):
        for s, each in enumerate(costs.get(item, ())):
            money[k, s] = bounds(mean(each, groups).within(0.0))
            difference[k, s] = bounds(mean(each - costs[item][0], groups)) if s else 0.0
    dims = ("item", "scenario", "bound")
    comment = " ".join(_comments(runs, counted))
    return {
        "item": xr.Variable("item", np.array(COST_ITEMS, dtype=object), {"long_name": "what costs"}),
        "money": with_attrs(
            xr.Variable(dims, money),
            "mean cost over the horizon, all uses and reserves",
            "USD",
            comment=comment,
        ),
        "money_difference": with_attrs(
            xr.Variable(dims, difference), "mean cost less that of the reference, from pairs", "USD"
        ),
    }


def _known_in_all(runs: Mapping[str, xr.Dataset], item: str) -> BoolArray:
    """Return of which uses all scenarios know a cost, (region, use)."""
    known = [np.isfinite(_values(run, item)).all(axis=-1) for run in runs.values()]
    return np.asarray(np.all(known, axis=0))


def _values(run: xr.Dataset, item: str) -> FloatArray:
    return np.asarray(run[item].transpose("region", "use", "replication").values, dtype=float)


def _over_uses(run: xr.Dataset, item: str, counted: BoolArray) -> FloatArray:
    return np.asarray(_values(run, item)[counted].sum(axis=0))


def _known_reserves(run: xr.Dataset) -> list[str]:
    """Return the reserves whose cost a run knows."""
    if OF_RESERVES not in run:
        return []
    known = np.isfinite(run[OF_RESERVES].transpose("reserve", "replication").values).all(axis=1)
    return [str(name) for name in run["reserve"].values[known]]


def _over_reserves(run: xr.Dataset) -> FloatArray:
    known = _known_reserves(run)
    if not known:
        return np.zeros(run.sizes["replication"])
    return np.asarray(run[OF_RESERVES].sel(reserve=known).sum("reserve").values, dtype=float)


def _comments(runs: Mapping[str, xr.Dataset], counted: Mapping[str, BoolArray]) -> Iterator[str]:
    """Yield sentences on what counts, and on what is unknown."""
    first = next(iter(runs.values()))
    uses = first["use"].values
    included = [
        f"{words} of {joined([str(use) for use in uses[counted[item].any(axis=0)]])}"
        for item, words in OF_USES.items()
        if counted[item].any()
    ]
    reserves = {name for run in runs.values() for name in _known_reserves(run)}
    if reserves:
        included.append(f"holding the reserve{'s' if len(reserves) > 1 else ''} {joined(sorted(reserves))}")
    yield f"Counted: {'; '.join(included)}."
    unknown = [
        f"holding the reserve {name} of {scenario}"
        for scenario, run in runs.items()
        if "reserve" in run.dims
        for name in map(str, run["reserve"].values)
        if name not in _known_reserves(run)
    ]
    unknown += [
        f"{words} of {use}, which not all scenarios state"
        for item, words in OF_USES.items()
        for u, use in enumerate(uses)
        if any(np.isfinite(_values(run, item)[:, u]).any() for run in runs.values())
        and not counted[item][:, u].any()
    ]
    if unknown:
        yield f"Unknown and left out: {'; '.join(unknown)}."
    yield "What goods and plants cost is not included."
