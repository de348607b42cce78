"""Observers of controls: licensing that stops, relapses and ends, diversion, seizures and crackdowns.

Owns the shares at which they are logged, and no number of the model.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from diamondsim.addition import sum_in_order
from diamondsim.constants import EPS
from diamondsim.engines.event.control_process import ControlProcess, LicensingProcess
from diamondsim.engines.event.event_log import Episode, EpisodeChange, EventKind, EventLog, shown_share
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.plan import ControlState

ALMOST_NOTHING = 0.01
"""Licensing has stopped while less than this share of the reference flow is admitted, though goods wait."""

HALF = 0.5
"""An approval rate that reaches this share for the first time in a spell is logged."""

NOTABLE, FALLEN, RECOVERED = 0.1, 0.5, 0.8
"""A relapse begins where an approval rate of at least the first share falls, from one tick to the next, below
the second part of what it was; it is over when the third part is back."""


class LicensingObserver:
    """Log when licensing stops, resumes, is half open and relapses, and what its control leaves in a queue.

    Parameters
    ----------
    log : EventLog
    rule : LicensingProcess
    lanes : mapping of str to sequence of LaneState
        The lanes of the rule, by the unit of their goods.
    window : int
        Number of ticks over which is added up what is admitted; more than 1 where licences come in batches.
        Rates of single ticks say nothing there: it is not logged when half passes, and relapses are not.
    """

    def __init__(
        self,
        log: EventLog,
        rule: LicensingProcess,
        lanes: Mapping[str, Sequence[LaneState]],
        *,
        window: int = 1,
    ) -> None:
        self._log = log
        self._rule = rule
        self._lanes = [lane for lanes_of_unit in lanes.values() for lane in lanes_of_unit]
        self._queues = [ReleaseObserver(log, rule, *pair) for pair in lanes.items()]
        self._rate = RateObserver(log, rule) if window == 1 else None
        self._stopped = Episode(quiet=1)
        self._window: deque[tuple[float, float]] = deque(maxlen=window)

    def observe(self, t: int) -> None:
        """Compare what was admitted with the reference flow, and the approval rate with what it was.

        What a spillover or overcompliance slows needs no licence.
        """
        if self._rule.control.slows is None:
            self._observe_licences(t)
            if self._rate is not None:
                self._rate.observe(t)
        for queue in self._queues:
            queue.observe(t)

    def _observe_licences(self, t: int) -> None:
        rule, log = self._rule, self._log
        if rule.binds:
            admitted = sum_in_order(lane.granted for lane in self._lanes)
            reference = sum_in_order(lane.reference_flow for lane in self._lanes)
            waits = sum_in_order(lane.queue for lane in self._lanes) > EPS * reference
            self._window.append((admitted, reference))
            admitted, reference = (sum_in_order(of_ticks) for of_ticks in zip(*self._window, strict=True))
            change = self._stopped.observe(t, waits and admitted < ALMOST_NOTHING * reference)
            if change is EpisodeChange.BEGINS:
                why = (
                    f"applications wait, and less than {shown_share(ALMOST_NOTHING)} of the reference flow "
                    "is admitted"
                )
                log.add(t, EventKind.LICENSING_STOPS, rule.name, rule.approval_rate, why)
            elif change is EpisodeChange.ENDS:
                ticks = self._stopped.length
                stopped = f"after {self._log.span(ticks)} with almost nothing admitted"
                why = f"{stopped}, {shown_share(rule.approval_rate)} of the reference flow passes"
                log.add(t, EventKind.LICENSING_RESUMES, rule.name, ticks, why)
        else:
            self._stopped = Episode(quiet=1)
            self._window.clear()


class RateObserver:
    """Log when half of the reference flow first passes in a spell, and when the approval rate relapses."""

    def __init__(self, log: EventLog, rule: LicensingProcess) -> None:
        self._log = log
        self._rule = rule
        self._begin: int | None = None
        self._state = ControlState.NONE
        self._rate = 0.0
        self._half = False
        self._fell: tuple[int, float] | None = None

    def observe(self, t: int) -> None:
        """Compare the approval rate with that of the previous tick."""
        rule, state = self._rule, self._rule.control.state
        if not rule.binds:
            self._begin = self._fell = None
            return
        rate, before = rule.approval_rate, self._rate
        self._rate = rate
        if self._begin is None or state != self._state:
            # A change of the law is no relapse; the control itself logs it.
            self._begin = t if self._begin is None else self._begin
            self._state, self._half, self._fell = state, rate >= HALF, None
            return
        if not self._half and rate >= HALF:
            self._half = True
            ticks = t - self._begin
            why = f"{self._log.span(ticks)} after {rule.control.name} came into force"
            self._log.add(t, EventKind.HALF_PASSES, rule.name, ticks, why)
        self._observe_relapse(t, rate, before)

    def _observe_relapse(self, t: int, rate: float, before: float) -> None:
        if self._fell is None:
            if before >= NOTABLE and rate < FALLEN * before:
                self._fell = (t, before)
                passes = shown_share(rate, decimals=1)
                why = f"{passes} of the reference flow passes, down from {shown_share(before)}"
                self._log.add(t, EventKind.RELAPSE_BEGINS, self._rule.name, rate, why)
        elif rate >= RECOVERED * self._fell[1]:
            ticks = t - self._fell[0]
            why = f"after {self._log.span(ticks)}, {shown_share(rate)} of the reference flow passes"
            self._log.add(t, EventKind.RELAPSE_ENDS, self._rule.name, ticks, why)
            self._fell = None


class ReleaseObserver:
    """Log the queue that a control leaves behind when it ends, and the orders that buyers then cancel.

    Where several controls bound a lane and end together, the first of them logs its queue.
    """

    def __init__(self, log: EventLog, rule: LicensingProcess, unit: str, lanes: Sequence[LaneState]) -> None:
        self._log = log
        self._rule = rule
        self._unit = unit
        self._lanes = lanes
        self._bound: list[LaneState] = []
        self._released: list[LaneState] = []
        self._cancelled = Episode(quiet=1)

    def observe(self, t: int) -> None:
        """Find the lanes that have become free in this tick, and what is cancelled on those that are."""
        rule, free = self._rule, [lane for lane in self._bound if not lane.is_controlled]
        if free:
            self._log_release(t, free)
            self._released = free
        self._bound = [lane for lane in self._lanes if lane.binding and lane.binding[0] is rule]
        # What returns from the queue of a free lane has been cancelled.
        cancelled = sum_in_order(lane.withdrawn for lane in self._released if not lane.is_controlled)
        going_on = cancelled > EPS * sum_in_order(lane.reference_flow for lane in self._released)
        if self._cancelled.observe(t, going_on, cancelled) is EpisodeChange.ENDS:
            episode = self._cancelled
            why = f"within {self._log.span(episode.length)}: buyers had applied for more than they need"
            name, unit = rule.name, self._unit
            self._log.add(episode.begin, EventKind.ORDERS_CANCELLED, name, episode.total, why, unit)

    def _log_release(self, t: int, free: Sequence[LaneState]) -> None:
        # What was released or cancelled in this tick was in the queue too when the control ended.
        queue = sum_in_order(lane.queue + lane.granted + lane.withdrawn for lane in free)
        if queue > EPS * sum_in_order(lane.reference_flow for lane in free):
            control = self._rule.control
            factor = max(lane.release_factor for lane in free)
            most = f"up to {factor:.3g} times the reference flow"
            is_over = "is no longer in force" if control.slows is None else "no longer slows trade"
            why = f"{control.name} {is_over}; {most} may leave per {self._log.tick}"
            self._log.add(t, EventKind.QUEUE_RELEASED, self._rule.name, queue, why, self._unit)


class CrackdownObserver:
    """Log when a smaller share of what a control blocks is diverted than before, once where it fades."""

    def __init__(self, log: EventLog, control: ControlProcess) -> None:
        self._log = log
        self._control = control
        self._share_before = 0.0
        self._in_force_before = False
        self._fell_before = False

    def observe(self, t: int) -> None:
        """Compare the diversion share with that of the previous tick."""
        control = self._control
        still_in_force = control.in_force and self._in_force_before
        falls = still_in_force and control.diversion_share < self._share_before
        if falls and not self._fell_before:
            share = control.diversion_share
            was = shown_share(self._share_before)
            why = f"{shown_share(share)} of the blocked flow is still diverted, down from {was}"
            self._log.add(t, EventKind.CRACKDOWN, control.name, share, why)
        self._share_before, self._in_force_before = control.diversion_share, control.in_force
        self._fell_before = falls


class DiversionObserver:
    """Log what is diverted around a control and what of it is seized, of goods of one unit."""

    def __init__(self, log: EventLog, control: ControlProcess, lanes: Sequence[LaneState], unit: str) -> None:
        self._log = log
        self._control = control
        self._lanes = lanes
        self._unit = unit
        self._diversion = Episode()
        self._seizure = Episode()

    def observe(self, t: int) -> None:
        """Add up what is diverted around this control: where several bind, around the first of them."""
        control, log, unit = self._control, self._log, self._unit
        lanes = [x for x in self._lanes if x.binding and x.binding[0].control is control]
        # Anything smaller is rounding noise.
        negligible = EPS * sum_in_order(lane.reference_flow for lane in lanes)
        diverted = sum_in_order(lane.diverted for lane in lanes)
        seized = sum_in_order(lane.seized for lane in lanes)
        change = self._diversion.observe(t, diverted > negligible, diverted)
        if change is EpisodeChange.BEGINS:
            why = "goods are diverted via third countries"
            log.add(t, EventKind.DIVERSION_BEGINS, control.name, diverted, why, unit)
        elif change is EpisodeChange.ENDS:
            diversion = self._diversion
            why = f"after {self._log.span(diversion.length)}"
            log.add(diversion.end, EventKind.DIVERSION_ENDS, control.name, diversion.total, why, unit)
        if self._seizure.observe(t, seized > negligible, seized) is EpisodeChange.BEGINS:
            why = f"{shown_share(seized / diverted)} of the diverted goods are seized"
            log.add(t, EventKind.SEIZURE, control.name, seized, why, unit)
