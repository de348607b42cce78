"""What buyers expect of their sellers, worked out by hand (model.md, eq. 44-46)."""

from __future__ import annotations

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import LICENSING, control, lane, small_case, source, use


def test_the_expected_fill_rate_follows_what_a_free_lane_delivers(run: Run) -> None:
    """Gain 0.2. Tick 0: 40 of 100. Tick 1 (no demand): 60 of 60. Tick 2: nothing ordered, so it drifts to
    1.
    """
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, fill_rate_gain=0.2, noise=[0.0, -1.0])],
        sources=[source("s", capacity=100, index=[0.4, 1.0])],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("order", "a") == close([100, 60, 0])
    assert got.of("expected_fill_rate", "s", "a") == close([0.88, 0.904, 0.9232])


def test_the_fill_rate_is_measured_by_the_contract_flow_where_more_is_ordered(run: Run) -> None:
    """300 are ordered, 100 come: all that the contract promised."""
    case = small_case(
        n_ticks=1,
        nodes=[use("a", demand=100, cover=2, stock=0)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("order", "a") == close([300])
    assert got.of("expected_fill_rate", "s", "a") == close([1.0])


def test_the_expected_fill_rate_never_falls_below_a_twentieth(run: Run) -> None:
    case = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, fill_rate_gain=0.9)],
        sources=[source("s", capacity=0)],
        lanes=[lane("s", "a")],
    )
    assert run(case).of("expected_fill_rate", "s", "a") == close([0.1, 0.05])


def test_a_queue_counts_by_its_weight_and_the_expected_fill_rate(run: Run) -> None:
    """Approval rate 0.5, queue weight 0.5, gain 0.2. Tick 0 fills the queue (200 + 100 to wait, less 100 in
    stock), nothing was waiting: fill rate 0.8. Tick 1: 50 pass, 150 wait and count 0.5 * 0.8 * 150 = 60:
    order 200 + 80 - 0 - 50 - 60. Tick 2: 50 pass, 270 wait, of which 200 are the flow of a tick for the
    licence and one of cover, and count 0.5 * 0.74 * 200 = 74: order 200 + 74 - 0 - 50 - 74.
    """
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, cover=1, queue_weight=0.5, fill_rate_gain=0.2)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=LICENSING, covers=[("s", "a")], approval_rate=0.5)],
    )
    got = run(case)
    assert got.of("order", "a") == close([200, 170, 150])
    assert got.of("expected_fill_rate", "s", "a") == close([0.8, 0.74, 0.692])
    assert got.of("queue", "s", "a") == close([200, 320, 420])
    assert got.of("shortage", "a") == close([0, 0, 50])
