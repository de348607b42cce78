"""Backorders and substitution, worked out by hand (model.md, section 3, phase 3)."""

from __future__ import annotations

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import lane, reserve, small_case, source, use


def test_a_share_of_unmet_demand_waits_and_is_served_from_stock_later(run: Run) -> None:
    """50 short in tick 2: 30 wait, 20 are lost; the order covers them (100 + 30) and tick 3 serves 100 +
    30.
    """
    case = small_case(
        n_ticks=5,
        nodes=[use("a", demand=100, backorder_share=0.6)],
        sources=[source("s", capacity=100, index=[1.0, 0.5, 2.0])],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("shortage", "a") == close([0, 0, 50, 0, 0])
    assert got.of("backlog", "a") == close([0, 0, 30, 0, 0])
    assert got.of("lost_sales", "a") == close([0, 0, 20, 0, 0])
    assert got.of("order", "a") == close([100, 100, 130, 100, 100])
    assert got.of("used", "a") == close([100, 100, 50, 130, 100])


def test_substitution_comes_before_the_reserve_and_uses_no_carats(run: Run) -> None:
    """50 arrive: 30 of 100 can be substituted, 15 come from the reserve, 5 are short."""
    case = small_case(
        n_ticks=2,
        nodes=[
            use("a", demand=100, substitution=[0.0, 0.3]),
            reserve("r", serves=["a"], stock=15),
        ],
        sources=[source("s", capacity=50)],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("substituted", "a") == close([0, 30])
    assert got.of("from_reserve", "a") == close([0, 15])
    assert got.of("shortage", "a") == close([0, 5])
    assert got.of("used", "a") == close([100, 50])
