"""What it costs to hold a reserve, in each replication (eq. R31)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.metrics import over_time
from diamondsim.results.settings import Settings

FloatArray: TypeAlias = npt.NDArray[np.float64]

_YEAR_DAYS = 365.25


def reserve_cost(plan: Plan, settings: Settings, draws: Draws, ledger: Ledger) -> FloatArray:
    """Return the cost of holding each reserve over the horizon.

    Parameters
    ----------
    plan : Plan
    settings : Settings
        With what it costs to hold each reserve.
    draws : Draws
        Interest needs the price at the start that they hold.
    ledger : Ledger
        With `stock`.

    Returns
    -------
    (reserve, R) float array
        USD; NaN where nothing is said of the cost, or where interest has no price to count from.
    """
    cost = np.full((len(plan.reserves), draws.n_replications), np.nan)
    for row, reserve in enumerate(plan.reserves):
        money = settings.reserves.get(reserve.name)
        if money is not None:
            held = over_time(ledger.of("stock", reserve.node)) * plan.tick_days
            tied_up = money.interest / _YEAR_DAYS * _start_usd(plan, draws, reserve.node)
            # Without interest there need be no price.
            cost[row] = held * (money.holding_cost + (tied_up if money.interest else 0.0))
    return cost


def _start_usd(plan: Plan, draws: Draws, node: int) -> FloatArray:
    market = -1 if plan.prices is None else int(plan.prices.node_market[node])
    if draws.prices is None or market < 0:
        return np.full(draws.n_replications, np.nan)
    return np.asarray(draws.prices.start_usd[market])
