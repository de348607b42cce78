"""A small folder of paths, and how much of it is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xarray as xr

import diamondsim as ds
from tests.simulation.keeping import SEED, N

NAMES = ["00000000-00001024.nc", "00001024-00002048.nc", "00002048-00002500.nc"]


def write(scenario: ds.Scenario, folder: Path, **how: Any) -> xr.Dataset:
    """Write paths to a folder."""
    return ds.write_paths(scenario, folder, **{"replications": N, "seed": SEED, "workers": 1, **how})


def files(folder: Path) -> list[Path]:
    """The files of paths in a folder."""
    return sorted(folder.glob("*.nc"))


def contents(folder: Path) -> dict[str, bytes]:
    """All that lies in a folder, but for the lock, which names a process."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != ".lock"}
