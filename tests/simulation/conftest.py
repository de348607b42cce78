"""A small run and a folder that keeps it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.simulation import monte_carlo
from tests.simulation.keeping import SEED, N
from tests.simulation.small import short_ban


@pytest.fixture(scope="package")
def scenario() -> ds.Scenario:
    return short_ban()


@pytest.fixture(scope="package")
def reference(scenario) -> xr.Dataset:
    return monte_carlo(scenario, replications=N, seed=SEED, workers=1)


@pytest.fixture(scope="package")
def finished(scenario, tmp_path_factory) -> Path:
    """A folder with a whole run; not to be changed."""
    folder = tmp_path_factory.mktemp("store") / "run"
    monte_carlo(scenario, replications=N, seed=SEED, workers=1, store=folder)
    return folder


@pytest.fixture
def folder(finished, tmp_path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(finished, tmp_path / "run"))
