"""The Scenario: canonical values, defaults, changes, identity."""

import datetime as dt
import pickle
from fractions import Fraction

import pytest
from pydantic import ValidationError

from diamondsim.distributions import Beta, Constant, Exponential, Mixture, Product, Triangular
from diamondsim.errors import ScenarioError
from diamondsim.scenario import load_scenario, read_scenario
from diamondsim.scenario.allocation import AllocationTerms
from diamondsim.scenario.controls import DEFAULT_LICENSING, LICENSING_NUMBERS
from diamondsim.scenario.policies import DEFAULT_INVENTORY_POLICY
from diamondsim.scenario.readers import UNLIMITED
from tests.scenario.small import TEXT, small

MONTH = Fraction("30.4375")


def test_numbers_are_in_canonical_units():
    scenario = small()
    assert scenario.horizon.days == 730.5
    assert scenario.horizon.tick == 7.0
    assert scenario.demand["US"]["grinding"].flow == Constant(100_000.0)
    assert scenario.demand["US"]["shells"].grades == {"mesh": 1.0}
    assert scenario.uses["grinding"].growth == Triangular(0.01, 0.03, 0.05)
    assert scenario.uses["grinding"].value == Constant(5.0)
    assert scenario.producers["cn"].outages["power"].rate == Constant(2.0)
    assert scenario.producers["mill"].feed["mesh"].feed_yield == Constant(0.95)
    assert scenario.trade["cn@cm2"]["US"] == 100_000 / 365.25
    assert scenario.controls["licence"].licensing["any.any"].withdrawal_rate == Constant(
        float(Fraction("0.2") / MONTH)
    )
    assert scenario.reserves["us"].release == Constant(float(5_000_000 / MONTH))
    assert scenario.facilities["plant"].yields.end == Constant(0.92)
    assert scenario.reference_values == {"P_short": 0.6065, "mean_shortage": 21835.0}


def test_text_may_abbreviate_a_map():
    scenario = small()
    timeline = scenario.controls["licence"].timeline
    assert timeline[dt.date(2027, 3, 3)] == {"licensing": Constant(1.0)}
    assert timeline[dt.date(2028, 3, 3)] == {"licensing": Constant(0.75), "suspended": Constant(0.25)}
    assert scenario.controls["licence"].transitions == {"banned": {"none": Constant(1.0)}}
    assert scenario.controls["ban"].covers.sellers == ("CN",)
    assert scenario.drivers["boom"].uses == ("US.grinding",)


def test_what_is_left_out_has_the_default_of_the_format():
    scenario = small()
    shells, mill, ban = scenario.uses["shells"], scenario.producers["mill"], scenario.controls["ban"]
    assert (shells.growth, shells.priority, shells.value_added) == (Constant(0.0), 1, None)
    assert (scenario.uses["spreaders"].use_class, shells.volumes) == ("civil", "estimated")
    assert (mill.finished_stock_ceiling, mill.rationing, mill.serves, mill.tracked_share) == (
        Constant(0.0),
        "weighted",
        (),
        None,
    )
    assert mill.rated_orders == ()
    assert scenario.allocation == AllocationTerms.model_validate(
        {
            "contract_weight": "50%",
            "value_exponent": "1",
            "home_preference": "1",
            "purchase_memory": "365.25 days",
        }
    )
    assert mill.feed["mesh"].cover == Constant(30.0)
    assert (ban.start, ban.covers.to, ban.front_loading) == ("none", ("US",), Constant(1.0))
    assert ban.licensing.keys() == {"any.any"}
    assert (scenario.metrics.threshold, scenario.metrics.window) == (0.05, 28.0)
    assert scenario.inventory_policy["US.civil"].queue_weight is None
    assert DEFAULT_INVENTORY_POLICY.fill_rate_memory == Constant(56.0)
    assert {getattr(DEFAULT_LICENSING, name) for name in LICENSING_NUMBERS} == {Constant(0.0)}


def test_a_horizon_may_be_given_by_its_end():
    horizon = small(("length: 2 yr", "end: 2026-12-23, tick: 1 day")).horizon
    assert (horizon.days, horizon.tick) == (30.0, 1.0)


def test_none_lifts_a_ceiling():
    assert small().inventory_policy["US.civil"].max_share_factor == UNLIMITED


def test_every_distribution_of_the_format_can_be_read():
    scenario = load_scenario("reinstated-2027")
    desks = scenario.controls["cn_55"].licensing
    assert isinstance(desks["any.any"].long_run_rate, Product)
    assert isinstance(desks["US.any"].long_run_rate, Mixture)
    assert isinstance(desks["any.any"].initial_rate, Beta)
    leakage = scenario.controls["cn_55"].diversion
    assert leakage is not None
    assert isinstance(leakage.crackdown_wait, Exponential)


def test_a_scenario_cannot_be_changed():
    scenario = small()
    with pytest.raises(ValidationError):
        scenario.title = "Another"
    with pytest.raises(TypeError, match="cannot be changed"):
        scenario.regions["XX"] = scenario.regions["US"]
    with pytest.raises(TypeError, match="cannot be changed"):
        scenario.trade["cn"].update({})


def test_a_scenario_survives_pickling():
    scenario = small()
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.override({"title": "New"}).dump() == scenario.override({"title": "New"}).dump()


def test_an_override_changes_one_value_and_leaves_the_scenario_alone():
    scenario = small()
    changed = scenario.override(
        {"reserves.us.opening": "50 Mct", "inventory_policy.US.civil.max_share_factor": 2}
    )
    assert changed.reserves["us"].opening == Constant(50e6)
    assert changed.inventory_policy["US.civil"].max_share_factor == Constant(2.0)
    assert scenario.reserves["us"].opening == Constant(40e6)
    assert (
        changed.override(
            {"reserves.us.opening": "40 Mct", "inventory_policy.US.civil.max_share_factor": "none"}
        )
        == scenario
    )


@pytest.mark.parametrize(
    "changes, said",
    [
        (
            {"reserves.us.opnening": "40 Mct"},
            "override reserves.us.opnening: unknown key 'opnening'; did you mean 'opening'?",
        ),
        (
            {"reserves.us.opening": "40 cm2"},
            "override reserves.us.opening: '40 cm2' counts cm2, but this grade is counted in ct; "
            "allowed: a value such as '40 Mct'",
        ),
        (
            {"horizon.tick": 7},
            "override horizon.tick: expected a duration, found '7' without a unit; "
            "allowed: a value such as '45 days'",
        ),
        ({"extends": "calm"}, "override extends: unknown key 'extends'"),
    ],
)
def test_a_wrong_override_is_named_by_its_path(changes, said):
    with pytest.raises(ScenarioError) as caught:
        small().override(changes)
    [problem] = caught.value.problems
    assert str(problem).startswith(said)


def test_an_override_that_breaks_something_else_is_named_beside_it():
    with pytest.raises(ScenarioError) as caught:
        small().override({"producers.mill": None})
    assert [str(problem) for problem in caught.value.problems] == [
        "override producers.mill: trade.mill: unknown producer 'mill'; allowed: cn"
    ]


def test_notation_comments_and_notes_do_not_change_the_content():
    written = small(
        ("36.525 Mct/yr", "7.305 t/yr"),
        ("title: Small", "# a comment\ntitle: 'Small'"),
        ('assumed: "a guess"', 'source: "found it"'),
        ("[mesh]}\n", "mesh}\n"),
        ("2027-03-03: licensing,", "2027-03-03: {licensing: 100%},"),
        ("length: 2 yr", "length: 730.5 days"),
    )
    assert written == small()
    assert written.hash == small().hash


@pytest.mark.parametrize(
    "old, new",
    [
        ("36.525 Mct/yr", "36.526 Mct/yr"),
        ("tri(45 75 120)", "uniform(45 120)"),
        ("title: Small", "title: Smaller"),
        ("max_share_factor: none", "max_share_factor: 1e9"),
        ("2027-03-03: licensing", "2027-03-04: licensing"),
        ("[shells, grinding]", "[grinding, shells]"),
        ("{licensing: 75%, suspended: 25%}", "{suspended: 25%, licensing: 75%}"),
    ],
)
def test_whatever_may_change_a_result_changes_the_hash(old, new):
    assert small((old, new)).hash != small().hash


def test_the_hash_is_that_of_the_content_alone():
    assert small().hash == read_scenario(TEXT.replace("\n", "\r\n")).hash
    assert len(small().hash) == 64


def test_the_dump_reads_back_with_its_origins():
    scenario = small()
    again = read_scenario(scenario.dump())
    assert again == scenario
    assert again.dump() == scenario.dump()
    assert again.numbers == scenario.numbers


def test_a_scenario_made_of_python_values_may_extend_a_shipped_one():
    scenario = read_scenario(
        {"extends": "baseline-2026", "title": "Later", "horizon": {"start": dt.date(2027, 1, 1)}}
    )
    assert scenario.horizon.start == dt.date(2027, 1, 1)
    assert scenario.producers == load_scenario("baseline-2026").producers


def test_a_problem_found_later_names_the_place_in_the_file():
    problem = small().problem(("producers", "cn", "capacity", "mesh"), "too small")
    assert str(problem) == "small.yaml:27:16: producers.cn.capacity.mesh: too small"
