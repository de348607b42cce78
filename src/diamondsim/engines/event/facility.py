"""A facility comes to be: its milestones, and the buyers who qualify it (eq. 58-59).

What they do to capacity and contracts is in the Draws (`capacity_index`, `open_tick`); the persons here only
tell of it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import simpy

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.story import Kind, Story
from diamondsim.plan import Facility as Planned
from diamondsim.plan import Milestone


@dataclass(frozen=True)
class Reached:
    """Something that a facility reaches at `tick`, `days` after the decision."""

    tick: int
    days: float
    what: str


def words_of(facility: Planned, what: Milestone, name: str) -> str:
    """Return what the log says of a milestone; `name` is the tranche or stage it is about."""
    money, presses = facility.financing, facility.presses
    match what:
        case Milestone.CANCELLED:
            return "it is cancelled"
        case Milestone.WINDOW_MISSED:
            waits = money is not None and money.wait_days is not None
            return f"the lender's window closes too early: {'it waits' if waits else 'it is cancelled'}"
        case Milestone.TRANCHE:
            assert money is not None, "tranches belong to a financing"
            amounts = {tranche.name: tranche.usd for tranche in money.tranches}
            usd = amounts[name]
            return f"{name} closes" + ("" if usd is None else f" ({usd / 1e6:g} MUSD)")
        case Milestone.FINANCED:
            return "all tranches have closed"
        case Milestone.OWNER_SOLD:
            return f"its owner is sold: {name} begins later"
        case Milestone.PRESSES_REFUSED:
            assert presses is not None, "presses come from somewhere"
            return f"no licence for presses from {presses.region}: {name} takes longer"
        case Milestone.STAGE:
            last = name == facility.stages[-1][0]
            return f"{name} is over: first output" if last else f"{name} is over"
        case Milestone.RAMPED:
            return "it runs at 90 % of nameplate"


def why_no_output(facility: Planned, when: Mapping[tuple[Milestone, str], int], end: int) -> str:
    """Return why a facility makes nothing before tick `end`; `when` are the ticks of its milestones."""
    if when.get((Milestone.CANCELLED, ""), end) < end:
        return "cancelled"
    money = facility.financing
    if money is not None and money.wait_days is None and when.get((Milestone.WINDOW_MISSED, ""), end) < end:
        return "cancelled: a tranche missed the lender's window"
    return "not finished before the horizon ends"


class Facility:
    """A producer to be. Where first output lies beyond the horizon it says so at the outset."""

    def __init__(
        self, rank: int, name: str, milestones: Sequence[Reached], nameplate: float, unit: str
    ) -> None:
        self._rank = rank
        self._name = name
        self._milestones = milestones
        self._nameplate = nameplate
        self._unit = unit

    def live(self, clock: Clock, story: Story, *, without_output: str) -> Generator[simpy.Event, None, None]:
        """Pass the milestones, each at its tick; say first why there is no output, if there is none."""
        if without_output:
            yield clock.at(0, Phase.FACILITY, self._rank)
            story.tell(0, Kind.NO_OUTPUT, self._name, self._nameplate, without_output, self._unit)
        for milestone in self._milestones:
            yield clock.at(milestone.tick, Phase.FACILITY, self._rank)
            story.tell(milestone.tick, Kind.MILESTONE, self._name, milestone.days, milestone.what)


class Qualification:
    """The buyers of one class of use who have qualified a source by `tick`."""

    def __init__(self, rank: int, tick: int, source: str, buyers: Sequence[str]) -> None:
        self._rank = rank
        self._tick = tick
        self._source = source
        self._buyers = buyers

    def live(self, clock: Clock, story: Story) -> Generator[simpy.Event, None, None]:
        """Wait for the end of the tests."""
        yield clock.at(self._tick, Phase.QUALIFY, self._rank)
        named = ", ".join(self._buyers[:3])
        more = f" and {len(self._buyers) - 3} more" if len(self._buyers) > 3 else ""
        story.tell(
            self._tick, Kind.QUALIFIED, self._source, len(self._buyers), f"{named}{more} may buy from now on"
        )
