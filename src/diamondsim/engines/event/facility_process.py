"""A facility comes into being: its milestones, and the buyers who qualify it (eq. 86-91).

What they do to capacity and contracts is in the Draws (`capacity_index`, `open_tick`); the processes here
only log it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import simpy

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.event_log import EventKind, EventLog
from diamondsim.plan import Facility, Financing, Milestone, TrancheFailure

_OF_FINANCING = (
    Milestone.WINDOW_MISSED,
    Milestone.TRANCHE,
    Milestone.TRANCHE_FAILED,
    Milestone.FINANCED,
)

_FAILURES = {
    TrancheFailure.CANCELLED: ": the facility is cancelled",
    TrancheFailure.WAITS: ": another one has to be found",
    TrancheFailure.DEARER: ": the loan is no longer covered",
    TrancheFailure.LOAN_FAILS: ", and with it the loan that it covers",
}


@dataclass(frozen=True)
class MilestoneReached:
    """A milestone that a facility reaches at `tick`, `days` after the decision, and its text for the log."""

    tick: int
    days: float
    text: str


def milestone_text(facility: Facility, milestone: Milestone, name: str) -> str:
    """Return the text for the log; `name` is the tranche or stage that the milestone is about."""
    if milestone in _OF_FINANCING:
        assert facility.financing is not None, "these milestones belong to a financing"
        return _financing_text(facility.financing, milestone, name)
    presses = facility.presses
    match milestone:
        case Milestone.CANCELLED:
            return "the facility is cancelled"
        case Milestone.POWER_DELIVERED:
            return "the power project delivers: there is power for the whole facility"
        case Milestone.OWNER_SOLD:
            return f"its owner is sold: stage {name} begins later"
        case Milestone.PRESSES_REFUSED:
            assert presses is not None, "a facility without presses cannot be refused them"
            return f"no licence for presses from {presses.region}: stage {name} takes longer"
        case Milestone.STAGE:
            last = name == facility.stages[-1][0]
            return f"stage {name} is complete" + (": first output" if last else "")
    return "output reaches 90 % of nameplate"


def _financing_text(financing: Financing, milestone: Milestone, name: str) -> str:
    match milestone:
        case Milestone.WINDOW_MISSED:
            outcome = "is cancelled" if financing.wait_days is None else "waits"
            return f"the lender's window closes before the financing is complete: the facility {outcome}"
        case Milestone.TRANCHE:
            amounts = {tranche.name: tranche.usd for tranche in financing.tranches}
            usd = amounts[name]
            return f"tranche {name} closes" + ("" if usd is None else f" ({usd / 1e6:,.10g} MUSD)")
        case Milestone.TRANCHE_FAILED:
            return f"tranche {name} fails" + _FAILURES[financing.failure(name)]
    return "all tranches have closed"


def no_output_reason(facility: Facility, ticks: Mapping[tuple[Milestone, str], int], end: int) -> str:
    """Return why a facility makes nothing before tick `end`; `ticks` are those of its milestones."""
    if ticks.get((Milestone.CANCELLED, ""), end) < end:
        return "cancelled"
    financing = facility.financing
    for name in () if financing is None else financing.can_fail:
        assert financing is not None, "only a financing has tranches"
        cancels = financing.failure(name) is TrancheFailure.CANCELLED
        if cancels and ticks[Milestone.TRANCHE_FAILED, name] < end:
            return f"cancelled: tranche {name} failed"
    missed = ticks.get((Milestone.WINDOW_MISSED, ""), end) < end
    if financing is not None and financing.wait_days is None and missed:
        return "cancelled: a tranche missed the lender's window"
    return "not finished by the end of the horizon"


class FacilityProcess:
    """A producer that does not exist yet. If it makes nothing within the horizon, tick 0 says so."""

    def __init__(
        self, rank: int, name: str, milestones: Sequence[MilestoneReached], nameplate: float, unit: str
    ) -> None:
        self._rank = rank
        self._name = name
        self._milestones = milestones
        self._nameplate = nameplate
        self._unit = unit

    def start(self, clock: Clock, log: EventLog, *, no_output: str) -> None:
        """Start to log the milestones; `no_output` is why nothing is ever made ("": there is output)."""
        clock.start(self._pass_milestones(clock, log, no_output))

    def _pass_milestones(
        self, clock: Clock, log: EventLog, no_output: str
    ) -> Generator[simpy.Event, None, None]:
        if no_output:
            yield clock.at(0, Phase.FACILITY, self._rank)
            log.add(0, EventKind.NO_OUTPUT, self._name, self._nameplate, no_output, self._unit)
        for milestone in self._milestones:
            yield clock.at(milestone.tick, Phase.FACILITY, self._rank)
            log.add(milestone.tick, EventKind.MILESTONE, self._name, milestone.days, milestone.text)


class QualificationProcess:
    """The buyers of one class of use who have qualified a source by `tick`."""

    def __init__(self, rank: int, tick: int, source: str, buyers: Sequence[str]) -> None:
        self._rank = rank
        self._tick = tick
        self._source = source
        self._buyers = buyers

    def start(self, clock: Clock, log: EventLog) -> None:
        """Start to wait for the end of the tests."""
        clock.start(self._wait(clock, log))

    def _wait(self, clock: Clock, log: EventLog) -> Generator[simpy.Event, None, None]:
        yield clock.at(self._tick, Phase.QUALIFICATION, self._rank)
        names = ", ".join(self._buyers[:3])
        more = f" and {len(self._buyers) - 3} more" if len(self._buyers) > 3 else ""
        why = f"{names}{more} may buy from now on"
        log.add(self._tick, EventKind.QUALIFIED, self._source, len(self._buyers), why)
