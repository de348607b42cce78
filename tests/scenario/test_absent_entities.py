"""Changes of something that the scenario does not have."""

import re

import pytest

import diamondsim as ds
from diamondsim.errors import ScenarioError
from diamondsim.scenario import load_scenario, read_scenario


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("reinstated-2027")


def said(scenario, changes, **named):
    with pytest.raises(ScenarioError) as caught:
        scenario.override(changes, **named)
    return [str(problem) for problem in caught.value.problems]


def test_an_entity_that_is_not_there_is_one_problem_that_names_the_keys_it_needs(scenario):
    assert said(scenario, {"reserves.us.opening": "5 Mct"}) == [
        "override reserves.us.opening: reserves.us: there is no 'us' in reserves; "
        "a new one needs the keys 'region', 'grade', 'release' and 'serves' as well"
    ]
    assert said(scenario, {"prices.surcharges.x.rate": "5%"}) == [
        "override prices.surcharges.x.rate: prices: the keys 'start' and 'adjustment_time' are missing",
        "override prices.surcharges.x.rate: prices.surcharges.x: there is no 'x' in prices.surcharges; "
        "a new one needs the keys 'from' and 'to' as well",
    ]


@pytest.mark.parametrize(
    "path, value, meant",
    [
        ("producers.cn_maker.growth", "1%/yr", "cn_makers"),
        ("facilities.georgi.ramp", "1 yr", "georgia"),
        ("controls.cn_5.diversion.share", "10%", "cn_55"),
        ("controls.cn_56.timeline", {"2027-01-01": "banned"}, "cn_55"),
        ("uses.polish.growth", "1%/yr", "polishing"),
    ],
)
def test_a_misspelt_entity_is_one_problem_with_the_name_that_is_meant(scenario, path, value, meant):
    section, name, *_ = path.split(".")
    assert said(scenario, {path: value}, name="--set") == [
        f"--set {path}: {section}.{name}: there is no '{name}' in {section}; did you mean '{meant}'?"
    ]


@pytest.mark.parametrize(
    "path, why",
    [
        (
            "inventory_policy.USA.any.cover",
            "inventory_policy.USA.any: unknown region 'USA'; did you mean 'US'?",
        ),
        ("inventory_policy.US.polish.cover", "unknown use or class 'polish'; did you mean 'polishing'?"),
        ("demand.USA.polishing", "demand.USA: unknown region 'USA'; did you mean 'US'?"),
        ("trade.cn_maker.US", "trade.cn_maker: unknown producer 'cn_maker'; did you mean 'cn_makers'?"),
    ],
)
def test_a_key_that_refers_to_something_is_reported_as_an_unknown_name(scenario, path, why):
    (only,) = said(scenario, {path: "5 days" if "policy" in path else "5 Mct/yr"})
    assert only.endswith(why)


def test_what_else_is_wrong_with_a_new_entity_is_reported_with_it(scenario):
    new, points = said(scenario, {"drivers.x.points": {}})
    assert "a new one needs the key 'uses' as well; allowed: us_balance" in new
    assert points == "override drivers.x.points: expected at least one date"


def test_a_new_entity_with_all_its_keys_is_accepted(scenario):
    path = "reserves.us"
    keys = {
        "region": "US",
        "grade": "micron",
        "opening": "1 Mct",
        "release": "1 Mct/month",
        "serves": "polishing",
    }
    changed = scenario.override({f"{path}.{key}": value for key, value in keys.items()})
    assert changed.reserves["us"].opening.central() == 1e6


def test_the_missing_keys_of_one_map_are_one_problem():
    with pytest.raises(ScenarioError) as caught:
        read_scenario({"extends": "calm", "title": "t", "reserves": {"us": {"opening": "1 Mct"}}})
    (problem,) = caught.value.problems
    assert problem.why == "the keys 'region', 'grade', 'release' and 'serves' are missing"
    assert problem.missing == ("region", "grade", "release", "serves")


@pytest.mark.parametrize("changes", ["a=b", ["a=b"], None, 5, [("a", "b")], {"a": 1}.items()])
def test_changes_that_are_no_mapping_are_refused_with_an_example(scenario, changes):
    with pytest.raises(
        TypeError, match=re.escape("changes: expected a mapping, such as {'reserves.us.opening'")
    ):
        scenario.override(changes)


@pytest.mark.parametrize("path", [5, None, ("horizon", "tick")])
def test_a_path_that_is_no_text_is_a_problem_beside_the_others(scenario, path):
    first, second = said(scenario, {path: 1, "horizon.": 2})
    assert first == f"override: expected a dotted path, such as 'reserves.us.opening', found {path!r}"
    assert second == "override horizon.: 'horizon.' is not a dotted path"


@pytest.mark.parametrize("value", [b"7 days", bytearray(b"7"), memoryview(b"7"), {1, 2}, object()])
def test_bytes_and_other_values_that_no_file_holds_are_refused_by_their_type(scenario, value):
    assert said(scenario, {"horizon.tick": value}) == [
        f"override horizon.tick: a scenario cannot hold a value of type {type(value).__name__}"
    ]


@pytest.mark.parametrize("name", [5, None, b"calm", ["calm"], {"extends": "calm"}])
def test_a_scenario_is_loaded_by_a_text_or_a_path(name):
    with pytest.raises(TypeError, match="name_or_path: expected the name of a shipped scenario or the path"):
        load_scenario(name)


@pytest.mark.parametrize("content", [5, None, ["a"]])
def test_a_scenario_is_read_from_a_text_or_a_mapping(content):
    with pytest.raises(TypeError, match=r"content: expected a mapping, such as .*, or a text"):
        read_scenario(content)


@pytest.mark.parametrize("call", ["check", "simulate", "monte_carlo", "sampling_gain"])
def test_each_call_takes_a_scenario_and_no_name_of_one(call):
    with pytest.raises(
        TypeError, match="scenario: expected a Scenario, as returned by load_scenario, found str"
    ):
        getattr(ds, call)("calm")
