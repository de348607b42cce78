"""What a buyer expects of a new plant before and after its first deliveries (model.md, eq. 7b, 45a).

Worked out by hand: at least 0.05 is expected, and half of the distance is learned in a tick.
"""

from __future__ import annotations

import pytest

from tests.engines.known_cases import close, of_no_facility
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import (
    BANNED,
    LICENSING,
    SUSPENDED,
    Case,
    control,
    feed,
    lane,
    small_case,
    source,
    use,
)

every_engine = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


def a_plant(*, capacity: float = 300, index: object = 1.0, old: float = 300, states: object = None) -> Case:
    """a buys 100 a tick from s; from tick 2 on its contracts move to a plant, 40 % of them."""
    licences = control("c", states=states, covers=[("plant", "a")], approval_rate=1.0)
    return small_case(
        n_ticks=6,
        nodes=[use("a", demand=100, fill_rate_gain=0.5, min_fill_rate=0.05)],
        sources=[source("s", capacity=old), source("plant", capacity=capacity, index=index)],
        lanes=[lane("s", "a"), lane("plant", "a", contract_share=0.4, opens=2)],
        controls=[] if states is None else [licences],
    )


@every_engine
def test_a_buyer_moves_its_contracts_as_a_new_plant_delivers(run: Run) -> None:
    """In tick 2 its order of 100 goes by 1 : 0.4 * 0.05. The plant sends all of it, so that a expects
    0.05 + (1 - 0.05) / 2 of it, and gives up 0.4 times that of its contract with s in the next tick.
    """
    got = run(a_plant())
    assert got.of("expected_fill_rate", "plant", "a") == close([0.05, 0.05, 0.525, 0.7625, 0.88125, 0.940625])
    assert got.of("allocated", "plant", "a") == close([0, 0, 2 / 1.02, 21, 30.5, 35.25])
    assert got.of("allocated", "s", "a") == close([100, 100, 100 / 1.02, 79, 69.5, 64.75])
    assert got.of("expected_fill_rate", "s", "a") == close([1] * 6)


@every_engine
def test_a_buyer_keeps_its_contracts_while_a_plant_sends_nothing(run: Run) -> None:
    """b wants the goods of s too. Of its 150 they get 98 : 100 by contracts: a has given up 2 of 100."""
    w = small_case(
        n_ticks=5,
        nodes=[
            use("a", demand=100, fill_rate_gain=0.5),
            use("b", demand=100, fill_rate_gain=0.0),
        ],
        sources=[source("s", capacity=150), source("plant", capacity=300, index=[0.0] * 4 + [1.0])],
        lanes=[lane("s", "a"), lane("s", "b"), lane("plant", "a", contract_share=0.4, opens=2)],
        contract_weight=1.0,
    )
    got = run(w)
    assert got.of("expected_fill_rate", "plant", "a") == close([0.05, 0.05, 0.05, 0.05, 0.525])
    assert got.of("allocated", "s", "a")[:4] == close([75, 75, 75, 150 * 98 / 198])


@every_engine
def test_a_buyer_expects_all_of_a_second_source_at_once(run: Run) -> None:
    got = run(of_no_facility(a_plant()))
    assert got.of("expected_fill_rate", "plant", "a") == close([1] * 6)
    assert got.of("allocated", "plant", "a") == close([0, 0, 40 / 1.4, 40, 40, 40])


@every_engine
def test_a_plant_that_never_opens_is_never_expected_to_deliver(run: Run) -> None:
    plan, draws = a_plant()
    draws.open_tick[plan.entrant] = plan.n_ticks
    got = run(Case(plan, draws))
    assert got.of("expected_fill_rate", "plant", "a") == close([0.05] * 6)
    assert got.of("allocated", "s", "a") == close([100] * 6)


@every_engine
def test_the_operator_of_a_mill_expects_all_of_the_plant_that_feeds_it(run: Run) -> None:
    """It has nobody else, and would look for others at once if it expected less."""
    w = small_case(
        n_ticks=3,
        nodes=[feed("mill feed", demand=50), use("a", demand=50)],
        sources=[source("plant", capacity=300), source("mill", capacity=50, feed="mill feed")],
        lanes=[lane("plant", "mill feed", opens=1), lane("mill", "a")],
    )
    assert run(w).of("expected_fill_rate", "plant", "mill feed") == close([1, 1, 1])


@every_engine
def test_under_licence_a_buyer_expects_all_before_a_plant_opens(run: Run) -> None:
    """(45): before it opens nothing is refused, so that 0.05 becomes 0.525 in tick 0 and 0.7625 in tick 1.
    Where the control ends before that, nothing is known again.
    """
    licensed = run(a_plant(states=LICENSING)).of("expected_fill_rate", "plant", "a")
    assert licensed[:2] == close([0.525, 0.7625])
    ends = run(a_plant(states=[BANNED, SUSPENDED])).of("expected_fill_rate", "plant", "a")
    assert ends[:3] == close([0.525, 0.05, 0.525])
