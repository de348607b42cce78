"""What compared scenarios lose and cost in dollars, over all uses and reserves (docs/compare.md, eq. C6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

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
        scenario states a loss or cost. An item of a use counts where all scenarios state it, and the cost of
        a reserve where all that have it do, so that the same is compared; a reserve that a scenario does not
        have costs nothing there. The attribute `comment` says what counts, and what is unknown.
    """
    first = next(iter(runs.values()))
    groups = Sampling(str(first.attrs["sampling"])).groups(first["replication"].values)
    counted = {item: _known_in_all(runs, item) for item in OF_USES}
    costs = {
        item: [_over_uses(run, item, counted[item]) for run in runs.values()]
        for item in OF_USES
        if counted[item].any()
    }
    reserves = _counted_reserves(runs)
    if reserves:
        costs[OF_RESERVES] = [_over_reserves(run, reserves) for run in runs.values()]
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
    comment = " ".join(_comments(runs, counted, reserves))
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


def _reserves(run: xr.Dataset) -> dict[str, bool]:
    """Return whether a run knows the cost of each of its reserves."""
    if "reserve" not in run.dims:
        return {}
    names = [*map(str, run["reserve"].values)]
    if OF_RESERVES not in run:  # none of them states one
        return dict.fromkeys(names, False)
    known = np.isfinite(run[OF_RESERVES].transpose("reserve", "replication").values).all(axis=1)
    return dict(zip(names, known.tolist(), strict=True))


def _counted_reserves(runs: Mapping[str, xr.Dataset]) -> list[str]:
    """Return the reserves whose cost all scenarios know that have them."""
    reserves = [_reserves(run) for run in runs.values()]
    return sorted(name for name in {*chain(*reserves)} if all(known.get(name, True) for known in reserves))


def _over_reserves(run: xr.Dataset, counted: Collection[str]) -> FloatArray:
    own = [name for name in _reserves(run) if name in counted]
    if not own:
        return np.zeros(run.sizes["replication"])
    return np.asarray(run[OF_RESERVES].sel(reserve=own).sum("reserve").values, dtype=float)


def _comments(
    runs: Mapping[str, xr.Dataset], counted: Mapping[str, BoolArray], reserves: Collection[str]
) -> Iterator[str]:
    """Yield sentences on what counts, and on what is unknown."""
    first = next(iter(runs.values()))
    uses = first["use"].values
    included = [
        f"{words} of {joined([str(use) for use in uses[counted[item].any(axis=0)]])}"
        for item, words in OF_USES.items()
        if counted[item].any()
    ]
    if reserves:
        included.append(f"holding the reserve{'s' if len(reserves) > 1 else ''} {joined(sorted(reserves))}")
    yield f"Counted: {'; '.join(included)}."
    left_out: dict[str, list[str]] = {}
    for scenario, run in runs.items():
        for name, is_known in _reserves(run).items():
            if not is_known:
                left_out.setdefault(name, []).append(scenario)
    unknown = [
        f"holding the reserve {name}, whose cost {joined(those)} {'does' if len(those) == 1 else 'do'} not "
        "state"
        for name, those in left_out.items()
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
