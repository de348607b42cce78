"""The table of the metrics of each replication: the same in memory and in a file, in any order."""

from __future__ import annotations

import errno
import gc
from pathlib import Path

import numpy as np
import pytest

from diamondsim.results import Settings, Summary, summary_dataset
from diamondsim.results import columns as columns_module
from diamondsim.results.columns import Columns
from diamondsim.results.grid_layout import GridLayout
from tests.results.hand_made import PROVENANCE, plan_of, random_ledger

LAYOUTS = {"a": GridLayout((2, 3), (0, 2, 4)), "b": GridLayout((1,), (0,)), "none": GridLayout((0,), ())}


def block(first: int, count: int) -> dict[str, np.ndarray]:
    number = np.arange(first, first + count, dtype=float)
    return {"a": number + np.array([[0.1], [0.2], [0.3]]), "b": -number[None], "none": np.empty((0, count))}


@pytest.fixture(params=["memory", "file"])
def kind(request, monkeypatch) -> str:
    if request.param == "file":
        monkeypatch.setattr(columns_module, "MEMORY_BYTES", 0)
    return str(request.param)


@pytest.mark.parametrize("reserved", [0, 5, 100])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_blocks_may_come_in_any_order(kind, order, reserved, tmp_path):
    columns = Columns(LAYOUTS, scratch=tmp_path)
    columns.reserve(reserved)
    for number in order:
        columns.put(7 * number, block(7 * number, 7))
    expected = block(0, 21)
    assert columns.count == 21
    for name, rows in expected.items():
        np.testing.assert_array_equal(columns.block()[name], rows)
        assert len(columns[name]) == len(rows)
    np.testing.assert_array_equal(columns["a"][1], expected["a"][1])


def test_a_grid_has_a_place_for_everything_and_nothing_where_nothing_is_measured(kind):
    columns = Columns(LAYOUTS)
    columns.put(0, block(0, 4))
    grid = columns["a"].grid
    assert grid.shape == (2, 3, 4)
    assert grid[0, 2].tolist() == [0.2, 1.2, 2.2, 3.2]
    assert np.isnan(grid[[0, 1, 1], [1, 0, 2]]).all()
    assert columns["none"].grid.shape == (0, 4)
    assert len(columns["none"]) == 0


def test_a_grid_may_be_changed_and_outlives_its_table(kind):
    columns = Columns(LAYOUTS)
    columns.put(0, block(0, 4))
    grid = columns["b"].grid
    del columns
    gc.collect()
    grid[0, 0] = 9.0
    assert grid.tolist() == [[9.0, -1.0, -2.0, -3.0]]


def test_a_table_that_is_empty_has_all_names_and_no_numbers(kind):
    columns = Columns(LAYOUTS)
    columns.reserve(50)
    assert list(columns) == ["a", "b", "none"]
    assert columns["a"][2].shape == (0,)
    assert columns["a"].grid.shape == (2, 3, 0)


def test_the_temporary_file_is_seen_by_nobody_and_gone_in_the_end(monkeypatch, tmp_path):
    monkeypatch.setattr(columns_module, "MEMORY_BYTES", 0)
    columns = Columns(LAYOUTS, scratch=tmp_path)
    columns.put(0, block(0, 4))
    del columns
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_for_the_table_is_a_clear_error(monkeypatch):
    monkeypatch.setattr(columns_module, "MEMORY_BYTES", 0)
    columns = Columns(LAYOUTS)
    columns.reserve(8)
    if not Path("/dev/full").exists():
        pytest.skip("needs a device that is always full")
    with Path("/dev/full").open("r+b", buffering=0) as full:
        monkeypatch.setattr(columns._table, "_file", full)
        with pytest.raises(OSError, match="cannot write the metrics of all replications") as error:
            columns.put(0, block(0, 4))
        monkeypatch.undo()
    assert error.value.errno == errno.ENOSPC


def test_a_dataset_is_the_same_whether_its_numbers_are_in_memory_or_in_a_file(monkeypatch):
    plan, draws = plan_of(replications=30)
    found = []
    for most in (columns_module.MEMORY_BYTES, 0):
        monkeypatch.setattr(columns_module, "MEMORY_BYTES", most)
        summary = Summary(plan, Settings())
        summary.add(draws, random_ledger(plan, 30, seed=1))
        found.append(summary_dataset(summary, PROVENANCE))
    in_memory, in_file = found
    assert in_file.identical(in_memory)
    assert in_file.copy(deep=True).identical(in_memory)
    assert in_file["shortage"].mean().item() == in_memory["shortage"].mean().item()


def test_arrays_of_a_summary_make_it_again():
    plan, draws = plan_of(replications=30)
    summary, again = Summary(plan, Settings()), Summary(plan, Settings())
    summary.add(draws, random_ledger(plan, 30, seed=1))
    arrays = summary.arrays()
    assert all(array.dtype.kind in "fiu" for array in arrays.values())
    again.merge(Summary(plan, Settings()).restore(arrays))
    assert summary_dataset(again, PROVENANCE).identical(summary_dataset(summary, PROVENANCE))
