"""Observers of buyers: stocks that run down, further sources, and contracts that move to a facility.

Owns the shares at which they are logged, and no number of the model.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.addition import sum_in_order
from diamondsim.constants import EPS
from diamondsim.engines.event.event_log import Episode, EpisodeChange, EventKind, EventLog, counted
from diamondsim.engines.event.node_process import NodeProcess
from diamondsim.engines.event.source_process import SourceProcess
from diamondsim.engines.event.use_process import UseProcess
from diamondsim.plan import NO_CEILING

QUALIFIED = 2.0 / NO_CEILING
"""What is still ahead of a buyer that has qualified further sources is less than this, for rounding."""

LOW, REPLENISHED = 0.5, 0.8
"""A stock is low from when it is below the first share of its target (the cover, without any that is added
while a control is announced or in force) until it is above the second."""


class StockObserver:
    """Log when the stock of a use runs low, before it is short, and when it is replenished."""

    def __init__(self, log: EventLog, use: UseProcess) -> None:
        self._log = log
        self._use = use
        self._low = Episode(quiet=1)

    def observe(self, t: int) -> None:
        """Compare the stock that is left after consumption with the cover."""
        use, low = self._use, self._low
        target = use.inputs.cover_ticks * use.expected_demand
        if target <= EPS * use.expected_demand:
            return
        share = use.stock / target
        change = low.observe(t, share < (REPLENISHED if low.on else LOW))
        if change is EpisodeChange.BEGINS:
            left = use.stock / use.expected_demand
            stock, goal = (self._log.span(ticks, digits=1) for ticks in (left, use.inputs.cover_ticks))
            why = f"it lasts for {stock}; the target is {goal}"
            self._log.add(t, EventKind.STOCK_LOW, use.name, share, why)
        elif change is EpisodeChange.ENDS:
            why = f"after {self._log.span(low.length)}"
            self._log.add(low.end, EventKind.STOCK_REPLENISHED, use.name, low.length, why)


class FurtherSourcesObserver:
    """Log when the buyers of a region have qualified further sources: their sourcing limits end (eq. 34a).

    The time is drawn once for all of them, so that many are ready within a few ticks of each other: they
    share a row, with the tick of the first.

    Parameters
    ----------
    log : EventLog
    region : str
    buyers : sequence of (str, NodeProcess)
        Each with its use, or the name that stands for it.
    last_tick : int
        Of the horizon.
    """

    def __init__(
        self, log: EventLog, region: str, buyers: Sequence[tuple[str, NodeProcess]], *, last_tick: int
    ) -> None:
        self._log = log
        self._region = region
        self._waiting = list(buyers)
        self._begun: dict[NodeProcess, int] = {}
        self._ready: list[tuple[str, NodeProcess]] = []
        self._getting_ready = Episode()
        self._last_tick = last_tick

    def observe(self, t: int) -> None:
        """Look at how much of the qualification is still ahead of each buyer."""
        for _, node in self._waiting:
            if node.qualification_ahead < 1.0:
                self._begun.setdefault(node, t)
        ready = [buyer for buyer in self._waiting if buyer[1].qualification_ahead <= QUALIFIED]
        self._waiting = [buyer for buyer in self._waiting if buyer not in ready]
        self._ready += ready
        change = self._getting_ready.observe(t, bool(ready))
        if self._ready and (change is EpisodeChange.ENDS or t == self._last_tick):
            self._log_ready(self._getting_ready.begin)
            self._ready = []

    def _log_ready(self, t: int) -> None:
        uses = ", ".join(dict.fromkeys(use for use, _ in self._ready))
        span = self._log.span(t + 1 - min(self._begun[node] for _, node in self._ready))
        why = f"{uses}: {span} after their sellers began to disappoint them, no sourcing limit holds"
        self._log.add(t, EventKind.FURTHER_SOURCES, self._region, len(self._ready), why)


class ContractObserver:
    """Log when the last contracts that move to a facility step by step have moved (eq. 2)."""

    def __init__(self, log: EventLog, source: SourceProcess, unit: str) -> None:
        self._log = log
        self._source = source
        self._unit = unit
        self._moving = [lane for lane in source.lanes if lane.inputs.adoption_ticks > 0.0]

    def observe(self, t: int) -> None:
        """Find the lanes on which the whole share has been taken over by this tick."""
        moved = [
            lane
            for lane in self._moving
            if lane.is_open and lane.contract_share >= lane.inputs.contract_share * (1.0 - EPS)
        ]
        if not moved:
            return
        self._moving = [lane for lane in self._moving if lane not in moved]
        flow = sum_in_order(lane.reference_flow for lane in moved)
        if flow > 0.0:
            why = f"of {counted(len(moved), 'buyer')}, step by step since they may buy from it"
            self._log.add(t, EventKind.CONTRACTS_MOVED, self._source.name, flow, why, self._unit)
