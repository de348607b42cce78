"""Draws and simulates replications of one scenario, and summarises them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from diamondsim.draws import Draws
from diamondsim.engines import batch, compiled
from diamondsim.ledger import Ledger
from diamondsim.plan import NO_EXCHANGE, Exchange, Plan, compile_plan
from diamondsim.results import Summary, read_of, recorded, settings_of, summed
from diamondsim.sampling import BLOCK, Scratch, draw
from diamondsim.scenario import Scenario
from diamondsim.simulation.block_store import Arrays
from diamondsim.simulation.part_sizes import drawn_size, part_size

PartDone: TypeAlias = Callable[[int], bool]
"""Called after each part with its number of replications; returns whether to continue."""


class Workspace:
    """Memory for Draws and a Ledger that is used again and again, since allocating it takes long.

    Attributes
    ----------
    draws : diamondsim.sampling.Scratch
    """

    def __init__(self) -> None:
        self.draws = Scratch()
        self._ledger: Ledger | None = None
        self._layout: tuple[object, ...] = ()

    def ledger(self, plan: Plan, n_replications: int, record: tuple[str, ...]) -> Ledger:
        """Return a Ledger for some replications; its content is invalid after the next call."""
        kept, sums = read_of(plan), summed(plan)
        rows = tuple(tuple(numbers.tolist()) for numbers in kept.values())
        layout = (plan.n_ticks, rows, tuple(sums.items()), plan.n_markets, n_replications, record)
        if self._ledger is None or self._layout != layout:
            self._ledger = None  # freed before the next one is allocated
            self._ledger = Ledger.empty(plan, n_replications, record, kept, sums)
            self._layout = layout
        return self._ledger


@dataclass(frozen=True)
class RunSpec:
    """A scenario, the seed of its random numbers and the number of replications.

    `counts` says what each replication counts over time, if not one: `ReplicationWeights.counts` as bytes,
    which a frozen class can compare. `exchange` says which streams give the draws of a second set. `engine`
    is `batch` or `compiled`. With `shares_draws` the same processes simulate other scenarios, which may draw
    the same: a block is then drawn as a whole, which takes more memory, and kept for the next of them.
    """

    scenario: Scenario
    seed: int
    replications: int
    counts: bytes | None = None
    exchange: Exchange = NO_EXCHANGE
    engine: str = "batch"
    shares_draws: bool = False

    def runner(self, workspace: Workspace) -> ScenarioRunner:
        """Return a runner for this scenario.

        Raises
        ------
        ScenarioError
            If the scenario cannot be compiled.
        """
        return ScenarioRunner(self, workspace)


class ScenarioRunner:
    """A compiled scenario, ready to be simulated.

    Parameters
    ----------
    spec : RunSpec
    workspace : Workspace
        Shared only by runners that never run at the same time.

    Raises
    ------
    ScenarioError
        If the scenario cannot be compiled.
    """

    def __init__(self, spec: RunSpec, workspace: Workspace) -> None:
        self._seed = spec.seed
        self._counts = None if spec.counts is None else np.frombuffer(spec.counts, dtype=np.int64)
        plan = compile_plan(spec.scenario)
        self._plan = replace(plan, stream_names=replace(plan.stream_names, exchange=spec.exchange))
        self._settings = settings_of(spec.scenario)
        record = recorded(self._plan, self._settings)
        self._simulator = BlockSimulator(
            self._plan, record, spec.engine, workspace, shares_draws=spec.shares_draws
        )

    def summary(self, scratch: Path | None = None) -> Summary:
        """Return a summary of no replications yet; `scratch` is the folder for what exceeds memory."""
        return Summary(self._plan, self._settings, scratch=scratch)

    def restore(self, arrays: Arrays) -> Summary:
        """Return the summary whose `arrays` these are."""
        return self.summary().restore(arrays)

    def run(self, first: int, count: int, part_done: PartDone) -> Summary:
        """Simulate the replications [first, first + count), in parts that fit the processor's cache.

        Parameters
        ----------
        first, count : int
            Preferably one whole block of draws.
        part_done : callable
            Called after each part; if it returns False the remaining parts are omitted.

        Returns
        -------
        Summary
            Of fewer than `count` replications if parts were omitted.
        """
        summary = self.summary()
        summary.columns.reserve(count)
        for part, ledger in self._simulator.parts(seed=self._seed, first=first, count=count):
            summary.add(part, ledger, None if self._counts is None else self._counts[part.replications])
            if not part_done(part.n_replications):
                break
        return summary


class BlockSimulator:
    """Draws and simulates replications of a plan in parts that fit in memory.

    Parameters
    ----------
    plan : Plan
    record : tuple of str
        Fields of the Ledger to record.
    engine : str
        `batch` or `compiled`.
    workspace : Workspace
    shares_draws : bool, optional
        As in `RunSpec`.
    """

    def __init__(
        self,
        plan: Plan,
        record: tuple[str, ...],
        engine: str,
        workspace: Workspace,
        *,
        shares_draws: bool = False,
    ) -> None:
        self._plan, self._record, self._engine = plan, record, engine
        self._workspace = workspace
        self._size = part_size(plan, record, engine)
        # Other scenarios that draw alike find the tables of a whole block, and none of a part of it.
        self._drawn = BLOCK if shares_draws else drawn_size(plan, self._size, engine)

    def parts(
        self, *, seed: int, first: int, count: int, redraw_seed: int | None = None
    ) -> Iterator[tuple[Draws, Ledger]]:
        """Simulate the replications [first, first + count), drawing some parts at a time.

        Parameters
        ----------
        seed, first, count : int
            Preferably one whole block of draws.
        redraw_seed : int, optional
            As for `diamondsim.sampling.draw`.

        Yields
        ------
        tuple of Draws and Ledger
            Of one part; invalid with the next one.
        """
        for begin in range(0, count, self._drawn):
            draws = draw(
                self._plan,
                seed=seed,
                first=first + begin,
                count=min(self._drawn, count - begin),
                redraw_seed=redraw_seed,
                scratch=self._workspace.draws,
            )
            yield from simulate_parts(self._plan, draws, self._size, self._ledger, engine=self._engine)

    def _ledger(self, replications: slice) -> Ledger:
        return self._workspace.ledger(self._plan, replications.stop - replications.start, self._record)


def simulate_parts(
    plan: Plan,
    draws: Draws,
    part_size: int,
    ledger_for: Callable[[slice], Ledger],
    *,
    engine: str = "batch",
) -> Iterator[tuple[Draws, Ledger]]:
    """Simulate replications part by part.

    Parameters
    ----------
    plan : Plan
    draws : Draws
    part_size : int
        Replications of a part; results do not depend on it.
    ledger_for : callable
        Returns the Ledger to fill for a slice of the replications of `draws`.
    engine : str
        `batch` or `compiled`.

    Yields
    ------
    tuple of Draws and Ledger
        Of one part.
    """
    if engine == "compiled":
        compiled.load_kernel()
    run = compiled.run if engine == "compiled" else batch.run
    for begin in range(0, draws.n_replications, part_size):
        replications = slice(begin, min(begin + part_size, draws.n_replications))
        part = draws.select(replications)
        yield part, run(plan, part, ledger=ledger_for(replications))
