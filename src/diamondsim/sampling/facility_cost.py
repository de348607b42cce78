"""The cost of a unit from a facility, by date where the price of power changes (model.md, eq. 97-98)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan import Facility, Plan, Steps
from diamondsim.sampling.block import Block
from diamondsim.sampling.facility_path import FacilityPath
from diamondsim.sampling.financing import annuity, capital_cost
from diamondsim.sampling.timing import step_table


def draw_costs(
    plan: Plan, paths: Sequence[FacilityPath], capacity: FloatArray, block: Block
) -> tuple[FloatArray, FloatArray]:
    """Return the cost of a unit from each facility in USD, without capital and with it: (F, R) each.

    Parameters are those of `draw_prices`. A cost that is not given is nan. Where power has a price by date,
    that of first output counts.
    """
    cash = np.full((len(plan.facilities), block.size), np.nan)
    unit = cash.copy()
    for f, facility in enumerate(plan.facilities):
        cost = facility.cost
        if cost is None:
            continue
        power_usd = block.value(cost.power_usd)
        if facility.power is not None and facility.power.price_usd is not None:
            power_usd = _at_first_output(facility.power.price_usd, paths[f], plan.n_ticks, block)
        cash[f] = _cash(facility, power_usd, block)
        nameplate = np.zeros(block.size)
        for source, row in zip(plan.sources, capacity, strict=True):
            if source.facility == facility.name:
                nameplate += row * (DAYS_PER_YEAR / plan.tick_days)
        yearly = block.value(cost.capital) * _yearly(facility, paths[f], block)
        made = nameplate * block.value(facility.availability)
        unit[f] = cash[f] + np.divide(yearly, made, out=np.zeros(block.size), where=yearly > 0)
    return cash, unit


def power_cost_change(facility: Facility, cash: FloatArray, n_ticks: int, block: Block) -> FloatArray:
    """Return the log of a facility's cash cost in each tick over `cash`, as the price of power moves: (T, R).

    It is 0 where the cost is 0.
    """
    price = None if facility.power is None else facility.power.price_usd
    assert price is not None, "the plan names only facilities with a price of power by date"
    then = _cash(facility, step_table(price, 0.0, n_ticks, block), block)
    ratio = np.divide(then, cash, out=np.ones(then.shape), where=(then > 0) & (cash > 0))
    return np.asarray(np.log(ratio))


def _cash(facility: Facility, power_usd: FloatArray, block: Block) -> FloatArray:
    cost = facility.cost
    assert cost is not None, "the caller has looked"
    power = block.value(cost.power_kwh) * power_usd
    return power / block.value(facility.yield_end) + block.value(cost.other_usd)


def _yearly(facility: Facility, path: FacilityPath, block: Block) -> FloatArray:
    """Return the payments for a dollar of capital in a year."""
    cost = facility.cost
    assert cost is not None, "the caller has looked"
    if not cost.is_financed or facility.financing is None:
        return annuity(block.value(cost.interest_per_year), block.value(cost.life_years))
    days = path.building_days
    if facility.financing.lender_bears_delay:
        days = days - path.delay_days
    capital = capital_cost(facility.financing, cost, days, block)
    return capital.yearly * capital.growth


def _at_first_output(price: Steps, path: FacilityPath, n_ticks: int, block: Block) -> FloatArray:
    table = step_table(price, 0.0, n_ticks, block)
    return table[np.clip(path.first_output, 0, n_ticks - 1), np.arange(block.size)]
