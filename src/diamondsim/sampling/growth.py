"""Growth of expected demand: yearly rates and dated drivers (model.md, eq. 79)."""

from __future__ import annotations

import numpy as np

from diamondsim.addition import sum_in_order
from diamondsim.arrays import FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan import GrowthGroup, Input, Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import one_column

_LOG_OF_NOTHING = -1e300
"""In place of the infinite logarithm of 0, whose product with 0 years is not a number."""


def draw_growth(plan: Plan, block: Block) -> FloatArray:
    """Return the index of expected demand of each growth group.

    Parameters
    ----------
    plan : Plan
        The plan.
    block : Block
        Where the numbers come from.

    Returns
    -------
    (T, K, R) array
        Index, 1 at the start where no driver has begun.
    """
    groups = plan.growth_groups
    growth = block.scratch.array("growth", (plan.n_ticks, len(groups), block.size))
    done = {k for k, group in enumerate(groups) if not group.mix}
    for k in done:
        growth[:, k] = _own_growth(groups[k], plan, block)
    # The feed of a processor may follow the feed of another: each group comes after those it follows.
    while len(done) < len(groups):
        ready = {k for k, g in enumerate(groups) if k not in done and all(row in done for row, _ in g.mix)}
        assert ready, "growth groups follow each other in a cycle"
        for k in ready:
            growth[:, k] = _mean_growth(growth, groups[k])
        done |= ready
    return growth


def compound(per_year: FloatArray, *, n_ticks: int, tick_days: float) -> FloatArray:
    """Return (1 + g) ** years at the start of each tick: (T, R), or (T, 1) where g is certain."""
    years = np.arange(n_ticks) * (tick_days / DAYS_PER_YEAR)
    index: FloatArray = np.exp(years[:, np.newaxis] * _log_growth(one_column(per_year)))
    return index


def slowed(per_year: FloatArray, kept: FloatArray, *, tick_days: float) -> FloatArray:
    """Return the growth of capacity of which only a part is kept in each tick: (T, R) (model.md, eq. 84).

    A capacity that shrinks is not slowed.
    """
    passed = np.concatenate([np.zeros((1, kept.shape[1])), kept[:-1].cumsum(axis=0)])
    ticks = np.where(per_year > 0, passed, np.arange(len(kept))[:, np.newaxis])
    index: FloatArray = np.exp(ticks * (tick_days / DAYS_PER_YEAR) * _log_growth(per_year))
    return index


def _log_growth(per_year: FloatArray) -> FloatArray:
    """Return log(1 + g); at -100 % a finite number, which leaves 1 at the start and 0 in all later ticks."""
    log: FloatArray = np.log1p(per_year, out=np.full(per_year.shape, _LOG_OF_NOTHING), where=per_year > -1)
    return log


def _own_growth(group: GrowthGroup, plan: Plan, block: Block) -> FloatArray:
    n_ticks, tick_days = plan.n_ticks, plan.tick_days
    if group.per_year is None:
        index = np.ones((n_ticks, 1))
    else:
        index = compound(block.value(group.per_year), n_ticks=n_ticks, tick_days=tick_days)
    if group.drivers:
        index = np.array(np.broadcast_to(index, (n_ticks, block.size)))
    for driver in group.drivers:
        _apply_driver(index, driver, block, tick_days)
    return index


def _apply_driver(
    index: FloatArray, driver: tuple[tuple[float, Input], ...], block: Block, tick_days: float
) -> None:
    """Multiply by a driver's factor: 1 before its first date, linear between dates, then constant."""
    days = np.arange(len(index)) * tick_days
    factors = [block.value(factor) for _, factor in driver]
    dates = [day for day, _ in driver]
    for k, (date, factor) in enumerate(zip(dates, factors, strict=True)):
        if k + 1 == len(dates):
            index[days >= date] *= factor
            break
        between = (days >= date) & (days < dates[k + 1])
        way = (days[between, np.newaxis] - date) / (dates[k + 1] - date)
        index[between] *= factor + (factors[k + 1] - factor) * way


def _mean_growth(growth: FloatArray, group: GrowthGroup) -> FloatArray:
    total = sum_in_order(weight for _, weight in group.mix)
    assert total > 0, f"{group.name}: no weights for a mean"
    mean = np.zeros(growth[:, 0].shape)
    part = np.empty(mean.shape)
    for row, weight in group.mix:
        mean += np.multiply(growth[:, row], weight / total, out=part)
    return mean
