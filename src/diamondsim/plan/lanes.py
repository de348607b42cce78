"""The lanes: which source may sell to which node, with share, limit, lead and tier.

Owns which lanes there are and their numbers: those of contracts, those opened by overrides, those of
facilities and those from which a reserve refills or a facility buys feed. Lanes come by node, then by source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diamondsim.distributions import Constant, Distribution
from diamondsim.plan.contracts import Contracts
from diamondsim.plan.entities import Entities, NodeRow, SourceRow, certain, number
from diamondsim.plan.inventory_policy import InventoryPolicies, finite
from diamondsim.plan.lane_overrides import LaneOverrides
from diamondsim.plan.structure import NO_CEILING, Input, NodeKind
from diamondsim.scenario import ANY, Facility


@dataclass(frozen=True)
class LaneRow:
    """A lane. `lead` is None where none is given."""

    source: int
    node: int
    share: Input
    sourcing_limit: Input
    lead: Input | None
    entrant: bool
    qualification: str


def make_lanes(
    entities: Entities, policies: InventoryPolicies, overrides: LaneOverrides, contracts: Contracts
) -> list[LaneRow]:
    """Return the lanes of a scenario."""
    derive = _Derivation(entities, policies, overrides, contracts)
    rows = (
        derive.lane(s, n)
        for n, node in enumerate(entities.nodes)
        for s in entities.sources_of[node.node.grade]
    )
    return [row for row in rows if row is not None]


def lane_tiers(entities: Entities, lanes: Sequence[LaneRow]) -> list[int]:
    """Return the rank of each lane among those of its seller, 0 first.

    Those of reserves come after all others.
    """
    ranks: dict[str, set[tuple[int, int]]] = {}
    keys = []
    for lane in lanes:
        source, node = entities.sources[lane.source], entities.nodes[lane.node]
        key = _rank(entities, source, node)
        keys.append(key)
        if node.node.kind is not NodeKind.RESERVE:
            ranks.setdefault(source.source.producer, set()).add(key)
    last = max((len(keys_of) for keys_of in ranks.values()), default=0)
    tiers = []
    for lane, key in zip(lanes, keys, strict=True):
        seller = entities.sources[lane.source].source.producer
        reserve = entities.nodes[lane.node].node.kind is NodeKind.RESERVE
        tiers.append(last if reserve else sorted(ranks[seller]).index(key))
    return tiers


def _rank(entities: Entities, source: SourceRow, node: NodeRow) -> tuple[int, int]:
    """Return a buyer's place in the list that a seller serves, then its priority where that counts.

    Rated orders come first.
    """
    if is_rated(entities, source, node):
        return -1, 0
    fitting = [
        place for place, s in enumerate(source.seller.serves) if entities.selector_rules.fits(s, node.buyer)
    ]
    outer = fitting[0] if fitting else len(source.seller.serves)
    by_use = source.seller.rationing == "priority" and node.node.use is not None
    return outer, entities.content.uses[str(node.buyer.use)].priority if by_use else 1


def is_rated(entities: Entities, source: SourceRow, node: NodeRow) -> bool:
    """Tell whether the orders of a node are rated at a seller: before all others, and without a limit."""
    if node.node.kind is NodeKind.RESERVE:
        return False
    return any(entities.selector_rules.fits(rated, node.buyer) for rated in source.seller.rated_orders)


@dataclass(frozen=True)
class _Derivation:
    entities: Entities
    policies: InventoryPolicies
    overrides: LaneOverrides
    contracts: Contracts

    def lane(self, s: int, n: int) -> LaneRow | None:
        """Return the lane from a source to a node, None where there is none."""
        source, node = self.entities.sources[s], self.entities.nodes[n]
        facility = source.seller if isinstance(source.seller, Facility) else None
        second = self.overrides.entry(source.source.producer, n) if facility is None else None
        if second is not None:
            share: Input | None = number((*second[0], "share"), second[1].share)
        else:
            share = self._contract(s, n) if facility is None else self._entry(facility, source, n)
        if share is None:
            return None
        return LaneRow(
            source=s,
            node=n,
            share=share,
            sourcing_limit=self._sourcing_limit(source, n, share),
            lead=self._lead(source, n),
            entrant=facility is not None
            or second is not None
            or node.planned
            or node.node.kind is NodeKind.RESERVE,
            qualification="" if facility is None else self._qualification(facility, node),
        )

    def _contract(self, s: int, n: int) -> Input | None:
        """Return the share that a producer has, derived or given for the lane."""
        seller = self.entities.sources[s].source.producer
        override = self.overrides.share(seller, n)
        if override is not None:
            return number((*override[0], "share"), override[1])
        share = float(self.contracts.share[s, n])
        lane = f"{self.entities.sources[s].source.name} -> {self.entities.nodes[n].node.name}"
        return certain(("lanes", lane, "share"), share) if share > 0.0 else None

    def _entry(self, facility: Facility, source: SourceRow, n: int) -> Input | None:
        """Return the share that a facility takes over of a use's contracts."""
        node = self.entities.nodes[n]
        if node.node.kind is not NodeKind.USE or not self._may_buy(facility, source, node):
            return None
        override = self.overrides.share(source.source.producer, n)
        if override is not None:
            return number((*override[0], "share"), override[1])
        chosen = self.entities.selector_rules.first(facility.contract_shares, node.buyer, _itself)
        if chosen is None or chosen[1] == Constant(0.0):
            return None
        return number((*source.path, "contract_shares", chosen[0]), chosen[1])

    def _may_buy(self, facility: Facility, source: SourceRow, node: NodeRow) -> bool:
        """Tell whether a source of a facility is for a buyer: the part promised to it, or else the rest."""
        promised = self.entities.selector_rules.first(facility.offtake, node.buyer, lambda share: share)
        return source.offtake == (None if promised is None else promised[0])

    def _sourcing_limit(self, source: SourceRow, n: int, share: Input) -> Input:
        if is_rated(self.entities, source, self.entities.nodes[n]):
            return certain((*source.path, "rated_orders"), NO_CEILING)
        override = self.overrides.value(source.source.producer, n, lambda lane: lane.sourcing_limit)
        if override is not None:
            return number((*override[0], "sourcing_limit"), override[1])
        node = self.entities.nodes[n]
        chosen = self.entities.selector_rules.first(source.seller.sourcing_limit, node.buyer, _itself)
        if chosen is not None:
            return number((*source.path, "sourcing_limit", chosen[0]), chosen[1])
        path, factor = self.policies.max_share_factor(node)
        factor = finite(factor)
        if isinstance(factor, Constant):
            # The limit follows a share that is drawn. So it does where there is none, a factor that nothing
            # reaches: round two spreads what is missing by the room on lanes.
            return number((share.name,), share.distribution, factor.value)
        return number(path, factor, share.distribution.central())

    def _lead(self, source: SourceRow, n: int) -> Input | None:
        node = self.entities.nodes[n]
        override = self.overrides.value(source.source.producer, n, lambda lane: lane.lead)
        if override is not None:
            return number((*override[0], "lead"), override[1])
        if node.node.kind is NodeKind.RESERVE:
            own = self.entities.content.reserves[str(node.path[-1])].lead
            if own is not None:
                return number((*node.path, "lead"), own)
        leads: Mapping[str, Distribution] = source.seller.lead
        for key in (node.node.region, ANY):
            if key in leads:
                return number((*source.path, "lead", key), leads[key])
        policy = self.policies.value(node, "lead")
        return None if policy is None else number(*policy)

    def _qualification(self, facility: Facility, node: NodeRow) -> str:
        chosen = self.entities.selector_rules.first(facility.qualification, node.buyer, _itself)
        return ANY if chosen is None else chosen[0]


def _itself(value: Distribution) -> Distribution:
    return value
