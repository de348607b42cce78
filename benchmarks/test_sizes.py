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

from benchmarks.cases import BenchmarkCase, question
from benchmarks.phase_chain import PhaseChain
from benchmarks.scale import SEED, Scale
from diamondsim.engines import batch
from diamondsim.results import Summary
from diamondsim.sampling import draw
from diamondsim.simulation.runner import RunSpec, ScenarioRunner, Workspace

pytestmark = pytest.mark.benchmark(group="sizes")
FEW = 16


@pytest.fixture
def sized(
    benchmark: Any, note: Any, allocated: Any, scale: Scale, reference: PhaseChain
) -> Callable[..., Summary]:
    """Return a function that times a size by turns with the reference, and returns the summary."""

    def run(swept: str, case: BenchmarkCase, replications: int) -> Summary:
        phase_chain = PhaseChain(case, replications)

        def turn() -> None:
            reference()

        summary = benchmark.pedantic(
            phase_chain, setup=turn, rounds=scale.rounds, warmup_rounds=scale.warmups
        )
        turns = min(scale.rounds, len(phase_chain.rounds))  # one, where pytest-benchmark was told only to run
        own, beside = phase_chain.ns_in_all(turns), reference.ns_in_all(turns)
        note(
            f"more {swept}",
            case,
            replications=replications,
            **phase_chain.medians(turns),
            against_reference=median(a / b for a, b in zip(own, beside, strict=True)),
            reference=f"{reference.case.name}, {reference.case.plan.n_lanes} lanes, "
            f"{reference.case.plan.n_ticks} ticks, {reference.replications} replications",
            allocated_bytes=allocated(PhaseChain(case, replications)),
        )
        assert isinstance(summary, Summary)
        return summary

    return run


def assert_right(case: BenchmarkCase, summary: Summary) -> None:
    """Assert that nothing is lost or made in some replications, and that the summary says what they say."""
    draws = draw(case.plan, seed=SEED, first=0, count=FEW)
    ledger = batch.run(case.plan, draws)
    most = max(1.0, ledger["stock"].max())
    assert np.abs(ledger.mass_balance(case.plan, draws)).max() < 1e-9 * most
    few = Summary(case.plan, case.settings)
    few.add(draws, ledger)
    metrics = summary.metrics()
    for name, values in few.metrics().items():
        np.testing.assert_array_equal(metrics[name][..., :FEW], values, err_msg=name)
    uses = [row for row, node in enumerate(case.plan.nodes) if node.use is not None]
    wanted = ledger["demand"][:, uses].sum(axis=(0, 1))
    np.testing.assert_allclose(metrics["demand"][..., :FEW].sum(axis=0), wanted, rtol=1e-9)


def test_replications(sized, case, swept_replications):
    summary = sized("replications", case, swept_replications)
    assert_right(case, summary)
    first = min(swept_replications, 1024)
    runner = ScenarioRunner(RunSpec(case.scenario, SEED, first), Workspace())
    block = runner.run(0, first, lambda _done: True).metrics()
    for name, values in summary.metrics().items():
        np.testing.assert_array_equal(values[..., :first], block[name], err_msg=name)


def test_ticks(sized, scale, swept_years):
    case = question(swept_years)
    assert case.plan.n_ticks == pytest.approx(swept_years * 52.18, abs=1)
    assert_right(case, sized("ticks", case, scale.part))


def test_lanes(sized, scale, case_named, swept_case):
    case = case_named(swept_case)
    assert_right(case, sized("lanes", case, scale.part))
