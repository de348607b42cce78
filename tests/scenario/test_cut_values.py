"""Values inside {...} and [...] that YAML splits at their commas."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.scenario.source import parse_tree
from diamondsim.scenario.tree import plain


def problems(text):
    with pytest.raises(ScenarioError) as caught:
        parse_tree(text.encode(), "f.yaml")
    return caught.value.problems


@pytest.mark.parametrize(
    "value, found, meant",
    [
        ("30,5 days", "30,5 days", "30.5 days"),
        ("30,5", "30,5", "30.5"),
        ("0,05%", "0,05%", "0.05%"),
        ("1,234,567 ct", "1,234,567 ct", "1234567 ct"),
        ("1,050.5 ct", "1,050.5 ct", "1050.5 ct"),
        ("1.050,5 ct", "1.050,5 ct", "1050.5 ct"),
        ("tri(10, 30, 60) %", "tri(10, 30, 60) %", "tri(10 30 60) %"),
        ("tri(0,5 1 2) %", "tri(0,5 1 2) %", "tri(0.5 1 2) %"),
        (
            "mix(50% 0 | 50% tri(1,2,3)) days",
            "mix(50% 0 | 50% tri(1,2,3)) days",
            "mix(50% 0 | 50% tri(1 2 3)) days",
        ),
    ],
)
def test_a_value_that_is_cut_at_its_commas_is_one_problem_with_what_it_means(value, found, meant):
    for before, after in (("", ""), ("x: 1 day, ", ""), ("", ", y: 2 ct")):
        (problem,) = problems(f"m: {{{before}a: {value}{after}}}")
        assert problem.why.startswith(f"'{found}' was cut at the comma")
        assert (problem.path, problem.column) == ("m.a", 8 + len(before))
        assert (problem.found, problem.suggestion) == (found, meant)


def test_two_senses_of_a_comma_are_both_given():
    (problem,) = problems("m: {a: 1,050 ct}")
    assert str(problem).endswith("; allowed: '1050 ct' or '1.050 ct'")


def test_a_value_that_means_nothing_gets_an_example():
    (problem,) = problems("m: {a: trangle(1, 2), b: 1}")
    assert problem.suggestion is None
    assert "a value without commas, such as" in str(problem)


def test_numbers_in_a_list_are_numbers_and_a_distribution_is_put_together():
    assert plain(parse_tree(b"m: [1,5, 3]", "f.yaml")) == {"m": ["1", "5", "3"]}
    (problem,) = problems("m: [tri(1, 2, 3) days, 5]")
    assert problem.suggestion == "tri(1 2 3) days"


@pytest.mark.parametrize(
    "text", ["m: {a: 3 days, 5}", "m: {2027: 1, 2028}", "m: {a: '30', 5}", "m: {a: {b: 30}, 5}"]
)
def test_a_key_without_a_value_is_not_the_rest_of_a_number(text):
    (problem,) = problems(text)
    assert "this key has no value" in problem.why


def test_quoted_values_and_values_in_lines_of_their_own_keep_their_commas():
    tree = parse_tree(b"m: {a: 'tri(1, 2, 3)'}\nb: 30,5 days\nc: tri(1, 2, 3)", "f.yaml")
    assert plain(tree) == {"m": {"a": "tri(1, 2, 3)"}, "b": "30,5 days", "c": "tri(1, 2, 3)"}
