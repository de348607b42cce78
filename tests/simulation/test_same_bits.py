"""The promise of every run in one place: who does it, in which parts, after which stop, moves no bit."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
import xarray as xr

from diamondsim.engines import batch
from diamondsim.simulation import monte_carlo
from tests.simulation.keeping import SEED
from tests.simulation.small import blocks

REPLICATIONS = 8500
BLOCKS = 9


def bits(dataset: xr.Dataset) -> dict[str, Any]:
    """Everything that a Dataset says, its numbers as bytes, which tell -0 from 0."""
    told: dict[str, Any] = {"attributes": dataset.attrs}
    for name, variable in dataset.variables.items():
        numbers = variable.dtype.kind in "biufcmM"
        values = variable.values.tobytes() if numbers else variable.values.tolist()
        told[str(name)] = (variable.dims, variable.shape, variable.dtype, variable.attrs, values)
    return told


def test_workers_groupings_of_blocks_and_an_interruption_move_no_bit(scenario, tmp_path, monkeypatch):
    def run(**how: Any) -> dict[str, Any]:
        return bits(monte_carlo(scenario, replications=REPLICATIONS, seed=SEED, **how))

    def stop(_done: int, _total: int) -> None:
        if blocks(tmp_path / "run"):
            raise KeyboardInterrupt

    expected = run(workers=1)
    for workers in (2, 4):
        assert run(workers=workers) == expected, f"{workers} workers"
    with pytest.raises(KeyboardInterrupt):
        run(workers=2, store=tmp_path / "run", progress=stop)
    assert 0 < len(blocks(tmp_path / "run")) < BLOCKS
    for size in (64, 300, 1024):
        stopped = shutil.copytree(tmp_path / "run", tmp_path / f"{size}")
        with monkeypatch.context() as patch:
            patch.setattr(batch, "block_size", lambda _plan, size=size: size)
            assert run(workers=1) == expected, f"parts of {size} replications"
            assert run(workers=1, store=stopped) == expected, f"interrupted, then in parts of {size}"
