"""The batch engine in a process of its own, in which nothing was ever compiled.

A compiler fragments the memory of its process, so that the temporary arrays of numpy take longer to allocate.
Users of the library have no compiler, so the engine is timed here; the benchmark of the kernel also reports
what the engine takes in the process of the compiler.
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


class BatchBlock(NamedTuple):
    """The block of replications of a scenario that the batch engine runs at a time."""

    name: str
    plan: Plan
    draws: Draws
    kept: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> BatchBlock:
        """Compile a shipped scenario and draw its block."""
        scenario = ds.load_scenario(name)
        plan = compile_plan(scenario)
        block = draw(plan, seed=SEED, first=0, count=BLOCK)
        draws = block.select(slice(0, batch.block_size(plan)))
        return cls(name, plan, draws, recorded(plan, settings_of(scenario)))

    def ledger(self) -> Ledger:
        """Return a Ledger with the fields that the simulation records."""
        return Workspace().ledger(self.plan, self.draws.n_replications, self.kept)

    def seconds(self, ledger: Ledger) -> float:
        """Run the batch engine once and return its CPU time in seconds."""
        begin = time.process_time()
        batch.run(self.plan, self.draws, ledger=ledger)
        return time.process_time() - begin


def digest(ledger: Ledger) -> str:
    """Return a hash of all bits of a ledger."""
    hashed = hashlib.sha256()
    for name in sorted(ledger.arrays):
        hashed.update(name.encode() + ledger[name].tobytes())
    return hashed.hexdigest()


class BatchAlone:
    """Runs the batch engine on the same block again and again, in a process that waits in between."""

    def __init__(self, name: str) -> None:
        self._process = ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(name,)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown()

    def seconds(self) -> float:
        """Run once and return the CPU time in seconds."""
        return self._process.submit(_time).result()

    def digest(self) -> str:
        """Return the digest of the ledger of the last run."""
        return self._process.submit(_digest).result()


_prepared: list[tuple[BatchBlock, Ledger]] = []
"""The block and ledger of the process; empty in the process that started it."""


def _prepare(name: str) -> None:
    block = BatchBlock.of(name)
    _prepared.append((block, block.ledger()))
    _time()


def _time() -> float:
    ((block, ledger),) = _prepared
    return block.seconds(ledger)


def _digest() -> str:
    ((_, ledger),) = _prepared
    return digest(ledger)
