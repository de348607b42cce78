import pytest

from diamondsim.errors import ScenarioError
from tests.scenario.small import small

COVER, TRUST = "inventory_policy.US.civil.cover", "inventory_policy.any.queue_weight"


def said(*pairs: str) -> tuple[str, str]:
    return "title: Small\n", f"title: Small\ncorrelation: {{{', '.join(pairs)}}}\n"


@pytest.mark.parametrize(
    "pairs, message",
    [
        (
            ["inventory_policy.any.queue_weight: 0.5"],
            "expected a pair of inputs, found 'inventory_policy.any.queue_weight'; allowed: 'NAME ~ NAME'",
        ),
        (["a ~ b ~ c: 0.5"], "expected a pair of inputs, found 'a ~ b ~ c'; allowed: 'NAME ~ NAME'"),
        (["a ~: 0.5"], "expected a pair of inputs, found 'a ~'"),
        (["a ~ a: 0.5"], "correlation.a ~ a: an input is correlated with itself"),
        (["a ~ b: 0.5", "b ~ a: 0.4"], "'b ~ a' names the same pair as 'a ~ b' in line 2"),
        (["a ~ b: 1.2"], "correlation.a ~ b: '1.2' "),
        (["a ~ b: -1.2"], "correlation.a ~ b: '-1.2' "),
        (["a ~ b: uniform(0 1)"], "expected a fixed number, found the distribution 'uniform(0 1)'"),
    ],
)
def test_a_wrong_pair_is_reported(pairs, message):
    with pytest.raises(ScenarioError) as caught:
        small(said(*pairs))
    assert [message in str(problem) for problem in caught.value.problems] == [True]


def test_a_correlation_is_read_as_a_number_or_in_percent():
    scenario = small(said(f"{COVER} ~ {TRUST}: -50%", f"{COVER} ~ x: 0.3"))
    assert dict(scenario.correlation) == {f"{COVER} ~ {TRUST}": -0.5, f"{COVER} ~ x": 0.3}


def test_an_override_adds_a_pair():
    scenario = small().override({"correlation": {f"{COVER} ~ {TRUST}": 0.5}})
    assert scenario.correlation[f"{COVER} ~ {TRUST}"] == 0.5
