"""Backlogs that lapse, queues that count and are released, and reserves under a control, by hand."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from diamondsim.draws import FloatArray
from diamondsim.results import licence_waits
from tests.engines.known_cases import close, short_by_two_fifths
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import (
    BANNED,
    LICENSING,
    SUSPENDED,
    Case,
    Number,
    control,
    lane,
    reserve,
    small_case,
    source,
    use,
)

pytestmark = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


def test_backorders_lapse_before_they_are_served_and_are_then_lost(run: Run) -> None:
    """Nothing arrives. Each tick a fifth of the backlog is given up, then half of the 100 that are short
    joins it. In tick 2 it orders the 122 that wait and a lead time of 100, up to 150: 50 of them go to the
    97.6 that are left in tick 3. By then 47.6 and a lead time are ordered again, which serves all in tick 4.
    """
    got = run(
        small_case(
            n_ticks=5,
            nodes=[use("a", demand=100, stock=0, backorder_share=0.5, backorder_lapse=0.2, max_order=1.5)],
            sources=[source("s", capacity=200, index=[0.0, 0.0, 1.0])],
            lanes=[lane("s", "a", opens=0)],
        )
    )
    assert got.of("backlog", "a") == close([50, 90, 122, 47.6, 0])
    assert got.of("lost_sales", "a") == close([50, 60, 68, 24.4, 9.52])
    assert got.of("shortage", "a") == close([100, 100, 100, 0, 0])


# What counts of a queue


@pytest.mark.parametrize("queue_weight", [0.5, 1.0])
@pytest.mark.parametrize("approval, cover", [(0.0, 0.0), (0.0, 4.0), (0.3, 0.0), (0.3, 4.0), (0.9, 4.0)])
def test_an_endless_queue_keeps_nobody_from_buying_what_there_is(
    run: Run, approval: float, cover: Number, queue_weight: float
) -> None:
    """A ban without withdrawals lets a part of 70 pass, and 30 come from a free seller: once the stock has
    gone, all that there is is consumed for ever, however long the queue.
    """
    case = small_case(
        n_ticks=300,
        nodes=[use("a", demand=100, cover=cover, queue_weight=queue_weight, max_order=1.5)],
        sources=[source("big", capacity=1000), source("small", capacity=30)],
        lanes=[
            lane("big", "a", contract_share=0.7, sourcing_limit=1.05, lead=3),
            lane("small", "a", contract_share=0.3, sourcing_limit=0.45, lead=2),
        ],
        controls=[control("c", states=BANNED, covers=[("big", "a")], approval_rate=approval)],
    )
    got = run(case)
    assert got.of("used", "a")[120:] == close([30 + 70 * approval] * 180)
    assert got.of("queue", "big", "a")[-1] > 1000


def test_a_batch_of_licences_admits_what_waits_and_never_more(run: Run) -> None:
    """In ticks without one the queue grows by 100. The batch of tick 3 is larger than the queue, which it
    empties: the rest of it is lost. That of tick 7 is smaller. Buyers smooth the batches in full, 3 and 1.5
    times the reference flow, and expect no more than 1.
    """
    rates = [0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 1.5, 0.0, 0.0]
    case = small_case(
        n_ticks=10,
        nodes=[use("a", demand=100, cover=20, fill_rate_gain=0.5, min_fill_rate=0.1)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=LICENSING, covers=[("s", "a")], approval_rate=rates)],
    )
    got = run(case)
    granted, queue = got.of("granted", "s", "a"), got.of("queue", "s", "a")
    assert granted == close([0, 0, 0, 300, 0, 0, 0, 150, 0, 0])
    assert queue == close([100, 200, 300, 100, 200, 300, 400, 350, 450, 550])
    # (0.125 + 3) / 2 = 1.5625 counts as 1; half of it is left one tick later.
    mean = [0.5, 0.25, 0.125, 1.5625, 0.78125, 0.390625, 0.1953125, 0.84765625, 0.423828125, 0.2119140625]
    expected = [min(1.0, share) for share in mean]
    assert got.of("expected_fill_rate", "s", "a") == close(expected)


def test_what_licences_are_not_expected_to_let_pass_is_asked_of_free_sellers_at_once(run: Run) -> None:
    """(34b): after a tick without a grant a expects half of what it applies for. 40 are on the way, and as
    many are to wait, so that 100 are ordered.

    Its weights 0.4 and 0.2 send 2/3 of them to cn and 1/3 to s, and the 1/3 that it does not expect of cn
    goes to s too.
    """
    case = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, fill_rate_gain=0.5, queue_weight=0.0, max_order=1.0)],
        sources=[source("cn", capacity=500), source("s", capacity=500)],
        lanes=[lane("cn", "a", contract_share=0.8), lane("s", "a", contract_share=0.2)],
        controls=[control("c", states=LICENSING, covers=[("cn", "a")], approval_rate=0.5)],
    )
    got = run(case)
    assert got.of("granted", "cn", "a") == close([0, 40])
    assert got.of("order", "a") == close([100, 100])
    assert got.of("allocated", "cn", "a") == close([80, 200 / 3])
    assert got.of("allocated", "s", "a") == close([20, 200 / 3])


def test_round_two_counts_what_waits_for_a_licence_as_far_as_it_is_expected(run: Run) -> None:
    """(37): as above, with two free sellers who are asked for 100/3 each, of which s has 10.

    Expected are 100/3 + 10 + 100/3 of 100. The 70/3 that lack are divided by what is still to be had, 1 : 4:
    of cn half of its reference flow of 80 less 200/3, of z 60 less 100/3.
    """
    case = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, fill_rate_gain=0.5, queue_weight=0.0, max_order=1.0)],
        sources=[source("cn", capacity=500), source("s", capacity=10), source("z", capacity=500)],
        lanes=[
            lane("cn", "a", contract_share=0.8),
            lane("s", "a", contract_share=0.1),
            lane("z", "a", contract_share=0.1, sourcing_limit=0.6),
        ],
        controls=[control("c", states=LICENSING, covers=[("cn", "a")], approval_rate=0.5)],
    )
    got = run(case)
    assert got.of("allocated", "cn", "a") == close([80, 200 / 3 + 14 / 3])
    assert got.of("allocated", "s", "a") == close([10, 10])
    assert got.of("allocated", "z", "a") == close([10, 100 / 3 + 56 / 3])


def test_in_an_ordinary_review_the_whole_queue_counts(run: Run) -> None:
    """Two ticks of review beyond the civil one, all approved: three more ticks of demand are ordered at once.
    They wait, and count, so that 100 are ordered in every other tick. With a cover of one tick only 400 of
    the 500 that wait in ticks 2 to 4 count: 100 that cannot be admitted in time are ordered again in tick 2.
    """

    def orders(cover: float) -> list[float]:
        case = small_case(
            n_ticks=6,
            nodes=[use("a", demand=100, cover=cover, fill_rate_gain=0.0)],
            sources=[source("s", capacity=1000)],
            lanes=[lane("s", "a")],
            controls=[control("c", states=LICENSING, covers=[("s", "a")], approval_rate=1.0, review=3)],
        )
        return run(case).of("order", "a")

    assert orders(4.0) == close([400] + [100] * 5)
    assert orders(1.0) == close([400, 100, 100, 0, 0, 100])


# The end of a control


def test_what_is_no_longer_needed_of_a_released_queue_is_cancelled(run: Run) -> None:
    """Five ticks of ban leave 500 waiting. In tick 5 300 are released, more than the order-up-to level of
    200; the other 200 return to the finished stock, from which the next two orders are met.
    """
    got = run(
        small_case(
            n_ticks=11,
            nodes=[use("a", demand=100, cover=1, stock=0, max_order=1.0, queue_weight=0.0)],
            sources=[source("s", capacity=500)],
            lanes=[lane("s", "a")],
            controls=[control("c", states=[BANNED] * 5 + [SUSPENDED], covers=[("s", "a")])],
        )
    )
    assert got.of("granted", "s", "a") == close([0] * 5 + [300] + [0] * 5)
    assert got.of("withdrawn", "s", "a") == close([0] * 5 + [200] + [0] * 5)
    assert got.of("queue", "s", "a") == close([100, 200, 300, 400, 500, 0, 0, 0, 0, 0, 0])
    assert got.of("order", "a") == close([100] * 5 + [0, 0, 100, 100, 100, 100])
    assert got.of("stock", "a") == close([0] * 6 + [200, 100, 100, 100, 100])
    assert got.of("finished_stock", "s") == close([0] * 5 + [200, 200, 100, 0, 0, 0])
    assert got.of("output", "s") == close([100] * 5 + [0, 0, 0, 0, 100, 100])


def test_a_queue_is_released_at_the_least_factor_of_the_controls_that_have_bound_its_lane(run: Run) -> None:
    """500 wait and are all needed, as the backlog is. Of the factors 2, 1.5 and 1 the second counts, though
    its control was in force for one tick only; the third is that of a control that never was.
    """
    got = run(
        small_case(
            n_ticks=8,
            nodes=[use("a", demand=100, max_order=1.0, queue_weight=0.0, backorder_share=1.0)],
            sources=[source("s", capacity=500)],
            lanes=[lane("s", "a")],
            controls=[
                control("c", states=[BANNED] * 5 + [SUSPENDED], covers=[("s", "a")], release_factor=2.0),
                control("d", states=[BANNED] + [SUSPENDED] * 5, covers=[("s", "a")], release_factor=1.5),
                control("e", states=SUSPENDED, covers=[("s", "a")], release_factor=1.0),
            ],
        )
    )
    assert got.of("granted", "s", "a") == close([0] * 5 + [150, 150, 150])


def test_the_expected_fill_rate_falls_to_its_least_value(run: Run) -> None:
    def fill_rates(least: float) -> list[float]:
        case = small_case(
            n_ticks=4,
            nodes=[use("a", demand=100, fill_rate_gain=0.5, min_fill_rate=least)],
            sources=[source("s", capacity=500)],
            lanes=[lane("s", "a")],
            controls=[control("c", states=BANNED, covers=[("s", "a")])],
        )
        return run(case).of("expected_fill_rate", "s", "a")

    assert fill_rates(0.2) == close([0.5, 0.25, 0.2, 0.2])
    assert fill_rates(0.001) == close([0.5, 0.25, 0.125, 0.0625])


# Reserves


def a_reserve_with_two_sellers() -> Case:
    """Both sell to the reserve by half; from tick 1 on the first needs a licence, which is always granted,
    and all that is blocked could be diverted. From tick 3 on the use is short.
    """
    return small_case(
        n_ticks=6,
        nodes=[
            reserve("r", serves=["a"], stock=0, refill=20, goal=1000, trigger=0.1, min_fill_rate=1.0),
            use("a", demand=100),
        ],
        sources=[source("s", capacity=100), source("f", capacity=200, index=[1.0, 1.0, 0.42])],
        lanes=[
            lane("s", "r", contract_share=0.5, opens=0),
            lane("f", "r", contract_share=0.5, opens=0, tier=1),
            lane("f", "a"),
        ],
        controls=[
            control(
                "c",
                states=[SUSPENDED, LICENSING],
                covers=[("s", "r")],
                approval_rate=1.0,
                diversion_share=1.0,
            )
        ],
    )


def test_a_reserve_refills_from_free_sellers_and_not_while_it_releases(run: Run) -> None:
    """Tick 0: 10 from each. Ticks 1 and 2: 20 from the free seller if it has them; in tick 2 it can give 84,
    all to the use, which comes first. In tick 3 the use lacks 16 of 100: the reserve releases and orders
    nothing. It goes on so until it is empty in tick 5.
    """
    got = run(a_reserve_with_two_sellers())
    assert got.of("allocated", "s", "r") == close([10, 0, 0, 0, 0, 0])
    assert got.of("allocated", "f", "r") == close([10, 20, 0, 0, 0, 0])
    assert got.of("diverted", "s", "r") == close([0] * 6)
    assert got.of("queue", "s", "r") == close([0] * 6)
    assert got.of("order", "r") == close([20, 20, 20, 0, 0, 0])
    assert got.of("used", "r") == close([0, 0, 0, 16, 16, 8])
    assert got.of("stock", "r") == close([0, 20, 40, 24, 8, 0])


def test_a_reserve_holds_back_part_of_its_goal_for_the_first_use_that_it_serves(run: Run) -> None:
    """40 of 100 are held back for a. Tick 2: a lacks 40 of 70; what is left, 30, is less than is held back:
    nothing for b. With b first, b has its 20, and a what is above 40.
    """

    def released(serves: list[str]) -> tuple[list[float], list[float]]:
        got = run(short_by_two_fifths(reserve("r", serves=serves, stock=70, goal=100, hold_back=0.4)))
        return got.of("from_reserve", "a"), got.of("from_reserve", "b")

    assert released(["a", "b"]) == (close([0, 0, 40, 30]), close([0, 0, 0, 0]))
    assert released(["b", "a"]) == (close([0, 0, 10, 0]), close([0, 0, 20, 20]))


# Little's law


def waiting_times(joined: FloatArray, granted: FloatArray, withdrawn: FloatArray) -> float:
    """Follow every lot: first come, first granted, and withdrawals of each lot alike. Return the sum of lots
    times ticks waited, those of what still waits at the end included.
    """
    lots: deque[list[float]] = deque()
    total = 0.0
    for t in range(len(joined)):
        left = granted[t]
        while left > 1e-9:
            begin, size = lots[0]
            taken = min(left, size)
            total += taken * (t - begin)
            left -= taken
            lots[0][1] -= taken
            if lots[0][1] <= 1e-9:
                lots.popleft()
        waiting = sum(size for _, size in lots)
        share = withdrawn[t] / waiting if waiting > 0.0 else 0.0
        for lot in lots:
            total += share * lot[1] * (t - lot[0])
            lot[1] *= 1.0 - share
        if joined[t] > 0.0:
            lots.append([t, joined[t]])
    return total + sum(size * (len(joined) - begin) for begin, size in lots)


@pytest.mark.parametrize("withdrawal", [0.0, 0.1])
def test_the_mean_queue_is_the_flow_times_the_mean_wait(run: Run, withdrawal: float) -> None:
    """Little's law, lot by lot: the queues of all ticks add up to the time that all lots have waited."""
    case = small_case(
        n_ticks=60,
        nodes=[use("a", demand=100, cover=2, max_order=1.5, backorder_share=1.0)],
        sources=[source("s", capacity=300)],
        lanes=[lane("s", "a", lead=2)],
        controls=[
            control(
                "c",
                states=[SUSPENDED] * 3 + [LICENSING] * 40 + [SUSPENDED],
                covers=[("s", "a")],
                approval_rate=[0.0] * 10 + [0.4] * 10 + [0.95],
                withdrawal_rate=withdrawal,
            )
        ],
    )
    got = run(case)
    columns = {
        name: np.array(got.of(name, "s", "a")) for name in ("allocated", "shipped", "granted", "withdrawn")
    }
    waited = waiting_times(
        columns["allocated"] - columns["shipped"], columns["granted"], columns["withdrawn"]
    )
    assert waited > 1000.0
    assert sum(got.of("queue", "s", "a")) == pytest.approx(waited, rel=1e-9)
    wait = licence_waits(case.plan, got.ledger, control=0)
    applied = columns["allocated"].sum() - columns["shipped"].sum()
    assert wait.waited == pytest.approx([waited], rel=1e-9)
    assert wait.applied == pytest.approx([applied], rel=1e-9)
    assert wait.withdrawn == pytest.approx([columns["withdrawn"].sum()], rel=1e-9)
