"""Capacities that go with the sales: each seller keeps the slack that it has in the base scenario.

The fit of the lanes reconciles sales with demand by grade; where the grades of a seller's capacity do not
suit what it now sells, sales are met only nearly. So capacities take the grades that the fit itself arrives
at, in a few rounds, after which the fit leaves nothing over.
"""

from collections.abc import Mapping

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan.compile import derive
from diamondsim.scenario import Scenario
from diamondsim.trade.goods import GoodsMarket
from diamondsim.trade.sales import Sales

_ROUNDS = 60
_SETTLED = 1e-7
_AMPLE = 10.0


def make_capacities(
    scenario: Scenario, market: GoodsMarket, sales: Sales, changes: Mapping[str, object]
) -> tuple[Mapping[str, Mapping[str, float]], float]:
    """Return capacities by seller and grade in carats a year, and the largest residual of a sale.

    Parameters
    ----------
    scenario
        The base scenario.
    market
        Its sellers.
    sales
        The new sales.
    changes
        New trade and demand, as for `Scenario.override`.

    Returns
    -------
    capacities
        Of the sellers whose capacity has to change.
    residual
        Largest difference between a sale and its fit, as a share of all sales of the goods in its region.
    """
    mixes = {name: _shares(seller.capacity) for name, seller in market.sellers.items()}
    residual = float("inf")
    for _ in range(_ROUNDS):
        ample = {
            f"producers.{name}.capacity.{grade}": f"{_AMPLE * max(_sum(sales, name), 1.0) * share!r} ct/yr"
            for name, mix in mixes.items()
            for grade, share in mix.items()
        }
        fitted, residual = _fitted(scenario.override({**changes, **ample}, name="trade"), market, sales)
        mixes |= {name: _shares(made) for name, made in fitted.items() if sum(made.values()) > 0}
        if residual < _SETTLED:
            break
    made = {}
    for name, seller in market.sellers.items():
        slack = _slack(seller.capacity, seller.sales)
        new = {grade: slack * _sum(sales, name) * share for grade, share in mixes[name].items()}
        if _differs(new, seller.capacity) and sum(new.values()) > 0:
            made[name] = new
    return made, residual


def _fitted(
    scenario: Scenario, market: GoodsMarket, sales: Sales
) -> tuple[Mapping[str, Mapping[str, float]], float]:
    """Return what each seller sells of each grade by the fit, and the largest residual of a sale."""
    contracts = derive(scenario).contracts
    regions = list(scenario.regions)
    made: dict[str, dict[str, float]] = {}
    residual = 0.0
    for fitted in contracts.fits:
        if fitted.unit != "ct":
            continue
        for p, name in enumerate(fitted.sellers):
            if name not in market.sellers:
                continue
            whole = float(fitted.table[p].sum())
            capacity = fitted.capacity[p]
            aimed = capacity * whole / capacity.sum() if capacity.sum() else capacity
            outputs = aimed + fitted.fit.output_left[p]
            made[name] = {
                grade: float(outputs[g])
                for g, grade in enumerate(fitted.grades)
                if grade in market.sellers[name].capacity
            }
            for r, region in enumerate(regions):
                sold = sales.sold(region) / DAYS_PER_YEAR
                if sold:
                    residual = max(residual, abs(float(fitted.fit.table_left[p, r])) / sold)
    return made, residual


def _sum(sales: Sales, name: str) -> float:
    return sum(sales.ct[name].values())


def _slack(capacity: Mapping[str, float], sold: Mapping[str, float]) -> float:
    """Return capacity as a multiple of sales; 1.1 for a seller that sold nothing."""
    return max(1.0, sum(capacity.values()) / sum(sold.values())) if sum(sold.values()) else 1.1


def _shares(amounts: Mapping[str, float]) -> Mapping[str, float]:
    whole = sum(amounts.values())
    return {key: amount / whole for key, amount in amounts.items()} if whole else dict(amounts)


def _differs(new: Mapping[str, float], old: Mapping[str, float]) -> bool:
    return any(abs(new[grade] - old[grade]) > 1e-4 * max(sum(old.values()), 1.0) for grade in new)
