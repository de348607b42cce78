"""One scenario, ready to be run: draws and runs some replications and keeps what counts of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from diamondsim.engines import batch
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, compile_plan
from diamondsim.results import Summary, read_of, recorded, settings_of, summed
from diamondsim.sampling import Scratch, draw
from diamondsim.scenario import Scenario

Report: TypeAlias = Callable[[int], bool]
"""Called with a number of replications just done; returns whether to go on."""

ROOM_BYTES = 450_000_000
"""Most that the Ledger of one process may take; only long horizons with few lanes come near it."""


@dataclass(frozen=True)
class Recipe:
    """What makes a run: a scenario, the root of its random numbers and how many replications."""

    scenario: Scenario
    seed: int
    replications: int


class Room:
    """Room for Draws and a Ledger, shared by the scenarios of a process: making it takes long."""

    def __init__(self) -> None:
        self.draws = Scratch()
        self._ledger: Ledger | None = None
        self._holds: tuple[object, ...] = ()

    def ledger(self, plan: Plan, size: int, record: tuple[str, ...]) -> Ledger:
        """Return a Ledger for some replications; what is in it is overwritten by the next."""
        kept, sums = read_of(plan), summed(plan)
        rows = tuple(tuple(numbers.tolist()) for numbers in kept.values())
        holds = (plan.n_ticks, rows, tuple(sums.items()), plan.n_markets, size, record)
        if self._ledger is None or self._holds != holds:
            self._ledger = None  # so that there are never two
            self._ledger = Ledger.empty(plan, size, record, kept, sums)
            self._holds = holds
        return self._ledger


class Bench:
    """A scenario with its Plan, ready to run.

    Parameters
    ----------
    recipe : Recipe
    room : Room
        Shared by those that never run at the same time.

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled.
    """

    def __init__(self, recipe: Recipe, room: Room) -> None:
        self._seed = recipe.seed
        self._plan = compile_plan(recipe.scenario)
        self._settings = settings_of(recipe.scenario)
        self._record = recorded(self._plan, self._settings)
        self._size = _part_size(self._plan, self._record)
        self._room = room

    def summary(self, scratch: Path | None = None) -> Summary:
        """Return a summary of no replications yet, with a folder for what does not fit the memory."""
        return Summary(self._plan, self._settings, scratch=scratch)

    def run(self, first: int, count: int, report: Report) -> Summary:
        """Run the replications [first, first + count), in parts that fit the cache.

        Parameters
        ----------
        first, count : int
            Best one whole block of draws.
        report : callable
            Told of each part; where it returns False the rest is left out.

        Returns
        -------
        Summary
            Of fewer than `count` replications where the rest was left out.
        """
        summary = self.summary()
        summary.columns.reserve(count)
        draws = draw(self._plan, seed=self._seed, first=first, count=count, scratch=self._room.draws)
        for begin in range(0, count, self._size):
            part = draws.select(slice(begin, begin + self._size))
            room = self._room.ledger(self._plan, part.n_replications, self._record)
            ledger = batch.run(self._plan, part, ledger=room)
            summary.add(part, ledger)
            if not report(part.n_replications):
                break
        return summary


def _part_size(plan: Plan, record: tuple[str, ...]) -> int:
    """Return how many replications are run at a time: what is fast, as far as memory allows."""
    one = Room().ledger(plan, 1, record)
    bytes_each = sum(array.nbytes for array in one.arrays.values())
    most = max(1, min(batch.block_size(plan), ROOM_BYTES // bytes_each))
    # A power of two divides a block of draws, so that all parts are of one size and share one Ledger.
    return 1 << (most.bit_length() - 1)
