"""The clerk writes the Ledger at the end of each tick (eq. 46)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.lane import Lane
from diamondsim.engines.event.node import Node
from diamondsim.engines.event.prices import Quote
from diamondsim.engines.event.source import Source
from diamondsim.ledger import FIELDS, Entity, Ledger


class Clerk:
    """Reads from every person the attributes that have the names of the Ledger."""

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        nodes: Sequence[Node],
        lanes: Sequence[Lane],
        sources: Sequence[Source],
        quotes: Sequence[Quote],
    ) -> None:
        self._ledger = ledger
        self._persons: Mapping[Entity, Sequence[object]] = {
            "node": nodes,
            "lane": lanes,
            "source": sources,
            "market": quotes,
        }
        clock.employ(0, [(Phase.RECORD, self.record)])

    def record(self, t: int) -> None:
        """Write the row of tick t."""
        for name, field in FIELDS.items():
            persons = self._persons[field.entity]
            self._ledger[name][t, :, 0] = [getattr(person, name) for person in persons]
