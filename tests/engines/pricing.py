"""Hand-written prices for small cases: `priced(case, ...)` fills `Plan.prices` and `Draws.prices`.

Elasticities, gains and logs are given by the name of a node, source or conversion (names left out get the
default), or as one number for all. Zones are given by name too; the markets are all grades in all zones, by
grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.distributions import Constant
from diamondsim.draws import ALWAYS_PAYS, NO_PRICE, PriceDraws
from diamondsim.plan import AskCost, AskingFacility, Input, Prices, Steps, Surcharge
from tests.engines.small_case import Case

Given: TypeAlias = float | Mapping[str, float]
Table: TypeAlias = float | Sequence[float]

NOTHING = Input("nothing", Constant(0.0))


@dataclass(frozen=True, kw_only=True)
class PriceSpec:
    """Price parameters; `zones` gives the zone of each node and source (None: all in zone `here`).

    `surcharges` are (lanes as (source, node), log by tick), `costs` logs by tick of a source's cost,
    `ask_changes` those of what it asks over `ask`; the last value of each applies to all later ticks.
    `unpriced` are grades without a market.
    """

    zones: Mapping[str, str] | None = None
    gain: Any = 0.1
    link: Any = 0.0
    planning: Any = 1.0
    lowest: Any = float(np.log(0.1))
    highest: Any = float(np.log(20.0))
    sourcing: Any = 0.0
    demand: Given = 0.0
    supply: Given = 0.0
    supply_gain: Given = 1.0
    floor: Given = NO_PRICE
    stop: Given = NO_PRICE
    ask: Given = NO_PRICE
    ask_changes: Mapping[str, Table] | None = None
    worth: Given = ALWAYS_PAYS
    fee: Given = 0.0
    surcharges: Sequence[tuple[Sequence[tuple[str, str]], Table]] = ()
    costs: Mapping[str, Table] | None = None
    unpriced: Sequence[str] = ()


def priced(case: Case, spec: PriceSpec | None = None, **terms: Any) -> Case:
    """Return the case with prices; `terms` as in `PriceSpec`."""
    return _Pricing(case, spec or PriceSpec(**terms)).case()


def unpriced(case: Case) -> Case:
    """Return the case without prices."""
    plan, draws = case
    return Case(replace(plan, prices=None), replace(draws, prices=None))


class _Pricing:
    def __init__(self, case: Case, spec: PriceSpec) -> None:
        self.plan, self.draws = case
        self.lane = case.lane
        self.spec = spec
        zones = spec.zones or {}
        self.node_zone = [zones.get(n.name, "here") for n in self.plan.nodes]
        self.source_zone = [zones.get(s.name, "here") for s in self.plan.sources]
        self.zones = tuple(sorted({*self.node_zone, *self.source_zone}))
        grades = [g for g in self.plan.grades if g not in spec.unpriced]
        self.markets = tuple((grade, zone) for grade in grades for zone in self.zones)

    def market(self, grade: str, zone: str) -> int:
        return self.markets.index((grade, zone)) if (grade, zone) in self.markets else -1

    def case(self) -> Case:
        plan = replace(self.plan, prices=self.prices())
        return Case(plan, replace(self.draws, prices=self.drawn()))

    def prices(self) -> Prices:
        plan, spec = self.plan, self.spec
        on = np.zeros((len(spec.surcharges), plan.n_lanes), dtype=bool)
        for row, (lanes, _) in enumerate(spec.surcharges):
            for pair in lanes:
                on[row, self.lane(*pair)] = True
        costs, asking = list(spec.costs or {}), list(spec.ask_changes or {})
        names = [s.name for s in plan.sources]
        nodes = [self.market(n.grade, z) for n, z in zip(plan.nodes, self.node_zone, strict=True)]
        sources = [self.market(s.grade, z) for s, z in zip(plan.sources, self.source_zone, strict=True)]
        return Prices(
            zones=self.zones,
            markets=self.markets,
            start_usd=(NOTHING,) * len(self.markets),
            node_market=np.array(nodes, dtype=np.int64),
            source_market=np.array(sources, dtype=np.int64),
            adjustment_days=NOTHING,
            arbitrage_days=NOTHING,
            planning_days=NOTHING,
            lowest=NOTHING,
            highest=NOTHING,
            supplier_elasticity=NOTHING,
            demand_elasticity=(NOTHING,) * plan.n_nodes,
            supply_elasticity=(NOTHING,) * plan.n_sources,
            supply_days=(NOTHING,) * plan.n_sources,
            floor_usd=(None,) * plan.n_sources,
            ask_costs=(None,) * plan.n_sources,
            surcharges=(Surcharge(Steps("s", ()), True, (), (), ()),) * len(spec.surcharges),
            surcharge_lanes=on,
            costs=tuple(Steps(name, ()) for name in costs),
            source_cost=np.array([costs.index(n) if n in costs else -1 for n in names], dtype=np.int64),
            cost_facility=(-1,) * len(costs),
            asking=(AskingFacility(0, AskCost.CASH, 0),) * len(asking),
            source_ask=np.array([asking.index(n) if n in asking else -1 for n in names], dtype=np.int64),
        )

    def drawn(self) -> PriceDraws:
        plan, spec, r = self.plan, self.spec, self.draws.n_replications
        nodes = [n.name if n.use is not None else "" for n in plan.nodes]
        sources, conversions = [s.name for s in plan.sources], [c.name for c in plan.conversions]
        facilities = np.full((len(plan.facilities), r), np.nan)
        return PriceDraws(
            start_usd=np.ones((len(self.markets), r)),
            adjustment_gain=np.broadcast_to(spec.gain, (r,)),
            arbitrage_gain=np.broadcast_to(spec.link, (r,)),
            planning_gain=np.broadcast_to(spec.planning, (r,)),
            lowest=np.broadcast_to(spec.lowest, (r,)),
            highest=np.broadcast_to(spec.highest, (r,)),
            supplier_elasticity=np.broadcast_to(spec.sourcing, (r,)),
            # The demand of feed stocks and reserves does not respond to prices.
            demand_elasticity=self.by_name(spec.demand, nodes, 0.0) * np.array([[n != ""] for n in nodes]),
            supply_elasticity=self.by_name(spec.supply, sources, 0.0),
            supply_gain=self.by_name(spec.supply_gain, sources, 1.0),
            floor=self.by_name(spec.floor, sources, NO_PRICE),
            stop=self.by_name(spec.stop, sources, NO_PRICE),
            ask=self.by_name(spec.ask, sources, NO_PRICE),
            surcharge=self.by_tick([y for _, y in spec.surcharges]),
            cost=self.by_tick(list((spec.costs or {}).values())),
            ask_change=self.by_tick(list((spec.ask_changes or {}).values())),
            conversion_worth=self.worth(conversions),
            conversion_cost=self.by_name(spec.fee, conversions, 0.0),
            unit_cost=facilities,
            cash_cost=facilities,
        )

    def worth(self, conversions: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return what conversions give; where a grade has no market they are not compared."""
        worth = self.by_name(self.spec.worth, conversions, ALWAYS_PAYS)
        for q, c in enumerate(self.plan.conversions):
            grades = {self.plan.sources[s].grade for s in (c.from_source, c.to_source)}
            if grades & {*self.spec.unpriced}:
                worth[q] = ALWAYS_PAYS
        return worth

    def by_name(self, given: Given, names: Sequence[str], default: float) -> npt.NDArray[np.float64]:
        values = [given.get(n, default) if isinstance(given, Mapping) else given for n in names]
        return np.array(values, dtype=float)[:, None] * np.ones(self.draws.n_replications)

    def by_tick(self, rows: Sequence[Table]) -> npt.NDArray[np.float64]:
        ticks = self.plan.n_ticks
        table = np.zeros((ticks, len(rows), self.draws.n_replications))
        for row, given in enumerate(rows):
            values = np.atleast_1d(np.asarray(given, dtype=float))
            held = np.concatenate([values, np.full(max(0, ticks - len(values)), values[-1])])
            table[:, row] = held[:ticks, None]
        return table


def at_rest(case: Case, seed: int) -> Case:
    """Return the case with constant prices: no surcharges, floors or costs; random responses from a seed."""
    rng = np.random.default_rng(seed)
    plan, r = case.plan, case.draws.n_replications
    nodes, sources = [n.name for n in plan.nodes], [s.name for s in plan.sources]

    def some(names: Sequence[str], low: float, high: float) -> dict[str, float]:
        return {name: float(rng.uniform(low, high)) for name in names if rng.random() < 0.7}

    return priced(
        case,
        zones={name: str(rng.choice(["in", "out"])) for name in (*nodes, *sources)},
        gain=rng.uniform(0.0, 1.0, r),
        link=rng.uniform(0.0, 1.0, r) * rng.integers(0, 2),
        planning=rng.uniform(0.01, 1.0, r),
        sourcing=rng.uniform(0.0, 4.0, r),
        demand=some(nodes, 0.0, 0.8),
        supply=some(sources, 0.0, 3.0),
        supply_gain=some(sources, 0.02, 1.0),
        stop=some(sources, -0.5, -0.1),
        unpriced=[g for g in plan.grades if rng.random() < 0.1],
    )


def every_market_has_a_volume(case: Case) -> bool:
    """Whether something is bought in every market: the threshold of (58) is else 0, and rounding decides."""
    plan, draws = case
    if plan.prices is None:
        return True
    demand = draws.base_flow * draws.growth[0, plan.node_growth]
    volumes = [demand[plan.prices.node_market == m].sum(axis=0) for m in range(plan.n_markets)]
    return all((volume > 0.0).all() for volume in volumes)
