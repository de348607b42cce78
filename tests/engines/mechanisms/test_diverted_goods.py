"""How much is diverted through third countries, worked out by hand (model.md, eq. 40)."""

from __future__ import annotations

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import BANNED, control, lane, small_case, source, use


def test_diversion_is_bounded_by_what_is_still_needed(run: Run) -> None:
    """60 are ordered, 30 come on the free lane: of 0.9 * 50 only 30 are needed."""
    case = small_case(
        n_ticks=1,
        nodes=[use("a", demand=100, max_order=0.6)],
        sources=[source("free", capacity=500), source("shut", capacity=500)],
        lanes=[lane("free", "a", contract_share=0.5), lane("shut", "a", contract_share=0.5)],
        controls=[control("c", states=BANNED, covers=[("shut", "a")], diversion_share=0.9)],
    )
    got = run(case)
    assert got.of("order", "a") == close([60])
    assert got.of("diverted", "shut", "a") == close([30])
    assert got.of("diverted", "free", "a") == close([0])


def test_diversion_is_bounded_by_what_the_source_has_left(run: Run) -> None:
    """The queues take 150 of 180; of a potential of 80 and 40 the 30 left go by 2 : 1, a fifth is seized,
    and the rest arrives three ticks later. Nothing is admitted.
    """
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, max_order=1.0), use("b", demand=50, max_order=1.0)],
        sources=[source("s", capacity=180, index=[1.0, 0.0])],
        lanes=[lane("s", "a"), lane("s", "b")],
        controls=[
            control(
                "c",
                states=BANNED,
                covers=[("s", "a"), ("s", "b")],
                diversion_share=0.8,
                seized=0.2,
                diversion_delay=3,
            )
        ],
    )
    got = run(case)
    assert got.of("diverted", "s", "a") == close([20, 0, 0, 0])
    assert got.of("diverted", "s", "b") == close([10, 0, 0, 0])
    assert got.of("seized", "s", "a") == close([4, 0, 0, 0])
    assert got.of("pipeline", "s", "a") == close([16, 16, 16, 0])
    assert got.of("arrived", "a") == close([100, 0, 0, 16])
    assert got.of("arrived", "b") == close([50, 0, 0, 8])


def test_need_is_shared_by_potential_diversion(run: Run) -> None:
    """Two shut lanes, contract flows 30 and 10, diversion share 1: need is 20, the largest order, and shared
    15 : 5.
    """
    case = small_case(
        n_ticks=1,
        nodes=[use("a", demand=40, max_order=0.5)],
        sources=[source("s", capacity=500), source("z", capacity=500)],
        lanes=[lane("s", "a", contract_share=0.75), lane("z", "a", contract_share=0.25)],
        controls=[control("c", states=BANNED, covers=[("s", "a"), ("z", "a")], diversion_share=1.0)],
    )
    got = run(case)
    assert got.of("diverted", "s", "a") == close([15])
    assert got.of("diverted", "z", "a") == close([5])
