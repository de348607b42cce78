"""A small folder of paths, and how much of it is computed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import xarray as xr

import diamondsim as ds
from diamondsim.simulation import run_manifest
from diamondsim.simulation.paths.path_folder import PATHS_MANIFEST
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


def rewrite_manifest(folder: Path, **entries: Any) -> None:
    """Change entries of the manifest of a folder of paths, as another version would have written them."""
    file = folder / PATHS_MANIFEST
    said = {**json.loads(file.read_text()), **entries}
    del said["sha256"]
    file.write_text(json.dumps({**said, "sha256": run_manifest._digest(said)}))
