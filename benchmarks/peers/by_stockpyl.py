"""The problem for stockpyl: a single stage whose demands are a list.

In each period there demand occurs, the order is placed, the order of `lead` periods ago arrives, and demand
is served, older demand first. The order of a period cannot arrive in it (the lead is at least one), so the
stock at the end of each period is that of (P1)-(P4) without a shift. Unmet demand is always backordered.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from stockpyl.disruption_process import DisruptionProcess
from stockpyl.sim import simulation
from stockpyl.supply_chain_network import single_stage_system

from benchmarks.peers.problem import FloatArray, Path, Problem

HOLDING_COST = 2.0
STOCKOUT_COST = 18.0


def network_of(problem: Problem) -> Any:
    """State the problem, without the demands."""
    if not problem.backorders:
        raise ValueError("in a simulation of stockpyl unmet demand waits")
    stopped = [problem.is_stopped(period) for period in range(problem.periods)]
    return single_stage_system(
        holding_cost=HOLDING_COST,
        stockout_cost=STOCKOUT_COST,
        demand_type="D",
        demand_list=[problem.mean_ct],
        policy_type="BS",
        base_stock_level=problem.base_stock_ct,
        shipment_lead_time=problem.lead_periods,
        initial_inventory_level=problem.opening_stock_ct,
        initial_shipments=problem.mean_ct,
        disruption_process=DisruptionProcess(
            random_process_type="E", disruption_type="OP", disruption_state_list=stopped
        ),
    )


def run(problem: Problem, demands: FloatArray, *, checks: str = "N") -> tuple[Path, FloatArray]:
    """Simulate one replication after the other; return the path and the total cost of each."""
    network = network_of(problem)
    node = network.nodes[0]
    product = node.product_indices[0]
    net, met = np.empty_like(demands), np.empty_like(demands)
    cost = np.empty(demands.shape[1])
    for column in range(demands.shape[1]):
        node.demand_source.demand_list = demands[:, column].tolist()
        cost[column] = simulation(network, len(demands), progress_bar=False, consistency_checks=checks)
        past = node.state_vars[: len(demands)]
        net[:, column] = [state.inventory_level[product] for state in past]
        met[:, column] = [state.demand_met_from_stock[product] for state in past]
    return Path(np.maximum(net, 0), np.maximum(-net, 0), demands - met), cost
