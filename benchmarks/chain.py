"""What a process does with its replications, each phase timed apart: draw, step, reduce."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.scale import SEED
from benchmarks.worlds import World
from diamondsim.engines import batch
from diamondsim.results import Summary
from diamondsim.sampling import BLOCK, draw
from diamondsim.simulation.runner import Workspace

PHASES = ("draw", "step", "reduce")


class Chain:
    """The way from draws to a summary, in one process and in parts that fit the cache.

    Parameters
    ----------
    world : World
    replications : int
        From the first on.

    Attributes
    ----------
    rounds : list of dict of str to float
        Seconds of each phase, a dict for each call.
    """

    def __init__(self, world: World, replications: int) -> None:
        self.world = world
        self.replications = replications
        self.rounds: list[dict[str, float]] = []
        self._room = Workspace()

    def __call__(self) -> Summary:
        world = self.world
        spent = dict.fromkeys(PHASES, 0.0)
        total = Summary(world.plan, world.settings)
        total.columns.reserve(self.replications)
        for first in range(0, self.replications, BLOCK):
            total.merge(self._block(first, min(BLOCK, self.replications - first), spent), first=first)
        self.rounds.append(spent)
        return total

    def ns_per_lane_tick(self, rounds: int) -> dict[str, list[float]]:
        """Return what the last rounds took, by phase."""
        each = self.world.lane_ticks(self.replications) / 1e9
        return {phase: [spent[phase] / each for spent in self.rounds[-rounds:]] for phase in PHASES}

    def ns_in_all(self, rounds: int) -> list[float]:
        """Return what the last rounds took, all phases together, per lane-tick."""
        return [sum(phases) for phases in zip(*self.ns_per_lane_tick(rounds).values(), strict=True)]

    def medians(self, rounds: int) -> dict[str, float]:
        """Return the medians of the last rounds by phase, ns per lane-tick."""
        return {f"ns_{phase}": median(ns) for phase, ns in self.ns_per_lane_tick(rounds).items()}

    def _block(self, first: int, count: int, spent: dict[str, float]) -> Summary:
        world = self.world
        part = Summary(world.plan, world.settings)
        part.columns.reserve(count)
        begin = time.perf_counter()
        draws = draw(world.plan, seed=SEED, first=first, count=count, scratch=self._room.draws)
        spent["draw"] += time.perf_counter() - begin
        size = batch.block_size(world.plan)
        for start in range(0, count, size):
            some = draws.select(slice(start, start + size))
            room = self._room.ledger(world.plan, some.n_replications, world.kept)
            begin = time.perf_counter()
            ledger = batch.run(world.plan, some, ledger=room)
            stepped = time.perf_counter()
            part.add(some, ledger)
            spent["step"] += stepped - begin
            spent["reduce"] += time.perf_counter() - stepped
        return part
