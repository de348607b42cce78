"""A buyer orders for the time that licences take as it does for the way (eq. 9a, 30a), by hand."""

from __future__ import annotations

import pytest

from tests.engines.known_cases import close
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import (
    BANNED,
    LICENSING,
    SUSPENDED,
    Case,
    control,
    lane,
    small_case,
    source,
    use,
)

pytestmark = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


def all_approved(*, cover: float, lead: int = 2, review: int = 0, gain: float = 0.0, n_ticks: int) -> Case:
    """A use of 100 that buys all under a licence which everyone gets."""
    return small_case(
        n_ticks=n_ticks,
        nodes=[use("a", demand=100, cover=cover, fill_rate_gain=gain)],
        sources=[source("cn", capacity=1000)],
        lanes=[lane("cn", "a", lead=lead)],
        controls=[control("c", states=LICENSING, covers=[("cn", "a")], approval_rate=1.0, review=review)],
    )


def test_the_order_up_to_level_holds_the_tick_in_which_an_application_waits(run: Run) -> None:
    """The level is (2 + 1 + 1/2) * 100 = 350. Tick 0 has 50 in stock and 100 on the way: 200 are ordered.

    Nothing was sent in tick 0, so that tick 2 lacks 50. A hundred pass in every tick after it: in tick 3
    200 are on the way and 50 wait, and 100 are ordered from then on.
    """
    got = run(all_approved(cover=0.5, n_ticks=7))
    assert got.of("order", "a") == close([200, 100, 50, 100, 100, 100, 100])
    assert got.of("granted", "cn", "a") == close([0] + [100] * 6)
    assert got.of("queue", "cn", "a") == close([200, 200, 150, 150, 150, 150, 150])
    assert got.of("shortage", "a") == close([0, 0, 50, 0, 0, 0, 0])


@pytest.mark.parametrize("review", [0, 4])
@pytest.mark.parametrize("lead", [1, 2, 10])
@pytest.mark.parametrize("cover", [0.0, 1 / 7, 6 / 7, 2.0])
def test_where_all_is_approved_only_the_first_applications_cost_anything(
    run: Run, cover: float, lead: int, review: int
) -> None:
    """What is not sent in the first ticks is lost, as far as the stock does not replace it, and nothing after
    that. Without the wait in the level a buyer without cover would lack 100 / (1 + lead) in every tick.

    A buyer who learns from the first ticks that little is granted orders less for a while, but not for good.
    """
    ticks = max(1, review)
    got = run(all_approved(cover=cover, lead=lead, review=review, n_ticks=60))
    assert close([100 * max(0.0, ticks - cover)]) == [sum(got.of("shortage", "a"))]
    assert got.of("shortage", "a")[lead + ticks :] == close([0] * (60 - lead - ticks))
    learnt = run(all_approved(cover=cover, lead=lead, review=review, gain=0.1, n_ticks=400))
    assert sum(learnt.of("shortage", "a")[-100:]) == pytest.approx(0.0, abs=1e-3)


def test_a_buyer_orders_for_licences_only_while_a_control_binds(run: Run) -> None:
    """Of 100, 30 need a licence and 20 one after an extra review, which takes three ticks: 30 * 1 + 20 * 3
    are to wait. A lane under a ban that is suspended counts nothing.

    Tick 0: the level is (1 + 1) * 100 + 90, and 100 are in stock. Of the 190 ordered 57 and 38 wait, and s
    sends 95 and 27 + 18 more for what cannot be admitted in a tick. In tick 1 the level is 200: 140 are in
    stock, 57 are released, 38 are still in review, and nothing is ordered.
    """
    states = [LICENSING, SUSPENDED]
    got = run(
        small_case(
            n_ticks=2,
            nodes=[use("a", demand=100, cover=1, fill_rate_gain=0.0)],
            sources=[source(name, capacity=1000) for name in ("cn", "chip", "s")],
            lanes=[
                lane("cn", "a", contract_share=0.3),
                lane("chip", "a", contract_share=0.2),
                lane("s", "a", contract_share=0.5),
            ],
            controls=[
                control("c", states=states, covers=[("cn", "a")], approval_rate=1.0),
                control("e", states=states, covers=[("chip", "a")], approval_rate=1.0, review=3),
                control("past", states=SUSPENDED, covers=[("s", "a")], review=9),
            ],
        )
    )
    assert got.of("order", "a") == close([190, 0])


def test_a_buyer_orders_for_licences_as_far_as_it_expects_them(run: Run) -> None:
    """Under a ban the expected fill rate of cn falls from 1 to 0.5 and 0.25: the level is 100 + 80, 100 + 40
    and 100 + 20. What waits counts by half of that rate, up to 80 for the tick of the licence: 20 in tick 1,
    10 in tick 2. s makes nothing, so that nothing is in stock or on the way.
    """
    got = run(
        small_case(
            n_ticks=3,
            nodes=[use("a", demand=100, queue_weight=0.5, fill_rate_gain=0.5)],
            sources=[source("cn", capacity=1000), source("s", capacity=0)],
            lanes=[lane("cn", "a", contract_share=0.8), lane("s", "a", contract_share=0.2)],
            controls=[control("c", states=BANNED, covers=[("cn", "a")])],
        )
    )
    assert got.of("order", "a") == close([180, 120, 110])
    assert got.of("shortage", "a") == close([0, 100, 100])


def test_an_entrant_under_licence_counts_by_what_it_has_taken_over(run: Run) -> None:
    """(16): of 100 a second source has taken over 40, which need a licence: 200 + 40 less 100 in stock."""
    got = run(
        small_case(
            n_ticks=1,
            nodes=[use("a", demand=100, cover=1, min_fill_rate=1.0)],
            sources=[source("old", capacity=1000), source("cn", capacity=1000)],
            lanes=[lane("old", "a"), lane("cn", "a", contract_share=0.4, opens=0)],
            controls=[control("c", states=LICENSING, covers=[("cn", "a")], approval_rate=1.0)],
        )
    )
    assert got.of("order", "a") == close([140])
