"""The problem for SupplyNetPy: an infinite supplier, a retailer, and one customer in each period.

Time is continuous there. Period `t` is laid out so that no two things fall on one moment: the customer comes
at `t`, the stock is reviewed at `t + 1/2` and looked at a little later, and what was ordered arrives a
quarter before the customer of its period. These fractions are exact in binary.

Nothing can be under way at the start. So a run begins `lead` periods early, with the base stock on hand and
the mean as demand: when period 0 begins, stock and pipeline are what the problem says.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple

import numpy as np
import simpy
import SupplyNetPy.Components as scm

from benchmarks.peers.problem import FloatArray, Path, Problem

REVIEW = 0.5
LOOK = 0.625
BEFORE_CUSTOMER = 0.25
NEVER = 1e9
SMALLEST_PART = 1e-12


class Shop(NamedTuple):
    """A network, ready to run."""

    environment: simpy.Environment
    retailer: Any
    seen: list[tuple[float, float, float]]
    """For each period: on hand, backlog, and all demand so far that was not met at once."""


def shop_of(problem: Problem, demands: Sequence[float]) -> Shop:
    """State the problem for one replication; the first `lead` demands are those before period 0."""
    environment = simpy.Environment()
    supplier = scm.Supplier(
        env=environment, ID="supplier", name="supplier", node_type="infinite_supplier", logging=False
    )
    level = problem.base_stock_ct
    retailer = scm.InventoryNode(
        env=environment,
        ID="retailer",
        name="retailer",
        node_type="retailer",
        capacity=float("inf"),
        initial_level=level,
        inventory_holding_cost=0,
        replenishment_policy=scm.SSReplenishment,
        policy_param={"s": level, "S": level, "period": 1, "first_review_delay": REVIEW},
        product_sell_price=0,
        product_buy_price=0,
        logging=False,
    )
    scm.Link(
        env=environment,
        ID="link",
        source=supplier,
        sink=retailer,
        cost=0,
        lead_time=lambda: problem.lead_periods - REVIEW - BEFORE_CUSTOMER,
        **stop_of(problem, environment),
    )
    waits = {"tolerance": float("inf"), "order_min_split_ratio": SMALLEST_PART}
    leaves = {"consume_available": True}
    scm.Demand(
        env=environment,
        ID="customers",
        name="customers",
        order_arrival_model=lambda: 1,
        order_quantity_model=lambda: demands[int(environment.now)],
        demand_node=retailer,
        logging=False,
        **(waits if problem.backorders else leaves),
    )
    seen: list[tuple[float, float, float]] = []
    environment.process(look(environment, retailer, seen))
    return Shop(environment, retailer, seen)


def stop_of(problem: Problem, environment: simpy.Environment) -> dict[str, Callable[[], float]]:
    """Return the link's one disruption, in which it takes no orders; none where nothing stops."""
    if problem.stop_begin == problem.stop_end:
        return {}
    begin = problem.lead_periods + problem.stop_begin + BEFORE_CUSTOMER
    return {
        "link_disrupt_time": lambda: begin if environment.now == 0 else NEVER,
        "link_recovery_time": lambda: problem.stop_end - problem.stop_begin,
    }


def look(
    environment: simpy.Environment, retailer: Any, seen: list[tuple[float, float, float]]
) -> Generator[simpy.Event]:
    """Note the state of the retailer at the end of each period."""
    yield environment.timeout(LOOK)
    while True:
        stats = retailer.stats
        seen.append((retailer.inventory.level, stats.backorder[1], stats.shortage[1]))
        yield environment.timeout(1)


def run(problem: Problem, demands: FloatArray) -> Path:
    """Simulate one replication after the other, each with a network of its own."""
    lead = problem.lead_periods
    on_hand, backlog, unmet = (np.empty_like(demands) for _ in range(3))
    for column in range(demands.shape[1]):
        shop = shop_of(problem, [problem.mean_ct] * lead + demands[:, column].tolist())
        shop.environment.run(until=lead + len(demands))
        noted = np.array(shop.seen)
        on_hand[:, column], backlog[:, column] = noted[lead:, 0], noted[lead:, 1]
        unmet[:, column] = np.diff(noted[lead - 1 :, 2])
    return Path(on_hand, backlog, unmet)
