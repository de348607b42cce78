"""Each mechanism of docs/model.md against numbers worked out by hand from its equations.

Unless a test says otherwise: a lead of one tick, no largest order, no limit on a lane, no finished stock, a
queue that counts in full, and unmet demand that is lost. `target` is (32)'s (lead + cover + H) * D, and what
is to wait for licences.
"""

from __future__ import annotations

import pytest

from diamondsim.plan import ControlState, Rationing
from tests.engines.known_cases import close, short_by_two_fifths
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    Case,
    control,
    feed,
    lane,
    reserve,
    rule,
    small_case,
    source,
    use,
)

pytestmark = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


# The start, leads and orders


def test_the_calm_case_stands_still(run: Run) -> None:
    """Each tick the lane brings 100, the node uses 100, orders 300 + 200 - (200 + 200) = 100; the feed
    stock holds 120 when its 120 are used; the reserve is full. Mixed leads: 0.75 * 1 + 0.25 * 5 = 2 ticks
    (3).
    """
    case = small_case(
        n_ticks=8,
        nodes=[
            use("a", demand=100, cover=2),
            use("mixed", demand=100, cover=1),
            use("plates", demand=60, cover=1, grade="plate"),
            feed("crystal", demand=120, cover=1),
            reserve("r", serves=["a"], stock=40, goal=40),
        ],
        sources=[
            source("s", capacity=500, finished_stock_ceiling=50),
            source("z", capacity=500),
            source("p", capacity=80, feed="crystal", yield_=0.5, grade="plate"),
        ],
        lanes=[
            lane("s", "a", lead=3),
            lane("s", "mixed", contract_share=0.75, lead=1),
            lane("z", "mixed", contract_share=0.25, lead=5),
            lane("p", "plates", lead=2),
            lane("s", "crystal", lead=4),
            lane("s", "r", lead=2),
        ],
    )
    got = run(case)
    for field, name, value in [
        ("stock", "a", 200),
        ("order", "a", 100),
        ("used", "a", 100),
        ("stock", "mixed", 100),
        ("order", "mixed", 100),
        ("stock", "plates", 60),
        ("stock", "crystal", 120),
        ("order", "crystal", 120),
        ("used", "crystal", 120),
        ("output", "p", 60),
        ("output", "s", 295),
        ("finished_stock", "s", 50),
        ("order", "r", 0),
        ("stock", "r", 40),
    ]:
        assert got.of(field, name) == close([value] * 8), (field, name)
    assert got.of("pipeline", "s", "a") == close([300] * 8)
    assert got.of("allocated", "s", "mixed") == close([75] * 8)
    assert got.of("pipeline", "z", "mixed") == close([125] * 8)
    assert got.of("expected_fill_rate", "s", "a") == close([1] * 8)


def test_what_is_sent_arrives_after_the_lead(run: Run) -> None:
    """Empty shelves: target 500, under way 200 after the arrival, so 300 are ordered at once; they come in
    tick 3.
    """
    case = small_case(
        n_ticks=6,
        nodes=[use("a", demand=100, cover=2, stock=0)],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a", lead=3)],
    )
    got = run(case)
    assert got.of("order", "a") == close([300, 100, 100, 100, 100, 100])
    assert got.of("arrived", "a") == close([100, 100, 100, 300, 100, 100])
    assert got.of("stock", "a") == close([0, 0, 0, 200, 200, 200])


def test_an_order_stops_at_the_ceiling(run: Run) -> None:
    """The same with a ceiling of 1.5: 150 a tick while the position lies below 350 of 500."""
    case = small_case(
        n_ticks=8,
        nodes=[use("a", demand=100, cover=2, stock=0, max_order=1.5)],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a", lead=3)],
    )
    got = run(case)
    assert got.of("order", "a") == close([150, 150, 150, 150, 100, 100, 100, 100])
    assert got.of("stock", "a") == close([0, 0, 0, 50, 100, 150, 200, 200])


def test_expected_flow_grows_and_noise_moves_demand_alone(run: Run) -> None:
    """D = 100, 110, 120, 120; demand 100, 110 * 1.5, 120 * 0.8, 0. Orders follow 3 D - stock: 300 - 200,
    330 - 135, 360 - 234, 360 - 360."""
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, cover=2, growth=[1.0, 1.1, 1.2], noise=[0.0, 0.5, -0.2, -1.5])],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("demand", "a") == close([100, 165, 96, 0])
    assert got.of("stock", "a") == close([200, 135, 234, 360])
    assert got.of("order", "a") == close([100, 195, 126, 0])


# Contract shares, room, rounds


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


# Rationing


def four_uses(rule: Rationing, *, tiers: tuple[int, ...] = (0, 0, 0, 0), **more: float) -> Case:
    """60 units for demands of 10, 20, 30 and 40 (the last with a weight of its own)."""
    wants = {"a": 10, "b": 20, "c": 30, "d": 40}
    return small_case(
        n_ticks=1,
        nodes=[use(n, demand=x) for n, x in wants.items()],
        sources=[source("s", capacity=60, rationing=rule)],
        lanes=[
            lane("s", n, tier=tier, **(more if n == "d" else {}))
            for n, tier in zip(wants, tiers, strict=True)
        ],
    )


@pytest.mark.parametrize(
    "case, got",
    [
        (four_uses(Rationing.PROPORTIONAL), [6, 12, 18, 24]),
        (four_uses(Rationing.MAX_MIN), [10, 50 / 3, 50 / 3, 50 / 3]),
        (four_uses(Rationing.PROPORTIONAL, tiers=(0, 1, 2, 3)), [10, 20, 30, 0]),
        (four_uses(Rationing.PROPORTIONAL, tiers=(3, 2, 1, 0)), [0, 0, 20, 40]),
        # Weights 10 : 20 : 30 : 160: the last is served in full, the others share 20 by 1 : 2 : 3.
        (four_uses(Rationing.WEIGHTED, allocation_weight=4.0), [20 / 6, 40 / 6, 10, 40]),
    ],
    ids=["proportional", "max-min", "priority", "reversed priority", "weighted"],
)
def test_too_little_is_shared_by_the_rule(run: Run, case: Case, got: list[float]) -> None:
    outcome = run(case)
    assert [outcome.of("allocated", "s", n)[0] for n in "abcd"] == close(got)


def test_who_has_no_weight_gets_what_the_others_leave(run: Run) -> None:
    """80 for 100: the first three take their 60, the last has no weight and gets the other 20."""
    case = small_case(
        n_ticks=1,
        nodes=[use(n, demand=x) for n, x in zip("abcd", (10, 20, 30, 40), strict=True)],
        sources=[source("s", capacity=80, rationing=Rationing.WEIGHTED)],
        lanes=[lane("s", n, allocation_weight=n != "d") for n in "abcd"],
    )
    got = run(case)
    assert [got.of("allocated", "s", n)[0] for n in "abcd"] == close([10, 20, 30, 20])
    assert got.of("output", "s") == close([80])


def test_a_newcomer_weighs_by_its_contract(run: Run) -> None:
    """(39), contract weight 0.6: 0.6 * 100 + 0.4 * 100 against 0.6 * 100 + 0.4 * 0. The newcomer falls back
    on its old supplier, whose contract share is 0 by then. In tick 1 the smoothed purchases are those of
    (44), gain 0.1.
    """
    case = small_case(
        n_ticks=2,
        contract_weight=0.6,
        nodes=[use("old", demand=100), use("new", demand=100)],
        sources=[source("s", capacity=60), source("z", capacity=500)],
        lanes=[
            lane("s", "old", sourcing_limit=1.0),
            lane("s", "new", contract_share=1.0, sourcing_limit=2.0, opens=0),
            lane("z", "new", sourcing_limit=2.0),
        ],
    )
    got = run(case)
    old = 60 * 100 / 160
    p = [60 + 0.4 * (100 + 0.1 * (old - 100)), 60 + 0.4 * 0.1 * (60 - old)]
    assert got.of("allocated", "s", "old") == close([old, 60 * p[0] / sum(p)])
    assert got.of("allocated", "s", "new") == close([60 - old, 60 * p[1] / sum(p)])
    assert got.of("allocated", "z", "new")[0] == pytest.approx(100 - (60 - old))


def test_each_producer_serves_its_own_first_tier(run: Run) -> None:
    """Wishes of 50 on each of four lanes. Tier 0: s-home 50, z-abroad 50. Tier 1: s-abroad 50, z-home its
    last 10. Round two: home lacks 40, has room for 30 more at s.
    """
    case = small_case(
        n_ticks=1,
        nodes=[use("home", demand=100), use("abroad", demand=100)],
        sources=[source("s", capacity=200), source("z", capacity=60)],
        lanes=[
            lane("s", "home", contract_share=0.5, sourcing_limit=0.8, tier=0),
            lane("s", "abroad", contract_share=0.5, sourcing_limit=0.8, tier=1),
            lane("z", "home", contract_share=0.5, sourcing_limit=0.8, tier=1),
            lane("z", "abroad", contract_share=0.5, sourcing_limit=0.8, tier=0),
        ],
    )
    got = run(case)
    assert got.of("allocated", "s", "home") == close([80])
    assert got.of("allocated", "s", "abroad") == close([50])
    assert got.of("allocated", "z", "home") == close([10])
    assert got.of("allocated", "z", "abroad") == close([50])


# Making


@pytest.mark.parametrize(
    "opening, capacity, made",
    [
        (20, 200, [130, 100, 100, 100]),
        (300, 200, [0, 0, 50, 100]),
        (0, 120, [120, 120, 110, 100]),
    ],
    ids=["below the ceiling", "too much", "slowly"],
)
def test_a_source_makes_what_is_ordered_and_fills_its_finished_stock(
    run: Run, opening: float, capacity: float, made: list[float]
) -> None:
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, cover=1)],
        sources=[source("s", capacity=capacity, finished_stock_ceiling=50, finished_stock=opening)],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    stock, finished = opening, []
    for m in made:
        stock += m - 100
        finished.append(stock)
    assert got.of("output", "s") == close(made)
    assert got.of("finished_stock", "s") == close(finished)


def test_an_outage_is_felt_when_the_stock_is_gone(run: Run) -> None:
    """Capacity 100, 50, 0, 100: 50 come in tick 2 (stock 50 left), 0 in tick 3: half of the demand is
    short.
    """
    case = small_case(
        n_ticks=5,
        nodes=[use("a", demand=100, cover=1)],
        sources=[source("s", capacity=100, index=[1.0, 0.5, 0.0, 1.0])],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("order", "a") == close([100, 100, 150, 200, 200])
    assert got.of("output", "s") == close([100, 50, 0, 100, 100])
    assert got.of("shortage", "a") == close([0, 0, 0, 50, 0])


def test_a_processor_lives_on_its_feed(run: Run) -> None:
    """100 of crystal make 25 of plate. From tick 2 no crystal is made: tick 3 uses up the feed stock of
    100, tick 4 makes nothing, and the plates that do not come are missed in tick 5.
    """
    case = small_case(
        n_ticks=6,
        nodes=[
            use("plates", demand=25, grade="plate"),
            feed("crystal", demand=100, cover=1, grade="crystal"),
        ],
        sources=[
            source("reactor", capacity=100, index=[1.0, 1.0, 0.0], grade="crystal"),
            source("saw", capacity=30, feed="crystal", yield_=0.25, grade="plate"),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    got = run(case)
    assert got.of("output", "saw") == close([25, 25, 25, 25, 0, 0])
    assert got.of("used", "crystal") == close([100, 100, 100, 100, 0, 0])
    assert got.of("stock", "crystal") == close([100, 100, 100, 0, 0, 0])
    assert got.of("order", "crystal") == close([100, 100, 100, 200, 300, 300])
    assert got.of("shortage", "plates") == close([0, 0, 0, 0, 0, 25])


@pytest.mark.parametrize("capacity, stock, made", [(30, 100, 30), (500, 10, 27.5)], ids=["saws", "crystal"])
def test_a_processor_is_limited_by_its_saws_or_its_crystal(
    run: Run, capacity: float, stock: float, made: float
) -> None:
    """50 plates are ordered; the feed holds stock + 100 by then, a quarter of which becomes plate."""
    case = small_case(
        n_ticks=1,
        nodes=[use("plates", demand=25, cover=1, stock=0), feed("crystal", demand=100, stock=stock)],
        sources=[
            source("reactor", capacity=100),
            source("saw", capacity=capacity, feed="crystal", yield_=0.25),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    got = run(case)
    assert got.of("order", "plates") == close([50])
    assert got.of("output", "saw") == close([made])
    assert got.of("stock", "crystal") == close([stock + 100 - made * 4])


# Demand that is not met


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


# Reserves


def test_a_reserve_opens_above_its_trigger_and_serves_in_order(run: Run) -> None:
    """40 and 20 are missing, 0.4 of demand. Tick 2: budget min(50, 70): 40 for a, 10 for b.
    Tick 3: the last 20.
    """
    got = run(short_by_two_fifths(reserve("r", serves=["a", "b"], stock=70, rate=50, trigger=0.39)))
    assert got.of("from_reserve", "a") == close([0, 0, 40, 20])
    assert got.of("from_reserve", "b") == close([0, 0, 10, 0])
    assert got.of("shortage", "a") == close([0, 0, 0, 20])
    assert got.of("shortage", "b") == close([0, 0, 10, 20])
    assert got.of("used", "r") == close([0, 0, 50, 20])
    assert got.of("stock", "r") == close([70, 70, 20, 0])


def test_a_reserve_stays_shut_below_its_trigger(run: Run) -> None:
    got = run(short_by_two_fifths(reserve("r", serves=["a", "b"], stock=70, trigger=0.41)))
    assert got.of("from_reserve", "a") == close([0] * 4)
    assert got.of("shortage", "b") == close([0, 0, 20, 20])


def test_a_reserve_stays_shut_at_its_trigger(run: Run) -> None:
    """(24) asks for more than the trigger: half is missing, and the trigger is a half."""
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=128), reserve("r", serves=["a"], stock=99, trigger=0.5)],
        sources=[source("s", capacity=128, index=[1.0, 0.5])],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("shortage", "a") == [0, 0, 64]
    assert got.of("stock", "r") == [99, 99, 99]


def test_the_serving_order_is_the_reserves_own(run: Run) -> None:
    got = run(short_by_two_fifths(reserve("r", serves=["b", "a"], stock=100, rate=25)))
    assert got.of("from_reserve", "b") == close([0, 0, 20, 20])
    assert got.of("from_reserve", "a") == close([0, 0, 5, 5])


def test_a_later_reserve_sees_what_an_earlier_one_left_short(run: Run) -> None:
    """After 10 from the first, a lacks 30 of 100: above the second's trigger, below the third's."""
    case = short_by_two_fifths(
        reserve("first", serves=["a"], stock=100, rate=10),
        reserve("second", serves=["a"], stock=5, trigger=0.29),
        reserve("third", serves=["a"], stock=100, trigger=0.26),
    )
    got = run(case)
    assert got.of("used", "first") == close([0, 0, 10, 10])
    assert got.of("used", "second") == close([0, 0, 5, 0])
    assert got.of("used", "third") == close([0, 0, 0, 30])
    assert got.of("from_reserve", "a") == close([0, 0, 15, 40])
    # In tick 2 the third faces 25 of 100, below its trigger; in tick 3 the second is empty and 30 remain.


@pytest.mark.parametrize(
    "states, orders, stocks",
    [
        ([NONE], [20, 0, 0], [60, 80, 100]),
        ([BANNED], [20, 20, 20], [60, 80, 80]),
        ([NONE, LICENSING], [20, 0, 0], [60, 80, 100]),
        ([ANNOUNCED], [20, 0, 0], [60, 80, 100]),
    ],
    ids=["free", "banned", "licensing later", "announced"],
)
def test_a_reserve_refills_to_its_goal_but_not_where_it_needs_a_licence(
    run: Run, states: list[ControlState], orders: list[float], stocks: list[float]
) -> None:
    """Goal 100, at most 20 a tick, lead 2: 40 in stock and 20 + 20 under way at the start. Tick 0: 60 + 20
    under way: 20 more. What was sent before the control arrives. Under it the reserve goes on ordering, but
    wants nothing of the only seller, who needs a licence.
    """
    case = small_case(
        n_ticks=3,
        nodes=[reserve("r", serves=[], stock=40, refill=20, goal=100), use("a", demand=10)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "r", lead=2), lane("s", "a")],
        controls=[control("c", states=states, covers=[("s", "r")], approval_rate=1.0)],
    )
    got = run(case)
    assert got.of("order", "r") == close(orders)
    assert got.of("stock", "r") == close(stocks)


def test_a_control_elsewhere_does_not_stop_a_refill(run: Run) -> None:
    """Goal far away: 20 ordered in every tick though the other node's lane is banned."""
    case = small_case(
        n_ticks=3,
        nodes=[reserve("r", serves=["a"], stock=0, refill=20, goal=1000, trigger=9.0), use("a", demand=10)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "r"), lane("s", "a")],
        controls=[control("c", states=BANNED, covers=[("s", "a")])],
    )
    got = run(case)
    assert got.of("order", "r") == close([20, 20, 20])
    assert got.of("stock", "r") == close([20, 40, 60])


# Belief


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


# Licensing


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


# Re-routing


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


# Front-loading


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


# Origin


def test_the_tracked_share_mixes_in_stock(run: Run) -> None:
    """Opening 0.2; each tick half of the 100 that arrive carry 0.8: (20 + 40) / 200, (30 + 40) / 200."""
    case = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, cover=1, tracked=0.2)],
        sources=[source("s", capacity=500, tracked=0.8), source("z", capacity=500)],
        lanes=[lane("s", "a", contract_share=0.5), lane("z", "a", contract_share=0.5)],
    )
    assert run(case).of("tracked", "a") == close([30, 35])


def test_origin_passes_through_a_processor_a_tick_late(run: Run) -> None:
    """The feed is mixed to 0.75, then 0.875 by crystal of the tracked origin; plates that arrive carry the
    share of the tick before: 0.5, 0.75, 0.875.
    """
    case = small_case(
        n_ticks=3,
        nodes=[
            use("plates", demand=25, tracked=1.0),
            feed("crystal", demand=100, cover=1, tracked=0.5),
        ],
        sources=[
            source("reactor", capacity=100, tracked=1.0),
            source("saw", capacity=30, feed="crystal", yield_=0.25, tracked=0.0),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    assert run(case).of("tracked", "plates") == close([12.5, 18.75, 21.875])


def test_rounding_noise_sets_no_origin(run: Run) -> None:
    """(13): 1e-14 of another origin reaches an empty feed stock whose last crystal was all tracked; the
    plates sold from finished stock stay tracked.
    """
    case = small_case(
        n_ticks=2,
        nodes=[use("plates", demand=25), feed("crystal", demand=100, tracked=1.0)],
        sources=[
            source("reactor", capacity=0, tracked=0.0),
            source("saw", capacity=30, finished_stock=25, feed="crystal", yield_=0.25),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal", contract_share=1e-16)],
    )
    assert run(case).of("tracked", "plates") == close([25, 25])


def test_goods_from_a_reserve_carry_the_reserves_origin(run: Run) -> None:
    """60 of origin 1 from own stock; 30 and 10 from two reserves of 0.5 and 0.2."""
    case = small_case(
        n_ticks=2,
        nodes=[
            use("a", demand=100, tracked=1.0),
            reserve("r", serves=["a"], stock=30, tracked=0.5),
            reserve("q", serves=["a"], stock=90, tracked=0.2),
        ],
        sources=[source("s", capacity=60, tracked=1.0)],
        lanes=[lane("s", "a")],
    )
    assert run(case).of("tracked", "a") == close([100, 60 + 15 + 2])


def test_backlog_served_counts_as_tracked_consumption(run: Run) -> None:
    """40 short and waiting after tick 1; in tick 2, 140 arrive and are used, a quarter of them tracked."""
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, backorder_share=1.0, tracked=0.25)],
        sources=[source("s", capacity=60, index=[1.0, 5.0], tracked=0.25)],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("used", "a") == close([100, 60, 140])
    assert got.of("tracked", "a") == close([25, 15, 35])


# Odd cases


def test_a_node_without_lanes_lives_on_its_stock(run: Run) -> None:
    case = small_case(n_ticks=3, nodes=[use("a", demand=100, stock=150)], sources=[source("s", capacity=5)])
    got = run(case)
    assert got.of("used", "a") == close([100, 50, 0])
    assert got.of("shortage", "a") == close([0, 50, 100])


def test_a_lead_beyond_the_horizon_never_arrives_and_stays_on_the_books(run: Run) -> None:
    """Every tick brings 100 of the opening pipeline of 900; what is ordered in return does not come in
    time.
    """
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, noise=[0.5, 0.0])],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a", lead=9)],
    )
    got = run(case)
    assert got.of("arrived", "a") == close([100, 100, 100])
    assert got.of("pipeline", "s", "a") == close([900, 900, 900])
    assert got.of("shortage", "a") == close([50, 0, 0])
