"""The pre-buys of a buyer (model.md, eq. 30), worked out by hand in a case at rest.

The firm uses 10 of the 100 a day, 70 a tick; whatever it orders it gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pytest

from tests.engines.running import ENGINES, Outcome
from tests.engines.small_case import Case
from tests.invented.playing import case_of

QUIET = [70.0] * 4


def case_with(pre_buy: Mapping[str, str], more: Mapping[str, Any] | None = None) -> Case:
    buyer = {
        "aggregate": "home.u",
        "share": "10%",
        "pre_buy": {"date": "2026-01-29", "until": "2026-02-26", **pre_buy},
    }
    return case_of(
        {
            "title": "A pre-buy",
            "horizon": {"start": "2026-01-01", "length": "84 days"},
            "regions": {"home": {}},
            "grades": {"g": {"unit": "ct"}},
            "uses": {"u": {"grades": {"g": "100%"}}},
            "demand": {"home": {"u": "100 ct/day"}},
            "inventory_policy": {"any": {"cover": "60 days", "lead": "14 days"}},
            "producers": {"plant": {"region": "home", "capacity": {"g": "900 ct/day"}}},
            "trade": {"plant": {"home": "100 ct/day"}},
            "buyers": {"firm": buyer},
            **(more or {}),
        },
        seed=0,
        count=1,
    )


Play: TypeAlias = Callable[..., Outcome]


@pytest.fixture(params=list(ENGINES.values()), ids=list(ENGINES))
def play(request: pytest.FixtureRequest) -> Play:
    def run(pre_buy: Mapping[str, str], more: Mapping[str, Any] | None = None) -> Outcome:
        return request.param(case_with(pre_buy, more))

    return run


def orders(got: Outcome) -> list[float]:
    return got.of("order", "home.u/firm.g")


def near(*expected: float) -> Any:
    return pytest.approx([*expected], abs=1e-9)


def test_extra_cover_is_bought_up_to_the_habitual_ceiling_and_sold_off_by_ordering_less(play: Play) -> None:
    # Two ticks of extra cover are 140; a tick's ceiling of 105 leaves 35 of room for it, four times.
    # Afterwards the target falls back by 140.
    assert orders(play({"extra": "14 days"})) == near(*QUIET, 105, 105, 105, 105, 0, 0, 70, 70)


def test_a_larger_ceiling_brings_it_in_at_once(play: Play) -> None:
    assert orders(play({"extra": "14 days", "max_order": "3"})) == near(*QUIET, 210, 70, 70, 70, 0, 0, 70, 70)


def test_the_lanes_widen_with_the_ceiling_so_that_what_is_ordered_comes(play: Play) -> None:
    got = play({"extra": "14 days", "max_order": "3"})
    assert got.of("allocated", "plant.g", "home.u/firm.g") == near(*QUIET, 210, 70, 70, 70, 0, 0, 70, 70)


def test_a_smaller_ceiling_than_the_habitual_one_counts_for_nothing(play: Play) -> None:
    assert orders(play({"extra": "14 days", "max_order": "1.1"})) == orders(play({"extra": "14 days"}))


def test_no_ceiling_is_no_limit(play: Play) -> None:
    assert orders(play({"extra": "35 days", "max_order": "none"}))[4] == pytest.approx(70 + 350)


def test_a_ceiling_alone_moves_nothing(play: Play) -> None:
    assert orders(play({"max_order": "3"})) == near(*[70.0] * 12)


def test_the_aggregate_orders_as_ever(play: Play) -> None:
    got = play({"extra": "14 days", "max_order": "3"})
    assert got.of("order", "home.u.g") == near(*[630.0] * 12)


def test_a_pre_buy_adds_to_what_a_control_makes_people_hoard(play: Play) -> None:
    """Announced in ticks 4 and 5: hoarding of (2 - 1) x 2 ticks, orders up to twice the flow."""
    control = {
        "covers": {"from": "away", "grades": "g"},
        "timeline": {"2026-01-29": "announced", "2026-02-12": "none"},
        "front_loading": "2",
    }
    more = {
        "regions": {"home": {}, "away": {}},
        "producers": {"plant": {"region": "away", "capacity": {"g": "900 ct/day"}}},
        "controls": {"c": control},
    }
    assert orders(play({"max_order": "1"}, more))[4:6] == near(140, 140)
    # 140 of hoarding and 140 of the pre-buy, at a ceiling of three.
    assert orders(play({"extra": "14 days", "max_order": "3"}, more))[4:6] == near(210, 210)


def test_every_carat_is_accounted_for(play: Play) -> None:
    got = play({"extra": "14 days", "max_order": "3"})
    assert np.all(np.abs(got.ledger.mass_balance(*got.case)) < 1e-11)
