import json

import pytest

from diamondsim.distributions import Constant, Triangular
from diamondsim.errors import ScenarioError
from diamondsim.scenario import read_scenario
from tests.scenario.small import changed, small

BUYER = "aggregate: US.grinding, share: 10%"


def said(*buyers: str) -> tuple[str, str]:
    lines = "".join(f"\n  firm{k}: {{{about}}}" for k, about in enumerate(buyers))
    return "title: Small\n", f"title: Small\nbuyers:{lines}\n"


@pytest.mark.parametrize(
    "buyers, message",
    [
        (
            ["aggregate: grinding, share: 10%"],
            "buyers.firm0.aggregate: expected an aggregate, found 'grinding'; allowed: one REGION.USE",
        ),
        (["aggregate: EU.grinding, share: 10%"], "buyers.firm0.aggregate: unknown region 'EU'"),
        (["aggregate: US.grindin, share: 10%"], "unknown use 'grindin'; did you mean 'grinding'?"),
        (["aggregate: CN.shells, share: 10%"], "CN has no demand for shells; allowed: CN.grinding"),
        (["aggregate: US.any, share: 10%"], "unknown use 'any'"),
        (["aggregate: US.grinding"], "buyers.firm0: the key 'share' is missing"),
        (["aggregate: US.grinding, share: 0%"], "buyers.firm0.share: the share of a buyer must be above 0%"),
        (
            ["aggregate: US.grinding, share: uniform(0 0.1)"],
            "expected a fixed number, found the distribution 'uniform(0 0.1)'",
        ),
        (
            ["aggregate: US.grinding, share: 60%", "aggregate: US.grinding, share: 40%"],
            "the buyers of US.grinding take 100% of it (firm0 60%, firm1 40%); some must remain",
        ),
        ([f"{BUYER}, suppliers: {{cm: 10%}}"], "buyers.firm0.suppliers.cm: unknown producer 'cm'"),
        ([f"{BUYER}, suppliers: {{plant: 10%}}"], "unknown producer 'plant'"),
        (
            [f"{BUYER}, suppliers: {{cn: {{lead: 3 days}}}}"],
            "buyers.firm0.suppliers.cn: the key 'share' is missing",
        ),
        (
            [f"{BUYER}, suppliers: {{cn: 50%}}, qualify: {{cn: {{from: 2027-01-01, share: 10%}}}}"],
            "buyers.firm0.qualify.cn: 'cn' is already a supplier; only a new source can be qualified",
        ),
        (
            [f"{BUYER}, qualify: {{mill: {{share: 10%}}}}"],
            "buyers.firm0.qualify.mill: the key 'from' is missing",
        ),
        (
            [f"{BUYER}, pre_buy: {{date: 2027-02-01, until: 2027-02-01}}"],
            "buyers.firm0.pre_buy: the pre-buy ends before it begins",
        ),
        (
            [f"{BUYER}, inventory_policy: {{noise: {{cv: 10%}}}}"],
            "buyers.firm0.inventory_policy.noise: unknown key 'noise'",
        ),
    ],
)
def test_a_wrong_buyer_is_reported(buyers, message):
    with pytest.raises(ScenarioError) as caught:
        small(said(*buyers))
    assert [message in str(problem) for problem in caught.value.problems] == [True]


def test_a_buyer_is_read_with_its_parts():
    about = (
        f"{BUYER}, suppliers: {{cn: 70%}}, pre_buy: {{date: 2027-01-15, until: 2027-03-01, extra: 60 days}}, "
        "qualify: {mill: {from: 2027-01-01, time: tri(6 12 18) days, share: 30%}}"
    )
    buyer = small(said(about)).buyers["firm0"]
    assert (buyer.region, buyer.use, buyer.share) == ("US", "grinding", 0.1)
    assert buyer.suppliers["cn"].share == Constant(0.7)
    assert buyer.pre_buy.extra == Constant(60.0)
    assert buyer.qualify["mill"].time == Triangular(6.0, 12.0, 18.0)


def test_all_problems_of_a_buyer_are_reported_at_once():
    with pytest.raises(ScenarioError) as caught:
        small(
            said(
                "aggregate: US.grindin, share: 120%, pre_buy: {date: 2027-02-01, until: soon}, "
                "suppliers: {cm: 1}"
            )
        )
    assert [problem.path for problem in caught.value.problems] == [
        "buyers.firm0.aggregate",
        "buyers.firm0.share",
        "buyers.firm0.pre_buy.until",
        "buyers.firm0.suppliers.cm",
    ]


FULL = {
    "buyers": {
        "firm": {
            "name": "Firm",
            "aggregate": "US.grinding",
            "share": "10%",
            "suppliers": {"cn": {"share": "50%", "lead": "3 days"}},
            "inventory_policy": {"cover": "60 days", "opening": "90 days"},
            "pre_buy": {"date": "2027-01-01", "until": "2027-02-01", "extra": "9 days", "max_order": "2"},
            "qualify": {"mill": {"from": "2027-01-01", "time": "9 days", "share": "30%"}},
        }
    },
    "registry": {"regions": ["US"], "queue_weight": "90%"},
    "correlation": {"inventory_policy.US.civil.cover ~ producers.cn.lead.US": "0.5"},
}


def places(value, path=()):
    yield path
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from places(item, (*path, key))


def files_blamed_for(text):
    """Return the files that are blamed; nothing where the text can be read."""
    try:
        read_scenario(text, name="small.yaml")
    except ScenarioError as error:
        return {problem.file for problem in error.problems} or {"nobody"}
    return set()


@pytest.mark.parametrize("junk", ["?", "-1", "2027-01-01", {}, ["?"], "tri(1 2 3) days"])
@pytest.mark.parametrize("path", [path for path in places(FULL) if path], ids=".".join)
def test_any_value_is_read_or_reported(path, junk):
    """Never anything but a ScenarioError, whatever is broken, and whatever else is broken with it."""

    def broken(value, rest):
        if not rest:
            return junk
        return {k: broken(item, rest[1:]) if k == rest[0] else item for k, item in value.items()}

    text = yaml(broken(FULL, path))
    assert files_blamed_for(changed() + text) <= {"small.yaml"}
    with pytest.raises(ScenarioError, match="much"):
        read_scenario(
            changed(("US: {grinding: 36.525 Mct/yr", "US: {grinding: much")) + text, name="small.yaml"
        )


def test_the_unbroken_example_is_valid():
    assert read_scenario(changed() + yaml(FULL), name="small.yaml").buyers["firm"].share == 0.1


def yaml(value, depth=0):
    if not isinstance(value, dict) or not value:
        return f" {json.dumps(value)}\n"
    inner = "".join(f"{'  ' * depth}{json.dumps(k)}:{yaml(item, depth + 1)}" for k, item in value.items())
    return inner if depth == 0 else f"\n{inner}"
