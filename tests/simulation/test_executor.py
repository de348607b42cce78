"""Blocks that an executor of the caller's runs: the same bits, and nothing hangs where it fails."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.engines import batch
from diamondsim.plan import Plan, compile_plan
from diamondsim.simulation import monte_carlo, monte_carlo_each, runner, worker
from tests.simulation.executors import FirstComesLast, Watched, two_processes, two_threads
from tests.simulation.keeping import SEED, computed, run
from tests.simulation.small import blocks, short_ban

SIX_BLOCKS = 5500


@pytest.fixture(scope="module")
def six_blocks(scenario) -> xr.Dataset:
    return monte_carlo(scenario, replications=SIX_BLOCKS, seed=SEED, workers=1)


@pytest.mark.parametrize("make", [two_threads, FirstComesLast, two_processes])
def test_an_executor_changes_no_bit_of_the_result_and_of_what_is_kept(
    scenario, six_blocks, tmp_path, make: Callable[[], Executor]
):
    longer = short_ban(**{"controls.ban.sojourn.banned": "exponential(30 days)"})
    wanted = {"a": (scenario, SIX_BLOCKS), "b": (longer, 30)}
    monte_carlo_each(wanted, seed=SEED, workers=1, store=tmp_path / "here")
    with make() as executor:
        found = monte_carlo_each(wanted, seed=SEED, workers=6, store=tmp_path / "there", executor=executor)
    assert found["a"].identical(six_blocks)
    assert found["b"].identical(monte_carlo(longer, replications=30, seed=SEED))
    kept = [
        {f.relative_to(tmp_path / w): f.read_bytes() for f in blocks(tmp_path / w)} for w in ("here", "there")
    ]
    assert len(kept[0]) == 7
    assert kept[0] == kept[1]


def test_a_run_on_an_executor_ends_where_one_without_does(scenario):
    until = ds.Precision("probability_of_shortage", region="home", use="u", half_width=0.018, most=9000)
    expected = monte_carlo(scenario, seed=SEED, workers=1, until=until)
    assert 1024 < expected.sizes["replication"] < 9000
    with two_threads() as executor:
        found = monte_carlo(scenario, seed=SEED, until=until, executor=executor)
        assert found.identical(expected)
        assert executor.submit(len, "ready").result() == 5, "it stays the caller's"


@pytest.mark.parametrize("workers, most", [(1, 1), (3, 3), (None, 4)])
def test_an_executor_has_as_many_blocks_at_a_time_as_workers_says(scenario, workers, most):
    with Watched() as executor:
        monte_carlo(scenario, replications=SIX_BLOCKS, seed=SEED, workers=workers, executor=executor)
    assert executor.given == list(range(0, SIX_BLOCKS, 1024))
    assert executor.most == most


def test_a_thread_compiles_a_scenario_once(scenario, six_blocks, monkeypatch):
    compiled = []

    def counted(scenario: ds.Scenario) -> Plan:
        compiled.append(threading.get_ident())
        return compile_plan(scenario)

    monkeypatch.setattr(runner, "compile_plan", counted)
    with ThreadPoolExecutor(1) as executor:
        found = monte_carlo(scenario, replications=SIX_BLOCKS, seed=SEED, executor=executor)
    assert found.identical(six_blocks)
    assert len(compiled) == 2
    assert compiled[0] == threading.get_ident(), "here, for what comes back"


def test_a_thread_that_meets_more_scenarios_than_it_keeps_mixes_none_up():
    bans = {f"{days}": short_ban(**{"inventory_policy.u.cover": f"{days} days"}) for days in range(5, 16)}
    wanted = {name: (ban, 8) for name, ban in bans.items()}
    with ThreadPoolExecutor(1) as executor:
        for _ in range(2):
            found = monte_carlo_each(wanted, seed=SEED, executor=executor)
    assert all(
        found[name].identical(monte_carlo(ban, replications=8, seed=SEED)) for name, ban in bans.items()
    )


def test_progress_counts_blocks_as_they_are_done(scenario):
    told: list[tuple[int, int]] = []
    with FirstComesLast() as executor:
        monte_carlo(
            scenario,
            replications=SIX_BLOCKS,
            seed=SEED,
            workers=6,
            executor=executor,
            progress=lambda done, total: told.append((done, total)),
        )
    assert [done for done, _ in told][-1] == SIX_BLOCKS
    assert [done for done, _ in told][-2] == SIX_BLOCKS - 1024, "the first block was the last"
    assert {total for _, total in told} == {SIX_BLOCKS}


def test_an_interrupted_run_cancels_what_has_not_begun_and_goes_on_from_what_is_kept(
    scenario, six_blocks, tmp_path, monkeypatch
):
    begun: list[int] = []
    interrupted = threading.Event()
    engine = batch.run

    def slow(plan, draws, **how):
        begun.append(draws.n_replications)
        assert len(begun) <= 2 or interrupted.wait(60)
        return engine(plan, draws, **how)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, Watched() as executor:
        patch.setattr(batch, "run", slow)
        with pytest.raises(KeyboardInterrupt):
            run(
                scenario,
                tmp_path / "run",
                replications=SIX_BLOCKS,
                workers=6,
                progress=stop,
                executor=executor,
            )
        cancelled = sum(future.cancelled() for future in executor.futures)
        interrupted.set()
    assert len(executor.given) == 6
    assert cancelled == 6 - len(begun) >= 2, "two threads: two blocks done, two begun"
    assert len(blocks(tmp_path / "run")) == 1
    ran = computed(monkeypatch)
    with two_threads() as other:
        again = run(scenario, tmp_path / "run", replications=SIX_BLOCKS, executor=other)
    assert again.identical(six_blocks)
    assert sum(ran) == SIX_BLOCKS - 1024


@pytest.mark.parametrize("workers", [1, 6])
def test_an_error_in_a_block_comes_out_and_what_is_finished_stays(
    scenario, six_blocks, tmp_path, monkeypatch, workers
):
    ran = []
    engine = batch.run

    def fails(plan, draws, **how):
        ran.append(draws)
        if len(ran) > 3:
            raise ZeroDivisionError("in a block")
        return engine(plan, draws, **how)

    with monkeypatch.context() as patch, Watched() as executor:
        patch.setattr(batch, "run", fails)
        with pytest.raises(ZeroDivisionError, match="in a block"):
            run(scenario, tmp_path / "run", replications=SIX_BLOCKS, workers=workers, executor=executor)
        executor.shutdown()
        assert all(future.done() for future in executor.futures)
    assert len(blocks(tmp_path / "run")) == 3 or workers == 6  # then the third may not be done
    assert run(scenario, tmp_path / "run", replications=SIX_BLOCKS).identical(six_blocks)


def test_a_process_that_dies_is_one_clear_error_and_what_is_finished_stays(scenario, six_blocks, tmp_path):
    with two_processes() as executor:
        pid = executor.submit(os.getpid).result()

        def kill(_done: int, _total: int) -> None:
            with contextlib.suppress(ProcessLookupError):  # the second time
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))

        with pytest.raises(BrokenExecutor, match=r"the executor ended before the run did: .*process"):
            run(
                scenario,
                tmp_path / "run",
                replications=SIX_BLOCKS,
                workers=None,
                progress=kill,
                executor=executor,
            )
    assert len(blocks(tmp_path / "run")) > 0
    assert run(scenario, tmp_path / "run", replications=SIX_BLOCKS).identical(six_blocks)


def test_an_executor_that_was_shut_down_is_one_clear_error(scenario):
    executor = two_threads()
    executor.shutdown()
    with pytest.raises(BrokenExecutor, match="the executor ended before the run did: cannot schedule"):
        monte_carlo(scenario, replications=10, executor=executor)


@pytest.mark.parametrize("make", [two_threads, two_processes])
def test_an_executor_that_is_shut_down_on_the_way_is_one_clear_error(scenario, make):
    executor = make()

    def shut_down(_done: int, _total: int) -> None:
        executor.shutdown(wait=False, cancel_futures=True)

    with pytest.raises(BrokenExecutor, match="the executor ended before the run did"):
        monte_carlo(scenario, replications=20_000, executor=executor, workers=20_000, progress=shut_down)


def test_blocks_are_not_run_by_another_diamondsim(scenario, monkeypatch):
    monkeypatch.setattr(worker, "code_hash", lambda: "0" * 16)
    with two_processes() as executor, pytest.raises(RuntimeError, match="not the same code: install"):
        monte_carlo(scenario, replications=10, executor=executor)


@pytest.mark.parametrize("wrong", [2, "tcp://localhost:8786", ThreadPoolExecutor], ids=str)
def test_what_is_no_executor_is_refused(scenario, wrong):
    with pytest.raises(TypeError, match=r"executor: expected a concurrent\.futures\.Executor or a dask"):
        monte_carlo(scenario, replications=10, executor=wrong)


def test_dask_is_not_imported_where_no_client_is_given():
    code = "import sys, diamondsim.simulation; print([name for name in sys.modules if name == 'distributed'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
