"""A change of a line that a more specific one of a lower file outranks is told."""

from collections.abc import Mapping

import pytest

from diamondsim.plan.check import check
from diamondsim.scenario import load_scenario
from tests.plan.small_scenarios import FAB, STOCKPILE, small_scenario

POLICIES = {"inventory_policy": {"polishing": {"cover": "30 days"}, "arms": {"noise": {"cv": "5%"}}}}
COVER = "where inventory_policy.polishing.cover takes precedence"
BAN = {"covers": {"from": "away", "grades": ["micron", "mesh"]}, "timeline": {"2026-06-04": "licensing"}}
PRICED = {"start": {"mesh": {"outside": "1 USD/ct"}}, "adjustment_time": "1 yr"}
FIRM = {"aggregate": "home.polishing", "share": "30%"}
AT_HOME = "mine -> home.polishing, mine -> home.grinding, mine -> home.arms"


def outranked(below: Mapping[str, object], changes: Mapping[str, object]) -> list[str]:
    warnings = check(small_scenario(below).override(changes)).warnings
    return [line for line in warnings if "no effect on" in line]


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"home.any": {"cover": "9 days"}}, [f"home.any.cover has no effect on home.polishing, {COVER}"]),
        ({"any": {"cover": "9 days"}}, [f"any.cover has no effect on home.polishing, {COVER}"]),
        ({"chip": {"cover": "9 days"}}, [f"chip.cover has no effect on home.polishing, {COVER}"]),
        (
            {"home": {"noise": {"cv": "9%"}}},
            ["home.noise has no effect on home.arms, where inventory_policy.arms.noise takes precedence"],
        ),
        # What is not given below, more specific, or changed together with the line below it takes effect.
        ({"home.any": {"max_order": "2"}}, []),
        ({"home.polishing": {"cover": "9 days"}}, []),
        ({"home.any": {"cover": "9 days"}, "polishing": {"cover": "8 days"}}, []),
        ({"home.any": {"cover": "9 days"}, "polishing": None}, []),
        ({"home": {"noise": {"cv": "9%"}}, "arms": {"noise": {"memory": "9 days"}}}, []),
    ],
)
def test_a_change_that_a_line_below_outranks_is_told(changes, said):
    assert outranked(POLICIES, {"inventory_policy": changes}) == [f"inventory_policy.{line}" for line in said]


@pytest.mark.parametrize(
    "below, path, value, places, winners",
    [
        (
            {"controls.ban": {**BAN, "licensing": {"any.any": {}, "chip": {"long_run_rate": "80%"}}}},
            "controls.ban.licensing.any.any.long_run_rate",
            "40%",
            "home.polishing",
            "controls.ban.licensing.chip.long_run_rate",
        ),
        (
            {"controls.ban": {**BAN, "licensing": {"any.any": {}, "arms": {"watch_list": {"share": "20%"}}}}},
            "controls.ban.licensing.any.any.watch_list",
            {"share": "5%"},
            "home.arms",
            "controls.ban.licensing.arms.watch_list",
        ),
        (
            {"producers.mine.lead.home": "10 days"},
            "inventory_policy.any.lead",
            "21 days",
            AT_HOME,
            "producers.mine.lead.home",
        ),
        (
            {"producers.mine.lead.home": "10 days"},
            "producers.mine.lead.any",
            "21 days",
            AT_HOME,
            "producers.mine.lead.home",
        ),
        (
            {"lanes": {"mine -> home.polishing": {"lead": "9 days"}}},
            'lanes."mine -> any".lead',
            "21 days",
            "mine -> home.polishing",
            "lanes.mine -> home.polishing.lead",
        ),
        (
            {"reserves.stock": {**STOCKPILE, "lead": "20 days"}},
            "producers.mine.lead.any",
            "21 days",
            "mine -> reserve.stock",
            "reserves.stock.lead",
        ),
        (
            {"buyers.fab": {**FIRM, "suppliers": {"mine": {"share": "100%", "lead": "3 days"}}}},
            'lanes."mine -> home".lead',
            "21 days",
            "mine -> home.polishing/fab",
            "buyers.fab.suppliers.mine.lead",
        ),
        (
            {
                "lanes": {"plant -> home.polishing": {"share": "10%"}},
                "producers.mine.capacity": {"micron": "200 ct/day", "mesh": "200 ct/day"},
            },
            'lanes."plant -> any".share',
            "5%",
            "plant -> home.polishing",
            "lanes.plant -> home.polishing.share",
        ),
        (
            {"producers.mine.sourcing_limit.home": "60%"},
            "inventory_policy.any.max_share_factor",
            "2",
            AT_HOME,
            "producers.mine.sourcing_limit.home",
        ),
        (
            {"producers.mine.rated_orders": ["arms"]},
            "producers.mine.sourcing_limit.any",
            "70%",
            "mine -> home.arms",
            "producers.mine.rated_orders",
        ),
        (
            {"facilities.fab": FAB},
            "facilities.fab.contract_shares.any",
            "5%",
            "fab -> away.grinding, fab -> home.polishing, fab -> home.grinding, fab -> home.arms",
            "facilities.fab.contract_shares.away, facilities.fab.contract_shares.home, "
            "facilities.fab.contract_shares.arms",
        ),
        (
            {"facilities.fab": FAB},
            "facilities.fab.qualification.any",
            "5 months",
            "fab -> home.polishing",
            "facilities.fab.qualification.polishing",
        ),
        (
            {"facilities.fab": {**FAB, "offtake": {"arms": "10%"}}},
            "facilities.fab.offtake.home",
            "5%",
            "fab -> home.arms",
            "facilities.fab.offtake.arms",
        ),
        (
            {"prices": {**PRICED, "demand": {"arms": "0.1"}}},
            "prices.demand.any",
            "0.3",
            "arms",
            "prices.demand.arms",
        ),
        (
            {"prices": {**PRICED, "supply": {"mine": {"elasticity": "0.2"}}}},
            "prices.supply.any.elasticity",
            "0.4",
            "mine",
            "prices.supply.mine.elasticity",
        ),
        (
            {"demand.home.grinding": {"flow": "100 ct/day", "grades": {"micron": "40%", "mesh": "60%"}}},
            "uses.grinding.grades",
            {"micron": "50%", "mesh": "50%"},
            "home.grinding",
            "demand.home.grinding.grades",
        ),
        (
            {"buyers.fab": {**FIRM, "inventory_policy": {"cover": "9 days"}}},
            "inventory_policy.any.cover",
            "20 days",
            "home.polishing/fab",
            "buyers.fab.inventory_policy.cover",
        ),
        (
            {"registry": {"regions": "away", "max_order": "2"}},
            "inventory_policy.any.max_order",
            "3",
            "away.grinding",
            "registry.max_order",
        ),
    ],
)
def test_every_map_with_more_and_less_specific_lines_is_told_of(below, path, value, places, winners):
    verb = "take" if "," in winners else "takes"
    told = outranked(below, {path: value})
    plain = path.replace('"', "")
    assert told == [f"{plain} has no effect on {places}, where {winners} {verb} precedence"]
    # In one file a general line and an exception are no matter for a warning.
    assert outranked({}, {**below, path: value}) == []


def test_a_file_over_a_shipped_one_is_told_which_uses_it_does_not_reach(tmp_path):
    file = tmp_path / "mine.yaml"
    text = "extends: reinstated-2027\ntitle: Mine\ninventory_policy: {US.any: {cover: 5 days, assumed: x}}\n"
    file.write_text(text, encoding="utf-8")
    said = [line for line in check(load_scenario(file)).warnings if "no effect" in line]
    assert len(said) == 1
    assert said[0].startswith("inventory_policy.US.any.cover has no effect on US.polishing, ")
