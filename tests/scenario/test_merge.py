"""Merging one tree over another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.scenario.merge import forgotten_dates, idle_deletions, merge
from diamondsim.scenario.overrides import node_of
from diamondsim.scenario.tree import Mark, key_mark, leaves, plain, value_mark

BELOW, ABOVE = Mark("below.yaml", 1, 1), Mark("above.yaml", 2, 2)


def merged(target, patch):
    return plain(merge(node_of(target, BELOW), node_of(patch, ABOVE)))


@pytest.mark.parametrize(
    "patch, description",
    [
        ({"title": "Mine"}, None),
        ({"title": "Mine", "description": "of mine"}, "of mine"),
        ({"demand": {"title": "an id"}}, "of theirs"),
    ],
)
def test_a_description_goes_with_its_title(patch, description):
    below = {"title": "Theirs", "description": "of theirs"}
    assert merged(below, patch).get("description") == description


# The examples of RFC 7396, appendix A; numbers are text here, because a tree has only text.
@pytest.mark.parametrize(
    "target, patch, result",
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": ["1"]}, {"a": ["1"]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": "1"}, {"e": None, "a": "1"}),
        (["1", "2"], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_the_standard_hold(target, patch, result):
    assert merged(target, patch) == result


def test_a_timeline_replaces_as_a_whole():
    below = {
        "timeline": {"2026-01-01": "suspended", "2027-01-01": "announced"},
        "sojourn": {"banned": "5 days"},
    }
    above = {"timeline": {"2028-01-01": "banned"}, "sojourn": {"licensing": "6 days"}}
    result = {
        "timeline": {"2028-01-01": "banned"},
        "sojourn": {"banned": "5 days", "licensing": "6 days"},
    }
    assert merged({"controls": {"c": below}}, {"controls": {"c": above}}) == {"controls": {"c": result}}


def test_what_has_the_id_timeline_is_merged_like_any_other():
    below: dict[str, object] = {
        "controls": {"timeline": {"covers": "a"}},
        "uses": {"timeline": {"class": "b"}},
    }
    above: dict[str, object] = {
        "controls": {"timeline": {"start": "c"}},
        "uses": {"timeline": {"growth": None}},
    }
    assert merged(below, above) == {
        "controls": {"timeline": {"covers": "a", "start": "c"}},
        "uses": {"timeline": {"class": "b"}},
    }
    assert list(idle_deletions(node_of(below, BELOW), node_of(above, ABOVE))) == []


def test_a_null_in_a_timeline_is_a_problem_unless_all_dates_are_named():
    dates = {"2026-01-01": "banned", "2027-01-01": "none", "2028-01-01": "banned"}

    def said(above):
        trees = ({"controls": {"c": {"timeline": timeline}}} for timeline in (dates, above))
        below, patch = (node_of(tree, mark) for tree, mark in zip(trees, (BELOW, ABOVE), strict=True))
        return [*map(str, forgotten_dates(below, patch)), *map(str, idle_deletions(below, patch))]

    assert said({"2026-01-01": None}) == [
        "above.yaml:2:2: controls.c.timeline.2026-01-01: a timeline is replaced as a whole: write all dates "
        "that stay, and null for those that go; found neither for 2027-01-01 and 2028-01-01"
    ]
    assert said({"2026-01-01": None, "2027-01-01": "banned", "2028-01-01": None}) == []
    assert said({"2027-01-01": "banned"}) == []
    assert said({**dates, "2027-02-01": None}) == [
        "above.yaml:2:2: controls.c.timeline.2027-02-01: null deletes, but there is no '2027-02-01' to "
        "delete; did you mean '2027-01-01'?"
    ]


def test_deleting_a_key_deletes_its_notes():
    below = {
        "outages": {},
        "finished_stock_ceiling": "5 days",
        "assumed": {"outages": "a", "finished_stock_ceiling": "b"},
        "source": "text",
    }
    assert merged(below, {"outages": None}) == {
        "finished_stock_ceiling": "5 days",
        "assumed": {"finished_stock_ceiling": "b"},
        "source": "text",
    }


def test_a_text_for_one_key_leaves_that_for_the_whole_map_to_the_others():
    below = {"finished_stock_ceiling": "5 days", "growth": "1 %/yr", "assumed": "all of it"}
    assert merged(below, {"growth": "2 %/yr", "assumed": {"growth": "a survey"}})["assumed"] == {
        "finished_stock_ceiling": "all of it",
        "growth": "a survey",
    }
    by_key = below | {"source": {"finished_stock_ceiling": "customs"}}
    assert merged(by_key, {"assumed": {"growth": "a survey"}}) == {
        "finished_stock_ceiling": "5 days",
        "growth": "1 %/yr",
        "source": {"finished_stock_ceiling": "customs"},
        "assumed": {"growth": "a survey"},
    }


def test_keys_and_values_keep_the_place_where_they_were_written_last():
    tree = merge(node_of({"a": {"x": "1", "y": "2"}}, BELOW), node_of({"a": {"y": "3"}}, ABOVE))
    assert value_mark(tree, ("a", "x")) == key_mark(tree, ("a", "x")) == BELOW
    assert value_mark(tree, ("a", "y")) == key_mark(tree, ("a", "y")) == ABOVE


def test_a_deletion_that_deletes_nothing_is_a_problem():
    below: dict[str, object] = {"uses": {"grit": {}}}
    above = {"uses": {"gritt": None, "grit": None}, "rigions": None}
    said = [str(problem) for problem in idle_deletions(node_of(below, BELOW), node_of(above, ABOVE))]
    assert said == [
        "above.yaml:2:2: uses.gritt: null deletes, but there is no 'gritt' to delete; did you mean 'grit'?",
        "above.yaml:2:2: rigions: null deletes, but there is no 'rigions' to delete",
    ]


def test_deleting_an_absent_key_of_the_format_is_allowed():
    below: dict[str, object] = {"horizon": {"length": "1 yr"}, "producers": {"cn": {}}}
    above = {"horizon": {"end": None}, "reserves": None, "producers": {"cn": {"source": None, "lead": None}}}
    assert list(idle_deletions(node_of(below, BELOW), node_of(above, ABOVE))) == []


KEYS = st.sampled_from("abcd")
PLAIN = st.recursive(
    st.sampled_from("xyz"),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3) | st.lists(inner, max_size=2),
)
MAPS = st.dictionaries(KEYS, PLAIN, max_size=4)
PATCHES = st.recursive(
    st.sampled_from(["x", "y", None]), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


@given(target=MAPS)
def test_an_empty_patch_changes_nothing(target):
    assert merged(target, {}) == target


@given(target=MAPS, patch=PATCHES)
def test_a_patch_laid_on_twice_is_laid_on_once(target, patch):
    once = merged(target, patch)
    assert merged(once, patch) == once


@given(target=MAPS, patch=MAPS)
def test_a_patch_without_null_can_be_found_in_the_result(target, patch):
    result = node_of(merged(target, patch), BELOW)
    for path, leaf in leaves(node_of(patch, ABOVE)):
        assert value_mark(result, path) is not None
        assert dict(leaves(result))[path].value == leaf.value


@given(target=MAPS, patch=PATCHES.filter(lambda patch: isinstance(patch, dict)))
def test_keys_that_a_patch_does_not_name_stay(target, patch):
    result = merged(target, patch)
    assert {key: result[key] for key in target if key not in patch} == {
        key: value for key, value in target.items() if key not in patch
    }
    assert set(result) == {key for key in {**target, **patch} if key not in patch or patch[key] is not None}
