"""The admitted flow of a control, month by month from the day it comes into force.

The admitted flow is what leaves the controlled region on the lanes that the control covers, free or granted,
over the contract flow of the same lanes (docs/model.md, eq. 16). Customs statistics count the same flow, so
precedents can be compared with it.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.constants import DAYS_PER_MONTH
from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.episodes import first_tick
from diamondsim.results.inflow import in_force
from diamondsim.results.metric import sum_over_ticks

RECORDED_FOR_ADMITTED = ("granted", "shipped")
MONTHS = (-2, -1, *range(1, 25))
"""Months relative to the day on which the control comes into force, two before and 24 after; no month 0."""


def lanes_covered(plan: Plan, control: int, region: str | None) -> BoolArray:
    """Return which lanes a control covers, (L,): to one region, or to all if it is None."""
    to_region = [region in (None, plan.nodes[n].region) for n in plan.lane_node]
    covered: BoolArray = (plan.rule_of[control] >= 0) & np.array(to_region, dtype=bool)
    return covered


def over_lanes(ledger: Ledger, field: str, lanes: BoolArray) -> FloatArray:
    """Return a field added over some lanes, (T, R).

    In the order of the lanes, so that the bits do not depend on the number of replications.
    """
    total = np.zeros(ledger[field].shape[::2])
    for lane in np.flatnonzero(lanes):
        total += ledger.of(field, int(lane))
    return total


def admitted_by_month(
    plan: Plan, draws: Draws, ledger: Ledger, *, control: int, region: str | None = None
) -> FloatArray:
    """Return the admitted flow as a fraction of the contract flow of the covered lanes.

    Parameters
    ----------
    plan, draws, ledger : Plan, Draws, Ledger
        Of one block; the Ledger holds `RECORDED_FOR_ADMITTED`.
    control : int
        Index of the control.
    region : str, optional
        Only lanes to this region; all destinations by default.

    Returns
    -------
    (months, R) float array
        One row for each of `MONTHS`; NaN if, in that replication, the month lies outside the horizon or the
        control never comes into force.

    Examples
    --------
    >>> from diamondsim.engines import batch
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.sampling import draw
    >>> from diamondsim.scenario import load_scenario
    >>> plan = compile_plan(load_scenario("in-force-2026").override({"horizon.length": "8 weeks"}))
    >>> draws = draw(plan, seed=1, count=8)
    >>> ledger = batch.run(plan, draws, record=RECORDED_FOR_ADMITTED)
    >>> flow = admitted_by_month(plan, draws, ledger, control=0)
    >>> flow.shape, bool(np.median(flow[MONTHS.index(1)]) < 1)
    ((26, 8), True)
    """
    covered = lanes_covered(plan, control, region) & ~plan.entrant
    admitted = over_lanes(ledger, "granted", covered) + over_lanes(ledger, "shipped", covered)
    return over_contracts_by_month(plan, draws, admitted, control=control, lanes=covered)


def over_contracts_by_month(
    plan: Plan, draws: Draws, quantity: FloatArray, *, control: int, lanes: BoolArray
) -> FloatArray:
    """Return a quantity of some lanes over their contract flow, by month as `admitted_by_month` does.

    Parameters
    ----------
    plan, draws : Plan, Draws
        Of one block.
    quantity : (T, R) float array
    control : int
        Index of the control that months are counted from.
    lanes : (L,) bool array

    Returns
    -------
    (months, R) float array
    """
    flow = np.zeros_like(quantity)
    for lane in np.flatnonzero(lanes):
        node = plan.lane_node[lane]
        flow += draws.contract_share[lane] * draws.base_flow[node] * draws.growth[:, plan.node_growth[node]]
    begin = first_tick(in_force(plan, draws)[:, control])
    # A tick counts in the month in which it starts.
    days = (np.arange(plan.n_ticks)[:, None] - begin) * plan.tick_days
    month = np.floor(days / DAYS_PER_MONTH)
    fractions = np.full((len(MONTHS), draws.n_replications), np.nan)
    for row, number in enumerate(MONTHS):
        inside = month == (number - 1 if number > 0 else number)
        whole = inside.sum(axis=0) >= np.floor(DAYS_PER_MONTH / plan.tick_days)
        base = sum_over_ticks(flow * inside)
        some = whole & (base > 0)
        fractions[row, some] = sum_over_ticks(quantity * inside)[some] / base[some]
    return fractions
