"""The problem as a scenario file; the demands enter as the noise of the Draws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path as FilePath

import numpy as np

import diamondsim as ds
from benchmarks.peers.problem import FloatArray, Path, Problem
from diamondsim.draws import Draws
from diamondsim.engines import batch, event
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, compile_plan
from diamondsim.sampling import draw

FILE = FilePath(__file__).parent / "base-stock.yaml"
KEPT = ("stock", "backlog", "shortage")


def scenario_of(problem: Problem) -> ds.Scenario:
    """State the problem: a tick is a period, and a stop is an outage of the whole plant."""
    changes = {
        "horizon.length": f"{problem.periods} days",
        "demand.home.u": f"{problem.mean_ct} ct/day",
        "trade.plant.home": f"{problem.mean_ct} ct/day",
        "inventory_policy.u.cover": f"{problem.cover_periods} days",
        "inventory_policy.u.lead": f"{problem.lead_periods} days",
        "inventory_policy.u.backorder_share": "100%" if problem.backorders else "0%",
        "inventory_policy.u.noise.cv": f"{100 * problem.cv}%",
    }
    if problem.stop_begin < problem.stop_end:
        start = date(2026, 1, 1)
        changes |= {
            "producers.plant.scheduled_outages.stop.begin": str(start + timedelta(days=problem.stop_begin)),
            "producers.plant.scheduled_outages.stop.end": str(start + timedelta(days=problem.stop_end)),
            "producers.plant.scheduled_outages.stop.loss": "100%",
        }
    return ds.load_scenario(FILE).override(changes)


def prepare(problem: Problem, demands: FloatArray) -> tuple[Plan, Draws]:
    """Compile the scenario and replace the noise by the demands: demand is mean * (1 + noise)."""
    plan = compile_plan(scenario_of(problem))
    drawn = draw(plan, seed=1, count=demands.shape[1])
    assert drawn.noise.shape == (len(demands), 1, demands.shape[1])
    return plan, replace(drawn, noise=(demands / problem.mean_ct - 1)[:, None])


def run_batch(plan: Plan, draws: Draws) -> Ledger:
    """Run all replications with the batch engine, in blocks that fit the cache."""
    size = batch.block_size(plan)
    room = Ledger.empty(plan, draws.n_replications, KEPT)
    for first in range(0, draws.n_replications, size):
        columns = slice(first, first + size)
        part = batch.run(plan, draws.select(columns), record=KEPT)
        for name in KEPT:
            room[name][..., columns] = part[name]
    return room


def run_event(plan: Plan, draws: Draws) -> Ledger:
    """Run one replication after the other with the event engine."""
    room = Ledger.empty(plan, draws.n_replications, KEPT)
    for column in range(draws.n_replications):
        ledger, _ = event.run(plan, draws, column=column)
        for name in KEPT:
            room[name][..., column] = ledger[name][..., 0]
    return room


def path_of(plan: Plan, ledger: Ledger, demands: FloatArray) -> Path:
    """Return the path in the Ledger.

    The Ledger's own `shortage` serves new demand before the backlog; unmet demand with the backlog first
    follows from the net stock, except without a backlog, where the two are equal.
    """
    use = next(row for row, node in enumerate(plan.nodes) if node.use == "u")
    stock, backlog = ledger["stock"][:, use], ledger["backlog"][:, use]
    if backlog.any():
        unmet = demands - np.clip(stock - backlog + demands, 0, demands)
    else:
        unmet = shortage_of(plan, ledger)
    return Path(stock, backlog, unmet)


def shortage_of(plan: Plan, ledger: Ledger) -> FloatArray:
    """Return the shortage in the Ledger (period, replication)."""
    use = next(row for row, node in enumerate(plan.nodes) if node.use == "u")
    return ledger["shortage"][:, use]
