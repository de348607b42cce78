"""Ledgers by hand: a Plan of a few uses and the arrays that an engine would have filled."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np

from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Node, NodeKind, Plan
from diamondsim.results import Provenance
from diamondsim.results.metrics import recordable
from tests.engines.small_case import small_case, source, use

PROVENANCE = Provenance(
    title="By hand",
    scenario="title: By hand\n",
    scenario_hash="0" * 64,
    as_of=dt.date(2026, 11, 21),
    legal_state=None,
    seed=5,
)
"""Of no scenario that could be run."""
GRADES = ("micron", "mesh", "plate")
UNITS = {"micron": "ct", "mesh": "ct", "plate": "cm2"}
USES = (
    ("US", "machining", "micron"),
    ("US", "machining", "mesh"),
    ("JP", "radar", "plate"),
    ("JP", "machining", "mesh"),
)
"""(region, use, grade) of each node."""


def plan_of(uses: Any = USES, *, n_ticks: int = 12, replications: int = 3, **more: Any) -> tuple[Plan, Draws]:
    """Make a Plan whose nodes are some uses, and Draws with a demand of 100 a tick for each."""
    nodes = [use(f"{i}", demand=100, cover=2, grade=grade) for i, (_, _, grade) in enumerate(uses)]
    plan, draws = small_case(
        nodes=nodes,
        sources=[source("s", capacity=1000, grade=uses[0][2])],
        n_ticks=n_ticks,
        replications=replications,
        grade_units=UNITS,
        **more,
    )
    named = tuple(Node(f"{r}.{u}.{g}", NodeKind.USE, r, g, u) for r, u, g in uses)
    regions = tuple(dict.fromkeys(r for r, _, _ in uses))
    return replace(
        plan, nodes=named, regions=regions, uses=tuple(dict.fromkeys(u for _, u, _ in uses))
    ), draws


def ledger_of(plan: Plan, replications: int, **arrays: Any) -> Ledger:
    """Make a Ledger of the recorded fields: those given, broadcast to (T, entity, R), the others 0."""
    ledger = Ledger.empty(plan, replications, recordable(priced=plan.prices is not None))
    for name, values in arrays.items():
        ledger[name][...] = values
    return ledger


def random_ledger(plan: Plan, replications: int, seed: int) -> Ledger:
    """Make a Ledger in which some demand, in some replications, goes unmet."""
    rng = np.random.default_rng(seed)
    shape = (plan.n_ticks, plan.n_nodes, replications)
    demand = rng.uniform(50, 150, shape) * (rng.random(shape) > 0.1)
    lack = rng.choice([0.0, 0.0, 0.004, 0.3, 1.0], shape) * (rng.random(replications) > 0.3)
    shortage = demand * lack
    used = demand - shortage
    return ledger_of(
        plan,
        replications,
        demand=demand,
        shortage=shortage,
        used=used,
        lost_sales=0.5 * shortage,
        backlog=np.cumsum(0.5 * shortage, axis=0),
        stock=rng.uniform(0, 1000, shape),
        tracked=rng.random(shape) * used,
        output=rng.uniform(0, 200, (plan.n_ticks, plan.n_sources, replications)),
    )
