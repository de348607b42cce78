"""Worker processes: whatever happens in one, the caller gets a result or one clear error."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import Any

import pytest
import xarray as xr

from diamondsim.conditioning import Observation
from diamondsim.conditioning.weighing import _ExpectedSpec
from diamondsim.scenario import Scenario
from diamondsim.simulation import monte_carlo, worker_processes
from diamondsim.simulation.runner import RunSpec
from diamondsim.simulation.worker import PackedRun, run_block
from diamondsim.simulation.worker_processes import WorkerDiedError, WorkerProcesses, usable_processors
from tests.simulation.keeping import SEED, N, run
from tests.simulation.loaded import loaded
from tests.simulation.small import blocks, short_ban

PartDone = Callable[[int], bool]


def add(first: int, second: int, *, part_done: PartDone) -> int:
    print("this does not disturb the answer")
    assert part_done(first)
    assert part_done(second)
    return first + second


def identity(*, part_done: PartDone) -> int:
    return os.getpid()


def divide(_number: int, *, part_done: PartDone) -> float:
    return _number / 0


class UnreadableError(Exception):
    """Can be pickled, but not unpickled."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def fail(*, part_done: PartDone) -> None:
    raise UnreadableError("both", "parts")


def run_until_stopped(*, part_done: PartDone) -> str:
    while part_done(1):
        time.sleep(0.01)
    return "stopped"


def leave(*, part_done: PartDone) -> None:
    os._exit(7)


def expected_exports(scenario: Scenario, seed: int, replications: int) -> _ExpectedSpec:
    observed = Observation(
        month=dt.date(2027, 1, 1), control="ban", quantity=1.0, error=1.0, source="invented"
    )
    return _ExpectedSpec(RunSpec(scenario, seed, replications), (observed,))


def test_a_call_returns_its_result_and_reports_its_progress():
    with WorkerProcesses(2) as processes:
        assert processes.submit(add, 3, 4).result() == 7
        assert processes.progress() == 7
        assert processes.progress() == 0
        assert processes.submit(identity).result() != os.getpid()


def test_an_error_keeps_its_type_and_says_where_it_was_raised():
    with WorkerProcesses(1) as processes:
        with pytest.raises(ZeroDivisionError, match="division by zero") as error:
            processes.submit(divide, 1).result()
        assert "in divide" in error.value.__notes__[0]
        with pytest.raises(RuntimeError, match="UnreadableError: both parts"):
            processes.submit(fail).result()
        assert processes.submit(add, 1, 2).result() == 3, "the process goes on"


UNNEEDED = {"h5netcdf", "h5py", "matplotlib", "pandas", "ruamel.yaml", "simpy", "xarray", "zarr"}
"""Libraries of which a process that simulates and summarises needs none: they took half of its memory."""


@pytest.mark.parametrize("spec", [RunSpec, expected_exports], ids=["run", "conditioning"])
def test_a_worker_loads_no_library_that_it_does_not_need(spec):
    with WorkerProcesses(1) as processes:
        arrays = processes.submit(run_block, PackedRun.of(spec(short_ban(), SEED, 8)), 0, 8).result()
        modules = processes.submit(loaded).result()
    assert {each.shape[-1] for name, each in arrays.items() if name in ("shortage", "expected")} == {8}
    assert "diamondsim.engines.batch" in modules
    assert modules & UNNEEDED == set()


@pytest.mark.parametrize("printed", ["two\nlines\n", "without an end", "\ndiamondsim worker\n", "K\x01."])
def test_what_python_prints_while_a_worker_starts_does_not_disturb_the_answer(printed, tmp_path, monkeypatch):
    ran = tmp_path / "ran"
    lines = ["import pathlib, sys", f"pathlib.Path({str(ran)!r}).touch()", f"print({printed!r}, end='')"]
    (tmp_path / "sitecustomize.py").write_text("\n".join([*lines, "sys.stdout.flush()", "print('later')"]))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with WorkerProcesses(1) as processes:
        assert processes.submit(add, 3, 4).result() == 7
        assert processes.progress() == 7
        assert processes.submit(add, 1, 2).result() == 3
    assert ran.exists()


def test_calls_in_progress_return_after_their_current_part_on_shutdown():
    processes = WorkerProcesses(1)
    future, waiting = processes.submit(run_until_stopped), processes.submit(add, 1, 2)
    while not processes.progress():
        time.sleep(0.01)
    processes.shutdown(cancel_futures=True)
    assert future.result() == "stopped"
    assert waiting.cancelled()


def test_a_process_that_ends_is_one_clear_error():
    with WorkerProcesses(1) as processes:
        with pytest.raises(WorkerDiedError, match=r"ended unexpectedly \(exit code 7\).*use fewer workers"):
            processes.submit(leave).result()
        with pytest.raises(WorkerDiedError):
            processes.submit(add, 1, 2).result()


def test_an_interpreter_that_cannot_import_the_package_is_one_clear_error(monkeypatch, capfd):
    monkeypatch.setattr(worker_processes, "_CODE", "import pickle, sys; import no_such_package")
    with WorkerProcesses(1) as processes, pytest.raises(WorkerDiedError, match="exit code 1"):
        processes.submit(add, 1, 2).result()
    assert "no_such_package" in capfd.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that cannot be caught")
def test_a_worker_that_is_killed_is_one_clear_error_and_what_is_finished_stays(
    scenario, reference, tmp_path, monkeypatch
):
    started: list[Any] = []

    class Recorded(worker_processes._Process):
        def __init__(self) -> None:
            super().__init__()
            started.append(self._popen)

    def kill(_done: int, _total: int) -> None:
        if blocks(tmp_path / "run"):
            started[-1].send_signal(signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(worker_processes, "_Process", Recorded)
        with pytest.raises(BrokenExecutor, match=r"a worker process ended unexpectedly \(exit code -9\)"):
            run(scenario, tmp_path / "run", replications=20_000, workers=2, progress=kill)
    assert all(process.poll() is not None for process in started)
    assert 0 < len(blocks(tmp_path / "run")) < 20
    assert run(scenario, tmp_path / "run").identical(reference)


def test_threads_that_run_at_once_leave_the_main_module_alone(scenario, reference):
    main, seen, results = sys.modules["__main__"], [], []

    def compute() -> None:
        progress = lambda _done, _total: seen.append(sys.modules["__main__"])  # noqa: E731
        results.append(monte_carlo(scenario, replications=N, seed=SEED, workers=2, progress=progress))

    threads = [threading.Thread(target=compute) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert all(result.identical(reference) for result in results)
    assert all(module is main for module in seen)


def in_a_pool(_number: int) -> xr.Dataset:
    """Use two workers in a process that may not start processes of `multiprocessing`."""
    assert multiprocessing.current_process().daemon
    return monte_carlo(short_ban(), replications=N, seed=SEED, workers=2).load()


def test_workers_start_inside_a_process_of_a_pool(reference):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(in_a_pool, (0,)).identical(reference)


@pytest.mark.parametrize(
    "files, number",
    [
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "5000 100000\n"}, 1),
        ({"cpu.max": "max 100000\n"}, 64),
        ({"cpu.max": "no number"}, 64),
        ({"cpu.max": "9900000 100000\n"}, 64),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 64),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "0\n"}, 64),
        ({}, 64),
    ],
)
def test_the_quota_of_a_container_bounds_the_number_of_workers(files, number, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="ascii")
    assert usable_processors(tmp_path) == number
