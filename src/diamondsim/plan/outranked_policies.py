"""Warnings about inventory policies that a more specific one from a lower file outranks.

A change of `US.any` leaves a use alone for which the file below has a line. Within one file this is how a
general line and its exceptions are written, and no warning is due.
"""

from __future__ import annotations

from collections.abc import Iterator

from diamondsim.plan.entities import Entities, NodeRow, path_name
from diamondsim.plan.inventory_policy import InventoryPolicies
from diamondsim.plan.structure import NodeKind
from diamondsim.scenario import InventoryPolicy, Path, Scenario

_KEYS = tuple(key for key in InventoryPolicy.model_fields if key not in ("source", "assumed", "note"))
_SHOWN = 4


def outranked_policies(entities: Entities, scenario: Scenario) -> Iterator[str]:
    """Yield each line of `inventory_policy` that has no effect on a buyer since a lower file has another."""
    policies = InventoryPolicies(entities)
    for selector, policy in scenario.inventory_policy.items():
        for key in _KEYS:
            if getattr(policy, key) is None:
                continue
            path: Path = ("inventory_policy", selector, key)
            buyers, winners = dict[str, None](), dict[str, None]()
            for node in entities.nodes:
                if node.node.kind is not NodeKind.USE or not entities.selector_rules.fits(
                    selector, node.buyer
                ):
                    continue
                winner = _winner(policies, node, key)
                if winner != path and scenario.layer(winner) < scenario.layer(path):
                    buyers[f"{node.buyer.region}.{node.buyer.use}"] = None
                    winners[path_name(winner)] = None
            if buyers:
                verb = "takes" if len(winners) == 1 else "take"
                yield (
                    f"{path_name(path)} has no effect on {_listed([*buyers])}, "
                    f"where {_listed([*winners])} {verb} precedence"
                )


def _winner(policies: InventoryPolicies, node: NodeRow, key: str) -> Path:
    chosen = policies.noise(node) if key == "noise" else policies.value(node, key)
    assert chosen is not None, "the line itself gives a value"
    return chosen[0]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
