"""The inventory policy of each node: its numbers, each from the most specific policy that gives it.

Owns the order of precedence of buyers, feed stocks, reserves, the registry and the policies, and the noise of
demand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diamondsim.distributions import Constant, Distribution
from diamondsim.plan.entities import Entities, NodeRow, certain, number
from diamondsim.plan.structure import NO_CEILING, Input, NodeKind, NoiseRow
from diamondsim.scenario import DEFAULT_INVENTORY_POLICY, InventoryPolicy, Noise, Path

_SHARED = ("queue_weight", "fill_rate_memory", "max_order")
"""Keys of a registry."""

_NOT_GIVEN = Constant(math.nan)


@dataclass(frozen=True)
class InventoryPolicies:
    """The inventory policies of a scenario."""

    entities: Entities

    def value(self, node: NodeRow, key: str) -> tuple[Path, Distribution] | None:
        """Return a value of a node's policy with the path of its number; None where it is not given."""
        return next(self.given(node, key), None)

    def given(self, node: NodeRow, key: str) -> Iterator[tuple[Path, Distribution]]:
        """Yield the values that are given for a node, with their paths, the one that applies first.

        The own keys of a buyer and of a feed stock take precedence; a feed stock has its cover and opening
        from them alone. A registry takes precedence over `inventory_policy` for its members.
        """
        own = self._own(node, key)
        if own is not None:
            yield own
        stock_alone = node.node.kind is NodeKind.RESERVE or node.feeds is not None
        if key in ("cover", "opening") and stock_alone:
            return
        shared = self._shared(node, key)
        if shared is not None:
            yield ("registry", key), shared
        yield from self._policies(node, key)

    def _own(self, node: NodeRow, key: str) -> tuple[Path, Distribution] | None:
        """Return a value that a feed stock or a buyer gives itself."""
        value: Distribution | None = None
        path: Path = node.path
        if node.feeds is not None:
            value = getattr(self.entities.sources[node.feeds].feed, key, None)
        elif node.firm is not None:
            path, value = (
                ("buyers", node.firm, "inventory_policy"),
                getattr(self.entities.content.buyers[node.firm].inventory_policy, key),
            )
        return None if value is None else ((*path, key), value)

    def _shared(self, node: NodeRow, key: str) -> Distribution | None:
        """Return a value that the registry gives its members (model.md, eq. 95)."""
        registry = self.entities.content.registry
        if registry is None or node.node.region not in registry.regions or key not in _SHARED:
            return None
        shared: Distribution | None = getattr(registry, key)
        return shared

    def _policies(self, node: NodeRow, key: str) -> Iterator[tuple[Path, Distribution]]:
        """Yield the values of `inventory_policy`, the default last."""

        def pick(policy: InventoryPolicy) -> Distribution | None:
            value: Distribution | None = getattr(policy, key)
            return value

        rules, written = self.entities.selector_rules, self.entities.content.inventory_policy
        for selector, value in rules.given(written, node.buyer, pick):
            yield ("inventory_policy", selector, key), value
        default = pick(DEFAULT_INVENTORY_POLICY)
        if default is not None:
            yield ("inventory_policy", "any", key), default

    def noises(self, node: NodeRow) -> Iterator[tuple[Path, Noise]]:
        """Yield the kinds of noise that are given for a use's demand, with their paths; the first applies."""
        rules, written = self.entities.selector_rules, self.entities.content.inventory_policy
        for selector, noise in rules.given(written, node.buyer, lambda policy: policy.noise):
            yield ("inventory_policy", selector, "noise"), noise

    def max_share_factor(self, node: NodeRow) -> tuple[Path, Distribution]:
        """Return the default sourcing limit of a lane, as a multiple of its contract share."""
        # A registry limits the orders of its members, not their lanes.
        ceiling = self._own(node, "max_order") or next(self._policies(node, "max_order"), None)
        factor = self.value(node, "max_share_factor") or ceiling
        assert factor is not None, "max_order has a default"
        return factor


def node_numbers(entities: Entities, policies: InventoryPolicies) -> dict[str, tuple[Input, ...]]:
    """Return the numbers of all nodes but their flow, as keyed in `Plan.numbers`."""
    rows = [_numbers(entities, policies, node) for node in entities.nodes]
    return {key: tuple(row[key] for row in rows) for key in _KEYS}


def noise_rows(entities: Entities, policies: InventoryPolicies) -> tuple[tuple[NoiseRow, ...], list[int]]:
    """Return the rows of noise, one for each use in a region, and each node's row or -1."""
    rows: dict[str, NoiseRow] = {}
    of_node = []
    for node in entities.nodes:
        noise = next(policies.noises(node), None) if node.node.kind is NodeKind.USE else None
        if noise is None or noise[1].cv == Constant(0.0):
            of_node.append(-1)
            continue
        name = f"noise.{node.buyer.region}.{node.buyer.use}"
        if name not in rows:
            path, written = noise
            cv, memory = number((*path, "cv"), written.cv), number((*path, "memory"), written.memory)
            rows[name] = NoiseRow(name, written.kind == "normal", cv, memory)
        of_node.append(list(rows).index(name))
    return tuple(rows.values()), of_node


_KEYS = (
    "cover",
    "reserve_goal",
    "opening_stock",
    "opening_days",
    "max_order",
    "lot",
    "queue_weight",
    "backorder_share",
    "backorder_lapse",
    "fill_rate_memory_days",
    "value_added",
    "qualification_days",
    "qualification_trigger",
    "min_fill_rate",
)


def _numbers(entities: Entities, policies: InventoryPolicies, node: NodeRow) -> Mapping[str, Input]:
    def policy(key: str, default: Distribution) -> Input:
        path, value = policies.value(node, key) or ((*node.path, key), default)
        return number(path, finite(value))

    def fixed(key: str, value: float) -> Input:
        return certain((*node.path, key), value)

    numbers = {
        "cover": policy("cover", Constant(0.0)),
        "reserve_goal": fixed("goal", 0.0),
        "opening_stock": fixed("opening", math.nan),
        "opening_days": policy("opening", _NOT_GIVEN),
        "max_order": policy("max_order", Constant(NO_CEILING)),
        "lot": policy("lot", Constant(0.0)),
        "queue_weight": policy("queue_weight", Constant(0.0)),
        "backorder_share": fixed("backorder_share", 0.0),
        "backorder_lapse": fixed("backorder_lapse", 0.0),
        "fill_rate_memory_days": policy("fill_rate_memory", Constant(0.0)),
        "value_added": fixed("value_added", math.nan),
        "qualification_days": policy("qualification_time", _NOT_GIVEN),
        "qualification_trigger": policy("qualification_trigger", Constant(0.0)),
        "min_fill_rate": policy("min_fill_rate", Constant(0.0)),
    }
    use = node.buyer.use
    if use is not None:
        numbers["backorder_share"] = policy("backorder_share", Constant(0.0))
        value_added = entities.content.uses[use].value_added
        if value_added is not None:
            numbers["value_added"] = number(("uses", use, "value_added"), value_added)
        numbers["backorder_lapse"] = policy("backorder_lapse", Constant(0.0))
    if node.planned:
        numbers["opening_stock"] = fixed("opening", 0.0)
    if node.node.kind is NodeKind.RESERVE:
        reserve = entities.content.reserves[str(node.path[-1])]
        opening = number((*node.path, "opening"), reserve.opening)
        numbers["opening_stock"] = opening
        numbers["lot"] = fixed("lot", 0.0)
        numbers["reserve_goal"] = (
            opening if reserve.goal is None else number((*node.path, "goal"), reserve.goal)
        )
    return numbers


def finite(value: Distribution) -> Distribution:
    """Return a ceiling, with `NO_CEILING` in place of infinity."""
    return Constant(NO_CEILING) if value == Constant(math.inf) else value
