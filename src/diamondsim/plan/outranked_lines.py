"""Warnings about lines of a scenario that a line of a lower file outranks.

Where several lines give a value, the most specific one applies, whichever file it is in. So a change of `any`
leaves those alone for whom the file below has a line. Within one file this is how a general line and its
exceptions are written, and no warning is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from diamondsim.plan.compile import Derivation
from diamondsim.plan.compile_prices import demand_elasticities, supply_values
from diamondsim.plan.entities import NodeRow, path_name
from diamondsim.plan.inventory_policy import InventoryPolicies
from diamondsim.plan.lane_overrides import LaneOverrides
from diamondsim.plan.lane_values import LaneValues
from diamondsim.plan.licensing import LICENSING_KEYS, selectors_giving
from diamondsim.plan.structure import NodeKind
from diamondsim.scenario import InventoryPolicy, Path, Scenario, Supply

_NOTES = ("source", "assumed", "note")
_OF_LANES = ("lead", "max_share_factor")
"""Keys of an inventory policy that other lines of a lane may outrank."""

_OF_USES = ("noise", "backorder_share", "backorder_lapse")
_POLICY_KEYS = tuple(k for k in InventoryPolicy.model_fields if k not in (*_NOTES, *_OF_LANES))
_SUPPLY_KEYS = tuple(k for k in Supply.model_fields if k not in _NOTES)
_SHOWN = 4

Choice = tuple[str, Iterable[Path]]
"""What a value is for, and the paths of the lines that give one; the first applies."""


def outranked_lines(derived: Derivation, scenario: Scenario) -> Iterator[str]:
    """Yield each line that has no effect on something since a line of a lower file takes precedence there."""
    losses: dict[Path, tuple[dict[str, None], dict[str, None]]] = {}
    for what, given in _choices(derived, scenario):
        winner, *others = given or [()]
        for path in others:
            # What nobody wrote is a default.
            if path != winner and 0 <= scenario.layer(winner) < scenario.layer(path):
                places, winners = losses.setdefault(path, ({}, {}))
                places[what] = winners[path_name(winner)] = None
    for path, (places, winners) in losses.items():
        verb = "takes" if len(winners) == 1 else "take"
        yield (
            f"{path_name(path)} has no effect on {_listed([*places])}, "
            f"where {_listed([*winners])} {verb} precedence"
        )


def _choices(derived: Derivation, scenario: Scenario) -> Iterator[tuple[str, list[Path]]]:
    choices = (_of_nodes(derived), _of_demand(scenario), _of_lanes(derived), _of_licences(derived, scenario))
    for what, given in (choice for part in (*choices, _of_prices(scenario)) for choice in part):
        yield what, list(given)


def _of_nodes(derived: Derivation) -> Iterator[Choice]:
    """Yield the inventory policies, key by key."""
    policies = InventoryPolicies(derived.entities)
    for node in derived.entities.nodes:
        is_use = node.node.kind is NodeKind.USE
        for key in _POLICY_KEYS:
            if is_use or key not in _OF_USES:
                given = policies.noises(node) if key == "noise" else policies.given(node, key)
                yield _label(node), (path for path, _ in given)


def _of_demand(scenario: Scenario) -> Iterator[Choice]:
    """Yield the grades of each use in each region."""
    for region, demands in scenario.demand.items():
        for use, demand in demands.items():
            own: list[Path] = [] if demand.grades is None else [("demand", region, use, "grades")]
            yield f"{region}.{use}", [*own, ("uses", use, "grades")]


def _of_lanes(derived: Derivation) -> Iterator[Choice]:
    """Yield the values of lanes, and the shares of those that are closed by a share of 0."""
    entities = derived.entities
    policies = InventoryPolicies(entities)
    values = LaneValues(entities, policies, LaneOverrides(entities))
    open_lanes = {(lane.source, lane.node) for lane in derived.lanes}
    for n, node in enumerate(entities.nodes):
        for s in entities.sources_of[node.node.grade]:
            source = entities.sources[s]
            label = f"{source.source.producer} -> {_label(node)}"
            yield label, (path for path, _ in values.shares(source, n))
            if (s, n) not in open_lanes:
                continue
            for given in (values.leads, values.qualifications, values.offtakes):
                yield label, [path for path, _ in given(source, n)]
            limits = (*values.sourcing_limits(source, n), *policies.given(node, "max_share_factor"))
            yield label, (path for path, _ in limits)


def _of_licences(derived: Derivation, scenario: Scenario) -> Iterator[Choice]:
    """Yield the licensing rules of each control for those whom it concerns, key by key."""
    plan, entities = derived.plan, derived.entities
    for i, (name, control) in enumerate(scenario.controls.items()):
        covered = dict.fromkeys(plan.lane_node[plan.rule_of[i] >= 0].tolist())
        for node in (entities.nodes[n] for n in covered):
            for key in LICENSING_KEYS:
                selectors = selectors_giving(entities, control, node, key)
                yield _label(node), (("controls", name, "licensing", selector, key) for selector in selectors)


def _of_prices(scenario: Scenario) -> Iterator[Choice]:
    """Yield the elasticities of demand by use, and the response of supply by seller."""
    if scenario.prices is None:
        return
    for use in scenario.uses:
        yield use, (path for path, _ in demand_elasticities(scenario.prices, use))
    for seller in (*scenario.producers, *scenario.facilities):
        for key in _SUPPLY_KEYS:
            yield seller, (path for path, _ in supply_values(scenario.prices, seller, key))


def _label(node: NodeRow) -> str:
    return f"{node.node.region}.{node.node.use}" if node.node.kind is NodeKind.USE else node.node.name


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
