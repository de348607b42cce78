"""Problems and the exception that reports them."""

import pickle
from pathlib import Path

import pytest

from diamondsim.errors import NotationError, Problem, ScenarioError, found_text, missing_file, nearest, shown


@pytest.mark.parametrize(
    "problem, text",
    [
        (Problem(why="nothing is there"), "nothing is there"),
        (Problem(why="is empty", file="a.yaml"), "a.yaml: is empty"),
        (Problem(why="odd", file="a.yaml", line=3, column=7), "a.yaml:3:7: odd"),
        (Problem(why="odd", file="override", path="uses.x"), "override: uses.x: odd"),
        (Problem(why="odd", argument="low", path="uses.x"), "low: uses.x: odd"),
        (
            Problem(why="odd", path="x", suggestion="even", allowed="even, zero"),
            "x: odd; did you mean 'even'?",
        ),
        (Problem(why="odd", path="x", allowed="even, zero"), "x: odd; allowed: even, zero"),
        (Problem(why="odd", path="x", suggestion="even", renamed=True), "x: odd; it is now 'even'"),
    ],
)
def test_the_text_of_a_problem_has_its_place_reason_and_alternative(problem, text):
    assert str(problem) == text


def test_an_error_counts_its_problems_and_gives_each_a_line():
    problems = [Problem(why="one", file="a"), Problem(why="two", file="b")]
    assert str(ScenarioError(problems)) == "2 problems:\na: one\nb: two"
    assert str(ScenarioError(problems[:1])) == "1 problem:\na: one"


def test_an_error_holds_each_problem_once():
    problem = Problem(why="one", file="a")
    assert ScenarioError([problem, problem]).problems == (problem,)


def test_errors_survive_pickling():
    error = ScenarioError([Problem(why="one", file="a", line=2, column=3)])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_a_notation_error_reads_like_its_problem():
    assert str(NotationError("unknown unit 'x'", suggestion="ct")) == "unknown unit 'x'; did you mean 'ct'?"


@pytest.mark.parametrize(
    "word, found",
    [("capcity", "capacity"), ("MCT", "Mct"), ("zzz", None), ("x" * 100_000, None), ("", None)],
)
def test_the_nearest_word_is_found_in_any_case(word, found):
    assert nearest(word, ["capacity", "region", "Mct"]) == found


def test_long_and_unprintable_texts_are_shown_short_and_escaped():
    assert len(shown("[" * 40_000)) < 70
    assert shown("a\0b") == r"'a\x00b'"


@pytest.mark.parametrize(
    "value, text",
    [
        ("60 days", "'60 days'"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ({"a": 1}, "a map"),
        (["a"], "a list"),
        (1.5, "a float"),
    ],
)
def test_a_value_is_shown_as_in_a_file(value, text):
    assert found_text(value) == text


@pytest.mark.parametrize(
    "name, meant",
    [
        ("mien.yaml", "mine.yaml"),
        ("Mine.YAML", "mine.yaml"),
        ("mine.yml", "mine.yaml"),
        ("mine", "mine.yaml"),
        ("policy_laps.yaml", "policy_lapse.yaml"),
        # Far-off names, which only their endings make alike.
        ("a.yaml", None),
        ("lapse.yaml", None),
        ("polish.yaml", None),
        ("scenario.yaml", None),
        ("table.yaml", None),
        ("folder.yaml", None),
    ],
)
def test_only_a_file_with_a_like_name_and_ending_is_suggested(name, meant, tmp_path):
    for other in ("mine.yaml", "b.yaml", "policy_lapse.yaml", "table.csv"):
        (tmp_path / other).touch()
    (tmp_path / "folders.yaml").mkdir()
    problem = missing_file(tmp_path / name, name, (".yaml", ".yml"))
    assert str(problem).startswith(f"{name}: there is no such file")
    assert problem.suggestion == (None if meant is None else str(tmp_path / meant))


def test_a_folder_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").touch()
    assert missing_file(Path("x/y/z.yaml"), "z", []).why == "there is no such file; there is no folder 'x'"
    why = missing_file(Path("a.yaml/z.yaml"), "z", []).why
    assert why == "there is no such file; 'a.yaml' is not a folder"


@pytest.mark.parametrize(
    "path, told",
    [
        ("a.b", "--set a.b: wrong"),
        ("a.b[1]", "--set a.b[1]: wrong"),
        ("a.b.c", "--set a.b.c: wrong"),
        ("a.bc", "--set a.b: a.bc: wrong"),
        ("a", "--set a.b: a: wrong"),
    ],
)
def test_the_path_of_a_change_is_told_once(path, told):
    assert str(Problem(file="--set a.b", path=path, why="wrong")) == told


def test_a_place_stays_on_one_line_whatever_its_name_holds():
    problem = Problem(why="a key must be a word", path="a\u2028b", file="--set a\u2028b")
    assert str(problem) == "--set a\\u2028b: a key must be a word"
