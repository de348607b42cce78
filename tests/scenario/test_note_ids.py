"""Entries whose id is the name of a note, and notes that look like entries."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.scenario import load_scenario

SCENARIO = load_scenario("reinstated-2027")
SAID = "cannot be an id, because in every map it is a note; allowed: any id but source, assumed and note"


@pytest.mark.parametrize(
    "path, value",
    [
        ("producers.source", {"region": "US", "capacity": {"micron": "1 Mct/yr"}}),
        ("producers.source.growth", "5%/yr"),
        ("controls.note", {"covers": {"from": "CN", "grades": ["micron"]}}),
        ("buyers.note", {"aggregate": "US.polishing", "share": "5%"}),
        ("trade.source", {"US": "5 Mct/yr"}),
        ("demand.assumed", {"polishing": "3 Mct/yr"}),
        ("legal_states.source", {"cn_55": "in effect"}),
        ("facilities.georgia.stages.note", "3 months"),
        ("facilities.georgia.stages.source", "tri(1 2 3) months"),
    ],
)
def test_an_entry_with_the_id_of_a_note_is_one_problem(path, value):
    with pytest.raises(ScenarioError) as caught:
        SCENARIO.override({path: value})
    [problem] = caught.value.problems
    assert SAID in str(problem)
    assert problem.found in ("source", "assumed", "note")


@pytest.mark.parametrize(
    "path, value",
    [
        ("producers.source", {"cn_makers": "a survey"}),
        ("producers.cn_makers.source", {"region": "a map"}),
        ("producers.note", "three months of work"),
        ("facilities.georgia.stages.source", {"financing_and_site": "a press release"}),
        ("facilities.georgia.stages.assumed", "as for other plants, 3 to 5 months"),
        ("inventory_policy.note", "60 days would be too few"),
        ("regions.source", "the usual ones"),
    ],
)
def test_notes_stay_notes(path, value):
    changed = SCENARIO.override({path: value})
    for part in ("facilities", "regions", "inventory_policy"):
        assert set(getattr(changed, part)) == set(getattr(SCENARIO, part))


def test_a_note_on_an_unknown_entry_is_told_as_such():
    with pytest.raises(ScenarioError) as caught:
        SCENARIO.override({"producers.source": {"cn_mkers": "a survey"}})
    [problem] = caught.value.problems
    assert problem.suggestion == "cn_makers"
