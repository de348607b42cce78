"""The phases of a run in one process, each timed separately: draw, step, reduce."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.cases import BenchmarkCase
from benchmarks.scale import SEED
from diamondsim.engines import batch
from diamondsim.results import Summary
from diamondsim.sampling import BLOCK, draw
from diamondsim.simulation.runner import Workspace

PHASES = ("draw", "step", "reduce")


class PhaseChain:
    """Draws, runs and summarises replications in one process, in parts that fit the cache.

    Parameters
    ----------
    world : World
    replications : int
        Number of replications, from the first.

    Attributes
    ----------
    rounds : list of dict of str to float
        Seconds of each phase, one dict for each call.
    """

    def __init__(self, case: BenchmarkCase, replications: int) -> None:
        self.case = case
        self.replications = replications
        self.rounds: list[dict[str, float]] = []
        self._workspace = Workspace()

    def __call__(self) -> Summary:
        case = self.case
        spent = dict.fromkeys(PHASES, 0.0)
        total = Summary(case.plan, case.settings)
        total.columns.reserve(self.replications)
        self._workspace.draws.forget()
        for first in range(0, self.replications, BLOCK):
            total.merge(self._block(first, min(BLOCK, self.replications - first), spent), first=first)
        self.rounds.append(spent)
        return total

    def ns_per_lane_tick(self, rounds: int) -> dict[str, list[float]]:
        """Return the times of the last rounds by phase, ns per lane-tick."""
        each = self.case.lane_ticks(self.replications) / 1e9
        return {phase: [spent[phase] / each for spent in self.rounds[-rounds:]] for phase in PHASES}

    def ns_in_all(self, rounds: int) -> list[float]:
        """Return the times of the last rounds, all phases together, ns per lane-tick."""
        return [sum(phases) for phases in zip(*self.ns_per_lane_tick(rounds).values(), strict=True)]

    def medians(self, rounds: int) -> dict[str, float]:
        """Return the medians of the last rounds by phase, ns per lane-tick."""
        return {f"ns_{phase}": median(ns) for phase, ns in self.ns_per_lane_tick(rounds).items()}

    def _block(self, first: int, count: int, spent: dict[str, float]) -> Summary:
        case = self.case
        part = Summary(case.plan, case.settings)
        part.columns.reserve(count)
        begin = time.perf_counter()
        draws = draw(case.plan, seed=SEED, first=first, count=count, scratch=self._workspace.draws)
        spent["draw"] += time.perf_counter() - begin
        size = batch.block_size(case.plan)
        for start in range(0, count, size):
            some = draws.select(slice(start, start + size))
            room = self._workspace.ledger(case.plan, some.n_replications, case.kept)
            begin = time.perf_counter()
            ledger = batch.run(case.plan, some, ledger=room)
            stepped = time.perf_counter()
            part.add(some, ledger)
            spent["step"] += stepped - begin
            spent["reduce"] += time.perf_counter() - stepped
        return part
