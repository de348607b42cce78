"""The command `diamondsim sensitivity`: of a run that is kept, and of a scenario."""

from __future__ import annotations

import json

import pytest
import xarray as xr

import diamondsim as ds
import diamondsim.simulation
from diamondsim.results import write_netcdf
from tests.cli.short_runs import BAN

SHORT = ("--set", "horizon.length=26 weeks")
OF_SCENARIO = ("sensitivity", "lapse-2027", "--use", "US.polishing", *SHORT, "-n", "50", "--workers", "1")


@pytest.fixture(scope="module")
def run():
    scenario = ds.load_scenario("lapse-2027").override({"horizon.length": "26 weeks"})
    return ds.monte_carlo(scenario, replications=300, seed=2)


@pytest.fixture(scope="module")
def file(run, tmp_path_factory):
    return str(write_netcdf(run, tmp_path_factory.mktemp("kept") / "run.nc"))


def test_the_table_has_the_inputs_that_matter_most_and_the_warnings(call, file, run):
    code, out, err = call("sensitivity", file, "--use", "US.polishing", "--metric", "shortage", "--most", "3")
    assert (code, err) == (0, "")
    found = ds.sensitivity(run, region="US", use="polishing", metric="shortage")
    lines = out.splitlines()
    assert lines[0] == "What drives shortage of US.polishing"
    assert "300 replications, seed 2; 95 % intervals in brackets" in lines
    first = next(k for k, line in enumerate(lines) if line.startswith("input ")) + 1
    estimate, low, high = found["first_order"].values[0]
    assert f"{estimate:.2f} [{low:.2f}, {high:.2f}]" in lines[first]
    assert lines[first + 3] == f"and {found.sizes['input'] - 3} more with smaller first-order indices"
    for line in found.attrs["warnings"].splitlines():
        assert f"warning: {line}" in out.replace("\n", " ")
    assert max(map(len, lines)) <= 110


def test_the_document_has_every_input_and_the_dataset_is_written(call, file, run, tmp_path):
    target = str(tmp_path / "found.nc")
    words = ("sensitivity", file, "--use", "US.polishing", "--metric", "shortage", "--json", "-o", target)
    code, out, err = call(*words)
    assert (code, err) == (0, "")
    document = json.loads(out)
    found = ds.sensitivity(run, region="US", use="polishing", metric="shortage")
    assert [each["input"] for each in document["inputs"]] == found["input"].values.tolist()
    first = document["inputs"][0]
    assert first["first_order"]["estimate"] == pytest.approx(float(found["first_order"][0, 0]))
    assert {"path", "unit", "distribution", "basis", "pawn", "srrc", "prcc"} <= first.keys()
    assert document["warnings"] == found.attrs["warnings"].splitlines()
    assert document["dataset"] == target
    with xr.open_dataset(target) as written:
        assert written.attrs["metric"] == "shortage"


def test_a_scenario_is_run_first(call):
    code, out, err = call(*OF_SCENARIO, "--seed", "5")
    assert code == 0
    assert err.startswith("warning: the horizon ends on ")  # before a date of the control
    assert len(err.splitlines()) == 1
    assert out.startswith("What decides whether US.polishing goes short\n")
    assert "50 replications, seed 5" in out


def test_what_cannot_be_estimated_is_a_dash_or_null_and_no_zero(call):
    few = (*OF_SCENARIO[:-4], "-n", "8")
    code, out, _ = call(*few)
    assert code == 0
    assert "expected 40 replications or more, found 8" in out
    assert "0.00" not in out
    _, as_json, _ = call(*few, "--json")
    document = json.loads(as_json)
    assert document["rank_r2"] is None
    assert document["inputs"][0]["first_order"] == {"estimate": None, "low": None, "high": None}


@pytest.mark.parametrize(
    "words, told",
    [
        (("--use", "US.polising"), "--use: the dataset has no 'polising'; did you mean 'polishing'?"),
        (("--use", "UK.polishing"), "--use: the dataset has no 'UK'"),
        (("--use", "polishing"), "--use expects REGION.USE, as in US.polishing, found 'polishing'"),
        (("--use", "US.polishing", "--metric", "first_short"), "did you mean 'first_shortage'?"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest_before_the_run(call, file, words, told, monkeypatch):
    code, out, err = call("sensitivity", file, *words)
    assert (code, out) == (2, "")
    assert told in err
    whole = diamondsim.simulation.monte_carlo

    def one_only(scenario, *, replications, **options):
        assert replications == 1, "minutes of work before a name is refused"
        return whole(scenario, replications=replications, **options)

    monkeypatch.setattr("diamondsim.simulation.monte_carlo", one_only)
    code, out, err = call("sensitivity", "lapse-2027", *words, *SHORT)
    assert (code, out) == (2, "")
    assert told in err


def test_options_of_a_run_do_not_go_with_a_file(call, file):
    code, _, err = call("sensitivity", file, "--use", "US.polishing", "-n", "80", "--seed", "1")
    assert code == 2
    assert "-n, --seed: only for a SCENARIO" in err


def test_a_file_that_is_missing_or_no_dataset_is_refused(call, tmp_path):
    other = tmp_path / "other.nc"
    other.write_text("text")
    for path, why in ((tmp_path / "no.nc", "No such file"), (other, "cannot read")):
        code, out, err = call("sensitivity", str(path), "--use", "US.polishing")
        assert (code, out) == (2, "")
        assert why in err
    write_netcdf(xr.Dataset({"x": 1}), tmp_path / "x.nc")
    code, _, err = call("sensitivity", str(tmp_path / "x.nc"), "--use", "US.polishing")
    assert code == 2
    assert "expected `input_value`" in err


DESIGN = ("sensitivity", str(BAN), "--design", "--use", "home.u", "--metric", "shortage", "--workers", "1")
DESIGNED = (
    *("--set", "horizon.length=120 days", "--set", "controls.ban.sojourn.banned=uniform(60 90) days"),
    *("--set", "inventory_policy.u.opening=uniform(20 40) days"),
)


def test_a_design_gives_first_order_and_total_indices_of_groups(call, tmp_path):
    target = str(tmp_path / "design.nc")
    words = (
        *DESIGN,
        *DESIGNED,
        "-n",
        "64",
        "--group",
        "ban=controls.*",
        "--group",
        "stock=inventory_policy.*",
    )
    code, out, err = call(*words)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "What drives shortage of home.u, by design"
    assert "5 runs of 64 replications, seed 0; 95 % intervals in brackets" in lines
    assert max(map(len, lines)) <= 110
    document = json.loads(call(*words, "--json", "-o", target)[1])
    assert [each["group"] for each in document["groups"]] == ["ban", "stock", "everything else"]
    first = document["groups"][0]
    shown = "{estimate:.2f} [{low:.2f}, {high:.2f}]"
    (row,) = (line for line in lines if line.startswith("ban "))
    assert row.endswith(shown.format(**first["total"]))
    assert shown.format(**first["first_order"]) in row
    assert document["dataset"] == target
    with xr.open_dataset(target) as written:
        assert written.attrs["runs"] == 5


@pytest.mark.parametrize(
    "words, told",
    [
        (
            (*DESIGN, "--group", "ban"),
            "--group expects NAME=PATH,..., as in stocks=inventory_policy.*, found",
        ),
        ((*DESIGN, *DESIGNED, "--group", "ban=control"), "group ban: no uncertain input is at 'control'"),
        ((*DESIGN, *DESIGNED, "-n", "20000"), "expected an integer from 1 to 16384, found 20000"),
        (("sensitivity", "x.nc", "--design", "--use", "home.u"), "--design: expected a SCENARIO"),
        (("sensitivity", "X.NC", "--design", "--use", "home.u"), "--design: expected a SCENARIO"),
        (("sensitivity", "X.NC", "--use", "home.u"), "cannot read X.NC"),
        (("sensitivity", "x.nc", "--group", "a=b", "--use", "home.u"), "--group: only with --design"),
    ],
)
def test_a_mistake_of_a_design_is_one_clear_line(call, words, told):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
