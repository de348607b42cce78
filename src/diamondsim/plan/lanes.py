"""The lanes: which source may sell to which node, with share, limit, lead and tier.

Owns which lanes there are and their numbers: those of contracts, those opened by overrides, those of
facilities and those from which a reserve refills or a facility buys feed. Lanes come by node, then by source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.distributions import Constant, Distribution
from diamondsim.plan.contracts import Contracts
from diamondsim.plan.entities import Entities, NodeRow, SourceRow, certain, number
from diamondsim.plan.inventory_policy import InventoryPolicies, finite
from diamondsim.plan.lane_overrides import LaneOverrides
from diamondsim.plan.lane_values import LaneValues, is_rated
from diamondsim.plan.structure import NO_CEILING, Input, NodeKind
from diamondsim.scenario import ANY, Facility, Path


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
    derive = _Derivation(entities, LaneValues(entities, policies, overrides), contracts)
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


@dataclass(frozen=True)
class _Derivation:
    entities: Entities
    values: LaneValues
    contracts: Contracts

    def lane(self, s: int, n: int) -> LaneRow | None:
        """Return the lane from a source to a node, None where there is none."""
        source, node = self.entities.sources[s], self.entities.nodes[n]
        is_facility = isinstance(source.seller, Facility)
        second = None if is_facility else self.values.overrides.entry(source.source.producer, n)
        if second is not None:
            share: Input | None = number((*second[0], "share"), second[1].share)
        else:
            share = self._entry(source, n) if is_facility else self._contract(s, n)
        if share is None:
            return None
        lead, qualification = (
            next(given, None)
            for given in (self.values.leads(source, n), self.values.qualifications(source, n))
        )
        return LaneRow(
            source=s,
            node=n,
            share=share,
            sourcing_limit=self._sourcing_limit(source, n, share),
            lead=None if lead is None else number(*lead),
            entrant=is_facility or second is not None or node.planned or node.node.kind is NodeKind.RESERVE,
            qualification=_class_of(qualification) if is_facility else "",
        )

    def _contract(self, s: int, n: int) -> Input | None:
        """Return the share that a producer has, derived or given for the lane."""
        given = next(self.values.shares(self.entities.sources[s], n), None)
        if given is not None:
            return number(*given)
        share = float(self.contracts.share[s, n])
        lane = f"{self.entities.sources[s].source.name} -> {self.entities.nodes[n].node.name}"
        return certain(("lanes", lane, "share"), share) if share > 0.0 else None

    def _entry(self, source: SourceRow, n: int) -> Input | None:
        """Return the share that a facility takes over of a use's contracts."""
        if self.entities.nodes[n].node.kind is not NodeKind.USE or not self._may_buy(source, n):
            return None
        given = next(self.values.shares(source, n), None)
        # A share of 0 under `lanes` opens a lane, one under `contract_shares` does not.
        if given is None or (given[0][0] == "facilities" and given[1] == Constant(0.0)):
            return None
        return number(*given)

    def _may_buy(self, source: SourceRow, n: int) -> bool:
        """Tell whether a source of a facility is for a buyer: the part promised to it, or else the rest."""
        promised = next(self.values.offtakes(source, n), None)
        return source.offtake == (None if promised is None else promised[0][-1])

    def _sourcing_limit(self, source: SourceRow, n: int, share: Input) -> Input:
        if is_rated(self.entities, source, self.entities.nodes[n]):
            return certain((*source.path, "rated_orders"), NO_CEILING)
        given = next(self.values.sourcing_limits(source, n), None)
        if given is not None:
            return number(*given)
        path, factor = self.values.policies.max_share_factor(self.entities.nodes[n])
        factor = finite(factor)
        if isinstance(factor, Constant):
            # The limit follows a share that is drawn. So it does where there is none, a factor that nothing
            # reaches: round two spreads what is missing by the room on lanes.
            return number((share.name,), share.distribution, factor.value)
        return number(path, factor, share.distribution.central())


def _class_of(qualification: tuple[Path, Distribution] | None) -> str:
    """Return the selector from which a buyer has the time of its qualification."""
    return ANY if qualification is None else str(qualification[0][-1])
