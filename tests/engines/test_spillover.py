"""Spillover and overcompliance worked out by hand, in both engines (model.md, eq. 75-76a)."""

import numpy as np
import pytest

from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import read_scenario
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import Case
from tests.plan.small_scenarios import SMALL, lane


@pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)
def test_a_slowed_lane_ships_what_is_not_lost_and_then_what_has_waited(run: Run) -> None:
    """Contracts of 25 per day are 175 per week; a spillover of four weeks lets 60 % of it pass."""
    content = SMALL | {
        "controls": {
            "ban": {
                "covers": {"from": "away", "grades": ["mesh"]},
                "start": "none",
                "timeline": {"2026-02-19": "licensing"},
                "spillover": {
                    "covers": {"from": "away", "grades": ["micron"]},
                    "lost": "40%",
                    "time": "28 days",
                },
            }
        },
        "inventory_policy": {"any": {"cover": "600 days", "lead": "14 days", "max_order": "1"}},
    }
    plan = compile_plan(read_scenario(content))
    ledger = run(Case(plan, draw(plan, seed=0, count=1))).ledger
    number = lane(plan, "mine.micron -> home.polishing.micron")
    shipped, granted = ledger["shipped"][:, number, 0], ledger["granted"][:, number, 0]
    np.testing.assert_allclose(shipped[:7], 175.0)
    np.testing.assert_allclose(shipped[7:11], 0.0)
    np.testing.assert_allclose(granted[7:12], [0.0, 105.0, 105.0, 105.0, ledger["queue"][10, number, 0]])
    np.testing.assert_allclose(shipped[12:20], ledger["allocated"][12:20, number, 0])


@pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)
def test_sellers_hold_back_what_a_dormant_control_would_cover(run: Run) -> None:
    """The ban requires a list that is suspended: of 175 a week 60 % passes for four weeks, then all."""
    covers = {"from": "away", "grades": ["micron"]}
    content = SMALL | {
        "controls": {
            "list": {"covers": covers, "start": "suspended"},
            "ban": {
                "covers": covers,
                "requires": "list",
                "timeline": {"2026-02-19": "banned"},
                "overcompliance": {"lost": "40%", "time": "28 days"},
            },
        },
        "inventory_policy": {"any": {"cover": "600 days", "lead": "14 days", "max_order": "1"}},
    }
    plan = compile_plan(read_scenario(content))
    ledger = run(Case(plan, draw(plan, seed=0, count=1))).ledger
    number = lane(plan, "mine.micron -> home.polishing.micron")
    shipped, granted = ledger["shipped"][:, number, 0], ledger["granted"][:, number, 0]
    np.testing.assert_allclose(shipped[:7], 175.0)
    np.testing.assert_allclose(shipped[7:11], 0.0)
    np.testing.assert_allclose(granted[7:11], [0.0, 105.0, 105.0, 105.0])
    assert shipped[11] > 0.0
