"""Each phase of a run, timed apart on a shipped scenario, and each asserting what it computed."""

from __future__ import annotations

import numpy as np

import diamondsim as ds
from benchmarks.conftest import NAME, SEED
from diamondsim.engines import batch, event
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import compile_plan
from diamondsim.results import Summary, recorded, settings_of
from diamondsim.sampling import BLOCK, draw


def test_load(benchmark, per_lane_tick, scenario):
    loaded = benchmark.pedantic(ds.load_scenario, args=(NAME,), rounds=5)
    assert loaded.hash == scenario.hash
    per_lane_tick("load", 1)


def test_compile(benchmark, per_lane_tick, scenario, plan):
    compiled = benchmark.pedantic(compile_plan, args=(scenario,), rounds=5)
    assert compiled.lane_name(0) == plan.lane_name(0)
    assert compiled.n_lanes == plan.n_lanes > 100
    per_lane_tick("compile", 1)


def test_draw(benchmark, per_lane_tick, plan, draws):
    drawn = benchmark.pedantic(
        draw, args=(plan,), kwargs={"seed": SEED, "first": 0, "count": BLOCK}, rounds=3, warmup_rounds=1
    )
    np.testing.assert_array_equal(drawn.level, draws.level)
    alone = draw(plan, seed=SEED, first=7, count=1)
    np.testing.assert_array_equal(alone.noise[..., 0], drawn.noise[..., 7])
    per_lane_tick("draw", BLOCK)


def test_batch_engine(benchmark, per_lane_tick, scenario, plan, sub_block):
    kept = recorded(plan, settings_of(scenario))
    room = Ledger.empty(plan, sub_block.n_replications, kept)
    ledger = benchmark.pedantic(
        batch.run, args=(plan, sub_block), kwargs={"ledger": room}, rounds=5, warmup_rounds=1
    )
    everything = batch.run(plan, sub_block)
    for name in kept:
        np.testing.assert_array_equal(ledger[name], everything[name])
    assert np.abs(everything.mass_balance(plan, sub_block)).max() < 1e-9
    per_lane_tick("batch engine", sub_block.n_replications)


def test_event_engine(benchmark, per_lane_tick, plan, sub_block):
    ledger, _ = benchmark.pedantic(
        event.run, args=(plan, sub_block), kwargs={"column": 7}, rounds=3, warmup_rounds=1
    )
    other = batch.run(plan, sub_block.select(slice(7, 8)))
    for name in FIELDS:
        scale = max(1.0, np.abs(other[name]).max())
        np.testing.assert_allclose(ledger[name], other[name], rtol=1e-9, atol=1e-12 * scale, err_msg=name)
    per_lane_tick("event engine", 1)


def test_dataset(benchmark, per_lane_tick, scenario, plan, sub_block):
    ledger = batch.run(plan, sub_block, record=recorded(plan, settings_of(scenario)))

    def summarise() -> Summary:
        summary = Summary(plan, settings_of(scenario))
        summary.add(sub_block, ledger)
        return summary

    metrics = benchmark.pedantic(summarise, rounds=3, warmup_rounds=1).metrics()
    uses = [row for row, node in enumerate(plan.nodes) if node.use is not None]
    np.testing.assert_allclose(
        metrics["shortage"].sum(axis=0), ledger["shortage"][:, uses].sum(axis=(0, 1)), rtol=1e-9
    )
    per_lane_tick("dataset", sub_block.n_replications)
