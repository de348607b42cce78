"""The values that a scenario gives for a lane: share, sourcing limit, lead and qualification.

Owns which of several applies where firms, `lanes`, sellers, reserves and inventory policies give one each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diamondsim.distributions import Constant, Distribution
from diamondsim.plan.entities import Entities, NodeRow, SourceRow
from diamondsim.plan.inventory_policy import InventoryPolicies
from diamondsim.plan.lane_overrides import LaneOverrides
from diamondsim.plan.structure import NO_CEILING, NodeKind
from diamondsim.scenario import ANY, Facility, Path


@dataclass(frozen=True)
class LaneValues:
    """What is given for lanes. Each method yields values with their paths, the one that applies first."""

    entities: Entities
    policies: InventoryPolicies
    overrides: LaneOverrides

    def shares(self, source: SourceRow, n: int) -> Iterator[tuple[Path, Distribution]]:
        """Yield the shares of a use's contracts that a seller has, or takes over where it is a facility."""
        node = self.entities.nodes[n]
        yield from self.overrides.shares_given(source.source.producer, n)
        if isinstance(source.seller, Facility) and node.node.kind is NodeKind.USE:
            yield from self._by_selector(source, "contract_shares", source.seller.contract_shares, node)

    def sourcing_limits(self, source: SourceRow, n: int) -> Iterator[tuple[Path, Distribution]]:
        """Yield the limits of what is bought on a lane; rated orders have none."""
        node = self.entities.nodes[n]
        if is_rated(self.entities, source, node):
            yield (*source.path, "rated_orders"), Constant(NO_CEILING)
        given = self.overrides.given(source.source.producer, n, lambda lane: lane.sourcing_limit)
        yield from (((*path, "sourcing_limit"), value) for path, value in given)
        yield from self._by_selector(source, "sourcing_limit", source.seller.sourcing_limit, node)

    def leads(self, source: SourceRow, n: int) -> Iterator[tuple[Path, Distribution]]:
        """Yield the leads of a lane, those of the buyer's inventory policy last."""
        node = self.entities.nodes[n]
        given = self.overrides.given(source.source.producer, n, lambda lane: lane.lead)
        yield from (((*path, "lead"), value) for path, value in given)
        if node.node.kind is NodeKind.RESERVE:
            own = self.entities.content.reserves[str(node.path[-1])].lead
            if own is not None:
                yield (*node.path, "lead"), own
        leads: Mapping[str, Distribution] = source.seller.lead
        for key in (node.node.region, ANY):
            if key in leads:
                yield (*source.path, "lead", key), leads[key]
        yield from self.policies.given(node, "lead")

    def qualifications(self, source: SourceRow, n: int) -> Iterator[tuple[Path, Distribution]]:
        """Yield the times after which a buyer may buy from a facility."""
        if isinstance(source.seller, Facility):
            node = self.entities.nodes[n]
            yield from self._by_selector(source, "qualification", source.seller.qualification, node)

    def offtakes(self, source: SourceRow, n: int) -> Iterator[tuple[Path, float]]:
        """Yield the parts of a facility's output that are promised to a buyer."""
        if isinstance(source.seller, Facility):
            rules, node = self.entities.selector_rules, self.entities.nodes[n]
            for selector, share in rules.given(source.seller.offtake, node.buyer, lambda share: share):
                yield (*source.path, "offtake", selector), share

    def _by_selector(
        self, source: SourceRow, key: str, table: Mapping[str, Distribution], node: NodeRow
    ) -> Iterator[tuple[Path, Distribution]]:
        for selector, value in self.entities.selector_rules.given(table, node.buyer, lambda value: value):
            yield (*source.path, key, selector), value


def is_rated(entities: Entities, source: SourceRow, node: NodeRow) -> bool:
    """Tell whether the orders of a node are rated at a seller: before all others, and without a limit."""
    if node.node.kind is NodeKind.RESERVE:
        return False
    return any(entities.selector_rules.fits(rated, node.buyer) for rated in source.seller.rated_orders)
