"""The event engine: one order of actions, and paths that depend on their own draws alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simpy
from hypothesis import given, settings

from diamondsim.engines.event import run
from diamondsim.ledger import Ledger
from tests.engines.known_cases import close
from tests.engines.small_case import CaseSpec, lane, small_case, source, use
from tests.engines.strategies import case_specs


def same(one: Ledger, other: Ledger) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one.arrays)


@settings(max_examples=20, deadline=None)
@given(case_specs(replications=1))
def test_no_two_events_share_tick_phase_and_rank(spec: CaseSpec) -> None:
    """Only the events with which SimPy starts processes share them, before anything happens."""
    w = spec.build()
    seen: list[tuple[object, int]] = []
    schedule = simpy.Environment.schedule

    def note(env: simpy.Environment, event, priority=1, delay=0) -> None:
        if priority > 1:
            seen.append((env.now + delay, priority))
        schedule(env, event, priority, delay)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simpy.Environment, "schedule", note)
        run(*w)
    assert len(seen) > w.plan.n_ticks
    assert len(seen) == len(set(seen))
    assert all(type(tick) is int for tick, _ in seen)


def test_a_column_of_the_draws_is_one_replication() -> None:
    w = small_case(
        n_ticks=3,
        replications=3,
        nodes=[use("a", demand=[100, 200, 300], noise=[0.5])],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a", lead=[1, 2, 1])],
    )
    ledger = run(*w, column=1)[0]
    assert ledger["demand"].shape == (3, 1, 1)
    assert ledger["demand"][:, 0, 0].tolist() == close([300] * 3)
    assert ledger["pipeline"][0, 0, 0] == pytest.approx(400)
    alone = run(w.plan, w.draws.select([1]))
    assert same(alone[0], ledger)


@settings(max_examples=15, deadline=None)
@given(case_specs(replications=2))
def test_the_same_draws_give_the_same_path_bit_for_bit(spec: CaseSpec) -> None:
    w = spec.build()
    once, again = run(*w, column=1), run(*w, column=1)
    assert same(once[0], again[0])
    assert once[1] == again[1]


@settings(max_examples=15, deadline=None)
@given(case_specs(replications=1))
def test_what_happens_later_does_not_change_what_happened_before(spec: CaseSpec) -> None:
    """The horizon is half-open: a run to half of it is the first half of the run."""
    w = spec.build()
    half = max(1, w.plan.n_ticks // 2)
    whole, first = run(*w)[0], run(replace(w.plan, n_ticks=half), w.draws)[0]
    assert all(np.array_equal(whole[name][:half], first[name]) for name in whole.arrays)
