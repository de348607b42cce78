"""A facility comes to be: its milestones, and the buyers who qualify it (eq. 58-59).

What they do to capacity and contracts is in the Draws (`capacity_index`, `open_tick`); the persons here only
tell of it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import simpy

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.story import Kind, Story


@dataclass(frozen=True)
class Milestone:
    """Something that a facility reaches at `tick`, `days` after the decision."""

    tick: int
    days: float
    what: str


class Facility:
    """A producer to be. Where first output lies beyond the horizon it says so at the outset."""

    def __init__(
        self, rank: int, name: str, milestones: Sequence[Milestone], nameplate: float, unit: str
    ) -> None:
        self._rank = rank
        self._name = name
        self._milestones = milestones
        self._nameplate = nameplate
        self._unit = unit

    def live(self, clock: Clock, story: Story, *, produces: bool) -> Generator[simpy.Event, None, None]:
        """Pass the milestones, each at its tick."""
        if not produces:
            yield clock.at(0, Phase.FACILITY, self._rank)
            why = "cancelled, or not finished before the horizon ends"
            story.tell(0, Kind.NO_OUTPUT, self._name, self._nameplate, why, self._unit)
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
