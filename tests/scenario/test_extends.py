"""Merging files over those that they extend."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.scenario import load_scenario
from diamondsim.scenario.extends import resolve
from diamondsim.scenario.tree import plain, value_mark


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    return write


def problems(name):
    with pytest.raises(ScenarioError) as caught:
        resolve(name)
    return [str(problem) for problem in caught.value.problems]


def test_a_file_is_laid_over_what_it_extends(folder):
    folder(a="x: {p: 1, q: 2}", b="extends: a.yaml\nx: {q: 3, r: 4}")
    tree = resolve("b.yaml")
    assert plain(tree) == {"x": {"p": "1", "q": "3", "r": "4"}}
    assert [value_mark(tree, ("x", key)).file for key in "pqr"] == ["a.yaml", "b.yaml", "b.yaml"]


def test_of_two_that_are_extended_side_by_side_the_later_wins(folder):
    folder(a="x: 1\ny: 1", b="x: 2\nz: 2", c="extends: [a.yaml, b.yaml]\nz: 3")
    assert plain(resolve("c.yaml")) == {"x": "2", "y": "1", "z": "3"}


def test_two_overlays_on_one_base_do_not_undo_each_other(folder):
    folder(
        base="p: 1\nq: 1",
        one="extends: base.yaml\np: 2",
        two="extends: base.yaml\nq: 2",
        both="extends: [one.yaml, two.yaml]",
    )
    assert plain(resolve("both.yaml")) == {"p": "2", "q": "2"}


def test_two_overlays_may_delete_the_same_id(folder):
    folder(
        base="producers: {a: {region: R}, b: {region: R}}",
        one="extends: base.yaml\nproducers: {a: null}",
        two="extends: base.yaml\nproducers: {a: null, b: {region: S}}",
        three="extends: base.yaml\nproducers: {a: {growth: null}, c: null}",
        both="extends: [one.yaml, two.yaml]",
        again="extends: both.yaml\nproducers: {a: null}",
        wrong="extends: [one.yaml, three.yaml]",
    )
    for name in ("both", "again"):
        assert plain(resolve(f"{name}.yaml")) == {"producers": {"b": {"region": "S"}}}
    assert problems("wrong.yaml") == [
        "three.yaml:2:32: producers.c: null deletes, but there is no 'c' to delete"
    ]


def test_paths_are_relative_to_the_file_that_names_them(tmp_path, folder):
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    folder(base="x: 1")
    (tmp_path / "sub" / "mid.yaml").write_text("extends: ../base.yaml\ny: 2")
    (tmp_path / "sub" / "deep" / "top.yaml").write_text("extends: ../mid.yaml\nz: 3")
    assert plain(resolve("sub/deep/top.yaml")) == {"x": "1", "y": "2", "z": "3"}


def test_being_a_building_block_is_not_inherited(folder):
    folder(a="component: true\nx: 1", b="extends: a.yaml")
    assert plain(resolve("b.yaml")) == {"x": "1"}
    assert plain(resolve("a.yaml")) == {"component": True, "x": "1"}


def test_a_circular_reference_is_refused_with_its_route(folder):
    folder(a="extends: b.yaml", b="extends: ./c.yaml", c="x: 1\nextends: [a.yaml]")
    assert problems("a.yaml") == [
        "c.yaml:2:11: extends: circular reference: a.yaml -> b.yaml -> c.yaml -> a.yaml"
    ]


def test_a_file_that_extends_itself_is_a_circle(folder):
    folder(a="extends: a.yaml")
    assert problems("a.yaml") == ["a.yaml:1:10: extends: circular reference: a.yaml -> a.yaml"]


def test_a_chain_without_end_is_refused(folder):
    folder(**{f"f{k}": f"extends: f{k + 1}.yaml" for k in range(20)})
    [said] = problems("f0.yaml")
    assert said.startswith(
        "f15.yaml:1:10: extends: more than 16 files extend one another: f0.yaml -> f1.yaml -> "
    )


def test_all_problems_of_all_files_are_reported_at_once(folder):
    folder(a="x: &anchor 1", b="extends: [a.yaml, nowhere.yaml, basline-2026, {c: d}]\ny: *alias")
    assert problems("b.yaml")[0] == "b.yaml:2:4: y: the alias '*alias' is not allowed; write the value out"
    folder(base="x: 1", b="extends: [a.yaml, bas.yaml, basline-2026, {c: d}]")
    assert problems("b.yaml") == [
        "b.yaml:1:10: extends: expected the name of a scenario, a path or a list of them, "
        "found a map in a list",
        "a.yaml:1:4: x: the anchor '&anchor' is not allowed; write the value out",
        "b.yaml:1:19: extends: bas.yaml: there is no such file; did you mean 'base.yaml'?",
        "b.yaml:1:29: extends: there is no shipped scenario 'basline-2026'; a file name needs its extension, "
        "as in './mine.yaml'; did you mean 'baseline-2026'?",
    ]


def test_an_unknown_name_suggests_the_nearest_one(folder):
    folder()
    assert problems("clam") == [
        "there is no shipped scenario 'clam'; a file name needs its extension, as in './mine.yaml'; "
        "did you mean 'calm'?"
    ]


def test_deleting_an_unknown_id_names_the_file(folder):
    folder(a="uses: {grit: {}}", b="extends: a.yaml\nuses: {girt: null}")
    assert problems("b.yaml") == [
        "b.yaml:2:8: uses.girt: null deletes, but there is no 'girt' to delete; did you mean 'grit'?"
    ]


def test_unreadable_values_and_problems_of_the_rest_are_reported_together(folder):
    folder(
        own="extends: calm\ntitle: x\ntitle: y\nproducers: {cn_makers: {growth: tri(1, 2, 3), capcity: 3}}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_scenario("own.yaml")
    assert [(problem.line, problem.path) for problem in caught.value.problems] == [
        (3, "title"),
        (4, "producers.cn_makers.growth"),
        (4, "producers.cn_makers.capcity"),
    ]


def test_a_missing_base_is_the_only_problem_reported(folder):
    folder(own="extends: baseline-2027\ntitle: x\nproducers: {cn_makers: {capcity: 3}}\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario("own.yaml")
    assert [problem.path for problem in caught.value.problems] == ["extends"]


def test_a_name_too_long_for_a_file_is_an_unknown_name(folder):
    with pytest.raises(ScenarioError, match="there is no shipped scenario 'aaa"):
        resolve("a" * 400)


def test_a_file_is_known_by_its_extension_in_any_spelling(folder, tmp_path):
    folder()
    (tmp_path / "OWN.YAML").write_text("extends: calm\ntitle: Own\n", encoding="utf-8")
    assert load_scenario("OWN.YAML").title == "Own"


@pytest.mark.parametrize(
    "name, said",
    [
        ("calm.yaml", "there is no file 'calm.yaml'; a shipped scenario is named without"),
        ("./calm", "there is no file './calm'; a shipped scenario is named without"),
        ("sub/calm.yml", "there is no file 'sub/calm.yml'; a shipped scenario is named without"),
    ],
)
def test_a_shipped_scenario_named_like_a_file_is_suggested_by_its_name(folder, name, said):
    folder(b=f"extends: {name}")
    for (problem,), place in ((problems(name), ""), (problems("b.yaml"), "b.yaml:1:10: extends: ")):
        assert problem.startswith(f"{place}{said}")
        assert problem.endswith("did you mean 'calm'?")


def test_the_beginning_of_names_is_nearer_than_a_name_that_looks_alike(folder):
    folder()
    (said,) = problems("lapse")
    assert said.endswith("allowed: lapse-2027, lapse-2027-notice, lapse-2027-priced")
    (said,) = problems("us-ban-on-paper")
    assert said.endswith("did you mean 'us-ban-on-paper-2026'?")
