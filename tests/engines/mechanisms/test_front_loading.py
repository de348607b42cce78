"""Orders ahead of an announced control, worked out by hand (model.md, eq. 27-30)."""

from __future__ import annotations

import pytest

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import ANNOUNCED, LICENSING, Case, control, lane, small_case, source, use


def announced(**more: object) -> Case:
    """A node that buys half from a source for which a control is announced; ceiling 1.2, room 0.6 on both
    lanes.
    """
    return small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, cover=1, max_order=1.2)],
        sources=[source("s", capacity=500), source("free", capacity=500)],
        lanes=[
            lane("s", "a", contract_share=0.5, sourcing_limit=0.6),
            lane("free", "a", contract_share=0.5, sourcing_limit=0.6),
        ],
        controls=[control("c", covers=[("s", "a")], approval_rate=1.0, **more)],  # type: ignore[arg-type]
    )


def test_front_loading_raises_ceiling_cover_and_the_room_of_covered_lanes(run: Run) -> None:
    """Factor 1 + (2 - 1) * 0.5 = 1.5; extra cover 0.5 * 1. Order 250 - 100 = 150. Wishes 75 : 75; the free
    lane has room for 60, the covered one for 90: 75 and the 15 that are missing. Then 250 - 150 = 100.
    """
    got = run(announced(states=ANNOUNCED, front_loading=[2.0], hoarding_cover=[1.0]))
    assert got.of("order", "a")[:2] == close([150, 100])
    assert got.of("allocated", "s", "a")[:2] == close([90, 50])
    assert got.of("allocated", "free", "a")[:2] == close([60, 50])


def test_front_loading_ends_at_its_own_ceiling(run: Run) -> None:
    """Extra cover of 0.5 * 10 ticks: the order is 550, of which 150 are taken."""
    got = run(announced(states=ANNOUNCED, front_loading=2.0, hoarding_cover=10.0))
    assert got.of("order", "a") == close([150, 150, 150])


def test_while_in_force_the_extra_cover_stays_and_the_ordinary_ceiling_returns(run: Run) -> None:
    """(28), (29) without a factor: 200 + 50 - 100 = 150 would be ordered, 1.2 * 100 ordered; room 60 on both
    lanes.
    """
    got = run(announced(states=LICENSING, front_loading=0.0, hoarding_cover=1.0))
    assert got.of("order", "a")[0] == pytest.approx(120)
    assert got.of("allocated", "s", "a")[0] == pytest.approx(60)


@pytest.mark.parametrize(
    "capacity, allocated", [(500, [75, 75]), (0, [0, 84])], ids=["both make", "one makes"]
)
def test_of_several_announced_controls_the_largest_factor_counts(
    run: Run, capacity: float, allocated: list[float]
) -> None:
    """One covers all of the flow at factor 1.4, one half of it at 2: factors 1.4 and 1.5, extra cover 2 and
    0.5. The lane that only the first covers has room for 60 * 1.4.
    """
    case = small_case(
        n_ticks=1,
        nodes=[use("a", demand=100, cover=1)],
        sources=[source("s", capacity=capacity), source("z", capacity=500)],
        lanes=[
            lane("s", "a", contract_share=0.5, sourcing_limit=0.6),
            lane("z", "a", contract_share=0.5, sourcing_limit=0.6),
        ],
        controls=[
            control(
                "all",
                states=ANNOUNCED,
                covers=[("s", "a"), ("z", "a")],
                front_loading=1.4,
                hoarding_cover=2.0,
            ),
            control("half", states=ANNOUNCED, covers=[("s", "a")], front_loading=2.0, hoarding_cover=1.0),
        ],
    )
    got = run(case)
    assert got.of("order", "a") == close([150])
    assert [got.of("allocated", s, "a")[0] for s in "sz"] == close(allocated)


def test_a_control_that_does_not_concern_a_node_does_not_make_it_hoard(run: Run) -> None:
    case = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, cover=1, max_order=1.2, stock=0), use("b", demand=100)],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a"), lane("s", "b")],
        controls=[control("c", states=ANNOUNCED, covers=[("s", "b")], front_loading=3.0, hoarding_cover=4.0)],
    )
    got = run(case)
    assert got.of("order", "a") == close([120, 120])
    assert got.of("order", "b") == close([300, 300])
