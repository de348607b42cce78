"""Plans with prices by hand: a home zone and a far one, a plant, a tariff between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from diamondsim.distributions import Constant
from diamondsim.draws import NO_PRICE, Draws, PriceDraws
from diamondsim.plan import Input, Node, Plan, Prices, Source, Steps, Surcharge, UnitCost
from tests.engines.small_case import lane, small_case, source, use

HOME, FAR = 0, 1
"""The markets, each of the one grade that has a price."""
START_USD = {HOME: 0.2, FAR: 0.1}


def number(value: float, name: str = "") -> Input:
    return Input(name, Constant(value))


NOTHING = number(0.0)
COST = UnitCost(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)


def priced_case(*, n_ticks: int = 4, replications: int = 2, **drawn: Any) -> tuple[Plan, Draws]:
    """Make a use that buys a quarter at home and three from afar, one abroad, and a plant at home.

    The tariff on what comes from afar is 50 % before tick 2, 100 % from then on. The plant can make 2 in
    tick 1, then 8 a tick. `drawn` replaces fields of the PriceDraws.
    """
    plan, draws = small_case(
        nodes=[
            use("a", demand=100, cover=2),
            use("b", demand=10, cover=2),
            use("x", demand=5, grade="plate"),
        ],
        sources=[
            source("near", capacity=50),
            source("far", capacity=100),
            source("plant", capacity=10, index=[0.0, 0.2, 0.8]),
            source("plates", capacity=5, grade="plate"),
        ],
        lanes=[
            lane("near", "a", contract_share=0.25),
            lane("far", "a", contract_share=0.75),
            lane("plant", "a", contract_share=0.1, opens=1),
            lane("far", "b"),
            lane("plates", "x"),
        ],
        n_ticks=n_ticks,
        replications=replications,
        grade_units={"plate": "cm2"},
    )
    places = {"near": "US", "far": "CN", "plant": "US", "plates": "US"}
    tariff: Any = {"origin": ("CN",), "destination": ("US",), "grades": ("grit",)}
    rate = Steps("prices.surcharges.tariff.rate", ((0, number(0.5)), (2, number(1.0))))
    on_lanes = np.zeros((2, plan.n_lanes), dtype=bool)
    on_lanes[0, [plan.lane_name(i) == "far -> a" for i in range(plan.n_lanes)]] = True
    prices = Prices(
        zones=("home", "far"),
        markets=(("grit", "home"), ("grit", "far")),
        start_usd=(number(START_USD[HOME]), number(START_USD[FAR])),
        node_market=np.array([HOME, FAR, -1]),
        source_market=np.array([HOME, FAR, HOME, -1]),
        adjustment_days=number(100.0),
        arbitrage_days=None,
        planning_days=number(0.0),
        lowest=number(0.1),
        highest=number(20.0),
        supplier_elasticity=number(0.0),
        demand_elasticity=tuple(number(0.0) for _ in plan.nodes),
        supply_elasticity=tuple(number(0.0) for _ in plan.sources),
        supply_days=tuple(number(0.0) for _ in plan.sources),
        floor_usd=tuple(None for _ in plan.sources),
        ask_costs=tuple(None for _ in plan.sources),
        surcharges=(Surcharge(rate, is_change=True, **tariff), Surcharge(rate, is_change=False, **tariff)),
        surcharge_lanes=on_lanes,
        costs=(),
        source_cost=np.full(plan.n_sources, -1),
        cost_facility=(),
        asking=(),
        source_ask=np.full(plan.n_sources, -1),
    )
    named = replace(
        plan,
        regions=("US", "CN"),
        uses=("cutting", "plates"),
        nodes=(
            Node("US.cutting.grit", plan.nodes[0].kind, "US", "grit", "cutting"),
            Node("CN.cutting.grit", plan.nodes[1].kind, "CN", "grit", "cutting"),
            Node("US.plates.plate", plan.nodes[2].kind, "US", "plate", "plates"),
        ),
        sources=tuple(Source(s.name, s.producer, places[s.name], s.grade, s.facility) for s in plan.sources),
        facilities=tuple(replace(f, cost=COST) for f in plan.facilities),
        prices=prices,
    )
    full = np.where(np.arange(n_ticks) < 2, np.log(1.5), np.log(2.0))
    change = full - full[0]
    surcharge = np.stack([change, full], axis=1)[:, :, None] * np.ones(replications)
    first = np.full((2, replications), 1)
    return named, replace(
        draws, milestones=(first,), prices=replace(_drawn(named, replications, surcharge), **drawn)
    )


def _drawn(plan: Plan, replications: int, surcharge: Any) -> PriceDraws:
    def filled(*shape: int, value: float = 0.0) -> Any:
        return np.full((*shape, replications), value)

    return PriceDraws(
        start_usd=np.array([[START_USD[HOME]], [START_USD[FAR]]]) * np.ones(replications),
        adjustment_gain=filled(value=0.1),
        arbitrage_gain=filled(),
        planning_gain=filled(value=1.0),
        lowest=filled(value=np.log(0.1)),
        highest=filled(value=np.log(20.0)),
        supplier_elasticity=filled(),
        demand_elasticity=filled(plan.n_nodes),
        supply_elasticity=filled(plan.n_sources),
        supply_gain=filled(plan.n_sources, value=1.0),
        floor=filled(plan.n_sources, value=NO_PRICE),
        stop=filled(plan.n_sources, value=NO_PRICE),
        ask=filled(plan.n_sources, value=NO_PRICE),
        surcharge=surcharge,
        cost=np.zeros((plan.n_ticks, 0, replications)),
        ask_change=np.zeros((plan.n_ticks, 0, replications)),
        conversion_worth=filled(0),
        conversion_cost=filled(0),
        unit_cost=filled(1, value=0.3),
        cash_cost=filled(1, value=0.15),
    )
