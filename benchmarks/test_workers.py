"""Two worker processes beside one on the same blocks, by turns, and the same bits from both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

import numpy as np
import pytest

from benchmarks.scale import SEED
from diamondsim.simulation.block_store import Arrays
from diamondsim.simulation.runner import RunSpec
from diamondsim.simulation.worker import PackedRun, run_block
from diamondsim.simulation.worker_processes import WorkerProcesses

pytestmark = pytest.mark.benchmark(group="workers")


class StartedWorkers:
    """Worker processes that have simulated a block before, so that no round pays for their start.

    Parameters
    ----------
    number : int
    packed : PackedRun
    size : int
        Replications of a block.

    Attributes
    ----------
    start_seconds : float
        Until each of them had simulated one replication, which loads everything.
    """

    def __init__(self, number: int, packed: PackedRun, size: int) -> None:
        self._processes, self._packed, self._size = WorkerProcesses(number), packed, size
        begin = time.perf_counter()
        # Two calls at a time go to two processes.
        self._all([(0, 1)] * number)
        self.start_seconds = time.perf_counter() - begin
        self._all([(0, size)] * number)

    def run(self, blocks: int) -> list[Arrays]:
        """Simulate some blocks, one after the other in each process."""
        return self._all([(block * self._size, self._size) for block in range(blocks)])

    def _all(self, spans: list[tuple[int, int]]) -> list[Arrays]:
        futures = [self._processes.submit(run_block, self._packed, *span) for span in spans]
        return [future.result() for future in futures]

    def close(self) -> None:
        """End the processes."""
        self._processes.shutdown()


@pytest.fixture
def started(scale, case, engine) -> Iterator[tuple[StartedWorkers, StartedWorkers]]:
    """Return one started worker process, and two."""
    size = scale.block
    packed = PackedRun.of(RunSpec(case.scenario, SEED, scale.blocks * size, engine=engine))
    with ExitStack() as stack:
        workers = []
        for number in (1, 2):
            workers.append(StartedWorkers(number, packed, size))
            stack.callback(workers[-1].close)
        yield workers[0], workers[1]


def test_two_processes(benchmark, note, scale, case, engine, started):
    one, two = started
    seconds: list[float] = []
    found: list[Arrays] = []

    def alone() -> None:
        begin = time.perf_counter()
        found[:] = one.run(scale.blocks)
        seconds.append(time.perf_counter() - begin)

    together = benchmark.pedantic(two.run, args=(scale.blocks,), setup=alone, rounds=scale.rounds)
    for first, second in zip(found, together, strict=True):
        assert first.keys() == second.keys()
        for name, array in first.items():
            np.testing.assert_array_equal(array, second[name])
    note(f"two processes, {engine} engine", case, replications=scale.blocks * scale.block)
    if benchmark.stats is None:  # told only to run, not to time
        return
    ratios = [a / b for a, b in zip(seconds, benchmark.stats.stats.data, strict=True)]
    benchmark.extra_info |= {
        "seconds_of_one": median(seconds),
        "speed_up_without_start": median(ratios),
        "seconds_to_start_one": one.start_seconds,
        "seconds_to_start_two": two.start_seconds,
    }
