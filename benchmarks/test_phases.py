"""Each phase of a run, timed apart on the scenario of the main question, each asserting what it computed."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from benchmarks.scale import SEED
from diamondsim.draws import Draws
from diamondsim.engines import batch, event
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import compile_plan
from diamondsim.results import Summary, provenance_of, summary_dataset, write_netcdf
from diamondsim.sampling import BLOCK, draw
from diamondsim.simulation.block_store import BlockStore
from diamondsim.simulation.runner import RunSpec, ScenarioRunner, Workspace

pytestmark = pytest.mark.benchmark(group="phases")


@pytest.fixture(scope="module")
def draws(case) -> Draws:
    return draw(case.plan, seed=SEED, first=0, count=BLOCK)


@pytest.fixture(scope="module")
def part(scale, draws) -> Draws:
    return draws.select(slice(0, scale.part))


@pytest.fixture(scope="module")
def block(case) -> Summary:
    """A whole block of replications, summarised as each process does it."""
    return ScenarioRunner(RunSpec(case.scenario, SEED, BLOCK), Workspace()).run(0, BLOCK, lambda _done: True)


def test_load(benchmark, note, allocated, scale, case):
    loaded = benchmark.pedantic(ds.load_scenario, args=("reinstated-2027",), rounds=scale.rounds)
    assert loaded.override({"horizon.length": f"{scale.years} yr"}).hash == case.scenario.hash
    note("load", case, allocated_bytes=allocated(lambda: ds.load_scenario("reinstated-2027")))


def test_compile(benchmark, note, allocated, scale, case):
    def another():
        return (case.scenario.model_copy(),), {}  # the plan of the same one is kept

    compiled = benchmark.pedantic(compile_plan, setup=another, rounds=scale.rounds)
    names = [compiled.lane_name(lane) for lane in range(compiled.n_lanes)]
    assert names == [case.plan.lane_name(lane) for lane in range(case.plan.n_lanes)]
    assert len(set(names)) > 100
    note("compile", case, allocated_bytes=allocated(lambda: compile_plan(case.scenario.model_copy())))


def test_draw(benchmark, note, allocated, scale, case, draws):
    room = Workspace()

    def fill() -> Draws:
        room.draws.forget()
        return draw(case.plan, seed=SEED, first=0, count=BLOCK, scratch=room.draws)

    drawn = benchmark.pedantic(fill, rounds=scale.rounds, warmup_rounds=scale.warmups)
    np.testing.assert_array_equal(drawn.approval_rate, draws.approval_rate)
    alone = draw(case.plan, seed=SEED, first=7, count=1)
    np.testing.assert_array_equal(alone.noise[..., 0], drawn.noise[..., 7])
    afresh = allocated(lambda: draw(case.plan, seed=SEED, first=0, count=BLOCK))
    note("draw", case, replications=BLOCK, allocated_bytes=afresh)


def test_step(benchmark, note, allocated, scale, case, part):
    room = Ledger.empty(case.plan, part.n_replications, case.kept)
    ledger = benchmark.pedantic(
        batch.run,
        args=(case.plan, part),
        kwargs={"ledger": room},
        rounds=scale.rounds,
        warmup_rounds=scale.warmups,
    )
    everything = batch.run(case.plan, part)
    for name in case.kept:
        np.testing.assert_array_equal(ledger[name], everything[name])
    assert np.abs(everything.mass_balance(case.plan, part)).max() < 1e-9
    afresh = allocated(lambda: batch.run(case.plan, part, record=case.kept))
    note("step", case, replications=part.n_replications, allocated_bytes=afresh)


def test_event_engine(benchmark, note, allocated, scale, case, part):
    ledger, _ = benchmark.pedantic(
        event.run,
        args=(case.plan, part),
        kwargs={"column": 7},
        rounds=scale.rounds,
        warmup_rounds=scale.warmups,
    )
    other = batch.run(case.plan, part.select(slice(7, 8)))
    for name in FIELDS:
        most = np.abs(other[name]).max(initial=1.0)
        np.testing.assert_allclose(ledger[name], other[name], rtol=1e-9, atol=1e-12 * most, err_msg=name)
    afresh = allocated(lambda: event.run(case.plan, part, column=7))
    note("event engine", case, replications=1, allocated_bytes=afresh)


def test_reduce(benchmark, note, allocated, scale, case, part):
    ledger = batch.run(case.plan, part, record=case.kept)

    def summarise() -> Summary:
        summary = Summary(case.plan, case.settings)
        summary.add(part, ledger)
        return summary

    summary = benchmark.pedantic(summarise, rounds=scale.rounds, warmup_rounds=scale.warmups)
    uses = [row for row, node in enumerate(case.plan.nodes) if node.use is not None]
    wanted = ledger["shortage"][:, uses].sum(axis=(0, 1))
    np.testing.assert_allclose(summary.metrics()["shortage"].sum(axis=0), wanted, rtol=1e-9)
    note("reduce", case, replications=part.n_replications, allocated_bytes=allocated(summarise))


def test_dataset(benchmark, note, allocated, scale, case, block):
    provenance = provenance_of(case.scenario, SEED)
    dataset = benchmark.pedantic(summary_dataset, args=(block, provenance), rounds=scale.rounds)
    shortage = dataset["shortage"]
    assert shortage.sizes["replication"] == BLOCK
    mean = dataset["shortage_mean"].sel(bound="estimate")
    np.testing.assert_allclose(mean, shortage.mean("replication", skipna=False), rtol=1e-9)
    afresh = allocated(lambda: summary_dataset(block, provenance))
    note("dataset", case, replications=BLOCK, allocated_bytes=afresh)


def test_write_netcdf(benchmark, note, allocated, scale, case, block, tmp_path):
    dataset = summary_dataset(block, provenance_of(case.scenario, SEED))
    file = tmp_path / "out.nc"
    benchmark.pedantic(write_netcdf, args=(dataset, file), rounds=scale.rounds)
    with xr.open_dataset(file, engine="h5netcdf") as read:
        xr.testing.assert_equal(read.load(), dataset)
    bytes_written = file.stat().st_size
    afresh = allocated(lambda: write_netcdf(dataset, file))
    note("write NetCDF", case, replications=BLOCK, allocated_bytes=afresh, file_bytes=bytes_written)


def test_write_block(benchmark, note, allocated, scale, case, block, tmp_path):
    store = BlockStore(tmp_path, "run")
    arrays = block.arrays()
    benchmark.pedantic(store.write, args=(0, BLOCK, arrays), rounds=scale.rounds)
    read = store.read(0, BLOCK)
    assert read is not None
    assert set(read) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array, err_msg=name)
    bytes_written = store.file(0, BLOCK).stat().st_size
    afresh = allocated(lambda: store.write(0, BLOCK, arrays))
    note("write block", case, replications=BLOCK, allocated_bytes=afresh, file_bytes=bytes_written)
