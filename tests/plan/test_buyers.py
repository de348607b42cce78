import math

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan import NO_CEILING, compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario
from tests.plan.small_scenarios import (
    STOCKPILE,
    central,
    lane,
    lane_names,
    lane_number,
    node,
    node_number,
    small_plan,
    small_scenario,
)

FIRM = {"aggregate": "home.grinding", "share": "25%"}
SELF = "home.grinding/firm.mesh"
WHOLE = "home.grinding.mesh"


def with_firm(more=(), changes=()):
    return small_plan({"buyers.firm": {**FIRM, **dict(more)}, **dict(changes)})


def test_a_buyer_is_a_use_of_its_own_and_the_aggregate_shrinks_by_its_share():
    plan = with_firm()
    assert plan.uses == ("polishing", "grinding", "grinding/firm", "arms")
    flows = {n.name: central(i) for n, i in zip(plan.nodes, plan.numbers["base_flow"], strict=True)}
    # Grinding at home takes 40 of micron and 60 of mesh a day.
    assert flows["home.grinding/firm.micron"] == pytest.approx(10)
    assert flows[SELF] == pytest.approx(15)
    assert flows[WHOLE] == pytest.approx(45)


def test_flow_growth_and_noise_are_the_draws_of_its_use():
    plan = with_firm(
        changes={
            "demand.home.grinding": "uniform(90 110) ct/day",
            "uses.grinding.growth": "tri(1 2 3) %/yr",
            "inventory_policy.any.noise": {"cv": "10%"},
        }
    )
    firm, whole = node(plan, SELF), node(plan, WHOLE)
    assert plan.node_noise[firm] == plan.node_noise[whole] >= 0
    assert plan.node_growth[firm] == plan.node_growth[whole]
    draws = draw(plan, seed=0, count=5)
    assert draws.base_flow[firm] * 3 == pytest.approx(draws.base_flow[whole])


def test_a_buyer_without_suppliers_has_the_contracts_of_the_aggregate():
    plan = with_firm()
    assert central(lane_number(plan, "contract_share", f"mine.mesh -> {SELF}")) == pytest.approx(50 / 80)
    assert plan.lane_source.tolist().count(0) == 4  # Away, polishing, grinding and the firm take micron.


def test_suppliers_replace_the_contracts_and_the_aggregate_takes_up_what_is_left():
    plan = with_firm({"suppliers": {"plant": "100%"}})
    assert f"mine.mesh -> {SELF}" not in lane_names(plan)
    assert central(lane_number(plan, "contract_share", f"plant.mesh -> {SELF}")) == pytest.approx(1)
    # The plant sells 30 of mesh at home: 15 to the firm, the other 15 to the 65 of the others.
    assert central(lane_number(plan, "contract_share", f"plant.mesh -> {WHOLE}")) == pytest.approx(15 / 65)


def test_what_suppliers_leave_is_bought_as_by_the_aggregate():
    plan = with_firm({"suppliers": {"plant": {"share": "20%", "lead": "35 days", "sourcing_limit": "33%"}}})
    assert central(lane_number(plan, "contract_share", f"mine.mesh -> {SELF}")) == pytest.approx(0.8)
    assert central(lane_number(plan, "lead", f"plant.mesh -> {SELF}")) == 35
    assert central(lane_number(plan, "sourcing_limit", f"plant.mesh -> {SELF}")) == 0.33
    assert central(lane_number(plan, "lead", f"plant.mesh -> {WHOLE}")) == 14


def test_own_policies_go_before_those_of_every_selector():
    plan = with_firm(
        {"inventory_policy": {"cover": "200 days", "backorder_share": "30%"}},
        {"inventory_policy": {"home.grinding": {"cover": "90 days"}}},
    )
    assert central(node_number(plan, "cover", SELF)) == 200
    assert node_number(plan, "cover", SELF).name == "buyers.firm.inventory_policy.cover"
    assert central(node_number(plan, "backorder_share", SELF)) == 0.3
    assert central(node_number(plan, "cover", WHOLE)) == 90
    assert central(node_number(plan, "queue_weight", SELF)) == central(
        node_number(plan, "queue_weight", WHOLE)
    )


def test_a_second_source_has_no_contract_and_opens_after_its_test():
    plan = with_firm(
        {"qualify": {"plant": {"from": "2026-03-01", "time": "70 days", "share": "30%", "lead": "9 days"}}}
    )
    name = f"plant.mesh -> {SELF}"
    column = lane(plan, name)
    assert plan.entrant[column]
    assert plan.lane_facility[column] == -1
    assert central(lane_number(plan, "contract_share", name)) == 0.3
    assert central(lane_number(plan, "lead", name)) == 9
    assert central(lane_number(plan, "contract_share", f"mine.mesh -> {SELF}")) == pytest.approx(1)
    draws = draw(plan, seed=0, count=3)
    # 1 March is day 59, tick 8 of 7 days; the test takes 10.
    assert draws.open_tick[column].tolist() == [18, 18, 18]
    assert [plan.lane_name(q.lane) for q in plan.qualifications] == [
        f"plant.micron -> {SELF[:-4]}micron",
        name,
    ]


def test_a_test_that_ends_beyond_the_horizon_never_opens_the_lane():
    plan = with_firm({"qualify": {"plant": {"from": "2026-03-01", "time": "9 years", "share": "30%"}}})
    assert draw(plan, seed=0, count=1).open_tick.max() == plan.n_ticks


def test_the_opening_origin_leaves_a_second_source_out():
    plan = with_firm({"qualify": {"plant": {"from": "2026-03-01", "share": "30%"}}})
    # The mine is away, whose crystal is tracked.
    assert draw(plan, seed=0, count=1).opening_tracked[node(plan, SELF)].tolist() == [pytest.approx(1.0)]


def test_a_second_source_beside_a_facility_that_takes_over_more_than_all_is_refused():
    firm = {
        "aggregate": "US.polishing",
        "share": "10%",
        "qualify": {"jp_makers": {"from": "2026-12-01", "share": "50%"}},
    }
    scenario = load_scenario("reinstated-2027").override({"buyers.ours": firm})
    # 60 % of American contracts move to the plant in Georgia.
    with pytest.raises(ScenarioError, match="take over up to 110% \\(jp_makers 50%, georgia 60%\\)"):
        compile_plan(scenario)


def test_second_sources_that_take_over_more_than_all_are_refused():
    with pytest.raises(ScenarioError, match="take over up to 120% \\(plant 60%, "):
        with_firm(
            {"suppliers": {"mine": "100%"}, "qualify": {"plant": {"from": "2026-03-01", "share": "60%"}}},
            {
                "producers.other": {"region": "home", "capacity": {"mesh": "60 ct/day"}},
                "buyers.firm.qualify.other": {"from": "2026-03-01", "share": "60%"},
            },
        )


def test_a_pre_buy_becomes_a_row_for_each_node_with_half_open_ticks():
    pre_buy = {"date": "2026-01-29", "until": "2026-02-26", "extra": "tri(7 14 21) days", "max_order": "none"}
    plan = with_firm({"pre_buy": pre_buy})
    assert [(plan.nodes[row.node].name, row.begin, row.end) for row in plan.pre_buys] == [
        ("home.grinding/firm.micron", 4, 8),
        (SELF, 4, 8),
    ]
    drawn = draw(plan, seed=0, count=4).pre_buys
    assert drawn[0].tobytes() == drawn[1].tobytes()
    assert (drawn[0][0] >= 1).all()
    assert (drawn[0][0] <= 3).all()
    assert drawn[0][1].tolist() == [NO_CEILING] * 4


def test_a_pre_buy_of_nothing_is_none():
    assert with_firm({"pre_buy": {"date": "2026-01-29", "until": "2026-02-26"}}).pre_buys == ()


def test_a_reserve_of_the_use_serves_its_buyers_after_the_aggregate():
    plan = with_firm(changes={"reserves.us": STOCKPILE})
    assert [plan.nodes[n].name for n in plan.reserves[0].serves] == ["home.arms.mesh", WHOLE, SELF]


def test_a_buyer_stands_before_the_rule_of_its_use():
    control = {
        "covers": {"from": "away", "grades": "mesh"},
        "licensing": {"grinding": {"long_run_rate": "30%"}},
    }
    plan = with_firm(changes={"controls.c": control})
    rule = plan.rule_of[0]
    assert rule[lane(plan, f"mine.mesh -> {SELF}")] == rule[lane(plan, f"mine.mesh -> {WHOLE}")] >= 0


def test_everything_else_is_as_without_the_buyer():
    plan, without = with_firm(), compile_plan(small_scenario())
    assert math.isclose(
        sum(central(i) for i in plan.numbers["base_flow"]),
        sum(central(i) for i in without.numbers["base_flow"]),
    )
    for name in lane_names(without):
        one, other = lane_number(plan, "contract_share", name), lane_number(without, "contract_share", name)
        assert central(one) == pytest.approx(central(other), rel=1e-12)
