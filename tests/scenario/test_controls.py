"""The keys of controls, and the problem reported for each wrong value."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.scenario import read_scenario
from tests.scenario.small import changed, small

AT = "    transitions: {banned: none}\n"

WRONG = [
    (
        "hazards: {suspended: {suspended: 1/yr}}",
        "controls.licence.hazards.suspended.suspended: a hazard must lead to another state",
    ),
    ("hazards: {suspended: {unchanged: 1/yr}}", "unknown word 'unchanged'"),
    ("hazards: {suspended: {licensing: 30%}}", "expected a yearly rate, found '30%' (a fraction)"),
    ("hazards: {suspended: {licensing: -1/yr}}", "below 0"),
    ("hazards: {suspendet: {licensing: 1/yr}}", "unknown word 'suspendet'; did you mean 'suspended'?"),
    ("expiries: {every: 1 yr, then: none}", "controls.licence.expiries: the key 'first' is missing"),
    ("expiries: {first: 2026-11-10}", "controls.licence.expiries: the key 'then' is missing"),
    (
        "expiries: {first: 2026-11-10, then: {unchanged: beta(3 1), licensing: 30%}}",
        "controls.licence.expiries.then: these must add up to 100%, found 105%",
    ),
    (
        "expiries: {first: 2026-11-10, every: tri(1 2 3) yr, then: none}",
        "controls.licence.expiries.every: expected a fixed number, found the distribution 'tri(1 2 3) yr'",
    ),
    (
        "expiries: {first: 2026-11-10, every: 1 hour, then: none}",
        "controls.licence.expiries.every: ",
    ),
    (
        "expiries: {first: 2026-11-10, every: 0 days, then: none}",
        "controls.licence.expiries.every: expiries must be at least one day apart",
    ),
    (
        "expiries: {first: 0001-11-10, every: 1 day, then: none}",
        "controls.licence.expiries.first: expected at most 10,000 expiries until the horizon ends, found ",
    ),
    (
        "expiries: {first: 2026-11-10, while: [], then: none}",
        "controls.licence.expiries.while: expected at least one state",
    ),
    (
        "expiries: {first: 2026-11-10, while: suspendid, then: none}",
        "unknown word 'suspendid'; did you mean 'suspended'?",
    ),
    (
        "spillover: {covers: {from: CN, grades: [msh]}, lost: 30%, time: 3 months}",
        "controls.licence.spillover.covers.grades[0]: unknown grade 'msh'; did you mean 'mesh'?",
    ),
    (
        "spillover: {covers: {from: CN, to: UZ.any, grades: mesh}, lost: 30%, time: 3 months}",
        "controls.licence.spillover.covers.to[0]: unknown region 'UZ'",
    ),
    ("spillover: {lost: 30%, time: 3 months}", "controls.licence.spillover: the key 'covers' is missing"),
    (
        "spillover: {covers: {from: CN, grades: mesh}, time: 3 months}",
        "controls.licence.spillover: the key 'lost' is missing",
    ),
    (
        "spillover: {covers: {from: CN, grades: mesh}, lost: 130%, time: 3 months}",
        "controls.licence.spillover.lost: '130%' ",
    ),
]

WRONG_DESKS = [
    ("general_licences: {share: 120%, after: 6 months}", "US.civil.general_licences.share: '120%' "),
    ("general_licences: {share: 50%}", "US.civil.general_licences: the key 'after' is missing"),
    (
        "general_licences: {share: 50%, after: 6}",
        "general_licences.after: expected a duration, found '6' without a unit",
    ),
    ("batch: 0.15", "US.civil.batch: expected a duration, found '0.15' without a unit"),
    ("batch: -3 days", "US.civil.batch: '-3 days' is below 0"),
    ("licence: {validity: 180 days}", "US.civil.licence: the key 'renewal' is missing"),
    ("licence: {validity: 0 days, renewal: 9 days}", "licence.validity: a validity must be above 0"),
    (
        "licence: {validity: exponential(180 days), renewal: 9 days}",
        "licence.validity: a validity must be above 0",
    ),
    ("watch_list: {long_run_rate: 10%}", "US.civil.watch_list: the key 'share' is missing"),
    ("watch_list: {share: 8%, longrun: 10%}", "unknown key 'longrun'; did you mean 'long_run_rate'?"),
    ("watch_list: 8%", "US.civil.watch_list: expected a map, found '8%'"),
]


@pytest.mark.parametrize("entry, message", WRONG_DESKS, ids=[entry for entry, _ in WRONG_DESKS])
def test_a_wrong_licensing_rule_gives_one_clear_problem(entry, message):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(
            changed(("{long_run_rate: 40%}", f"{{long_run_rate: 40%, {entry}}}")), name="small.yaml"
        )
    (problem,) = caught.value.problems
    assert message in str(problem)


@pytest.mark.parametrize("line, message", WRONG, ids=[line for line, _ in WRONG])
def test_a_wrong_control_gives_one_clear_problem(line, message):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(changed((AT, f"{AT}    {line}\n")), name="small.yaml")
    (problem,) = caught.value.problems
    assert message in str(problem)
    assert str(problem).startswith("small.yaml:")


RIGHT = [
    "hazards: {suspended: {licensing: gamma(shape 1.5 rate 1.06) /yr * beta(2.5 2.5), banned: 0.1/yr}}",
    "expiries: {first: 2026-11-10, every: 1 yr, while: [none, banned], then: {unchanged: 1%, none: 99%}}",
    "expiries: {first: 2026-11-10, then: licensing}",
    "spillover: {covers: {from: CN, to: [US], grades: [plate]}, lost: tri(0.1 0.3 0.6), time: 3 months}",
]

RIGHT_DESK = (
    "{long_run_rate: 40%, general_licences: {share: beta(2 2), after: 6 months, time: 4 yr}, "
    "licence: {validity: mix(70% 365 | 30% 180) days, renewal: 75 days}, "
    "watch_list: {share: 8%, initial_rate: 1%}}"
)


def test_the_maps_of_a_licensing_rule_survive_dumping_and_reading():
    scenario = small(("{long_run_rate: 40%}", RIGHT_DESK))
    assert read_scenario(scenario.dump()) == scenario
    licences = scenario.controls["licence"].licensing["US.civil"].general_licences
    assert licences is not None
    assert licences.time.central() == 4 * 365.25


@pytest.mark.parametrize("line", RIGHT)
def test_a_control_survives_dumping_and_reading(line):
    scenario = small((AT, f"{AT}    {line}\n"))
    assert read_scenario(scenario.dump()) == scenario
    assert scenario != small()
