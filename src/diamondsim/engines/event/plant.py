"""Producers in time: capacity that grows, breaks down and comes back.

Owns the reading of `capacity_index` (eq. 57-58) and the telling of outages.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.story import Kind, Story

FALL = 0.01
"""A capacity index that falls by more than this share from one tick to the next is an outage."""

RECOVERED = 0.8
"""An outage is over when so much of what was lost is back."""


class Plant:
    """A producer's capacity index: growth, outages, ramp (eq. 57-58)."""

    def __init__(self, clock: Clock, story: Story, row: int, producer: str, index: Sequence[float]) -> None:
        self.producer = producer
        self.index = index[0]
        self.outages: list[tuple[int, int | None]] = []
        self._path = index
        self._story = story
        self._normal = index[0]
        self._lowest = index[0]
        clock.employ(row, [(Phase.PLANT, self.change)])

    @property
    def out(self) -> bool:
        """Whether an outage is going on."""
        return bool(self.outages) and self.outages[-1][1] is None

    def was_out(self, begin: int, end: int) -> bool:
        """Say whether there was an outage in some tick of [begin, end)."""
        return any(b < end and (e is None or e > begin) for b, e in self.outages)

    def change(self, t: int) -> None:
        """Take the index of tick t."""
        before, self.index = self.index, self._path[t]
        if self.out:
            self._lowest = min(self._lowest, self.index)
            if self.index - self._lowest >= RECOVERED * (self._normal - self._lowest):
                begin = self.outages[-1][0]
                self.outages[-1] = (begin, t)
                self._story.tell(t, Kind.OUTAGE_ENDS, self.producer, t - begin, "capacity is back")
        elif self.index < (1.0 - FALL) * before:
            self._normal, self._lowest = before, self.index
            self.outages.append((t, None))
            lost = 1.0 - self.index / before
            why = f"capacity falls to {self.index / before:.0%} of what it was"
            self._story.tell(t, Kind.OUTAGE_BEGINS, self.producer, lost, why)
