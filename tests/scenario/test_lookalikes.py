"""Ids that are added beside one that they resemble."""

import pytest

from diamondsim.plan.check import check
from diamondsim.scenario import load_scenario, shipped_scenarios

STAGES = "facilities.georgia.stages"


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("reinstated-2027")


@pytest.fixture
def above(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def load(text, extends="reinstated-2027", name="above"):
        (tmp_path / f"{name}.yaml").write_text(f"extends: {extends}\ntitle: t\n{text}\n", encoding="utf-8")
        return load_scenario(f"./{name}.yaml")

    return load


def test_a_misspelt_stage_is_told_with_its_place_and_the_id_that_it_looks_like(above, scenario):
    told = "this adds 'constrution', which looks like 'construction'; if both are meant, write both here"
    changed = scenario.override({f"{STAGES}.constrution": "20 months"}, name="--set")
    assert changed.lookalikes == (f"--set {STAGES}.constrution: {told}",)
    written = above("facilities: {georgia: {stages: {constrution: 20 months}}}")
    assert written.lookalikes == (f"above.yaml:3:33: {STAGES}.constrution: {told}",)
    assert written.lookalikes[0] in check(written).warnings


@pytest.mark.parametrize(
    "path, value, near",
    [
        ("grades.micro.unit", "ct", "micron"),
        ("regions.Us.name", "Us", "US"),
        ("drivers.us_balnce", {"uses": ["US.polishing"], "points": {"2027-01-01": "2"}}, "us_balance"),
        ("producers.cn_maker", {"region": "CN", "capacity": {"micron": "1 Mct/yr"}}, "cn_makers"),
        ("controls.cn_56.covers", {"from": "CN", "grades": ["mesh"]}, ""),
        ("inventory_policy.JP.any.cover", "5 days", ""),
        ("facilities.georgia.stages.permits", "2 months", ""),
    ],
)
def test_an_id_is_told_if_it_looks_like_another_and_not_if_only_its_number_differs(
    scenario, path, value, near
):
    told = scenario.override({path: value}).lookalikes
    assert bool(told) == bool(near)
    assert all(f"which looks like '{near}'" in text for text in told)


def test_who_names_both_means_both(above, scenario):
    both = {"construction": "20 months", "constructions": "2 months"}
    assert scenario.override({STAGES: both}).lookalikes == ()
    assert scenario.override({f"{STAGES}.{key}": value for key, value in both.items()}).lookalikes
    above("facilities: {georgia: {stages: {constructions: 2 months}}}", name="below")
    assert above("", extends="./below.yaml").lookalikes
    named = "facilities: {georgia: {stages: {construction: 24 months, constructions: 3 months}}}"
    assert above(named, extends="./below.yaml").lookalikes == ()


@pytest.mark.parametrize("deleted", ["construction", "constrution"])
def test_what_is_deleted_later_is_told_no_more(scenario, deleted):
    changed = scenario.override({f"{STAGES}.constrution": "20 months"})
    assert changed.override({"title": "t"}).lookalikes == changed.lookalikes
    assert changed.override({f"{STAGES}.{deleted}": None}).lookalikes == ()


def test_no_shipped_scenario_adds_an_id_that_looks_like_another():
    names = [listing.name for listing in shipped_scenarios() if not listing.component]
    assert {name: load_scenario(name).lookalikes for name in names} == dict.fromkeys(names, ())
