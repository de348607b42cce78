"""Who gets what is short, and from whom else a buyer may take it: eq. 34a and 39, worked out by hand.

As in the folder `mechanisms` a lead is one tick, and nothing is limited unless a test says so.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engines.known_cases import close
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import Case, lane, small_case, source, use

pytestmark = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


def one_who_lived_from_stock(contract_weight: float) -> Case:
    """100 units a tick for two uses of 100 with equal contracts; the first has a stock of 30 ticks."""
    return small_case(
        n_ticks=200,
        contract_weight=contract_weight,
        nodes=[use("stocked", demand=100, stock=3000), use("other", demand=100)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "stocked"), lane("s", "other")],
    )


def test_shares_return_to_contracts_whatever_was_bought_before(run: Run) -> None:
    """While one lives from its stock the other buys everything. Once both order, the difference between their
    purchases shrinks in each tick by the gain times 1 - 0.5 * 100 / (0.5 * 200 + 0.5 * 100).
    """
    got = run(one_who_lived_from_stock(0.5))
    stocked, other = got.of("allocated", "s", "stocked"), got.of("allocated", "s", "other")
    assert stocked[20] == 0
    assert other[20] == pytest.approx(100)
    assert stocked[40] < 45
    assert [stocked[-1], other[-1]] == pytest.approx([50, 50], rel=1e-4)


def test_without_contract_weight_shares_never_return(run: Run) -> None:
    got = run(one_who_lived_from_stock(0.0))
    assert got.of("allocated", "s", "stocked")[-1] < 40


def test_a_limit_that_is_never_reached_does_not_weigh(run: Run) -> None:
    """Two uses with equal contracts get equal parts, though one has a limit and the other has none."""
    case = small_case(
        n_ticks=30,
        nodes=[use("limited", demand=100), use("unlimited", demand=100)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "limited", sourcing_limit=1.5), lane("s", "unlimited")],
    )
    got = run(case)
    assert got.of("allocated", "s", "limited") == close([50] * 30)
    assert got.of("allocated", "s", "unlimited") == close([50] * 30)


def disappointed(*, qualification_rate: float, **more: float) -> Case:
    """100 a tick, 80 from s, which fails in tick 1, and 20 from z, which has plenty and may give 30.

    The expected fill rate is that of the last tick.
    """
    return small_case(
        n_ticks=8,
        nodes=[use("a", demand=100, fill_rate_gain=1.0, qualification_rate=qualification_rate, **more)],
        sources=[source("s", capacity=100, index=[1, 0]), source("z", capacity=500)],
        lanes=[
            lane("s", "a", contract_share=0.8, sourcing_limit=1.2),
            lane("z", "a", contract_share=0.2, sourcing_limit=0.3),
        ],
    )


def test_sourcing_limits_open_while_sellers_disappoint(run: Run) -> None:
    """(34a): the contracts are expected to fill 0.8 * 0.05 + 0.2 from tick 2 on, less than 90 %. Of four
    ticks three, two, one and none are ahead in the ticks 2 to 5: the limit of 30 becomes 40, 60, 120, none.
    The use orders what it lacks, 100.
    """
    got = run(disappointed(qualification_rate=0.25))
    assert got.of("allocated", "z", "a") == close([20, 30, 40, 60, 100, 100, 100, 100])


def test_sourcing_limits_hold_where_no_time_of_qualification_is_given(run: Run) -> None:
    got = run(disappointed(qualification_rate=0.0))
    assert got.of("allocated", "z", "a") == close([20, *[30] * 7])


def test_sourcing_limits_hold_while_the_trigger_is_not_reached(run: Run) -> None:
    """0.8 * 0.05 + 0.2 * 1 = 0.24 is not below 24 %, rounding aside."""
    got = run(disappointed(qualification_rate=0.25, qualification_trigger=0.24))
    assert got.of("allocated", "z", "a") == close([20, *[30] * 7])


def test_what_is_ahead_stays_when_sellers_deliver_again(run: Run) -> None:
    """s delivers again in tick 4. By then half of the qualification is done, in ticks 2 and 3, and in tick 4
    a third quarter, since the fill rate of s is still that of tick 3; when s fails in tick 6 the limit of
    tick 6 is still 120.
    """
    w = disappointed(qualification_rate=0.25)
    index = np.array([1, 0, 0, 0, 1, 1, 0, 0], dtype=float)[:, None, None]
    got = run(w._replace(draws=replace(w.draws, capacity_index=index)))
    assert got.of("allocated", "z", "a")[:4] == close([20, 30, 40, 60])
    assert got.of("allocated", "z", "a")[6:] == close([100, 100])
