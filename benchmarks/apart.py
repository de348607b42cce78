"""The batch engine in a process of its own, in which nothing was ever compiled.

A compiler leaves the memory of its process in pieces, where it takes longer to find room for what numpy puts
aside. Nobody who uses the library has that, so the engine is timed here; the benchmark of the kernel tells
beside it what the engine takes in the process of the compiler.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple, Self

import diamondsim as ds
from benchmarks.scale import SEED
from diamondsim.draws import Draws
from diamondsim.engines import batch
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, compile_plan
from diamondsim.results import recorded, settings_of
from diamondsim.sampling import BLOCK, draw
from diamondsim.simulation.runner import Workspace


class Case(NamedTuple):
    """As many replications of a scenario as the batch engine takes at a time."""

    name: str
    plan: Plan
    draws: Draws
    kept: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> Case:
        """Compile and draw a shipped scenario."""
        scenario = ds.load_scenario(name)
        plan = compile_plan(scenario)
        block = draw(plan, seed=SEED, first=0, count=BLOCK)
        draws = block.select(slice(0, batch.block_size(plan)))
        return cls(name, plan, draws, recorded(plan, settings_of(scenario)))

    def room(self) -> Ledger:
        """Return room for what the simulation records."""
        return Workspace().ledger(self.plan, self.draws.n_replications, self.kept)

    def seconds(self, ledger: Ledger) -> float:
        """Run the batch engine once and return the CPU time that it took."""
        begin = time.process_time()
        batch.run(self.plan, self.draws, ledger=ledger)
        return time.process_time() - begin


def digest(ledger: Ledger) -> str:
    """Return what differs if a bit of a ledger does."""
    found = hashlib.sha256()
    for name in sorted(ledger.arrays):
        found.update(name.encode() + ledger[name].tobytes())
    return found.hexdigest()


class BatchAlone:
    """Runs the batch engine, always the same replications, in a process that waits in between."""

    def __init__(self, name: str) -> None:
        self._process = ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(name,)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown()

    def seconds(self) -> float:
        """Run once and return the CPU time that it took."""
        return self._process.submit(_time).result()

    def digest(self) -> str:
        """Return the digest of what the last run wrote."""
        return self._process.submit(_digest).result()


_prepared: list[tuple[Case, Ledger]] = []
"""What the process has ready; empty in any other."""


def _prepare(name: str) -> None:
    case = Case.of(name)
    _prepared.append((case, case.room()))
    _time()


def _time() -> float:
    ((case, ledger),) = _prepared
    return case.seconds(ledger)


def _digest() -> str:
    ((_, ledger),) = _prepared
    return digest(ledger)
