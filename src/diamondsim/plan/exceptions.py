"""What a scenario says of single lanes, in the place of what would be derived.

Owns reading the keys `SELLER -> BUYERS` and finding, value by value, the most specific one for a source and a
node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from diamondsim.distributions import Distribution
from diamondsim.plan.cast import Cast, Path
from diamondsim.plan.structure import NodeKind
from diamondsim.scenario.market import Lane

ARROW = "->"


class Exceptions:
    """The exceptions of a cast."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._of_seller: dict[str, dict[str, Lane]] = {}
        self._written: dict[tuple[str, str], str] = {}
        for key, lane in cast.content.lanes.items():
            seller, buyers = split_lane(key)
            self._of_seller.setdefault(seller, {})[buyers] = lane
            self._written[seller, buyers] = key

    def value(
        self, seller: str, node: int, pick: Callable[[Lane], Distribution | None]
    ) -> tuple[Path, Distribution] | None:
        """Return a value said of the lane from a seller to a node, with the path of its lane."""
        lanes = self._of_seller.get(seller, {})
        found = self._cast.words.first(lanes, self._cast.nodes[node].buyer, pick)
        if found is None:
            return None
        buyers, value = found
        return ("lanes", self._written[seller, buyers]), value

    def share(self, seller: str, node: int) -> tuple[Path, Distribution] | None:
        """Return the contract share said of a lane. A lane of which one is said is there, even where it is 0.

        A reserve buys as others do.
        """
        if self._cast.nodes[node].node.kind is NodeKind.RESERVE:
            return None
        return self.value(seller, node, lambda lane: lane.share)

    def shares(self, node: int) -> Mapping[str, float]:
        """Return the central contract shares said of the lanes from producers to a node."""
        return self._shares[node]

    @cached_property
    def _shares(self) -> list[dict[str, float]]:
        makers: dict[str, list[str]] = {}
        for maker in self._cast.sources:
            if maker.source.facility is None:
                makers.setdefault(maker.source.grade, []).append(maker.source.producer)
        table = []
        for n, row in enumerate(self._cast.nodes):
            said = {seller: self.share(seller, n) for seller in makers.get(row.node.grade, [])}
            table.append({seller: value[1].central() for seller, value in said.items() if value is not None})
        return table


def split_lane(key: str) -> tuple[str, str]:
    """Return the seller and the buyers of a lane's key.

    Examples
    --------
    >>> split_lane("cn -> US.polishing")
    ('cn', 'US.polishing')
    """
    seller, _, buyers = key.partition(ARROW)
    return seller.strip(), buyers.strip()
