"""The arrays of a block of replications, cut from larger pieces of memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from diamondsim.engines.batch.array_pool import LINE_BYTES, PIECE_BYTES, STAGGER_BYTES, ArrayPool


@pytest.mark.parametrize("n_replications", [1, 7, 1024])
def test_arrays_of_a_pool_are_new_and_do_not_overlap(n_replications: int) -> None:
    """More of them than one piece holds, empty ones and one that is larger than a piece among them."""
    pool = ArrayPool(n_replications)
    whole = PIECE_BYTES // (8 * n_replications)
    sizes = [3, 0, 1, whole // 2, whole // 2, 5, whole + 1, 2]
    arrays = [array for size in sizes for array in (pool.zeros(size), pool.masks(size))]
    for number, array in enumerate(arrays):
        assert array.shape == (sizes[number // 2], n_replications)
        assert not array.any()
        array[:] = number % 2 == 1 or number + 1
    for number, array in enumerate(arrays):
        assert (array == (number % 2 == 1 or number + 1)).all()


def test_arrays_begin_at_different_lines_of_a_page() -> None:
    pool = ArrayPool(1024)
    begins = [pool.zeros(4).ctypes.data for _ in range(64)]
    assert {begin % LINE_BYTES for begin in begins} == {0}
    assert len({begin % 4096 for begin in begins}) == 4096 // LINE_BYTES
    assert set(np.diff(begins)) == {4 * 8 * 1024 + STAGGER_BYTES}


@pytest.mark.parametrize("inside", [8, 16, 40])
def test_arrays_begin_at_a_line_where_the_system_gives_memory_from_the_middle_of_one(
    inside: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    zeros = np.zeros

    def shifted(n_bytes: int, dtype: type[np.uint8]) -> npt.NDArray[np.uint8]:
        whole = zeros(n_bytes + 2 * LINE_BYTES, dtype=dtype)
        begin = -whole.ctypes.data % LINE_BYTES + inside
        return whole[begin : begin + n_bytes]

    monkeypatch.setattr(np, "zeros", shifted)
    assert ArrayPool(1024).zeros(4).ctypes.data % LINE_BYTES == 0


def test_a_copy_is_an_array_of_its_own_but_for_a_column() -> None:
    pool = ArrayPool(3)
    values, column = np.arange(6.0).reshape(2, 3), np.ones((2, 1))
    copied = pool.copy(values)
    values[:] = 0.0
    assert copied.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert pool.copy(column) is column
