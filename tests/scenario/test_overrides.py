"""Changing single values by dotted paths."""

import datetime as dt

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.scenario.changes import Changes
from diamondsim.scenario.overrides import OVERRIDE_MARK, override_tree
from diamondsim.scenario.source import parse_tree
from diamondsim.scenario.tree import key_mark, plain, value_mark
from tests.scenario.small import small

TREE = parse_tree(
    b"""
regions: {US: {}, JP: {}}
uses: {polishing: {class: chip}}
inventory_policy: {any: {cover: 5 days}, US.any: {cover: 6 days}}
lanes: {x -> US.polishing: {share: 5%}}
controls: {c: {timeline: {2027-01-01: banned, 2028-01-01: none}, licensing: {any.any: {ban: 5%}}}}
reserves: {us: {opening: 1 ct}}
""",
    "s.yaml",
)


def changed(changes):
    return plain(override_tree(TREE, changes)[0])


@pytest.mark.parametrize(
    "dotted, where",
    [
        ("reserves.us.opening", ("reserves", "us", "opening")),
        ("reserves.jp.opening", ("reserves", "jp", "opening")),
        ("inventory_policy.any.cover", ("inventory_policy", "any", "cover")),
        ("inventory_policy.any.queue_weight", ("inventory_policy", "any", "queue_weight")),
        ("inventory_policy.US.any.cover", ("inventory_policy", "US.any", "cover")),
        ("inventory_policy.JP.any.cover", ("inventory_policy", "JP.any", "cover")),
        ("inventory_policy.JP.chip.cover", ("inventory_policy", "JP.chip", "cover")),
        ("inventory_policy.polishing.cover", ("inventory_policy", "polishing", "cover")),
        ("lanes.x -> US.polishing.share", ("lanes", "x -> US.polishing", "share")),
        ('lanes."y -> US.any".share', ("lanes", "y -> US.any", "share")),
        ("controls.c.licensing.any.any.ban", ("controls", "c", "licensing", "any.any", "ban")),
        ("controls.c.licensing.US.polishing.ban", ("controls", "c", "licensing", "US.polishing", "ban")),
    ],
)
def test_a_path_may_contain_keys_with_dots(dotted, where):
    node = changed({dotted: "7 days"})
    for step in where:
        node = node[step]
    assert node == "7 days"


@pytest.mark.parametrize(
    "value, text",
    [
        ("40 Mct", "40 Mct"),
        (40, "40"),
        (0.25, "0.25"),
        (1e-9, "1e-09"),
        (True, True),
        (dt.date(2027, 3, 3), "2027-03-03"),
        (["a", "b"], ["a", "b"]),
        ({dt.date(2027, 3, 3): "banned"}, {"2027-03-03": "banned"}),
    ],
)
def test_a_value_may_be_what_a_file_holds_or_its_python_counterpart(value, text):
    assert changed({"reserves.us.opening": value})["reserves"]["us"]["opening"] == text


def test_maps_merge_and_none_deletes():
    assert changed({"reserves.us": {"goal": "2 ct"}})["reserves"]["us"] == {"opening": "1 ct", "goal": "2 ct"}
    assert changed({"reserves.us": None})["reserves"] == {}
    assert changed({"reserves.us": {"opening": None}})["reserves"]["us"] == {}


def test_a_timeline_is_replaced_as_a_whole_but_a_path_into_it_changes_one_date():
    replaced = changed({"controls.c.timeline": {"2029-01-01": "banned"}})
    assert replaced["controls"]["c"]["timeline"] == {"2029-01-01": "banned"}
    touched = changed({"controls.c.timeline.2028-01-01": "announced"})
    assert touched["controls"]["c"]["timeline"] == {"2027-01-01": "banned", "2028-01-01": "announced"}


def test_later_changes_see_earlier_ones():
    assert changed({"reserves.jp": {"opening": "1 ct"}, "reserves.jp.opening": "2 ct"})["reserves"]["jp"] == {
        "opening": "2 ct"
    }


def test_only_what_was_changed_loses_its_place_in_the_file():
    tree, _ = override_tree(TREE, {"inventory_policy.any.cover": "9 days"})
    assert value_mark(tree, ("inventory_policy", "any", "cover")) == OVERRIDE_MARK
    assert key_mark(tree, ("inventory_policy", "any")).file == "s.yaml"
    assert value_mark(tree, ("inventory_policy", "US.any", "cover")).file == "s.yaml"


def test_the_notes_of_a_section_are_not_among_its_ids():
    said = changed({"uses.assumed": "for all uses", "inventory_policy.any.assumed.cover": "a guess"})
    assert said["inventory_policy"]["any"]["assumed"] == {"cover": "a guess"}


def test_the_tree_itself_stays_as_it_was():
    before = plain(TREE)
    changed({"reserves.us.opening": "9 ct", "inventory_policy.any": None})
    assert plain(TREE) == before


@pytest.mark.parametrize(
    "absent",
    [
        "horizon.end",
        "inventory_policy.any.opening",
        "inventory_policy.any.noise.memory",
        "reference_values",
        "reserves.us.assumed",
    ],
)
def test_deleting_an_absent_key_of_the_format_changes_nothing(absent):
    assert changed({absent: None}) == plain(TREE)


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"": "x"}, "override: '' is not a dotted path"),
        ({"a..b": "x"}, "override a..b: 'a..b' is not a dotted path"),
        (
            {"inventory_policy.anny": None},
            "override inventory_policy.anny: there is no 'anny' to delete; did you mean 'any'?",
        ),
        ({"horizon.edn": None}, "override horizon.edn: there is no 'edn' to delete; did you mean 'end'?"),
        (
            {"inventory_policy.any.covr": None},
            "override inventory_policy.any.covr: there is no 'covr' to delete; did you mean 'cover'?",
        ),
        ({"reserves.jp.goal": None}, "override reserves.jp.goal: reserves.jp: there is no 'jp' to delete"),
        ({"title": object()}, "override title: a scenario cannot hold a value of type object"),
        ({"title": 1j}, "override title: a scenario cannot hold a value of type complex"),
    ],
)
def test_a_change_that_cannot_be_made_is_named_by_its_path(changes, said):
    with pytest.raises(ScenarioError) as caught:
        override_tree(TREE, changes)
    assert [str(problem) for problem in caught.value.problems] == [said]


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"title": "a\udcff"}, "override title: not UTF-8 text: byte 0xff in 'a\\udcff'"),
        ({"tit\udcffle": "a"}, "override 'tit\\udcffle': not UTF-8 text: byte 0xff in 'tit\\udcffle'"),
        ({"title": "a\0"}, "override title: found the control character U+0000 in 'a\\x00'"),
        ({"regions": {"\ud800": {}}}, "override regions: found the surrogate U+D800 in '\\ud800'"),
        ({"reserves.us.serves": ["\x1b"]}, "found the control character U+001B in '\\x1b'"),
    ],
)
def test_text_that_no_file_can_hold_is_refused(changes, said):
    with pytest.raises(ScenarioError) as caught:
        override_tree(TREE, changes)
    [problem] = caught.value.problems
    assert str(problem).endswith(said)
    assert str(problem).isprintable()


@pytest.mark.parametrize("path", ["x" * 5000, "a." * 5000 + "b"])
def test_a_path_of_thousands_of_letters_is_cut_in_the_message(path):
    with pytest.raises(ScenarioError) as caught:
        small().override({path: "1"})
    [problem] = caught.value.problems
    assert len(str(problem)) < 600


def test_a_value_that_contains_itself_is_refused():
    value: dict[str, object] = {}
    value["again"] = value
    with pytest.raises(ScenarioError, match="maps and lists are nested more than 24 deep"):
        override_tree(TREE, {"reserves": value})


def problems(changes, **options):
    with pytest.raises(ScenarioError) as caught:
        small().override(changes, **options)
    return [str(problem) for problem in caught.value.problems]


def test_a_map_or_a_list_may_be_given_where_the_format_takes_one():
    scenario = small().override(
        {
            "demand.US.grinding": {"flow": "3 Mct/yr", "grades": {"mesh": "100%"}},
            "inventory_policy.any.noise": {"cv": "5%"},
            "reserves.us.serves": ["grinding"],
        }
    )
    assert scenario.demand["US"]["grinding"].grades == {"mesh": 1.0}
    assert scenario.inventory_policy["any"].noise.memory == small().inventory_policy["any"].noise.memory
    assert scenario.reserves["us"].serves == ("grinding",)


@pytest.mark.parametrize("value, found", [({"mean": 3}, "a map"), (["1 day"], "a list")])
def test_elsewhere_a_map_or_a_list_is_refused_with_what_would_be_right(value, found):
    (said,) = problems({"inventory_policy.any.cover": value})
    place = "override inventory_policy.any.cover"
    assert said == f"{place}: expected a duration, found {found}; allowed: a value such as '45 days'"


def test_a_contradiction_with_a_file_is_put_down_to_the_change():
    (said,) = problems({"horizon.tick": "0 days"}, name="--set")
    assert said.startswith("--set horizon.tick: horizon: a tick must be longer than 0 days")


def test_of_several_changes_the_nearest_is_named_and_otherwise_all():
    horizon = {"horizon.tick": "0 days", "title": "Other"}
    assert problems(horizon)[0].startswith("override horizon.tick: horizon: ")
    far = {"grades.mesh": None, "title": "Other"}
    assert problems(far)[0].startswith("override grades.mesh, override title: ")


def test_what_is_wrong_with_a_change_alone_keeps_its_own_path():
    (said,) = problems({"inventory_policy.any": {"cover": "3 dyas"}})
    assert said == "override inventory_policy.any.cover: unknown unit 'dyas'; did you mean 'days'?"


def test_a_changed_scenario_knows_what_it_was():
    scenario = small()
    assert scenario.before is None
    assert scenario.override({"title": "Other"}).before is scenario


def test_a_map_with_dates_as_keys_is_told_as_a_change():
    timeline = {dt.date(2027, 1, 1): "banned", dt.date(2028, 1, 1): {"banned": "25%", "none": "75%"}}
    made = Changes(("controls.c.timeline",), "override", (timeline,))
    assert made.texts == (
        'controls.c.timeline={"2027-01-01": "banned", "2028-01-01": {"banned": "25%", "none": "75%"}}',
    )


def test_misspelt_selectors_and_misspelt_keys_in_a_path_are_distinguished():
    with pytest.raises(ScenarioError) as caught:
        small().override({"inventory_policy.US.grindin": {"cover": "3 days"}})
    assert "unknown use or class 'grindin'; did you mean 'grinding'?" in str(caught.value)
    with pytest.raises(ScenarioError) as caught:
        small().override({"inventory_policy.US.cvoer": "3 days"})
    assert "unknown key 'cvoer'; did you mean 'cover'?" in str(caught.value)


@pytest.mark.parametrize("quote", ["", '"'])
def test_names_of_inputs_need_no_quotes(quote):
    cover, weight = "inventory_policy.any.cover", "inventory_policy.any.queue_weight"
    pair = f"{cover} ~ {weight}"
    scenario = small().override(
        {
            f"sampling.dimensions.{quote}{cover}{quote}": 3,
            f"correlation.{quote}{pair}{quote}": 0.5,
            f"correlation.source.{quote}{pair}{quote}": "a survey",
        }
    )
    assert scenario.sampling.dimensions == {cover: 3}
    assert scenario.correlation == {pair: 0.5}
    assert f"  source:\n    {pair}: a survey\n" in scenario.dump().replace('"', "")
    deleted = scenario.override({f"correlation.{quote}{pair}{quote}": None})
    assert deleted.correlation == {}


def test_a_changed_text_of_two_lines_stays_one_change() -> None:
    changed = small().override({"title": "two\nlines", "description": "Übung, a=b"})
    assert changed.changes == ('title="two\\nlines"', "description=Übung, a=b")
