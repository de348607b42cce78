"""Values that a scenario gives for single lanes, in place of those that would be derived.

Owns reading the keys `SELLER -> BUYERS` and finding, value by value, the most specific one for a source and a
node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from diamondsim.distributions import Constant, Distribution
from diamondsim.plan.entities import Entities
from diamondsim.plan.structure import NodeKind
from diamondsim.scenario import Lane, Path, Qualify

ARROW = "->"


class LaneOverrides:
    """The values given for single lanes of a scenario."""

    def __init__(self, entities: Entities) -> None:
        self._entities = entities
        self._of_seller: dict[str, dict[str, Lane]] = {}
        self._written: dict[tuple[str, str], str] = {}
        for key, lane in entities.content.lanes.items():
            seller, buyers = split_lane(key)
            self._of_seller.setdefault(seller, {})[buyers] = lane
            self._written[seller, buyers] = key

    def given(
        self, seller: str, node: int, pick: Callable[[Lane], Distribution | None]
    ) -> Iterator[tuple[Path, Distribution]]:
        """Yield the values given for the lane from a seller to a node, the one that applies first."""
        row = self._entities.nodes[node]
        firm = None if row.firm is None else self._entities.content.buyers[row.firm]
        terms = None if firm is None else firm.suppliers.get(seller) or _terms(firm.qualify.get(seller))
        own = None if terms is None else pick(terms)
        if own is not None:
            key = "suppliers" if firm is not None and seller in firm.suppliers else "qualify"
            yield ("buyers", str(row.firm), key, seller), own
        lanes = self._of_seller.get(seller, {})
        for buyers, value in self._entities.selector_rules.given(lanes, row.buyer, pick):
            yield ("lanes", self._written[seller, buyers]), value

    def share(self, seller: str, node: int) -> tuple[Path, Distribution] | None:
        """Return the contract share given for a lane. A lane with one exists, even where the share is 0."""
        return next(self.shares_given(seller, node), None)

    def shares_given(self, seller: str, node: int) -> Iterator[tuple[Path, Distribution]]:
        """Yield the contract shares given for a lane, the one that applies first.

        A reserve and the feed of a facility buy as others do. A second source has no contract before it is
        qualified.
        """
        row = self._entities.nodes[node]
        if row.node.kind is NodeKind.RESERVE or row.planned:
            return
        entry = self.entry(seller, node)
        if entry is not None:
            yield (*entry[0], "share"), Constant(0.0)
        given = self.given(seller, node, lambda lane: lane.share)
        yield from (((*path, "share"), value) for path, value in given)

    def entry(self, seller: str, node: int) -> tuple[Path, Qualify] | None:
        """Return the second source of a buyer at a seller, with its path; None where it is none."""
        firm = self._entities.nodes[node].firm
        second = None if firm is None else self._entities.content.buyers[firm].qualify.get(seller)
        return None if firm is None or second is None else (("buyers", firm, "qualify", seller), second)

    def shares(self, node: int) -> Mapping[str, float]:
        """Return the central contract shares given for the lanes from producers to a node."""
        return self._shares[node]

    @cached_property
    def _shares(self) -> list[dict[str, float]]:
        makers: dict[str, list[str]] = {}
        for maker in self._entities.sources:
            if maker.source.facility is None:
                makers.setdefault(maker.source.grade, []).append(maker.source.producer)
        table = []
        for n, row in enumerate(self._entities.nodes):
            shares = {seller: self.share(seller, n) for seller in makers.get(row.node.grade, [])}
            table.append(
                {seller: share[1].central() for seller, share in shares.items() if share is not None}
            )
        return table


def _terms(second: Qualify | None) -> Lane | None:
    """Return the terms of a second source as those of a lane without a contract."""
    if second is None:
        return None
    return Lane.model_construct(share=None, sourcing_limit=second.sourcing_limit, lead=second.lead)


def split_lane(key: str) -> tuple[str, str]:
    """Return the seller and the buyers of a lane's key.

    Examples
    --------
    >>> split_lane("cn -> US.polishing")
    ('cn', 'US.polishing')
    """
    seller, _, buyers = key.partition(ARROW)
    return seller.strip(), buyers.strip()
