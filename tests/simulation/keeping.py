"""A small run in a folder, and how much of it is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.engines import batch
from diamondsim.simulation import monte_carlo

N = 2500
SEED = 3


def run(scenario: ds.Scenario, folder: Path, **how: Any) -> xr.Dataset:
    """Run a scenario in a folder."""
    return monte_carlo(scenario, **{"replications": N, "seed": SEED, "workers": 1, **how}, store=folder)


def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the replications that the engine runs from now on."""
    ran: list[int] = []
    engine = batch.run

    def counted(plan, draws, **how):
        ran.append(draws.n_replications)
        return engine(plan, draws, **how)

    monkeypatch.setattr(batch, "run", counted)
    return ran
