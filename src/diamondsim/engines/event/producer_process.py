"""Producers over time: capacity that grows, breaks down and recovers.

Reads `capacity_index` (eq. 83-86) and logs outages.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.event_log import EventKind, EventLog, shown_share

OUTAGE_LOSS = 0.01
"""A capacity index that falls by more than this share from one tick to the next is an outage."""

RECOVERED = 0.8
"""An outage is over when this share of what was lost is back."""


class ProducerProcess:
    """The capacity index of a producer: growth, outages, ramp (eq. 83-86)."""

    def __init__(self, clock: Clock, log: EventLog, row: int, name: str, index: Sequence[float]) -> None:
        self.name = name
        self.index = index[0]
        self.outages: list[tuple[int, int | None]] = []
        self._index_by_tick = index
        self._log = log
        self._normal = index[0]
        self._lowest = index[0]
        clock.schedule(row, [(Phase.PRODUCER, self.take_index)])

    @property
    def is_out(self) -> bool:
        """Whether there is an outage in this tick."""
        return bool(self.outages) and self.outages[-1][1] is None

    def was_out(self, begin: int, end: int) -> bool:
        """Return whether there was an outage in some tick of the half-open [begin, end)."""
        return any(b < end and (e is None or e > begin) for b, e in self.outages)

    def take_index(self, t: int) -> None:
        """Take the index of tick t, and log where an outage begins or ends."""
        before, self.index = self.index, self._index_by_tick[t]
        if self.is_out:
            self._lowest = min(self._lowest, self.index)
            if self.index - self._lowest >= RECOVERED * (self._normal - self._lowest):
                begin = self.outages[-1][0]
                self.outages[-1] = (begin, t)
                self._log.add(t, EventKind.OUTAGE_ENDS, self.name, t - begin, "capacity has recovered")
        elif self.index < (1.0 - OUTAGE_LOSS) * before:
            self._normal, self._lowest = before, self.index
            self.outages.append((t, None))
            lost = 1.0 - self.index / before
            why = f"capacity falls to {shown_share(self.index / before)} of its previous level"
            self._log.add(t, EventKind.OUTAGE_BEGINS, self.name, lost, why)
