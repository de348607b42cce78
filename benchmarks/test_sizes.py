"""Larger jobs of three kinds, by turns with one that stays the same: more replications, ticks and lanes.

A size is timed draw, step and reduce together. What is said of a size against the others is the median of
ratios to a neighbour in time, since a machine does not keep its speed for minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import pytest

from benchmarks.chain import Chain
from benchmarks.scale import SEED, Scale
from benchmarks.worlds import World, question
from diamondsim.engines import batch
from diamondsim.results import Summary
from diamondsim.sampling import draw
from diamondsim.simulation.runner import RunSpec, ScenarioRunner, Workspace

pytestmark = pytest.mark.benchmark(group="sizes")
FEW = 16


@pytest.fixture
def sized(
    benchmark: Any, note: Any, allocated: Any, scale: Scale, reference: Chain
) -> Callable[..., Summary]:
    """Return a function that times a size by turns with the reference, and returns the summary."""

    def run(swept: str, world: World, replications: int) -> Summary:
        chain = Chain(world, replications)

        def turn() -> None:
            reference()

        summary = benchmark.pedantic(chain, setup=turn, rounds=scale.rounds, warmup_rounds=scale.warmups)
        turns = min(scale.rounds, len(chain.rounds))  # one, where pytest-benchmark was told only to run
        own, beside = chain.ns_in_all(turns), reference.ns_in_all(turns)
        note(
            f"more {swept}",
            world,
            replications=replications,
            **chain.medians(turns),
            against_reference=median(a / b for a, b in zip(own, beside, strict=True)),
            reference=f"{reference.world.name}, {reference.world.plan.n_lanes} lanes, "
            f"{reference.world.plan.n_ticks} ticks, {reference.replications} replications",
            allocated_bytes=allocated(Chain(world, replications)),
        )
        assert isinstance(summary, Summary)
        return summary

    return run


def assert_right(world: World, summary: Summary) -> None:
    """Assert that nothing is lost or made in some replications, and that the summary says what they say."""
    draws = draw(world.plan, seed=SEED, first=0, count=FEW)
    ledger = batch.run(world.plan, draws)
    most = max(1.0, ledger["stock"].max())
    assert np.abs(ledger.mass_balance(world.plan, draws)).max() < 1e-9 * most
    few = Summary(world.plan, world.settings)
    few.add(draws, ledger)
    metrics = summary.metrics()
    for name, values in few.metrics().items():
        np.testing.assert_array_equal(metrics[name][..., :FEW], values, err_msg=name)
    uses = [row for row, node in enumerate(world.plan.nodes) if node.use is not None]
    wanted = ledger["demand"][:, uses].sum(axis=(0, 1))
    np.testing.assert_allclose(metrics["demand"][..., :FEW].sum(axis=0), wanted, rtol=1e-9)


def test_replications(sized, world, swept_replications):
    summary = sized("replications", world, swept_replications)
    assert_right(world, summary)
    first = min(swept_replications, 1024)
    bench = ScenarioRunner(RunSpec(world.scenario, SEED, first), Workspace())
    block = bench.run(0, first, lambda _done: True).metrics()
    for name, values in summary.metrics().items():
        np.testing.assert_array_equal(values[..., :first], block[name], err_msg=name)


def test_ticks(sized, scale, swept_years):
    world = question(swept_years)
    assert world.plan.n_ticks == pytest.approx(swept_years * 52.18, abs=1)
    assert_right(world, sized("ticks", world, scale.part))


def test_lanes(sized, scale, world_named, swept_world):
    world = world_named(swept_world)
    assert_right(world, sized("lanes", world, scale.part))
