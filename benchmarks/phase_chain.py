"""The phases of a run in one process, each timed separately: draw, step, reduce."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.cases import BenchmarkCase
from benchmarks.scale import SEED
from diamondsim.draws import Draws
from diamondsim.engines import batch, compiled
from diamondsim.results import Summary
from diamondsim.sampling import BLOCK, draw
from diamondsim.simulation.part_sizes import drawn_size, part_size
from diamondsim.simulation.runner import Workspace

PHASES = ("draw", "step", "reduce")


class PhaseChain:
    """Draws, runs and summarises replications in one process, in parts as large as those of a worker.

    Parameters
    ----------
    case : BenchmarkCase
    replications : int
        Number of replications, from the first.
    engine : str, optional
        `batch` or `compiled`.

    Attributes
    ----------
    rounds : list of dict of str to float
        Seconds of each phase, one dict for each call.
    """

    def __init__(self, case: BenchmarkCase, replications: int, engine: str = "batch") -> None:
        self.case = case
        self._run = compiled.run if engine == "compiled" else batch.run
        self._size = part_size(case.plan, case.kept, engine)
        self._drawn = drawn_size(case.plan, self._size, engine)
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
        for begin in range(first, first + count, self._drawn):
            started = time.perf_counter()
            some = min(self._drawn, first + count - begin)
            draws = draw(case.plan, seed=SEED, first=begin, count=some, scratch=self._workspace.draws)
            spent["draw"] += time.perf_counter() - started
            self._simulate(draws, part, spent)
        return part

    def _simulate(self, draws: Draws, summary: Summary, spent: dict[str, float]) -> None:
        case = self.case
        for start in range(0, draws.n_replications, self._size):
            some = draws.select(slice(start, start + self._size))
            room = self._workspace.ledger(case.plan, some.n_replications, case.kept)
            begin = time.perf_counter()
            ledger = self._run(case.plan, some, ledger=room)
            stepped = time.perf_counter()
            summary.add(some, ledger)
            spent["step"] += stepped - begin
            spent["reduce"] += time.perf_counter() - stepped
