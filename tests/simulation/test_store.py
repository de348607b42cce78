"""Runs that are kept go on where they were, with the same bits."""

from __future__ import annotations

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.engines import batch
from diamondsim.simulation import monte_carlo, monte_carlo_each
from tests.simulation.keeping import SEED, N, computed, run
from tests.simulation.small import blocks, short_ban


@pytest.mark.parametrize("workers", [1, 2])
def test_a_kept_run_has_the_same_bits_and_a_second_one_computes_nothing(
    scenario, reference, tmp_path, workers, monkeypatch
):
    assert run(scenario, tmp_path / "run", workers=workers).identical(reference)
    assert len(blocks(tmp_path)) == 0
    assert [file.name for file in blocks(tmp_path / "run")] == [
        "00000000-00001024.npz",
        "00001024-00002048.npz",
        "00002048-00002500.npz",
    ]
    ran = computed(monkeypatch)
    assert run(scenario, tmp_path / "run").identical(reference)
    assert ran == []


def test_one_and_two_workers_leave_the_same_files(scenario, finished, tmp_path):
    run(scenario, tmp_path / "run", workers=2)
    for mine, theirs in zip(blocks(tmp_path / "run"), blocks(finished), strict=True):
        assert mine.name == theirs.name
        assert mine.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("size", [64, 300, 1024])
def test_a_run_goes_on_with_parts_of_another_size(scenario, reference, folder, size, monkeypatch):
    blocks(folder)[1].unlink()
    monkeypatch.setattr(batch, "block_size", lambda _plan: size)
    ran = computed(monkeypatch)
    assert run(scenario, folder).identical(reference)
    assert sum(ran) == 1024


@pytest.mark.parametrize("gone", [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
def test_a_run_goes_on_from_any_blocks_that_are_there(scenario, reference, folder, gone, monkeypatch):
    files = blocks(folder)
    for number in gone:
        files[number].unlink()
    ran = computed(monkeypatch)
    assert run(scenario, folder).identical(reference)
    assert sum(ran) == sum((1024, 1024, 452)[number] for number in gone)


def test_an_interrupted_run_keeps_what_is_finished_and_goes_on(scenario, reference, tmp_path):
    def stop(done: int, _total: int) -> None:
        if done > 1100:
            raise KeyboardInterrupt

    for workers in (1, 2):
        folder = tmp_path / str(workers)
        with pytest.raises(KeyboardInterrupt):
            run(scenario, folder, workers=workers, progress=stop)
        assert folder / blocks(folder)[0].parent.name / "00000000-00001024.npz" in blocks(folder)
        assert list(folder.rglob("*.part")) == []
        assert run(scenario, folder).identical(reference)


@pytest.mark.parametrize("more", [2501, 3072, 5000])
def test_more_replications_go_on_from_those_that_are_there(scenario, folder, more, monkeypatch):
    expected = monte_carlo(scenario, replications=more, seed=SEED, workers=1)
    ran = computed(monkeypatch)
    found = run(scenario, folder, replications=more)
    assert found.identical(expected)
    assert sum(ran) == more - 2048  # whole blocks are used, the last one was none


def test_fewer_replications_are_the_first_and_cost_nobody_what_is_finished(
    scenario, reference, folder, monkeypatch
):
    found = run(scenario, folder, replications=1500)
    np.testing.assert_array_equal(found["shortage"], reference["shortage"][:1500])
    ran = computed(monkeypatch)
    assert run(scenario, folder).identical(reference)
    assert ran == []


def test_progress_counts_what_is_there_and_what_is_computed(scenario, folder):
    blocks(folder)[0].unlink()
    told: list[tuple[int, int]] = []
    run(scenario, folder, progress=lambda done, total: told.append((done, total)))
    assert told[:2] == [(1024, N), (1476, N)]
    assert told[-1] == (N, N)


def test_what_is_run_beside_a_scenario_is_kept_beside_it_and_may_change(scenario, tmp_path, monkeypatch):
    longer, never = (short_ban(**{"controls.ban.sojourn.banned": f"exponential({d} days)"}) for d in (30, 1))
    first = monte_carlo_each(
        {"a": (scenario, N), "b": (longer, 100)}, seed=SEED, workers=1, store=tmp_path / "run"
    )
    assert len({file.parent for file in blocks(tmp_path / "run")}) == 2
    ran = computed(monkeypatch)
    wanted = {"a": (scenario, N), "b": (longer, 100), "c": (never, 50)}
    again = monte_carlo_each(wanted, seed=SEED, workers=1, store=tmp_path / "run")
    assert ran == [50]
    assert all(again[name].identical(first[name]) for name in first)
    assert run(scenario, tmp_path / "run").identical(first["a"])
    with pytest.raises(ds.StoreError, match="the scenario differs in 'controls'"):
        run(longer, tmp_path / "run")
