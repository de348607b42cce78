"""What a second source saves its buyer in money, from pairs of replications (docs/size.md, Z9)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.plan import Sampling, compile_plan
from diamondsim.results import USE_METRICS, bounds, mean, settings_of, with_attrs
from diamondsim.scenario import Scenario

LOSS, TOTAL = "economic_loss", "total"
WORTH_ITEMS = (LOSS, "holding_cost", "delivery_cost", TOTAL)
"""What costs a buyer something, in dollars, and the sum of what the scenario states of it."""


def worth_variable(
    scenario: Scenario, before: xr.Dataset, after: xr.Dataset, *, region: str, use: str
) -> xr.Variable:
    """Return what a buyer pays in one run less what it pays in another.

    Parameters
    ----------
    scenario : Scenario
        Of either run; both state the same costs.
    before, after : xarray.Dataset
        Of `monte_carlo`, with the same random numbers.
    region, use : str
        Of the buyer in results.

    Returns
    -------
    xarray.Variable
        (item, bound) over `WORTH_ITEMS`, in USD; above 0 where `after` costs less. An item of which the
        scenario does not state the cost is NaN, and a line of the attribute `comment` says what is missing.
        The total is NaN where the loss is, otherwise that of the items that are known.
    """
    groups = Sampling(str(before.attrs["sampling"])).groups(before["replication"].values)
    place = {"region": region, "use": use}
    saved = {item: _cost(before, item, place) - _cost(after, item, place) for item in WORTH_ITEMS[:-1]}
    known = [each for each in saved.values() if np.isfinite(each).all()]
    has_loss = np.isfinite(saved[LOSS]).all()
    saved[TOTAL] = np.sum(known, axis=0) if has_loss else saved[LOSS]
    found = [bounds(mean(saved[item], groups)) for item in WORTH_ITEMS]
    variable = with_attrs(
        xr.Variable(("item", "bound"), found), "what the second source saves the buyer", "USD"
    )
    variable.attrs["comment"] = "\n".join(unknown_costs(scenario, use))
    return variable


def _cost(run: xr.Dataset, item: str, place: dict[str, str]) -> FloatArray:
    return np.asarray(run[item].sel(place).values, dtype=float)


def unknown_costs(scenario: Scenario, use: str) -> Iterator[str]:
    """Yield which costs of a use are unknown, and what the scenario lacks of it."""
    plan, settings = compile_plan(scenario), settings_of(scenario)
    for metric in USE_METRICS:
        undeclared = metric.undeclared(plan, settings) if metric.name in WORTH_ITEMS else None
        if undeclared is not None and use in undeclared.names:
            # A buyer that is carved out of a use has its costs.
            yield f"{metric.name}: uses.{use.partition('/')[0]} gives {undeclared.lacks}"
