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
def draws(world) -> Draws:
    return draw(world.plan, seed=SEED, first=0, count=BLOCK)


@pytest.fixture(scope="module")
def part(scale, draws) -> Draws:
    return draws.select(slice(0, scale.part))


@pytest.fixture(scope="module")
def block(world) -> Summary:
    """A whole block of replications, summarised as each process does it."""
    return ScenarioRunner(RunSpec(world.scenario, SEED, BLOCK), Workspace()).run(0, BLOCK, lambda _done: True)


def test_load(benchmark, note, allocated, scale, world):
    loaded = benchmark.pedantic(ds.load_scenario, args=("reinstated-2027",), rounds=scale.rounds)
    assert loaded.override({"horizon.length": f"{scale.years} yr"}).hash == world.scenario.hash
    note("load", world, allocated_bytes=allocated(lambda: ds.load_scenario("reinstated-2027")))


def test_compile(benchmark, note, allocated, scale, world):
    compiled = benchmark.pedantic(compile_plan, args=(world.scenario,), rounds=scale.rounds)
    names = [compiled.lane_name(lane) for lane in range(compiled.n_lanes)]
    assert names == [world.plan.lane_name(lane) for lane in range(world.plan.n_lanes)]
    assert len(set(names)) > 100
    note("compile", world, allocated_bytes=allocated(lambda: compile_plan(world.scenario)))


def test_draw(benchmark, note, allocated, scale, world, draws):
    room = Workspace()

    def fill() -> Draws:
        return draw(world.plan, seed=SEED, first=0, count=BLOCK, scratch=room.draws)

    drawn = benchmark.pedantic(fill, rounds=scale.rounds, warmup_rounds=scale.warmups)
    np.testing.assert_array_equal(drawn.level, draws.level)
    alone = draw(world.plan, seed=SEED, first=7, count=1)
    np.testing.assert_array_equal(alone.noise[..., 0], drawn.noise[..., 7])
    afresh = allocated(lambda: draw(world.plan, seed=SEED, first=0, count=BLOCK))
    note("draw", world, replications=BLOCK, allocated_bytes=afresh)


def test_step(benchmark, note, allocated, scale, world, part):
    room = Ledger.empty(world.plan, part.n_replications, world.kept)
    ledger = benchmark.pedantic(
        batch.run,
        args=(world.plan, part),
        kwargs={"ledger": room},
        rounds=scale.rounds,
        warmup_rounds=scale.warmups,
    )
    everything = batch.run(world.plan, part)
    for name in world.kept:
        np.testing.assert_array_equal(ledger[name], everything[name])
    assert np.abs(everything.mass_balance(world.plan, part)).max() < 1e-9
    afresh = allocated(lambda: batch.run(world.plan, part, record=world.kept))
    note("step", world, replications=part.n_replications, allocated_bytes=afresh)


def test_event_engine(benchmark, note, allocated, scale, world, part):
    ledger, _ = benchmark.pedantic(
        event.run,
        args=(world.plan, part),
        kwargs={"column": 7},
        rounds=scale.rounds,
        warmup_rounds=scale.warmups,
    )
    other = batch.run(world.plan, part.select(slice(7, 8)))
    for name in FIELDS:
        most = np.abs(other[name]).max(initial=1.0)
        np.testing.assert_allclose(ledger[name], other[name], rtol=1e-9, atol=1e-12 * most, err_msg=name)
    afresh = allocated(lambda: event.run(world.plan, part, column=7))
    note("event engine", world, replications=1, allocated_bytes=afresh)


def test_reduce(benchmark, note, allocated, scale, world, part):
    ledger = batch.run(world.plan, part, record=world.kept)

    def summarise() -> Summary:
        summary = Summary(world.plan, world.settings)
        summary.add(part, ledger)
        return summary

    summary = benchmark.pedantic(summarise, rounds=scale.rounds, warmup_rounds=scale.warmups)
    uses = [row for row, node in enumerate(world.plan.nodes) if node.use is not None]
    wanted = ledger["shortage"][:, uses].sum(axis=(0, 1))
    np.testing.assert_allclose(summary.metrics()["shortage"].sum(axis=0), wanted, rtol=1e-9)
    note("reduce", world, replications=part.n_replications, allocated_bytes=allocated(summarise))


def test_dataset(benchmark, note, allocated, scale, world, block):
    provenance = provenance_of(world.scenario, SEED)
    dataset = benchmark.pedantic(summary_dataset, args=(block, provenance), rounds=scale.rounds)
    shortage = dataset["shortage"]
    assert shortage.sizes["replication"] == BLOCK
    mean = dataset["shortage_mean"].sel(bound="estimate")
    np.testing.assert_allclose(mean, shortage.mean("replication", skipna=False), rtol=1e-9)
    afresh = allocated(lambda: summary_dataset(block, provenance))
    note("dataset", world, replications=BLOCK, allocated_bytes=afresh)


def test_write_netcdf(benchmark, note, allocated, scale, world, block, tmp_path):
    dataset = summary_dataset(block, provenance_of(world.scenario, SEED))
    file = tmp_path / "out.nc"
    benchmark.pedantic(write_netcdf, args=(dataset, file), rounds=scale.rounds)
    with xr.open_dataset(file, engine="h5netcdf") as read:
        xr.testing.assert_equal(read.load(), dataset)
    bytes_written = file.stat().st_size
    afresh = allocated(lambda: write_netcdf(dataset, file))
    note("write NetCDF", world, replications=BLOCK, allocated_bytes=afresh, file_bytes=bytes_written)


def test_write_block(benchmark, note, allocated, scale, world, block, tmp_path):
    shelf = BlockStore(tmp_path, "run")
    arrays = block.arrays()
    benchmark.pedantic(shelf.write, args=(0, BLOCK, arrays), rounds=scale.rounds)
    read = shelf.read(0, BLOCK)
    assert read is not None
    assert set(read) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array, err_msg=name)
    bytes_written = shelf.file(0, BLOCK).stat().st_size
    afresh = allocated(lambda: shelf.write(0, BLOCK, arrays))
    note("write block", world, replications=BLOCK, allocated_bytes=afresh, file_bytes=bytes_written)
