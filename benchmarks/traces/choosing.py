"""Which two replications are told: chosen by their exports, not by how they look.

Owns the rules of docs/traces.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from benchmarks.traces.calendar_months import Months, months_of
from diamondsim.control_episodes import episode_shares as episode_table
from diamondsim.engines import batch
from diamondsim.plan import Plan, compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario

SCENARIO, CONTROL = "reinstated-2027", "cn_55"
SEED, REPLICATIONS = 0, 512
ANNOUNCED, IN_FORCE = dt.date(2027, 2, 1), dt.date(2027, 3, 1)
EPISODE, EPISODE_MONTHS = "gallium/all", 13
SHUT_MONTHS, SHUT_SHARE = 24, 0.05
_AT_ONCE = 128

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """A replication that is told.

    Attributes
    ----------
    name : str
        Of its marks on the page.
    replication : int
    by_distance, by_exports : int
        Its ranks among the replications, from 1: by distance from the episode, the nearest first, and by the
        mean share of exports, the lowest first.
    distance, exports : float
        These two numbers.
    """

    name: str
    replication: int
    by_distance: int
    by_exports: int
    distance: float
    exports: float


def plan_and_months() -> tuple[Plan, Months]:
    """Return the scenario compiled, and its months."""
    plan = compile_plan(load_scenario(SCENARIO))
    return plan, months_of(plan.start, plan.n_ticks, round(plan.tick_days), IN_FORCE)


def covered_lanes(plan: Plan) -> npt.NDArray[np.int64]:
    """Return the numbers of the lanes that the control covers."""
    number = [control.name for control in plan.controls].index(CONTROL)
    return np.flatnonzero(plan.rule_of[number] >= 0)


def quiet_ticks(plan: Plan) -> int:
    """Return the number of whole ticks before the announcement."""
    return (ANNOUNCED - plan.start).days // round(plan.tick_days)


def share_of_normal(by_tick: FloatArray, months: Months, plan: Plan) -> FloatArray:
    """Return flows by month over those of a normal month of as many days: the mean before the announcement.

    Parameters
    ----------
    by_tick : (ticks, ...) array

    Returns
    -------
    (months, ...) array
    """
    normal = by_tick[: quiet_ticks(plan)].mean(axis=0) / plan.tick_days
    days = months.days.reshape(-1, *[1] * normal.ndim)
    return np.asarray(months.total(by_tick) / (normal * days))


def episode_shares() -> dict[int, float]:
    """Return the shares of the episode by month, as far as they were found."""
    series = episode_table()["share"].sel(series=EPISODE)
    found = {int(month): float(series.sel(month=month)) for month in range(1, EPISODE_MONTHS + 1)}
    return {month: share for month, share in found.items() if not np.isnan(share)}


def distance(shares: FloatArray, months: Months, episode: dict[int, float]) -> FloatArray:
    """Return the root mean square difference of shares from those of an episode, in the months that it has.

    A share above 1 counts as 1: what counts is when licences come, and a month of two months' goods, or the
    queue that is released when a control ends, would outweigh all others.
    """
    own = np.minimum(shares[[months.row(month) for month in episode]], 1.0)
    theirs = np.minimum(np.array([*episode.values()]), 1.0)
    return np.asarray(np.sqrt(np.mean((own - theirs[:, None]) ** 2, axis=0)))


@cache
def export_shares() -> FloatArray:
    """Return exports under the control as a share of a normal month, (month, replication)."""
    plan, months = plan_and_months()
    lanes = covered_lanes(plan)
    blocks = []
    for first in range(0, REPLICATIONS, _AT_ONCE):
        draws = draw(plan, seed=SEED, first=first, count=_AT_ONCE)
        ledger = batch.run(plan, draws, record=["shipped", "granted"])
        exports = ledger["shipped"][:, lanes].sum(axis=1) + ledger["granted"][:, lanes].sum(axis=1)
        blocks.append(share_of_normal(exports, months, plan))
    return np.concatenate(blocks, axis=1)


def worlds() -> tuple[World, World]:
    """Return the replication nearest to the episode, and one whose licences stay shut for long.

    The first has the smallest distance. The second is, from below, at the 5 % quantile of mean exports in two
    years: 19 in 20 replications export more.
    """
    _, months = plan_and_months()
    shares = export_shares()
    far = distance(shares, months, episode_shares())
    mean = shares[[months.row(month) for month in range(1, SHUT_MONTHS + 1)]].mean(axis=0)
    near_first, low_first = np.argsort(far, kind="stable"), np.argsort(mean, kind="stable")
    chosen = int(near_first[0]), int(low_first[int(np.ceil(SHUT_SHARE * len(mean))) - 1])
    made = [
        World(
            name,
            k,
            by_distance=int(np.flatnonzero(near_first == k)[0]) + 1,
            by_exports=int(np.flatnonzero(low_first == k)[0]) + 1,
            distance=float(far[k]),
            exports=float(mean[k]),
        )
        for name, k in zip(("like-gallium", "shut-for-long"), chosen, strict=True)
    ]
    return made[0], made[1]
