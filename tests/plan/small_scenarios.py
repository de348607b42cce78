"""A small scenario whose contracts can be worked out by hand.

Home uses 80 of micron (polishing 40, grinding 40) and 80 of mesh (grinding 60, arms 20) a day; away uses
20 and 30. The mine sells 50 away and 100 home, the plant 60 at home. What away buys comes from the mine
alone, so with the mine's output of 70 and 80 and the plant's of 30 and 30 there is one solution: at home
the mine has 50 of 80 in both grades.
"""

from collections.abc import Mapping
from typing import Any

from diamondsim.plan import Plan, compile_plan
from diamondsim.plan.structure import Input
from diamondsim.scenario import Scenario, read_scenario

SMALL: dict[str, Any] = {
    "title": "A small scenario",
    "horizon": {"start": "2026-01-01", "length": "700 days", "tick": "7 days"},
    "tracked_origin": "away",
    "regions": {"away": {}, "home": {}},
    "grades": {"micron": {"unit": "ct"}, "mesh": {"unit": "ct"}},
    "uses": {
        "polishing": {"class": "chip", "grades": {"micron": "100%"}},
        "grinding": {"grades": {"micron": "40%", "mesh": "60%"}},
        "arms": {"class": "military", "grades": {"mesh": "100%"}},
    },
    "demand": {
        "away": {"grinding": "50 ct/day"},
        "home": {"polishing": "40 ct/day", "grinding": "100 ct/day", "arms": "20 ct/day"},
    },
    "inventory_policy": {"any": {"cover": "60 days", "lead": "14 days"}},
    "producers": {
        "mine": {"region": "away", "capacity": {"micron": "84 ct/day", "mesh": "96 ct/day"}},
        "plant": {"region": "home", "capacity": {"micron": "36 ct/day", "mesh": "36 ct/day"}},
    },
    "trade": {"mine": {"away": "50 ct/day", "home": "100 ct/day"}, "plant": {"home": "60 ct/day"}},
}

FAB: dict[str, Any] = {
    "region": "home",
    "nameplate": "tri(50 100 150) ct/day",
    "product_mix": {"micron": "30%", "mesh": "70%"},
    "decision": "2025-12-22",
    "stages": {"financing": "3 months", "construction": "tri(12 18 24) months"},
    "ramp": "12 months",
    "contract_shares": {"home": "60%", "away": "10%", "arms": "80%"},
    "qualification": {"chip": "12 months", "polishing": "15 months", "any": "3 months"},
}

STOCKPILE: dict[str, Any] = {
    "region": "home",
    "grade": "mesh",
    "opening": "tri(100 200 300) ct",
    "release": "30 ct/day",
    "serves": ["arms", "grinding"],
    "refill": "2 ct/day",
}

MILL: dict[str, Any] = {
    "region": "home",
    "capacity": {"micron": "20 ct/day"},
    "feed": {"micron": {"grade": "mesh", "yield": "50%"}},
}


def small_scenario(changes: Mapping[str, object] | None = None) -> Scenario:
    """Return the small scenario with some values changed, by dotted path."""
    return read_scenario(SMALL).override(changes or {})


def with_mill(changes: Mapping[str, object] | None = None) -> Scenario:
    """Return the small scenario with a mill at home, which crushes 20 of mesh into 10 of micron for away.

    The mine sells 20 more at home and has 70 of the 100 of mesh that home now buys, feed included.
    """
    return small_scenario(
        {
            "producers.mill": MILL,
            "demand.away.polishing": "10 ct/day",
            "trade.mill": {"away": "10 ct/day"},
            "trade.mine.home": "120 ct/day",
            "producers.mine.capacity.mesh": "120 ct/day",
            **(changes or {}),
        }
    )


def small_plan(changes: Mapping[str, object] | None = None) -> Plan:
    """Return the plan of the small scenario with some values changed."""
    return compile_plan(small_scenario(changes))


def node(plan: Plan, name: str) -> int:
    """Return the index of a node."""
    return [n.name for n in plan.nodes].index(name)


def source(plan: Plan, name: str) -> int:
    """Return the index of a source."""
    return [s.name for s in plan.sources].index(name)


def lane_names(plan: Plan) -> list[str]:
    """Return the names of all lanes."""
    return [plan.lane_name(column) for column in range(plan.n_lanes)]


def lane(plan: Plan, name: str) -> int:
    """Return the index of a lane."""
    return lane_names(plan).index(name)


def lane_number(plan: Plan, key: str, name: str) -> Input:
    """Return a number of a lane."""
    return plan.numbers[key][lane(plan, name)]


def node_number(plan: Plan, key: str, name: str) -> Input:
    """Return a number of a node."""
    return plan.numbers[key][node(plan, name)]


def central(number: Input) -> float:
    """Return what stands for a number where one is needed."""
    return number.distribution.central()
