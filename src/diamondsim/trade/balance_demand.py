"""The demand that goes with the sales: what is sold in a region less the feed of its processors.

That is the apparent consumption, production plus imports less exports, wherever production is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from diamondsim.errors import Problem, ScenarioError
from diamondsim.trade.flows import Flows
from diamondsim.trade.goods import GoodsMarket
from diamondsim.trade.mappings import CodeMap
from diamondsim.trade.sales import Sales

_CYCLES = 500


@dataclass(frozen=True)
class NewDemand:
    """Demand of the uses of one region in carats a year, and shares by grade where the codes change them."""

    ct: Mapping[str, float]
    grades: Mapping[str, Mapping[str, float]]


def make_demand(market: GoodsMarket, sales: Sales, flows: Flows, codes: CodeMap) -> Mapping[str, NewDemand]:
    """Return the demand of each region whose supply the figures change.

    Raises
    ------
    ScenarioError
        Where a region would use less than nothing, or has no use of these goods.
    """
    changed = {region for _, region in sales.basis}
    changed |= {
        market.sellers[name].region for name, _ in sales.basis if market.sellers[name].feed_per_output
    }
    found: dict[str, NewDemand] = {}
    problems: list[Problem] = []
    for region in market.regions:
        if region not in changed:
            continue
        feed = sum(
            sum(sales.ct[name].values()) * seller.feed_per_output
            for name, seller in market.sellers.items()
            if seller.region == region
        )
        total = sales.sold(region) - feed
        uses = market.uses.get(region, ())
        before = sum(use.ct for use in uses)
        if total <= 0 or before <= 0:
            why = (
                f"its use would be {total / 1e6:.4g} Mct/yr" if before > 0 else "it has no use of these goods"
            )
            problems.append(Problem(path=f"demand.{region}", why=why))
            continue
        ct = {use.use: use.ct * total / before for use in uses}
        found[region] = NewDemand(ct, _grades(market, flows, codes, region, ct, total))
    if problems:
        raise ScenarioError(problems)
    return found


def _grades(
    market: GoodsMarket, flows: Flows, codes: CodeMap, region: str, ct: Mapping[str, float], total: float
) -> Mapping[str, Mapping[str, float]]:
    """Return the shares of each use by grade, fitted to what the codes of the arrivals say; empty without.

    What no code splits has the mix of the base scenario.
    """
    uses = market.uses[region]
    known = dict.fromkeys(market.grades, 0.0)
    for (_, destination), flow in flows.between.items():
        for code, part in flow.by_code.items() if destination == region else ():
            split = codes.splits.get(code, {code: 1.0} if code in known else None)
            for grade, share in (split or {}).items():
                known[grade] += part * share
    if not any(known.values()):
        return {}
    flow_of = {use.use: {g: ct[use.use] * use.grades.get(g, 0.0) for g in market.grades} for use in uses}
    old = {g: sum(flow_of[use.use][g] for use in uses) for g in market.grades}
    rest = max(0.0, total - sum(known.values()))
    target = {g: known[g] + rest * old[g] / sum(old.values()) for g in market.grades}
    scale = total / sum(target.values())
    for _ in range(_CYCLES):
        for g in market.grades:
            sold = sum(row[g] for row in flow_of.values())
            for row in flow_of.values():
                row[g] *= target[g] * scale / sold if sold else 0.0
        for use, row in flow_of.items():
            whole = sum(row.values())
            for g in row:
                row[g] *= ct[use] / whole if whole else 0.0
    return {
        use: _rounded({g: part / ct[use] for g, part in row.items() if part > 0})
        for use, row in flow_of.items()
    }


def _rounded(shares: Mapping[str, float]) -> Mapping[str, float]:
    """Return shares rounded to a ten-millionth that still add up to 1."""
    made = {grade: round(share, 7) for grade, share in shares.items()}
    largest = max(made, key=lambda grade: made[grade])
    made[largest] = round(1.0 - sum(share for grade, share in made.items() if grade != largest), 7)
    return made
