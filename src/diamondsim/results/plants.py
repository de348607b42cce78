"""What a facility's output costs beside what it would sell for, in each replication (eq. R28-R30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.landed import Board
from diamondsim.results.metrics import over_time

FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

_NAMES = ("unit_cost", "home_price", "covers_cost", "covers_cash_cost", "undercut")


def plant_metrics(
    plan: Plan, draws: Draws, ledger: Ledger, facility_sources: Sequence[Sequence[int]]
) -> dict[str, FloatArray]:
    """Return cost and prices of each facility.

    Parameters
    ----------
    plan, draws : Plan, Draws
        With prices.
    ledger : Ledger
        With `price`.
    facility_sources : sequence of sequence of int
        The sources of each facility, all counted in one unit.

    Returns
    -------
    dict of str to float array
        (facility, R), `landed_price` (facility * zone, R) with zones running fastest. All is NaN where no
        cost is given; all but `unit_cost` where nothing is made by the end, or no grade that has a market;
        `landed_price` also in the facility's own zone.
    """
    board = Board(plan, draws, ledger)
    n_plants, n_zones, n = len(plan.facilities), len(board.prices.zones), draws.n_replications
    found = {name: np.full((n_plants, n), np.nan) for name in _NAMES}
    landed = np.full((n_plants, n_zones, n), np.nan)
    for row, facility in enumerate(plan.facilities):
        if facility.cost is None:
            continue
        found["unit_cost"][row] = board.drawn.unit_cost[row]
        sources = [s for s in facility_sources[row] if board.prices.source_market[s] >= 0]
        if not sources:
            continue
        time = _Time.of(plan, draws, row, sources[0])
        others = {zone: _landed(board, sources, zone) for zone in board.other_zones(sources[0])}
        for zone, path in others.items():
            landed[row, zone] = time.mean(path)
        values = _beside(board, time, row, sources, list(others.values()))
        for name, array in values.items():
            found[name][row] = array
    return found | {"landed_price": landed.reshape(n_plants * n_zones, n)}


@dataclass(frozen=True)
class _Time:
    """The ticks (T, R) since first output, and what could be made in each, as a share of the nameplate.

    What can be made weighs the prices, not what is: a plant that stops where prices are low would else seem
    to see good ones only.
    """

    since: BoolArray
    able: FloatArray

    @classmethod
    def of(cls, plan: Plan, draws: Draws, facility: int, source: int) -> _Time:
        since = np.arange(plan.n_ticks)[:, None] >= draws.milestones[facility][-2]
        row = plan.source_index[source]
        able = draws.capacity_index[:, row] if row >= 0 else np.ones(since.shape)
        return cls(since, np.where(since, able, 0.0))

    def mean(self, path: FloatArray) -> FloatArray:
        """Return the mean of a path, (R,), weighted by what can be made; NaN where that is nothing."""
        weight = over_time(self.able)
        made = weight > 0
        return np.where(made, over_time(path * self.able) / np.where(made, weight, 1.0), np.nan)

    def share(self, where: BoolArray) -> FloatArray:
        """Return the share of the ticks in which something holds, (R,); NaN where there are none."""
        ticks = np.count_nonzero(self.since, axis=0)
        hits = np.count_nonzero(where & self.since, axis=0)
        return np.where(ticks > 0, hits / np.maximum(ticks, 1), np.nan)


def _beside(
    board: Board, time: _Time, facility: int, sources: Sequence[int], others: Sequence[FloatArray]
) -> dict[str, FloatArray]:
    cost, cash = board.drawn.unit_cost[facility], board.drawn.cash_cost[facility]
    earned = board.mixed(sources, [board.earned_usd(s) for s in sources])
    values = {
        "home_price": time.mean(board.mixed(sources, [board.usd(board.market_of(s)) for s in sources])),
        "covers_cost": time.share(earned >= cost),
        "covers_cash_cost": time.share(earned >= cash),
    }
    if others:
        least = others[0]
        for path in others[1:]:
            least = np.minimum(least, path)
        values["undercut"] = time.share(least < cost)
    return values


def _landed(board: Board, sources: Sequence[int], zone: int) -> FloatArray:
    return board.mixed(sources, [board.landed_usd(s, zone) for s in sources])
