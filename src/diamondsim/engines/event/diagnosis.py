"""Shortages: when a use runs short, how badly, and why.

Owns the diagnosis of causes. A stock runs down because too little was sent a lead time ago, so the cause is
looked up in the Ledger, in the ticks in which what should arrive now was dispatched.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.addition import sum_in_order
from diamondsim.constants import EPS
from diamondsim.engines.event.event_log import Episode, EpisodeChange, EventKind, EventLog, shown_share
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.source_process import SourceProcess
from diamondsim.engines.event.use_process import UseProcess
from diamondsim.ledger import Ledger

SHORT_SHARE = 0.01
"""A use is short in a tick in which more than this share of its demand is not met."""

WINDOW_TICKS = 13
"""The cause is sought in the dispatches of at most this many ticks."""


class ShortageDiagnosis:
    """Find out from the Ledger, as far as it is written, why a use runs short."""

    def __init__(self, ledger: Ledger, sources: Sequence[SourceProcess]) -> None:
        self._ledger = ledger
        self._sources = sources

    def cause(self, use: UseProcess, t: int) -> str:
        """Return the main cause of a shortage in tick t, in words.

        For each lane what was sent is compared with its contract; the gaps are added up by reason, and the
        reason with the largest sum is the cause.
        """
        missing: dict[str, float] = {}
        due = 0.0
        for lane in use.lanes:
            end = t - lane.inputs.lead_ticks + 1
            begin = max(0, end - WINDOW_TICKS)
            if end <= begin:
                continue
            flow = lane.reference_flow * use.demand_factor * (end - begin)
            due += flow
            gap = flow - self._sent(lane, begin, end)
            if gap > SHORT_SHARE * flow:
                reason = self._reason(lane, begin, end)
                missing[reason] = missing.get(reason, 0.0) + gap
        if missing and sum_in_order(missing.values()) > SHORT_SHARE * due:
            reason = max(missing, key=lambda r: missing[r])
            share = missing[reason] / due
            return f"{shown_share(share)} of its recent inflow is missing: {reason}"
        if use.demand > (1.0 + SHORT_SHARE) * use.expected_demand:
            return (
                f"demand is {shown_share(use.demand / use.expected_demand - 1.0)} above the expected demand"
            )
        return "its orders do not cover its demand"

    def _sent(self, lane: LaneState, begin: int, end: int) -> float:
        """Return what a lane sent in the ticks [begin, end) and was not seized."""
        ledger, row = self._ledger, (slice(begin, end), lane.number, 0)
        on_lane = ledger["granted"][row] + ledger["shipped"][row] - ledger["relayed"][row]
        sent = on_lane + ledger["diverted"][row] - ledger["seized"][row]
        return sum_in_order(sent.tolist())

    def _reason(self, lane: LaneState, begin: int, end: int) -> str:
        """Return why a lane sent too little in the ticks [begin, end)."""
        ledger, source = self._ledger, self._sources[lane.source]
        queue = ledger["queue"][begin:end, lane.number, 0]
        if queue.max(initial=0.0) > EPS * lane.reference_flow:
            if not lane.binding:
                return "what was in the licence queues is still in the pipeline"
            strictest = min(lane.binding, key=lambda rule: rule.approval_rate)
            return f"{strictest.control.name} holds it back (licensing rule {strictest.name})"
        if source.producer is not None and source.producer.was_out(begin, end):
            return f"outage at {source.producer.name}"
        if any(begin <= tick < end for tick in source.stop_ticks):
            return f"{source.name} has stopped because of its price"
        desired = ledger["order"][begin:end, lane.node, 0] * lane.contract_share
        if (ledger["allocated"][begin:end, lane.number, 0] < desired * (1.0 - SHORT_SHARE)).any():
            if source.feed is not None and source.max_output < source.capacity * (1.0 - SHORT_SHARE):
                return f"{source.name} lacks feed"
            return f"{source.name} cannot make all that is ordered"
        return f"too little was ordered from {source.name}"


class ShortageObserver:
    """Log when a shortage of a use begins and ends."""

    def __init__(
        self, log: EventLog, use: UseProcess, diagnosis: ShortageDiagnosis, *, unit: str, last_tick: int
    ) -> None:
        self._log = log
        self._use = use
        self._unit = unit
        self._diagnosis = diagnosis
        self._last_tick = last_tick
        self._short = Episode()

    def observe(self, t: int) -> None:
        """Compare the shortage with demand."""
        use, short, unit = self._use, self._short, self._unit
        change = short.observe(t, use.shortage > SHORT_SHARE * use.demand, use.shortage)
        if change is EpisodeChange.BEGINS:
            why = self._diagnosis.cause(use, t)
            self._log.add(t, EventKind.SHORTAGE_BEGINS, use.name, use.shortage / use.demand, why)
        # On the last tick an episode that is over is closed without waiting for its quiet ticks.
        if change is EpisodeChange.ENDS or (t == self._last_tick and short.on and short.end <= t):
            why = f"after {self._log.span(short.length)}"
            self._log.add(short.end, EventKind.SHORTAGE_ENDS, use.name, short.total, why, unit)
        elif t == self._last_tick and short.on:
            why = f"for {self._log.span(short.length)} so far, at the end of the horizon"
            self._log.add(t, EventKind.SHORTAGE_CONTINUES, use.name, short.total, why, unit)
