"""Lanes: who sells to whom, how much, how fast, how much at most, and in which order."""

import numpy as np
import pytest

from diamondsim.plan import NO_CEILING, compile_plan
from tests.plan.small_scenarios import (
    FAB,
    STOCKPILE,
    central,
    lane,
    lane_names,
    lane_number,
    node,
    node_number,
    small_plan,
    with_mill,
)


def test_the_lanes_of_the_small_world_are_those_worked_out_by_hand():
    plan = small_plan()
    shares = {name: central(lane_number(plan, "contract_share", name)) for name in lane_names(plan)}
    assert shares == pytest.approx(
        {
            "mine.micron -> away.grinding.micron": 1.0,
            "mine.mesh -> away.grinding.mesh": 1.0,
            "mine.micron -> home.polishing.micron": 0.625,
            "plant.micron -> home.polishing.micron": 0.375,
            "mine.micron -> home.grinding.micron": 0.625,
            "plant.micron -> home.grinding.micron": 0.375,
            "mine.mesh -> home.grinding.mesh": 0.625,
            "plant.mesh -> home.grinding.mesh": 0.375,
            "mine.mesh -> home.arms.mesh": 0.625,
            "plant.mesh -> home.arms.mesh": 0.375,
        }
    )
    assert not plan.entrant.any()
    assert set(plan.lane_facility.tolist()) == {-1}
    assert set(plan.lane_class) == {""}


def test_the_feed_of_a_processor_is_what_its_contracts_need_and_is_bought_like_anything_else():
    plan = compile_plan(with_mill())
    assert central(node_number(plan, "base_flow", "mill.micron.feed")) == pytest.approx(20.0)
    feed = [
        central(lane_number(plan, "contract_share", f"{s} -> mill.micron.feed"))
        for s in ("mine.mesh", "plant.mesh")
    ]
    arms = [
        central(lane_number(plan, "contract_share", f"{s} -> home.arms.mesh"))
        for s in ("mine.mesh", "plant.mesh")
    ]
    assert feed == pytest.approx([0.7, 0.3])
    assert arms == pytest.approx([0.7, 0.3])


def test_a_processor_does_not_feed_itself():
    regrading = {"region": "home", "capacity": {"mesh": "40 ct/day"}, "feed": {"mesh": {"grade": "mesh"}}}
    plan = small_plan(
        {
            "producers.mill": regrading,
            "trade.mill": {"home": "20 ct/day"},
            "trade.mine.home": "110 ct/day",
            "trade.plant.home": "50 ct/day",
        }
    )
    sellers = [name for name in lane_names(plan) if name.endswith("mill.mesh.feed")]
    assert sellers == ["mine.mesh -> mill.mesh.feed", "plant.mesh -> mill.mesh.feed"]
    assert sum(central(lane_number(plan, "contract_share", name)) for name in sellers) == pytest.approx(1.0)
    assert "mill.mesh -> home.arms.mesh" in lane_names(plan)


def test_an_idle_processor_does_not_feed_itself_either():
    # It sells no micron yet, but mesh at home, where it would buy its feed.
    mill = {"region": "home", "capacity": {"micron": "40 ct/day", "mesh": "5 ct/day"}}
    plan = small_plan(
        {
            "producers.mill": mill | {"feed": {"micron": {"grade": "mesh"}}},
            "lanes": {"mill -> home.arms": {"share": "10%"}},
        }
    )
    sellers = [name for name in lane_names(plan) if name.endswith("mill.micron.feed")]
    assert central(lane_number(plan, "contract_share", "mill.mesh -> home.arms.mesh")) == 0.1
    assert sellers == ["mine.mesh -> mill.micron.feed", "plant.mesh -> mill.micron.feed"]


def test_grades_of_two_units_have_two_rows_of_trade():
    plan = small_plan(
        {
            "grades.plate": {"unit": "cm2"},
            "uses.radar": {"grades": {"plate": "100%"}},
            "demand.home.radar": "8 cm2/day",
            "producers.mine.capacity.plate": "9 cm2/day",
            "producers.sheets": {"region": "home", "capacity": {"plate": "9 cm2/day"}},
            "trade.mine@cm2": {"home": "2 cm2/day"},
            "trade.sheets": {"home": "6 cm2/day"},
        }
    )
    assert central(lane_number(plan, "contract_share", "mine.plate -> home.radar.plate")) == pytest.approx(
        0.25
    )
    assert central(lane_number(plan, "contract_share", "mine.mesh -> home.arms.mesh")) == pytest.approx(0.625)
    assert plan.grade_units == ("ct", "ct", "cm2")


@pytest.mark.parametrize(
    "changes, lead, name",
    [
        ({}, 14.0, "inventory_policy.any.lead"),
        ({"producers.mine.lead": {"any": "9 days"}}, 9.0, "producers.mine.lead.any"),
        ({"producers.mine.lead": {"any": "9 days", "home": "5 days"}}, 5.0, "producers.mine.lead.home"),
        (
            {"producers.mine.lead": {"home": "5 days"}, "lanes": {"mine -> arms": {"lead": "3 days"}}},
            3.0,
            "lanes.mine -> arms.lead",
        ),
    ],
)
def test_a_lead_is_said_of_the_lane_or_the_seller_or_the_buyer(changes, lead, name):
    number = lane_number(small_plan(changes), "lead", "mine.mesh -> home.arms.mesh")
    assert (central(number), number.name) == (lead, name)


def test_a_feed_says_its_own_lead_where_the_seller_gives_none():
    plan = compile_plan(
        with_mill({"producers.mill.feed.micron.lead": "20 days", "producers.plant.lead.any": "6 days"})
    )
    assert central(lane_number(plan, "lead", "mine.mesh -> mill.micron.feed")) == 20.0
    assert central(lane_number(plan, "lead", "plant.mesh -> mill.micron.feed")) == 6.0


@pytest.mark.parametrize(
    "changes, qualified",
    [
        ({}, 0.625 * 1.5),
        ({"inventory_policy.any.max_order": "2"}, 0.625 * 2),
        ({"inventory_policy.any.max_share_factor": "1.2"}, 0.625 * 1.2),
        ({"inventory_policy.any.max_share_factor": "none"}, 0.625 * NO_CEILING),
        ({"inventory_policy.any.max_order": "none"}, 0.625 * NO_CEILING),
        ({"producers.mine.sourcing_limit": {"home": "80%", "arms": "90%"}}, 0.9),
        (
            {
                "producers.mine.sourcing_limit": {"home": "80%"},
                "lanes": {"mine -> arms": {"sourcing_limit": "70%"}},
            },
            0.7,
        ),
    ],
)
def test_the_most_a_buyer_takes_is_said_or_follows_from_its_share(changes, qualified):
    assert central(
        lane_number(small_plan(changes), "sourcing_limit", "mine.mesh -> home.arms.mesh")
    ) == pytest.approx(qualified)


def test_a_share_that_is_said_is_kept_and_the_table_still_holds():
    plan = small_plan({"lanes": {"mine -> home.arms": {"share": "90%"}}})
    share = {name: central(lane_number(plan, "contract_share", name)) for name in lane_names(plan)}
    assert share["mine.mesh -> home.arms.mesh"] == pytest.approx(0.9)
    assert share["plant.mesh -> home.arms.mesh"] == pytest.approx(0.1)
    # Of the mine's 50 of mesh the arms now take 18, so grinding has 32 of its 60 from there.
    assert share["mine.mesh -> home.grinding.mesh"] == pytest.approx(32 / 60)


def test_an_uncertain_share_is_drawn_and_its_limit_follows_it():
    plan = small_plan({"lanes": {"mine -> home.arms": {"share": "tri(0.4 0.6 0.8)"}}})
    share = lane_number(plan, "contract_share", "mine.mesh -> home.arms.mesh")
    limit = lane_number(plan, "sourcing_limit", "mine.mesh -> home.arms.mesh")
    assert share.name == limit.name == "lanes.mine -> home.arms.share"
    assert share.distribution.support() == (0.4, 0.8)
    assert limit.distribution.support() == pytest.approx((0.6, 1.2))
    assert central(lane_number(plan, "contract_share", "plant.mesh -> home.arms.mesh")) == pytest.approx(0.4)


def test_an_override_opens_a_second_source_that_the_table_does_not_have():
    plan = small_plan(
        {"lanes": {"plant -> away.grinding": {"share": "0%", "sourcing_limit": "30%", "lead": "40 days"}}}
    )
    name = "plant.mesh -> away.grinding.mesh"
    assert central(lane_number(plan, "contract_share", name)) == 0.0
    assert central(lane_number(plan, "sourcing_limit", name)) == 0.3
    assert central(lane_number(plan, "lead", name)) == 40.0
    assert not plan.entrant[lane(plan, name)]


def test_a_facility_enters_the_uses_it_sells_to_with_the_grades_it_makes():
    plan = compile_plan(with_mill({"facilities.fab": FAB, "reserves.vault": STOCKPILE}))
    entries = {
        name: central(lane_number(plan, "contract_share", name))
        for name in lane_names(plan)
        if name.startswith("fab")
    }
    assert entries == {
        "fab.micron -> away.polishing.micron": 0.1,
        "fab.micron -> away.grinding.micron": 0.1,
        "fab.mesh -> away.grinding.mesh": 0.1,
        "fab.micron -> home.polishing.micron": 0.6,
        "fab.micron -> home.grinding.micron": 0.6,
        "fab.mesh -> home.grinding.mesh": 0.6,
        "fab.mesh -> home.arms.mesh": 0.8,
    }
    columns = [lane(plan, name) for name in entries]
    assert plan.entrant[columns].all()
    assert set(plan.lane_facility[columns].tolist()) == {0}
    incumbents = (plan.lane_node == node(plan, "home.arms.mesh")) & ~plan.entrant
    total = sum(central(plan.numbers["contract_share"][column]) for column in np.flatnonzero(incumbents))
    assert total == pytest.approx(1.0)


def test_the_qualification_of_a_lane_is_that_of_the_use_before_its_class():
    plan = small_plan({"facilities.fab": FAB})
    classes = dict(zip(lane_names(plan), plan.lane_class, strict=True))
    assert classes["fab.micron -> home.polishing.micron"] == "polishing"
    assert classes["fab.mesh -> home.arms.mesh"] == "any"
    plan = small_plan({"facilities.fab": FAB, "facilities.fab.qualification.polishing": None})
    classes = dict(zip(lane_names(plan), plan.lane_class, strict=True))
    assert classes["fab.micron -> home.polishing.micron"] == "chip"


def test_a_reserve_refills_as_others_buy_and_after_them():
    plan = small_plan({"reserves.vault": STOCKPILE, "producers.mine.serves": ["arms", "away"]})
    lanes = [name for name in lane_names(plan) if name.endswith("reserve.vault")]
    assert {name: central(lane_number(plan, "contract_share", name)) for name in lanes} == pytest.approx(
        {"mine.mesh -> reserve.vault": 0.625, "plant.mesh -> reserve.vault": 0.375}
    )
    columns = [lane(plan, name) for name in lanes]
    assert plan.entrant[columns].all()
    assert set(plan.lane_facility[columns].tolist()) == {-1}
    others = np.delete(plan.tier, columns)
    assert set(plan.tier[columns].tolist()) == {others.max() + 1}


def test_a_share_that_is_said_of_buyers_does_not_bind_a_reserve():
    lanes = {"mine -> home": {"share": "50%"}}
    enough = {"micron": "60 ct/day", "mesh": "60 ct/day"}
    plan = small_plan({"reserves.vault": STOCKPILE, "lanes": lanes, "producers.plant.capacity": enough})
    assert central(lane_number(plan, "contract_share", "mine.mesh -> home.arms.mesh")) == 0.5
    share = lane_number(plan, "contract_share", "mine.mesh -> reserve.vault")
    assert share.name == "lanes.mine.mesh -> reserve.vault.share"
    assert central(share) == pytest.approx(0.5)


def test_a_reserve_may_say_its_own_lead():
    plan = small_plan({"reserves.vault": STOCKPILE, "reserves.vault.lead": "45 days"})
    assert central(lane_number(plan, "lead", "mine.mesh -> reserve.vault")) == 45.0


def tiers(plan, seller):
    return {
        name.split(" -> ")[1]: int(plan.tier[lane(plan, name)])
        for name in lane_names(plan)
        if name.startswith(f"{seller}.")
    }


def test_who_is_served_first_is_the_sellers_choice():
    plan = small_plan({"producers.mine.serves": ["military", "home.chip", "away"]})
    assert tiers(plan, "mine") == {
        "home.arms.mesh": 0,
        "home.polishing.micron": 1,
        "away.grinding.micron": 2,
        "away.grinding.mesh": 2,
        "home.grinding.micron": 3,
        "home.grinding.mesh": 3,
    }
    assert set(tiers(plan, "plant").values()) == {0}


def test_rated_orders_come_before_all_others_of_their_seller():
    plan = small_plan({"producers.mine.rated_orders": ["military"], "producers.mine.serves": ["away", "any"]})
    assert tiers(plan, "mine") == {
        "away.grinding.micron": 1,
        "away.grinding.mesh": 1,
        "home.grinding.micron": 2,
        "home.grinding.mesh": 2,
        "home.polishing.micron": 2,
        "home.arms.mesh": 0,
    }
    assert set(tiers(plan, "plant").values()) == {0}


def test_a_rated_order_has_no_sourcing_limit_whatever_else_is_said():
    limits = {
        "producers.mine.sourcing_limit": {"any": "60%"},
        "lanes": {"mine -> home.arms": {"sourcing_limit": "50%"}},
    }
    plan = small_plan({"producers.mine.rated_orders": "military", **limits})
    limit = {n: central(lane_number(plan, "sourcing_limit", f"mine.mesh -> home.{n}.mesh")) for n in USERS}
    assert limit == {"arms": NO_CEILING, "grinding": 0.6}
    assert central(lane_number(plan, "sourcing_limit", "plant.mesh -> home.arms.mesh")) < 1


USERS = ("arms", "grinding")


def test_a_reserve_has_no_rated_orders():
    plan = small_plan({"reserves.vault": STOCKPILE, "producers.plant.rated_orders": "any"})
    assert central(lane_number(plan, "sourcing_limit", "plant.mesh -> reserve.vault")) < NO_CEILING
    assert tiers(plan, "plant")["reserve.vault"] == 1


def test_tiers_that_nobody_is_in_are_closed_up():
    plan = small_plan({"producers.plant.serves": ["away", "military", "any"]})
    assert set(tiers(plan, "plant").values()) == {0, 1}


def test_under_priority_uses_come_one_after_another_inside_the_sellers_choice():
    priorities = {"uses.polishing.priority": "2", "uses.grinding.priority": "1", "uses.arms.priority": "3"}
    plan = small_plan(
        {"producers.mine.rationing": "priority", "producers.mine.serves": ["away"], **priorities}
    )
    assert tiers(plan, "mine") == {
        "away.grinding.micron": 0,
        "away.grinding.mesh": 0,
        "home.grinding.micron": 1,
        "home.grinding.mesh": 1,
        "home.polishing.micron": 2,
        "home.arms.mesh": 3,
    }
    assert set(tiers(plan, "plant").values()) == {0}
