"""Branches may share a draw by its name, and legal states exclude one another."""

import copy
import pickle

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.scenario import read_scenario
from tests.scenario.small import changed, small

FORK = "{licensing: 75%, suspended: 25%}"
DRAWN = (FORK, "{shared_draw: truce, licensing: 75%, suspended: 25%}")
EXPIRIES = (
    "    transitions: {banned: none}",
    "    transitions: {banned: none}\n    expiries: {first: 2027-11-10, then: THEN}",
)
STATES = (
    "reference_values:",
    "legal_states: {A: {licence: not in effect}, B: {licence: in effect, ban: not in effect}}\n"
    "reference_values:",
)


def fork(scenario):
    return list(scenario.controls["licence"].timeline.values())[-1]


def messages(*changes):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(changed(*changes), name="small.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_the_name_of_a_draw_is_among_the_branches_but_is_no_branch():
    assert fork(small(DRAWN)).shared_draw == "truce"
    assert list(fork(small(DRAWN))) == ["licensing", "suspended"]
    assert fork(small()).shared_draw is None
    assert dict(fork(small())) == dict(fork(small(DRAWN)))


def test_two_scenarios_that_differ_in_a_draw_alone_are_not_the_same():
    other = small((FORK, "{shared_draw: war, licensing: 75%, suspended: 25%}"))
    assert len({small().hash, small(DRAWN).hash, other.hash}) == 3
    assert small(DRAWN) != small()
    assert small(DRAWN) != other


@pytest.mark.parametrize("again", [copy.deepcopy, lambda fork: pickle.loads(pickle.dumps(fork))])
def test_a_draw_travels_to_other_processes(again):
    assert again(fork(small(DRAWN))) == fork(small(DRAWN))


@pytest.mark.parametrize(
    "then", ["{shared_draw: truce, unchanged: beta(3 1), licensing: 25%}", "{shared_draw: t, none: 100%}"]
)
def test_draws_and_legal_states_survive_dumping_and_reading(then):
    scenario = small(DRAWN, (EXPIRIES[0], EXPIRIES[1].replace("THEN", then)), STATES)
    again = read_scenario(scenario.dump())
    assert again == scenario
    assert again.hash == scenario.hash


def test_a_change_of_one_value_gives_a_date_a_draw_and_takes_it_away():
    at = "controls.licence.timeline.2028-03-03.shared_draw"
    given = small().override({at: "truce"})
    assert given == small(DRAWN)
    assert given.override({at: None}) == small()
    assert small().override({at: None}) == small()


def test_the_message_on_a_wrong_sum_of_branches_omits_their_draw():
    (said,) = messages((FORK, "{shared_draw: truce, licensing: 75%, suspended: 35%}"))
    assert said.endswith("found 110% (licensing 75%, suspended 35%)")


@pytest.mark.parametrize("name", ["a b", "truce.2027", "[truce]", "{a: b}", "true"])
def test_what_is_no_name_is_no_draw(name):
    (said,) = messages((FORK, f"{{shared_draw: {name}, licensing: 75%, suspended: 25%}}"))
    assert "controls.licence.timeline.2028-03-03.shared_draw: " in said
    assert "letters, digits, _ and -" in said


def test_a_transition_after_a_sojourn_cannot_share_a_draw():
    (said,) = messages(
        ("    transitions: {banned: none}", "    transitions: {banned: {shared_draw: truce, none: 100%}}")
    )
    assert "controls.licence.transitions.banned.shared_draw: each sojourn has a draw of its own" in said


WRONG = [
    (
        "{A: {license: in effect}}",
        "legal_states.A.license: unknown control 'license'; did you mean 'licence'?",
    ),
    (
        "{A: {cn_55: in effect}}",
        "unknown control 'cn_55'; allowed: licence, ban; or 'legal_states: null' for no legal states",
    ),
    ("{A: {licence: on}}", "legal_states.A.licence: unknown word 'on'; allowed: in effect, not in effect"),
    ("{A: {}}", "legal_states.A: expected at least one control"),
    (
        "{A: {licence: in effect}, B: {ban: in effect}}",
        "legal_states.B: 'A' and 'B' can both hold: no control is in effect in only one of them",
    ),
    (
        "{A: {licence: in effect}, B: {licence: in effect, ban: in effect}}",
        "legal_states.B: 'A' and 'B' can both hold",
    ),
    ("{the worst: {licence: in effect}}", "expected an id (letters, digits, _ and -), found 'the worst'"),
]


@pytest.mark.parametrize("states, message", WRONG, ids=[states for states, _ in WRONG])
def test_a_wrong_legal_state_gives_one_clear_problem(states, message):
    (said,) = messages(("reference_values:", f"legal_states: {states}\nreference_values:"))
    assert message in said


def test_a_legal_state_may_omit_a_control_if_another_control_distinguishes_it():
    assert list(small(STATES).legal_states) == ["A", "B"]


def test_deleting_a_control_requires_the_change_named_in_the_message():
    with pytest.raises(ScenarioError) as caught:
        small(STATES).override({"controls.ban": None}, name="--set")
    assert [str(problem) for problem in caught.value.problems] == [
        "--set controls.ban: legal_states.B.ban: the control 'ban' is deleted, but legal states name it; "
        "add --set legal_states=null"
    ]
    assert dict(small(STATES).override({"controls.ban": None, "legal_states": None}).legal_states) == {}
