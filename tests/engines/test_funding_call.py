"""A call for funds that is missed makes goods dearer in every engine, as worked out by hand (eq. 49, 97a)."""

from __future__ import annotations

from typing import Any

import pytest

from diamondsim.engines import Engine
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from tests.engines.running import INTERPRETED
from tests.plan.small_scenarios import FAB, node, small_scenario

PRICES = {
    "start": {"mesh": {"outside": "2 USD/ct"}, "micron": {"outside": "2 USD/ct"}},
    "adjustment_time": "4000 weeks",
    "demand": {"any": 0.5},
}
CALL = {
    "date": "2026-01-29",  # tick 4
    "answer_within": "42 days",
    "surcharge": {"from": "away", "to": "home", "rate": "25%"},
}


def series(engine: Engine, missed: str) -> dict[str, Any]:
    money = {"tranches": {"shares": {"closes": "10 yr"}}, "call": CALL | {"missed": missed}}
    plan = compile_plan(small_scenario({"facilities.fab": FAB | {"financing": money}, "prices": PRICES}))
    ledger = engine.run(plan, draw(plan, seed=0, count=1))
    row = node(plan, "home.grinding.mesh")
    return {field: ledger[field][:, row, 0] for field in ("paid", "demand", "forgone")}


@pytest.mark.parametrize("engine", INTERPRETED.values(), ids=INTERPRETED)
def test_a_missed_call_makes_goods_dearer_from_the_end_of_its_time_on(engine: Engine) -> None:
    """Home has 62.5 % of its grit from away (50 of 80 a day), so its price rises by 25 % to that power."""
    answered, missed = series(engine, "0%"), series(engine, "100%")
    paid = 1.25**0.625
    assert missed["paid"][:10] == pytest.approx(answered["paid"][:10], rel=1e-12)
    assert missed["paid"][10] / answered["paid"][10] == pytest.approx(paid, rel=1e-6)
    # 60 a day, seven days in a tick, at an elasticity of a half.
    assert missed["demand"][10] == pytest.approx(420 * paid**-0.5, rel=1e-3)
    assert missed["forgone"][10] == pytest.approx(420 * (1 - paid**-0.5), rel=1e-2)
