"""Contract shares and the rounds of an allocation, worked out by hand (model.md, eq. 2, 33-37)."""

from __future__ import annotations

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import feed, lane, small_case, source, use


def test_an_entrant_takes_its_share_from_the_incumbents_when_it_opens(run: Run) -> None:
    """(2): from tick 2 the entrant's 0.3 count; one lead later the incumbents' 0.6 and 0.4 count 0.7 of that.
    In between all three share in the order of 100.
    """
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, cover=1, min_fill_rate=1.0)],
        sources=[source("s", capacity=500), source("z", capacity=500), source("new", capacity=500)],
        lanes=[
            lane("s", "a", contract_share=0.6),
            lane("z", "a", contract_share=0.4),
            lane("new", "a", contract_share=0.3, opens=2),
        ],
    )
    got = run(case)
    assert got.of("allocated", "s", "a") == close([60, 60, 60 / 1.3, 42])
    assert got.of("allocated", "z", "a") == close([40, 40, 40 / 1.3, 28])
    assert got.of("allocated", "new", "a") == close([0, 0, 30 / 1.3, 30])
    assert got.of("pipeline", "new", "a") == close([0, 0, 30 / 1.3, 30])


def test_a_node_takes_no_more_on_a_lane_than_is_qualified(run: Run) -> None:
    """Of the 100 desired the failed source sends nothing; the other 50, and 10 more in round two: its room
    is 60.
    """
    case = small_case(
        n_ticks=1,
        nodes=[use("a", demand=100)],
        sources=[source("s", capacity=500), source("out", capacity=500, index=0.0)],
        lanes=[
            lane("s", "a", contract_share=0.5, sourcing_limit=0.6),
            lane("out", "a", contract_share=0.5, sourcing_limit=0.6),
        ],
    )
    got = run(case)
    assert got.of("allocated", "s", "a") == close([60])
    assert got.of("allocated", "out", "a") == close([0])


def test_round_two_goes_by_headroom_and_expected_fill_rate(run: Run) -> None:
    """Tick 0: round one 0/30/30; the missing 40 by headroom 20 : 60. Belief in the failed source falls to
    0.5, so in tick 1 the desired orders are 25 / 37.5 / 37.5 and the missing 25 go by 12.5 : 52.5.
    """
    case = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, fill_rate_gain=0.5)],
        sources=[source("out", capacity=0), source("s", capacity=500), source("z", capacity=500)],
        lanes=[
            lane("out", "a", contract_share=0.4, sourcing_limit=1.0),
            lane("s", "a", contract_share=0.3, sourcing_limit=0.5),
            lane("z", "a", contract_share=0.3, sourcing_limit=0.9),
        ],
    )
    got = run(case)
    assert got.of("expected_fill_rate", "out", "a") == close([0.5, 0.25])
    assert got.of("allocated", "s", "a") == close([40, 37.5 + 25 * 12.5 / 65])
    assert got.of("allocated", "z", "a") == close([60, 37.5 + 25 * 52.5 / 65])


def test_headroom_counts_less_where_the_expected_fill_rate_is_low(run: Run) -> None:
    """Tick 0, capacities 0/0/500: s and out disappoint, both to 0.5 (gain 0.5, they sent nothing of 30 and
    40). Tick 1, s is back: desired orders by 0.2 : 0.15 : 0.3 of 100; what out lacks goes by 0.5 * headroom
    of s, 1 * headroom of z.
    """
    case = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, fill_rate_gain=0.5)],
        sources=[
            source("out", capacity=0),
            source("s", capacity=500, index=[0.0, 1.0]),
            source("z", capacity=500),
        ],
        lanes=[
            lane("out", "a", contract_share=0.4, sourcing_limit=1.0),
            lane("s", "a", contract_share=0.3, sourcing_limit=1.0),
            lane("z", "a", contract_share=0.3, sourcing_limit=1.0),
        ],
    )
    got = run(case)
    wish = [100 * c / 0.65 for c in (0.2, 0.15, 0.3)]
    weight = [0.5 * (100 - wish[1]), 1.0 * (100 - wish[2])]
    assert got.of("allocated", "z", "a") == close([100, wish[2] + wish[0] * weight[1] / sum(weight)])
    assert got.of("allocated", "s", "a") == close([0, wish[1] + wish[0] * weight[0] / sum(weight)])


def test_rounding_noise_is_no_supply(run: Run) -> None:
    """(37): the saw could make 1e-13 from what is left of its feed. The 50 that the qualified share of s
    leaves unmet all go to z, not half of them to the saw.
    """
    case = small_case(
        n_ticks=1,
        nodes=[use("a", demand=100), feed("crumbs", demand=0, stock=1e-13)],
        sources=[
            source("s", capacity=500),
            source("saw", capacity=500, feed="crumbs"),
            source("z", capacity=500),
        ],
        lanes=[
            lane("s", "a", contract_share=1.0, sourcing_limit=0.5),
            lane("saw", "a", contract_share=0.0, sourcing_limit=1.0),
            lane("z", "a", contract_share=0.0, sourcing_limit=1.0),
        ],
    )
    assert run(case).of("allocated", "z", "a") == close([50])


def test_rounding_noise_is_no_demand(run: Run) -> None:
    """(37): s lacks room for 5e-10 of the flow, a negligible part; of the other use it lacks 5e-9."""
    case = small_case(
        n_ticks=1,
        nodes=[use("a", demand=100), use("b", demand=100)],
        sources=[source("s", capacity=500), source("z", capacity=500)],
        lanes=[
            lane("s", "a", contract_share=1.0, sourcing_limit=1 - 5e-10),
            lane("s", "b", contract_share=1.0, sourcing_limit=1 - 5e-9),
            lane("z", "a", contract_share=0.0, sourcing_limit=1.0),
            lane("z", "b", contract_share=0.0, sourcing_limit=1.0),
        ],
    )
    got = run(case)
    assert got.of("allocated", "z", "a") == close([0])
    assert got.of("allocated", "z", "b") == close([5e-7])


def test_a_node_that_desires_nothing_gets_nothing_in_the_second_round(run: Run) -> None:
    """(34): without a contract nothing is desired: the order of b stays unserved, though its lane is open."""
    case = small_case(
        n_ticks=1,
        nodes=[use("a", demand=100, cover=1), use("b", demand=100, cover=1)],
        sources=[source("s", capacity=500), source("z", capacity=500)],
        lanes=[
            lane("s", "a", contract_share=1.0, sourcing_limit=0.5),
            lane("z", "a", contract_share=0.0, sourcing_limit=0.5),
            lane("s", "b", contract_share=0.0, sourcing_limit=1.0),
        ],
    )
    got = run(case)
    assert got.of("order", "b") == close([100])
    assert got.of("allocated", "z", "a") == close([50])
    assert got.of("allocated", "s", "b") == close([0])
