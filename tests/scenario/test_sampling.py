"""The key `sampling`: its values, and the dimensions of a resolved scenario."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan import on_same_dimensions, with_dimensions
from diamondsim.scenario import load_scenario, read_scenario
from tests.scenario.small import small


def said(text: str) -> tuple[str, str]:
    return "title: Small\n", f"title: Small\nsampling: {text}\n"


@pytest.mark.parametrize(
    "text, message",
    [
        ("{method: sobl}", "sampling.method: unknown word 'sobl'; did you mean 'sobol'?"),
        ("{method: halton}", "sampling.method: unknown word 'halton'; allowed: random, sobol, latin"),
        ("{metod: sobol}", "sampling.metod: unknown key 'metod'; did you mean 'method'?"),
        ("sobol", "sampling: expected a map, found 'sobol'"),
        (
            "{dimensions: {a: 0}}",
            "sampling.dimensions.a: '0' is not a dimension; allowed: a whole number from 1",
        ),
        ("{dimensions: {a: 21202}}", "'21202' is not a dimension; allowed: a whole number from 1 to 21201"),
        ("{dimensions: {a: 1.5}}", "'1.5' is not a dimension"),
        ("{dimensions: {a: -3}}", "'-3' is not a dimension"),
        (
            "{dimensions: {a: 5, b: 5}}",
            "sampling.dimensions.b: dimension 5 is already used by 'a'; each name needs its own",
        ),
    ],
)
def test_a_wrong_value_is_reported(text, message):
    with pytest.raises(ScenarioError) as caught:
        small(said(text))
    assert [message in str(problem) for problem in caught.value.problems] == [True]


def test_without_the_key_it_is_plain_random():
    assert small().sampling.method == "random"
    assert dict(small().sampling.dimensions) == {}


def test_dimensions_are_read_as_whole_numbers():
    scenario = small(said("{method: sobol, dimensions: {inventory_policy.any.cover: 7, '3/a b': 12}}"))
    assert dict(scenario.sampling.dimensions) == {"inventory_policy.any.cover": 7, "3/a b": 12}


def test_dimensions_are_no_numbers_of_the_world_that_want_a_source():
    before = len(small().numbers)
    assert len(small(said("{method: sobol, dimensions: {inventory_policy.any.cover: 7}}")).numbers) == before


@pytest.fixture(scope="module")
def spread():
    return load_scenario("reinstated-2027").override({"sampling": {"method": "sobol"}})


def test_the_resolved_scenario_carries_the_dimensions_and_reads_back_equal(spread):
    settled = with_dimensions(spread)
    assert len(settled.sampling.dimensions) > 40
    again = read_scenario(settled.dump())
    assert again == settled
    assert again.hash == settled.hash
    assert with_dimensions(again) is again
    assert settled.outdated == spread.outdated


def test_other_methods_need_no_dimensions():
    for method in ("random", "latin"):
        scenario = load_scenario("calm").override({"sampling.method": method})
        assert with_dimensions(scenario) is scenario


def test_scenarios_that_are_run_together_have_the_dimensions_of_the_first(spread):
    other = spread.override({"controls.cn_55.diversion": None, "facilities.georgia.ramp": "20 months"})
    first, second = (each.sampling.dimensions for each in on_same_dimensions([spread, other]))
    alone = with_dimensions(other).sampling.dimensions
    assert dict(second) == dict(first)
    assert alone.keys() < first.keys()
    assert {name for name in alone if alone[name] != first[name]}


def test_a_dimension_that_a_scenario_gives_itself_counts_more_than_that_of_the_first(spread):
    first = with_dimensions(spread).sampling.dimensions
    own = {"inventory_policy.any.queue_weight": first["inventory_policy.any.cover"]}
    (_, second) = on_same_dimensions([spread, spread.override({"sampling.dimensions": own})])
    given = second.sampling.dimensions
    assert given["inventory_policy.any.queue_weight"] == first["inventory_policy.any.cover"]
    assert len(set(given.values())) == len(given)
    moved = {name for name in given if given[name] != first[name]}
    assert moved == {"inventory_policy.any.queue_weight", "inventory_policy.any.cover"}
