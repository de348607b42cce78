"""Every answer says which scenario it is of, what was changed, and whether replications were too few."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xarray as xr

BAN = str(Path(__file__).parents[1] / "theory" / "exponential-ban.yaml")
CHANGED = ("--set", "horizon.length=210 days", "--set", "legal_state=As assumed", "--set", "title=Asked")
COVER = "inventory_policy.u.cover"
USE = ("--use", "home.u")
ANSWERS = {
    "sensitivity": (BAN, *USE, "-n", "2"),
    "sensitivity --design": (BAN, *USE, "-n", "2"),
    "discover": (BAN, *USE, "-n", "2"),
    "flip": (BAN, COVER, *USE, "--threshold", "50%", "--from", "9 days", "--to", "300 days", "-n", "2"),
    "flip of pairs": (
        *(BAN, *USE, "--threshold", "50%", "--pair", COVER, "inventory_policy.u.backorder_share"),
        *("--range", f"{COVER}=9 days..300 days", "--range", "inventory_policy.u.backorder_share=0%..90%"),
        *("--levels", "1", "-n", "2"),
    ),
    "marginal": (BAN, "--step", f"{COVER}=5 days", "-n", "2"),
    "worst-start": (
        *("lapse-2027", "cn_55", "--use", "US.polishing", "--from", "2027-01-11"),
        *("--to", "2027-02-11", "--points", "2", "-n", "2"),
    ),
    "reverse-stress": (BAN, *USE, "--shock", f"{COVER}=300 days..9 days", "-n", "2"),
    "size-stock": (BAN, "home.u", "--chance", "60%", "--most", "300 days", "-n", "16"),
    "independence": (BAN, "--set", "tracked_origin=away", "-n", "2"),
}
"""The words of each command that answers a question on one scenario, with few replications."""
OWN_LIMIT = {"sensitivity", "sensitivity --design", "discover", "size-stock"}
"""Commands that name the number of replications they need, or refuse fewer."""


def words_of(command: str) -> list[str]:
    name, *options = command.removesuffix(" of pairs").split()
    return [name, *ANSWERS[command], *options, *CHANGED]


@pytest.mark.parametrize("command", ANSWERS)
def test_the_table_names_the_scenario_its_legal_state_and_its_changes(call, command):
    code, out, err = call(*words_of(command))
    assert code == 0, err
    lines = out.splitlines()
    assert max(map(len, lines)) <= 110
    assert "Asked" in lines
    assert any(line.startswith("as of ") and line.endswith("legal state: As assumed") for line in lines)
    assert any(line.startswith("changed: ") and "horizon.length=210 days" in line for line in lines)
    assert "nan" not in out.lower()
    if command not in OWN_LIMIT:
        assert "too few for an estimate: use 20 or more." in out


@pytest.mark.parametrize("command", ANSWERS)
def test_the_document_and_the_dataset_name_them_too(call, command, tmp_path):
    file = tmp_path / "out.nc"
    code, out, err = call(*words_of(command), "--json", "-o", str(file))
    assert code == 0, err
    document = json.loads(out)
    assert document["title"] == "Asked"
    assert document["legal_state"] == "As assumed"
    assert "horizon.length=210 days" in document["changes"]
    assert (document["seed"], len(document["scenario_hash"])) == (0, 64)
    assert document["dataset"] == str(file)
    with xr.open_dataset(file, engine="h5netcdf", decode_timedelta=False) as dataset:
        assert dataset.attrs["legal_state"] == "As assumed"
        assert "horizon.length=210 days" in dataset.attrs["changes"].splitlines()
        assert dataset.attrs["scenario_hash"] == document["scenario_hash"]


def test_scenarios_side_by_side_say_that_they_are_too_few(call):
    both = (BAN, "--variant", f"more: {COVER}=200 days", "-n", "2", *CHANGED)
    code, out, _ = call("compare", *both)
    assert code == 0
    assert "2 replications of each scenario are too few for an estimate: use 20 or more." in out
    code, out, _ = call("mixture", "calm=50%", "rollover=50%", "-n", "1", "--set", "horizon.length=20 weeks")
    assert code == 0
    assert "1 replication of each scenario is too few for an estimate: use 20 or more." in out
    assert "changed in every scenario: horizon.length=20 weeks" in out


SEVERAL = {
    "select": (BAN, "--indifference", "40%", *USE, "-q"),
    "information": (BAN, *USE, "-n", "64", "-q"),
}
"""The words of commands on several scenarios, the first with its variant `more` beside it."""


@pytest.mark.parametrize("command", SEVERAL)
def test_commands_on_several_scenarios_say_what_each_is(call, command, tmp_path):
    file = tmp_path / "out.nc"
    given = (command, *SEVERAL[command], "--variant", f"more: {COVER}=300 days", *CHANGED)
    code, out, err = call(*given)
    assert code == 0, err
    text = " ".join(out.split())
    assert "Asked; changed: horizon.length=210 days" in text
    assert text.count("legal state: As assumed") == 1, "it is said once where all assume it"
    assert (
        f"more: Asked; changed: horizon.length=210 days, legal_state=As assumed, title=Asked, {COVER}" in text
    )
    code, out, err = call(*given, "--json", "-o", str(file))
    assert code == 0, err
    scenarios = json.loads(out)["scenarios"]
    assert {each["legal_state"] for each in scenarios.values()} == {"As assumed"}
    assert f"{COVER}=300 days" in scenarios["more"]["changes"]
    assert {len(each["scenario_hash"]) for each in scenarios.values()} == {64}
    with xr.open_dataset(file, engine="h5netcdf", decode_timedelta=False) as dataset:
        assert dataset["scenario_legal_state"].values.tolist() == ["As assumed"] * 2
        assert dataset["scenario_hash"].values.tolist() == [e["scenario_hash"] for e in scenarios.values()]
