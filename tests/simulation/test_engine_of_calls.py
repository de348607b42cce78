"""Every call that simulates many replications takes the engine asked for, in parts that fit in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xarray as xr
from click.testing import CliRunner

import diamondsim as ds
from diamondsim.cli.app import app
from diamondsim.conditioning import weigh
from diamondsim.draws import Draws
from diamondsim.engines import Engine, batch
from diamondsim.errors import EngineError
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.simulation import engine_choice, part_sizes, runner
from diamondsim.simulation.run_manifest import Manifest
from diamondsim.simulation.run_store import RunStore
from diamondsim.simulation.runner import RunSpec
from tests.cli.short_runs import RUN
from tests.conditioning.licensed import licensed

OBSERVED = ds.Observation(
    month=dt.date(2026, 6, 1), control="desk", quantity=0.3, error=0.1, source="invented"
)
CALM = ds.load_scenario("calm").override({"horizon.length": "4 weeks"})
CALLS: dict[str, Callable[[Path], Any]] = {
    "monte_carlo": lambda _: ds.monte_carlo(CALM, replications=4),
    "admitted_flow": lambda _: ds.admitted_flow(licensed("25%"), control="desk", replications=4),
    "weigh": lambda _: weigh(licensed("25%"), [OBSERVED], replications=4),
    "sampling_gain": lambda _: ds.sampling_gain(CALM, replications=1024, seeds=1),
    "write_paths": lambda folder: ds.write_paths(CALM, folder, replications=4),
}


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the replications of each part for which the compiled engine is called, which batch replaces."""
    parts: list[int] = []

    def run(plan: Plan, draws: Draws, *, ledger: Ledger) -> Ledger:
        parts.append(draws.n_replications)
        return batch.run(plan, draws, ledger=ledger)

    monkeypatch.setattr(Engine, "missing", ())
    monkeypatch.setattr(engine_choice, "load_kernel", lambda _on_compile: None)
    monkeypatch.setattr(runner, "compiled", SimpleNamespace(load_kernel=lambda: None, run=run))
    return parts


@pytest.mark.parametrize("call", CALLS)
def test_the_engine_is_the_one_asked_for(simulated, tmp_path, call):
    with ds.use_engine("batch"):
        CALLS[call](tmp_path / "batch")
    assert not simulated
    with ds.use_engine("compiled"):
        CALLS[call](tmp_path / "compiled")
    assert simulated


def test_a_folder_of_paths_goes_on_with_its_engine_and_refuses_another(simulated, tmp_path):
    def write(replications: int) -> str:
        return ds.write_paths(CALM, tmp_path / "paths", replications=replications).attrs["engine"]

    with ds.use_engine("compiled"):
        assert write(4) == "compiled"
    assert write(8) == "compiled"
    assert simulated == [4, 8]
    with (
        ds.use_engine("batch"),
        pytest.raises(ds.StoreError, match="the engine there is compiled, here batch"),
    ):
        write(12)


FOLDERS: dict[str, Callable[[Path], Any]] = {
    "paths": lambda folder: ds.write_paths(CALM, folder, replications=2),
    "store": lambda folder: ds.monte_carlo(CALM, store=folder, replications=2, workers=1),
}


@pytest.mark.parametrize("keep", FOLDERS.values(), ids=FOLDERS)
def test_a_folder_whose_engine_cannot_be_used_is_refused(simulated, tmp_path, monkeypatch, keep):
    folder = tmp_path / "kept"
    with ds.use_engine("compiled"):
        keep(folder)

    def fail(_on_compile: object) -> None:
        raise SystemError("built for another numpy")

    with monkeypatch.context() as patch:
        patch.setattr(engine_choice, "load_kernel", fail)
        with pytest.raises(ds.StoreError, match=r"kept' keeps .* engine 'compiled': .*fails.*another numpy"):
            keep(folder)
    monkeypatch.setattr(Engine, "missing", ("numba",))
    with pytest.raises(ds.StoreError, match=r"engine 'compiled': .*pip install 'numba>="):
        keep(folder)


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("keep", FOLDERS.values(), ids=FOLDERS)
def test_a_refused_engine_leaves_no_folder_behind_that_was_not_there(
    simulated, tmp_path, monkeypatch, keep, is_there
):
    folder = tmp_path / "kept"
    if is_there:
        folder.mkdir()

    def fail(_on_compile: object) -> None:
        raise SystemError("built for another numpy")

    monkeypatch.setattr(engine_choice, "load_kernel", fail)
    with ds.use_engine("compiled"), pytest.raises(EngineError, match="another numpy"):
        keep(folder)
    assert folder.exists() == is_there


@pytest.mark.parametrize("kept", ["batch", None])
def test_a_run_and_its_paths_share_one_choice_of_engine(simulated, tmp_path, monkeypatch, kept):
    monkeypatch.setattr(engine_choice, "_gains", lambda specs: sum(spec.replications for spec in specs) > 5)
    store, result = ["--store", str(tmp_path / "store")], str(tmp_path / "run.nc")
    if kept is not None:
        words = [*RUN, "-n", "1", "--baseline", "none", "--engine", kept, *store]
        assert CliRunner().invoke(app, words).exit_code == 0
    words = [*RUN, "-n", "4", "--baseline", RUN[1], *store, "--paths", str(tmp_path / "paths"), "-o", result]
    assert CliRunner().invoke(app, words).exit_code == 0
    with xr.open_dataset(result) as run:
        assert run.attrs["engine"] == ds.open_paths(tmp_path / "paths").attrs["engine"]
        assert run.attrs["engine"] == (kept or "compiled")


def test_a_folder_of_an_engine_that_there_is_not_is_refused_by_its_name(tmp_path):
    with RunStore(tmp_path / "store") as store:
        store.claim(replace(Manifest.of(RunSpec(CALM, 0, 1)), engine="faster"))
    with pytest.raises(ds.StoreError, match="a run of the engine 'faster', which this version does not have"):
        ds.monte_carlo(CALM, store=tmp_path / "store", replications=1)


def test_what_is_admitted_does_not_depend_on_the_size_of_a_part(monkeypatch):
    scenario = licensed("tri(10 25 60) %")
    whole = ds.admitted_flow(scenario, control="desk", replications=16)
    monkeypatch.setattr(part_sizes, "MAX_LEDGER_BYTES", 1)
    parts = ds.admitted_flow(scenario, control="desk", replications=16)
    assert parts.identical(whole)
    assert float(whole.sel(destination="all", month=6).std("quantile")) > 0
