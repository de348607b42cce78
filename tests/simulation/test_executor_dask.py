"""Blocks on a real cluster of Dask, on this machine: the same bits, whoever dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from distributed import Client, LocalCluster

from diamondsim.simulation import monte_carlo, monte_carlo_each
from tests.simulation.keeping import SEED, computed, run
from tests.simulation.small import blocks, short_ban

SIX_BLOCKS = 5500


def local_cluster(folder: Path, **how: Any) -> LocalCluster:
    """A cluster that nobody else can reach, on ports that are free."""
    return LocalCluster(
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        threads_per_worker=1,
        local_directory=folder,
        **how,
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[LocalCluster]:
    """Two processes, each with a nanny that starts another where one dies."""
    with local_cluster(tmp_path_factory.mktemp("dask"), processes=True, n_workers=2) as started:
        yield started


@pytest.fixture
def client(cluster) -> Iterator[Client]:
    with Client(cluster, set_as_default=False) as connected:
        yield connected


@pytest.fixture(scope="module")
def six_blocks(scenario) -> xr.Dataset:
    return monte_carlo(scenario, replications=SIX_BLOCKS, seed=SEED, workers=1)


def test_a_cluster_changes_no_bit_of_the_result_and_of_what_is_kept(scenario, six_blocks, tmp_path, client):
    longer = short_ban(**{"controls.ban.sojourn.banned": "exponential(30 days)"})
    wanted = {"a": (scenario, SIX_BLOCKS), "b": (longer, 30)}
    monte_carlo_each(wanted, seed=SEED, workers=1, store=tmp_path / "here")
    found = monte_carlo_each(wanted, seed=SEED, store=tmp_path / "there", executor=client)
    assert found["a"].identical(six_blocks)
    assert found["b"].identical(monte_carlo(longer, replications=30, seed=SEED))
    here, there = (
        {file.relative_to(folder): file.read_bytes() for file in blocks(folder)}
        for folder in (tmp_path / "here", tmp_path / "there")
    )
    assert len(here) == 7
    assert here == there


def test_the_cluster_is_rid_of_what_was_merged(scenario, client):
    held: list[int] = []
    monte_carlo(
        scenario,
        replications=SIX_BLOCKS,
        seed=SEED,
        workers=2,
        executor=client,
        progress=lambda _done, _total: held.append(len(client.futures)),
    )
    assert len(held) == 6
    assert max(held) <= 4, "two under way, and what is just let go of"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that cannot be caught")
def test_a_worker_that_is_killed_changes_no_bit(scenario, six_blocks, client):
    pids = list(client.run(os.getpid).values())
    assert len(pids) == 2

    def kill(_done: int, _total: int) -> None:
        if pids:
            os.kill(pids.pop(), signal.SIGKILL)
            pids.clear()

    assert monte_carlo(
        scenario, replications=SIX_BLOCKS, seed=SEED, executor=client, progress=kill
    ).identical(six_blocks)
    assert pids == []


def test_a_client_that_is_closed_is_one_clear_error_and_what_is_finished_stays(
    scenario, six_blocks, tmp_path, cluster, client, monkeypatch
):
    def close(done: int, _total: int) -> None:
        if done > 1100:
            client.close()

    with pytest.raises(BrokenExecutor, match="the executor ended before the run did: "):
        run(scenario, tmp_path / "run", replications=SIX_BLOCKS, workers=2, progress=close, executor=client)
    kept = len(blocks(tmp_path / "run"))
    assert 2 <= kept < 6
    told: list[int] = []
    with Client(cluster, set_as_default=False) as other:
        again = run(
            scenario,
            tmp_path / "run",
            replications=SIX_BLOCKS,
            executor=other,
            progress=lambda done, _total: told.append(done),
        )
    assert again.identical(six_blocks)
    assert len(told) == 6
    ran = computed(monkeypatch)
    assert run(scenario, tmp_path / "run", replications=SIX_BLOCKS).identical(six_blocks)
    assert ran == []


def test_a_client_that_was_closed_is_refused_with_the_same_words(scenario, cluster):
    with Client(cluster, set_as_default=False) as client:
        pass
    with pytest.raises(BrokenExecutor, match="the executor ended before the run did: the client is closed"):
        monte_carlo(scenario, replications=10, executor=client)


ELSEWHERE = """
import sys, time
from distributed import LocalCluster
if __name__ == "__main__":
    cluster = LocalCluster(
        host="127.0.0.1", dashboard_address="127.0.0.1:0", protocol="tcp://", processes=False,
        n_workers=1, threads_per_worker=1, local_directory=sys.argv[1],
    )
    print(cluster.scheduler_address, flush=True)
    time.sleep(300)
"""


def test_a_lost_scheduler_is_one_clear_error_and_what_is_finished_stays(scenario, six_blocks, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, str(tmp_path / "dask")], stdout=subprocess.PIPE, text=True
    ) as elsewhere:
        assert elsewhere.stdout is not None

        def lose(done: int, _total: int) -> None:
            if done > 1100:
                elsewhere.kill()

        with (
            Client(elsewhere.stdout.readline().strip(), timeout="2s", set_as_default=False) as client,
            pytest.raises(BrokenExecutor, match="the executor ended before the run did: "),
        ):
            run(
                scenario, tmp_path / "run", replications=SIX_BLOCKS, workers=2, progress=lose, executor=client
            )
    assert 2 <= len(blocks(tmp_path / "run")) < 6
    assert run(scenario, tmp_path / "run", replications=SIX_BLOCKS).identical(six_blocks)


def test_a_client_of_an_event_loop_is_refused(scenario, cluster):
    async def call() -> None:
        async with Client(cluster.scheduler_address, asynchronous=True, set_as_default=False) as client:
            monte_carlo(scenario, replications=10, executor=client)

    with pytest.raises(TypeError, match="asynchronous"):
        asyncio.run(call())
