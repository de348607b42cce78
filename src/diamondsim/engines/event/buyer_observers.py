"""Observers of buyers: stocks that run down, further sources, and contracts that move to a facility.

Owns the shares at which they are logged, and no number of the model.
"""

from __future__ import annotations

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
            why = f"it lasts for {left:.1f} ticks; the target is {use.inputs.cover_ticks:.1f}"
            self._log.add(t, EventKind.STOCK_LOW, use.name, share, why)
        elif change is EpisodeChange.ENDS:
            why = f"after {counted(low.length, 'tick')}"
            self._log.add(low.end, EventKind.STOCK_REPLENISHED, use.name, low.length, why)


class FurtherSourcesObserver:
    """Log when a buyer has qualified further sources: from then on no sourcing limit holds (eq. 34a)."""

    def __init__(self, log: EventLog, node: NodeProcess) -> None:
        self._log = log
        self._node = node
        self._begin: int | None = None
        self._is_done = False

    def observe(self, t: int) -> None:
        """Look at how much of the qualification is still ahead."""
        node = self._node
        if self._begin is None and node.qualification_ahead < 1.0:
            self._begin = t
        if self._begin is not None and not self._is_done and node.qualification_ahead <= QUALIFIED:
            self._is_done = True
            why = "its sellers disappointed it for long enough: its sourcing limits no longer hold"
            ticks = t + 1 - self._begin
            self._log.add(t, EventKind.FURTHER_SOURCES, node.name, ticks, why)


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
        flow = sum(lane.reference_flow for lane in moved)
        if flow > 0.0:
            why = f"of {counted(len(moved), 'buyer')}, step by step since they may buy from it"
            self._log.add(t, EventKind.CONTRACTS_MOVED, self._source.name, flow, why, self._unit)
