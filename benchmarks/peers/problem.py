"""The problem, its equations (docs/peers.md, P1-P6), and its expected values in theory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

LEAST_DEMAND_CT = 1.0
"""SupplyNetPy rejects a demand of zero; with the numbers below one in 30,000 demands is raised to this."""


@dataclass(frozen=True)
class Problem:
    """A stock with a fixed base-stock level; only demand is random.

    The supplier takes no orders in the periods `[stop_begin, stop_end)`.
    """

    periods: int = 365
    mean_ct: float = 120.0
    cv: float = 0.25
    lead_periods: int = 4
    cover_periods: float = 0.25
    backorders: bool = True
    stop_begin: int = 0
    stop_end: int = 0

    @property
    def base_stock_ct(self) -> float:
        return (self.lead_periods + self.cover_periods) * self.mean_ct

    @property
    def opening_stock_ct(self) -> float:
        """Stock before period 0; the pipeline holds the mean demand for each period of the lead."""
        return self.cover_periods * self.mean_ct

    def is_stopped(self, period: int) -> bool:
        return self.stop_begin <= period < self.stop_end


class Path(NamedTuple):
    """Results of a library at the end of each period (period, replication)."""

    on_hand_ct: FloatArray
    backlog_ct: FloatArray
    unmet_ct: FloatArray
    """New demand not met from stock at once, where older demand is served first."""


class Totals(NamedTuple):
    """Totals of a path, one number for each replication."""

    mean_on_hand_ct: FloatArray
    mean_backlog_ct: FloatArray
    fill_rate: FloatArray
    unmet_ct_per_period: FloatArray


def draw_demands(problem: Problem, replications: int, seed: int = 1) -> FloatArray:
    """Return independent normal demands (period, replication), none below one carat."""
    shape = (problem.periods, replications)
    spread = problem.cv * problem.mean_ct
    return np.maximum(np.random.default_rng(seed).normal(problem.mean_ct, spread, shape), LEAST_DEMAND_CT)


def recur(problem: Problem, demands: FloatArray) -> tuple[Path, FloatArray]:
    """Return the path by the equations, and unmet demand as it is where *new* demand is served first."""
    lead = problem.lead_periods
    replications = demands.shape[1]
    under_way = [np.full(replications, problem.mean_ct) for _ in range(lead)]
    level = np.full(replications, problem.opening_stock_ct)
    levels, unmet, unmet_new_first = [], [], []
    for period, demand in enumerate(demands):
        arrival = under_way.pop(0)
        unmet_new_first.append(np.maximum(demand - np.maximum(level, 0) - arrival, 0))
        level = level + arrival
        unmet.append(demand - np.clip(level, 0, demand))
        level = level - demand
        if not problem.backorders:
            level = np.maximum(level, 0)
        order = np.maximum(problem.base_stock_ct - level - sum(under_way), 0)
        under_way.append(np.zeros(replications) if problem.is_stopped(period) else order)
        levels.append(level)
    net = np.array(levels)
    path = Path(np.maximum(net, 0), np.maximum(-net, 0), np.array(unmet))
    return path, np.array(unmet_new_first)


def totals(path: Path, demands: FloatArray) -> Totals:
    """Return the totals of each replication."""
    return Totals(
        path.on_hand_ct.mean(axis=0),
        path.backlog_ct.mean(axis=0),
        1 - path.unmet_ct.sum(axis=0) / demands.sum(axis=0),
        path.unmet_ct.mean(axis=0),
    )


def expected(problem: Problem) -> Totals:
    """Return what theory expects of a stock with backorders and a supplier who never stops.

    Net stock is the base stock less `lead` normal demands, so that its two parts are a normal's partial
    expectations; what is newly backlogged is what is short after this period's demand and was not before.
    """
    assert problem.backorders
    assert problem.stop_begin == problem.stop_end
    backlog = expected_excess(problem, problem.lead_periods)
    unmet = backlog - expected_excess(problem, problem.lead_periods - 1)
    on_hand = problem.opening_stock_ct + backlog
    return Totals(*(np.array([x]) for x in (on_hand, backlog, 1 - unmet / problem.mean_ct, unmet)))


def expected_excess(problem: Problem, demands: int) -> float:
    """Return by how much the sum of so many demands exceeds the base stock, on average."""
    mean = demands * problem.mean_ct
    spread = math.sqrt(demands) * problem.cv * problem.mean_ct
    if spread == 0:
        return max(0.0, mean - problem.base_stock_ct)
    z = (problem.base_stock_ct - mean) / spread
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return spread * (density - z * math.erfc(z / math.sqrt(2)) / 2)
