"""Licence queues: approval, review, release, several controls at once, by hand (model.md, eq. 9-19)."""

from __future__ import annotations

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    control,
    lane,
    rule,
    small_case,
    source,
    use,
)


def test_a_rule_admits_its_approval_rate_and_withdrawn_goods_return_to_finished_stock(run: Run) -> None:
    """Approval rate 0.2 of 100, a tenth of the rest withdrawn, lead 2, fill rate held at 1. Waiting after
    grant and withdrawal: 0, 162, 234, 336.6; orders 400 - stock - under way - waiting, of which the 200 of a
    tick for the licence and one of cover count at most; withdrawn goods are sold before more is made.
    """
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, cover=1, fill_rate_gain=0.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a", lead=2)],
        controls=[
            control("c", states=LICENSING, covers=[("s", "a")], approval_rate=0.2, withdrawal_rate=0.1)
        ],
    )
    got = run(case)
    assert got.of("granted", "s", "a") == close([0, 20, 20, 20])
    assert got.of("withdrawn", "s", "a") == close([0, 18, 26, 37.4])
    assert got.of("order", "a") == close([200, 118, 160, 160])
    assert got.of("output", "s") == close([200, 100, 134, 122.6])
    assert got.of("queue", "s", "a") == close([200, 280, 394, 496.6])
    assert got.of("arrived", "a") == close([100, 100, 0, 20])
    assert got.of("shortage", "a") == close([0, 0, 0, 80])
    assert got.of("shipped", "s", "a") == close([0, 0, 0, 0])


def test_the_approval_rate_of_a_rule_moves_in_time(run: Run) -> None:
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, fill_rate_gain=0.0, queue_weight=0.0, max_order=1.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=LICENSING, covers=[("s", "a")], approval_rate=[1.0, 0.0, 0.25, 0.5])],
    )
    assert run(case).of("granted", "s", "a") == close([0, 0, 25, 50])


def test_extra_review_delays_an_application(run: Run) -> None:
    """Two ticks of review, approval rate 1: what is applied for in tick t is granted in t + 2, arrives in t +
    3. What is in review counts as waiting; 200 more than before are to wait, and are ordered at once.
    """
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, cover=3, fill_rate_gain=0.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=LICENSING, covers=[("s", "a")], approval_rate=1.0, review=2)],
    )
    got = run(case)
    assert got.of("order", "a") == close([300, 100, 100, 100])
    assert got.of("granted", "s", "a") == close([0, 0, 100, 100])
    assert got.of("queue", "s", "a") == close([300, 400, 400, 400])
    assert got.of("stock", "a") == close([300, 200, 100, 100])


def test_a_review_under_way_when_the_control_ends_still_runs_its_time(run: Run) -> None:
    """Applied for in tick 0 under three ticks of review; the control ends in tick 1; granted in tick 3. Until
    these 100 arrive they are all that is needed: nothing is ordered.
    """
    case = small_case(
        n_ticks=5,
        nodes=[use("a", demand=100, fill_rate_gain=0.0, queue_weight=0.0, max_order=1.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=[LICENSING, NONE], covers=[("s", "a")], approval_rate=1.0, review=3)],
    )
    got = run(case)
    assert got.of("granted", "s", "a") == close([0, 0, 0, 100, 0])
    assert got.of("shipped", "s", "a") == close([0, 0, 0, 0, 100])


def test_a_queue_is_worked_off_at_three_times_the_flow_when_the_control_ends(run: Run) -> None:
    """Five ticks of ban leave 500 waiting (queue weight 0, largest order 1): then 300 and 200. The backlog of
    500 needs them all.
    """
    case = small_case(
        n_ticks=8,
        nodes=[
            use("a", demand=100, max_order=1.0, queue_weight=0.0, fill_rate_gain=0.0, backorder_share=1.0)
        ],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=[BANNED] * 5 + [SUSPENDED], covers=[("s", "a")])],
    )
    got = run(case)
    assert got.of("granted", "s", "a") == close([0, 0, 0, 0, 0, 300, 200, 0])
    assert got.of("order", "a") == close([100] * 8)
    assert got.of("backlog", "a") == close([0, 100, 200, 300, 400, 500, 200, 0])
    assert got.of("queue", "s", "a") == close([100, 200, 300, 400, 500, 200, 0, 0])


def test_nobody_withdraws_from_the_queue_of_a_control_that_has_ended(run: Run) -> None:
    """Half is withdrawn while banned: 50 of 100, 75 of 150; then the 175 left are admitted whole."""
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, max_order=1.0, queue_weight=0.0, fill_rate_gain=0.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=[BANNED] * 3 + [NONE], covers=[("s", "a")], withdrawal_rate=0.5)],
    )
    got = run(case)
    assert got.of("withdrawn", "s", "a") == close([0, 50, 75, 0])
    assert got.of("granted", "s", "a") == close([0, 0, 0, 175])
    assert got.of("output", "s") == close([100, 50, 25, 0])


def test_the_reference_flow_grows_with_demand_and_knows_no_hoarding(run: Run) -> None:
    """Half of D = 100, 200 passes though far more waits."""
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, growth=[1.0, 1.0, 2.0], cover=4, stock=0, queue_weight=0.0)],
        sources=[source("s", capacity=5000)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=LICENSING, covers=[("s", "a")], approval_rate=0.5, hoarding_cover=3.0)],
    )
    assert run(case).of("granted", "s", "a") == close([0, 50, 100])


def test_the_reference_flow_of_an_entrant_is_its_share_and_an_incumbents_is_not_cut(run: Run) -> None:
    """(16): both lanes controlled at approval rate 0.5; the entrant's 0.3 is admitted at 15, the incumbent's
    1.0 at 50.
    """
    pairs = [("s", "a"), ("new", "a")]
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, cover=4, stock=0, max_order=2.0, min_fill_rate=1.0)],
        sources=[source("s", capacity=500), source("new", capacity=500)],
        lanes=[lane("s", "a"), lane("new", "a", contract_share=0.3, opens=0)],
        controls=[control("c", states=LICENSING, covers=pairs, approval_rate=0.5)],
    )
    got = run(case)
    assert got.of("granted", "s", "a") == close([0, 50, 50])
    assert got.of("granted", "new", "a") == close([0, 15, 15])


def test_where_several_controls_bind_the_worst_counts(run: Run) -> None:
    """Approval min(0.5, 0.2), withdrawal max(0.1, 0.3), review max(0, 1), diverted min(0.5, 0.4), seized
    max(0.1, 0.25), delay max(2, 1). Tick 0: 200 into review, 0.4 * 100 diverted, 10 of them seized. Tick 1:
    20 admitted, 0.3 * 180 withdrawn, 50 in the pipeline: order 150; 0.4 * 80 diverted. Tick 2: 30 diverted
    and 20 admitted arrive.
    """
    milder = {
        "approval_rate": 0.5,
        "withdrawal_rate": 0.1,
        "review": 0,
        "diversion_share": 0.5,
        "seized": 0.1,
        "diversion_delay": 2,
    }
    harsher = {
        "approval_rate": 0.2,
        "withdrawal_rate": 0.3,
        "review": 1,
        "diversion_share": 0.4,
        "seized": 0.25,
        "diversion_delay": 1,
    }
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, queue_weight=0.0, fill_rate_gain=0.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[
            control("one", states=LICENSING, covers=[("s", "a")], **milder),  # type: ignore[arg-type]
            control("two", states=LICENSING, covers=[("s", "a")], **harsher),  # type: ignore[arg-type]
        ],
    )
    got = run(case)
    assert got.of("granted", "s", "a") == close([0, 20, 20])
    assert got.of("withdrawn", "s", "a") == close([0, 54, 0.3 * (126 + 150 - 20)])
    assert got.of("order", "a")[:2] == close([200, 150])
    assert got.of("diverted", "s", "a")[:2] == close([40, 32])
    assert got.of("seized", "s", "a")[:2] == close([10, 8])
    assert got.of("output", "s")[:2] == close([240, 128])
    assert got.of("arrived", "a") == close([100, 0, 50])


def test_a_control_that_does_not_bind_lets_the_other_decide(run: Run) -> None:
    """The harsher control is suspended in tick 1 only."""
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, queue_weight=0.0, fill_rate_gain=0.0, max_order=1.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[
            control("one", states=LICENSING, covers=[("s", "a")], approval_rate=0.5),
            control("two", states=[BANNED, SUSPENDED, BANNED], covers=[("s", "a")], approval_rate=0.1),
        ],
    )
    assert run(case).of("granted", "s", "a") == close([0, 50, 10])


def test_a_control_binds_only_while_the_one_it_requires_is_in_force(run: Run) -> None:
    """The ban is on the books throughout, the list it needs only in ticks 2 and 3."""
    case = small_case(
        n_ticks=5,
        nodes=[use("a", demand=100, cover=5)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[
            control("ban", states=BANNED, covers=[("s", "a")], requires="list"),
            control("list", states=[NONE, ANNOUNCED, LICENSING, BANNED, SUSPENDED]),
        ],
    )
    got = run(case)
    assert [x > 0 for x in got.of("shipped", "s", "a")[:4]] == [True, True, False, False]
    assert got.of("granted", "s", "a")[4] > 0


def test_rules_of_one_control_differ(run: Run) -> None:
    case = small_case(
        n_ticks=2,
        nodes=[use(name, demand=100, max_order=1.0) for name in ("a", "b", "free")],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a"), lane("s", "b"), lane("s", "free")],
        controls=[
            control(
                "c",
                states=LICENSING,
                rules=[
                    rule([("s", "b")], approval_rate=0.2, withdrawal_rate=0.5),
                    rule([("s", "a")], approval_rate=0.7),
                ],
            )
        ],
    )
    got = run(case)
    assert got.of("granted", "s", "a") == close([0, 70])
    assert got.of("granted", "s", "b") == close([0, 20])
    assert got.of("withdrawn", "s", "b") == close([0, 40])
    assert got.of("shipped", "s", "free") == close([100, 100])
