"""Adaptation of sources to a shortage: conversion between grades, and projects that add capacity.

Owns eq. 46a-46e and 60a. What they do to the capacity of a source (eq. 11a, 11b) is in `source_process`.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import simpy

from diamondsim.addition import sum_in_order
from diamondsim.constants import EPS, FULL_SPEED, LASTED_SHARE
from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.event_log import EventKind, EventLog, shown_share
from diamondsim.engines.event.market_price import exponential
from diamondsim.engines.event.source_process import SourceProcess


def request_ratio(source: SourceProcess) -> float:
    """Return what is asked of a source in this tick, as a multiple of its usual capacity (eq. 46a)."""
    if source.usual_capacity <= 0.0:
        return 1.0
    return source.asked / source.usual_capacity


@dataclass(frozen=True)
class ConversionInputs:
    """What the Draws give for a conversion: shares of capacity, `step` per tick, `floor` not positive.

    `worth` and `fee` are multiples of the price of a unit that is converted; they count with prices.
    """

    limit: float
    conversion_yield: float
    step: float
    floor: float
    worth: float
    fee: float


class ConversionProcess:
    """The conversion of one grade of a producer into another: `share` is `C[q]` (eq. 11b, 46b).

    Attributes
    ----------
    position : float
        `z[q]`: below 0 the tests have still to be passed, above 0 the share that is converted.
    profit : float
        `profit[q]`: what it gains on a unit, as a share of what the unit brings; infinite without prices.
    """

    def __init__(self, inputs: ConversionInputs, of: SourceProcess, into: SourceProcess) -> None:
        self.inputs = inputs
        self.of = of
        self.into = into
        self.position = inputs.floor
        self.profit = math.inf
        of.converted_away.append(self)
        into.converted_here.append(self)

    def start(self, clock: Clock, rank: int) -> None:
        """Start the process."""
        clock.schedule(rank, [(Phase.CONVERT, self.move)])

    @property
    def share(self) -> float:
        """The share of the capacity of `of` that is converted in this tick."""
        return max(self.position, 0.0)

    @property
    def gain(self) -> float:
        """What the conversion adds to the capacity of `into` in this tick (eq. 11b)."""
        return self.inputs.conversion_yield * (self.share * self.of.expanded_capacity())

    def move(self, t: int) -> None:
        """Convert more where the grade is short, shorter than its origin, and pays, else less (eq. 46b)."""
        self._compare_prices(t)
        step = self.inputs.step
        move = min(max(self.lacking(), -step), step * min(max(FULL_SPEED * self.profit, -1.0), 1.0))
        self.position = min(max(self.position + move, self.inputs.floor), self.inputs.limit)

    def lacking(self) -> float:
        """Return the share of capacity to convert beside what is; negative: too much is (eq. 46b)."""
        makers = [conversion.of for conversion in self.into.converted_here]
        full_from = sum_in_order(maker.full_capacity for maker in makers)
        usual_from = sum_in_order(maker.usual_capacity for maker in makers)
        usual_into = sum_in_order(other.into.usual_capacity for other in self.of.converted_away)
        unit_yield = self.inputs.conversion_yield
        here, there = request_ratio(self.into), request_ratio(self.of)
        to_meet_requests = (here - 1.0) / unit_yield
        moved = here * usual_into + unit_yield * there * usual_from
        to_be_equally_short = (here - there) * usual_from / moved if moved > 0.0 else 0.0
        of_capacity = self.into.usual_capacity / full_from if full_from > 0.0 else 0.0
        return of_capacity * min(to_meet_requests, to_be_equally_short)

    def _compare_prices(self, t: int) -> None:
        """Find what converting a unit gains at the prices of tick t, if both grades have one (eq. 60a)."""
        if self.of.margin is None or self.into.margin is None:
            return
        given_up, gained = self.of.margin.log_earned(t), self.into.margin.log_earned(t)
        cost = self.inputs.fee * exponential(-given_up)
        self.profit = self.inputs.worth * exponential(gained - given_up) - cost - 1.0


@dataclass(frozen=True)
class ProjectInputs:
    """What Plan and Draws give for a project; `kept` by tick (empty: all of the size)."""

    threshold: float
    gain: float
    delay_ticks: int
    ramp_ticks: int
    size: float
    times: int
    kept: Sequence[float]


class ProjectProcess:
    """A project of a source: it watches the requests, decides, builds, and may then decide again.

    Attributes
    ----------
    lasted : float
        How long the source has been short: the smoothed truth of it, between 0 and 1 (eq. 46c).
    added : float
        What the project has added, as a share of capacity.
    """

    def __init__(self, name: str, inputs: ProjectInputs, source: SourceProcess) -> None:
        self.name = name
        self.inputs = inputs
        self.source = source
        self.lasted = 0.0
        self.added = 0.0
        self._times_left = inputs.times
        self._is_building = False
        source.projects.append(self)

    def start(self, clock: Clock, log: EventLog, rank: int) -> None:
        """Start to watch the requests."""

        def watch(t: int) -> None:
            if self.decides(t):
                ratio = request_ratio(self.source)
                why = f"requests above {shown_share(self.inputs.threshold)} of capacity have lasted"
                log.add(t, EventKind.EXPANSION_DECIDED, self.name, ratio, why)
                clock.start(self._build(clock, log, rank, t))

        clock.schedule(rank, [(Phase.DECIDE, watch)])

    def decides(self, _: int) -> bool:
        """Smooth in whether this tick is short, and tell whether a project is decided (eq. 46c, 46d)."""
        short = 1.0 if request_ratio(self.source) > self.inputs.threshold + EPS else 0.0
        self.lasted += self.inputs.gain * (short - self.lasted)
        is_due = self.lasted >= LASTED_SHARE - EPS
        return is_due and not self._is_building and self._times_left > 0

    def _build(
        self, clock: Clock, log: EventLog, rank: int, decided: int
    ) -> Generator[simpy.Event, None, None]:
        """Wait for the first new capacity, then add it in equal steps (eq. 46e)."""
        self._is_building = True
        self._times_left -= 1
        inputs, before = self.inputs, self.added
        size = inputs.size * (inputs.kept[decided] if inputs.kept else 1.0)
        arrival = decided + inputs.delay_ticks
        for step in range(1, inputs.ramp_ticks + 1):
            yield clock.at(arrival + step - 1, Phase.BUILD, rank)
            if step == 1:
                ago, rise = log.span(inputs.delay_ticks), log.span(inputs.ramp_ticks)
                why = f"decided {ago} ago; it rises over {rise}"
                log.add(arrival, EventKind.EXPANSION_ARRIVES, self.name, size, why)
            self.added = before + size * (step / inputs.ramp_ticks)
        self._is_building = False


class ConversionObserver:
    """Log when a source begins and ceases to convert another grade."""

    def __init__(self, log: EventLog, name: str, conversion: ConversionProcess) -> None:
        self._log = log
        self._name = name
        self._conversion = conversion
        self._largest = 0.0

    def observe(self, t: int) -> None:
        """Compare the share that is converted with 0."""
        share = self._conversion.share
        if share > 0.0 and self._largest == 0.0:
            why = f"{self._conversion.of.name} is converted: {self._conversion.into.name} is short"
            self._log.add(t, EventKind.CONVERSION_BEGINS, self._name, share, why)
        if share == 0.0 and self._largest > 0.0:
            is_loss = self._conversion.profit < 0.0
            why = "it brings less than it costs" if is_loss else "requests are met without it"
            self._log.add(t, EventKind.CONVERSION_ENDS, self._name, self._largest, why)
            self._largest = 0.0
        self._largest = max(self._largest, share)
