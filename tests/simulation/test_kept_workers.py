"""Worker processes that outlast a call: started once, used for small jobs too, and ended once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest
import xarray as xr

from diamondsim.simulation import KeptWorkers, kept_workers, monte_carlo_each
from tests.simulation.small import short_ban


class Threads(ThreadPoolExecutor):
    """Stands for worker processes; says which of them there are, which ended, and how many calls they had."""

    made: ClassVar[list[Threads]] = []

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number, self.calls, self.has_ended = number, 0, False
        self.made.append(self)

    def submit(self, fn, /, *args, **kwargs):
        self.calls += 1
        return super().submit(fn, *args, **kwargs)

    def progress(self) -> int:
        return 0

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.has_ended = True
        super().shutdown(wait, cancel_futures=cancel_futures)


@pytest.fixture
def made(monkeypatch) -> list[Threads]:
    monkeypatch.setattr(kept_workers, "WorkerProcesses", Threads)
    monkeypatch.setattr(Threads, "made", [])
    return Threads.made


def run(replications: int, kept: KeptWorkers | None = None) -> xr.Dataset:
    return monte_carlo_each({"": (short_ban(), replications)}, seed=1, workers=2, kept=kept)[""]


def test_kept_workers_are_started_once_and_ended_once(made):
    with KeptWorkers() as kept:
        run(2048, kept)
        large = run(2048, kept)
        (processes,) = made
        assert (processes.number, processes.calls, processes.has_ended) == (2, 4, False)
    assert processes.has_ended
    xr.testing.assert_identical(large, run(2048))


def test_a_small_job_goes_to_workers_that_run_and_starts_none(made):
    with KeptWorkers() as kept:
        small = run(64, kept)
        assert not made
        run(2048, kept)
        xr.testing.assert_identical(run(64, kept), small)
        assert made[0].calls == 3


def test_without_them_each_call_ends_its_own(made):
    run(2048)
    run(2048)
    assert [each.has_ended for each in made] == [True, True]
