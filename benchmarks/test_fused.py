"""The batch engine beside the compiled engine on the same draws."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from benchmarks.batch_process import BatchAlone, BatchBlock, digest
from diamondsim.draws import IntArray
from diamondsim.engines import batch
from diamondsim.ledger import FIELDS, EntityKind, Ledger

pytest.importorskip("numba", reason="the compiled engine needs numba, which there is not for every Python")

from diamondsim.engines import compiled

FEW = 35  # more than the kernel takes at once, so that its last vector is not full


@pytest.fixture(scope="module", params=["reinstated-2027", "us-ban-2027"])
def block(request: pytest.FixtureRequest) -> BatchBlock:
    return BatchBlock.of(request.param)


def assert_same(one: Ledger, other: Ledger) -> None:
    for name in one.arrays:
        a, b = one[name], other[name]
        scale = max(1.0, np.abs(b).max(initial=0.0))
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12 * scale, err_msg=name)


def test_the_kernel_fills_the_ledger_as_the_batch_engine_does(block):
    few = block.draws.select(slice(0, FEW))
    ledger = compiled.run(block.plan, few)
    assert set(ledger.arrays) == set(FIELDS)
    assert_same(ledger, batch.run(block.plan, few))


def test_the_kernel_writes_the_rows_that_a_ledger_keeps(block):
    few = block.draws.select(slice(0, FEW))
    kept_nodes = np.array([0, block.plan.n_nodes - 1])
    kept: dict[EntityKind, IntArray] = {"node": kept_nodes, "source": np.array([1])}
    names, sums = ("used", "stock", "output"), {"used": ((0, 3, 4), (2,))}
    whole = Ledger.empty(block.plan, FEW, names)
    part = Ledger.empty(block.plan, FEW, names, kept, sums)
    for ledger in (whole, part):
        compiled.run(block.plan, few, ledger=ledger)
    np.testing.assert_array_equal(part["stock"], whole["stock"][:, kept["node"]])
    np.testing.assert_array_equal(part["output"], whole["output"][:, kept["source"]])
    for nodes in sums["used"]:
        np.testing.assert_array_equal(part.added("used", nodes), whole.added("used", nodes))


@pytest.mark.benchmark(timer=time.process_time)
def test_fused_kernel(benchmark: Any, block, capsys):
    """Each round times the batch engine first: on a shared machine only neighbours in time compare."""
    replications, room, of_batch = block.draws.n_replications, block.ledger(), block.ledger()
    compiled.run(block.plan, block.draws.select(slice(0, FEW)))
    block.seconds(of_batch)
    seconds = []
    with BatchAlone(block.name) as alone:
        ledger = benchmark.pedantic(
            compiled.run,
            args=(block.plan, block.draws),
            kwargs={"ledger": room},
            setup=lambda: seconds.append((alone.seconds(), block.seconds(of_batch))),
            rounds=7,
        )
        assert alone.digest() == digest(of_batch), "the engine that was timed has another answer"
    assert_same(ledger, of_batch)
    if benchmark.stats is None:  # told only to run, not to time
        return
    lane_ticks = block.plan.n_lanes * block.plan.n_ticks * replications
    ns_batch, ns_beside = 1e9 * np.array(seconds).T / lane_ticks
    ns_fused = 1e9 * np.array(benchmark.stats.stats.data) / lane_ticks
    benchmark.extra_info |= {
        "scenario": block.name,
        "lanes": block.plan.n_lanes,
        "ticks": block.plan.n_ticks,
        "replications": replications,
        "ns_per_lane_tick": float(np.median(ns_fused)),
        "ns_per_lane_tick_batch": float(np.median(ns_batch)),
        "batch_over_fused": float(np.median(ns_batch / ns_fused)),
        "beside_the_compiler": float(np.median(ns_beside / ns_fused)),
    }
    with capsys.disabled():
        print(
            f"\n{block.name}: batch {np.median(ns_batch):.1f}, fused {np.median(ns_fused):.1f} "
            f"ns per lane-tick, batch/fused {np.median(ns_batch / ns_fused):.2f} (medians of {len(ns_batch)})"
        )
