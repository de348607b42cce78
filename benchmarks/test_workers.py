"""Two processes beside one on the same job, by turns, and the same bits from both."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import pytest
import xarray as xr

import diamondsim as ds
from benchmarks.scale import SEED
from diamondsim.sampling import BLOCK

pytestmark = pytest.mark.benchmark(group="workers")


def test_two_processes(benchmark, note, scale, case):
    """What processes cost to start falls out of the difference between a large and a small job."""
    small, large = scale.blocks
    seconds: dict[tuple[int, int], list[float]] = {(1, small): [], (2, small): [], (1, large): []}
    found: dict[str, xr.Dataset] = {}

    def run(workers: int, blocks: int) -> xr.Dataset:
        return ds.monte_carlo(case.scenario, replications=blocks * BLOCK, seed=SEED, workers=workers)

    def others() -> None:
        for (workers, blocks), spent in seconds.items():
            begin = time.perf_counter()
            dataset = run(workers, blocks)
            spent.append(time.perf_counter() - begin)
            found[f"{workers} on {blocks}"] = dataset

    dataset = benchmark.pedantic(run, args=(2, large), setup=others, rounds=scale.rounds)
    xr.testing.assert_identical(dataset, found[f"1 on {large}"])
    xr.testing.assert_identical(found[f"2 on {small}"], found[f"1 on {small}"])
    note("two processes", case, replications=large * BLOCK, small_job=small * BLOCK)
    if benchmark.stats is None:  # told only to run, not to time
        return
    note_speed_up(benchmark, seconds, large - small, small)


def note_speed_up(
    benchmark: Any, seconds: dict[tuple[int, int], list[float]], more_blocks: int, small: int
) -> None:
    (one_small, two_small, one_large), two_large = seconds.values(), benchmark.stats.stats.data
    each_one = median(b - a for a, b in zip(one_small, one_large, strict=True)) / more_blocks
    each_two = median(b - a for a, b in zip(two_small, two_large, strict=True)) / more_blocks
    benchmark.extra_info |= {
        "seconds_of_one": median(one_large),
        "speed_up": median(a / b for a, b in zip(one_large, two_large, strict=True)),
        "seconds_a_block_of_one": each_one,
        "seconds_a_block_of_two": each_two,
        "speed_up_without_start": each_one / each_two,
        "seconds_to_start_two": median(two_small) - small * each_two,
        "seconds_to_start_one": median(one_small) - small * each_one,
    }
