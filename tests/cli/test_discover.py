"""The command `diamondsim discover`: its conditions in words, its document, its mistakes."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.results import write_netcdf

OF_FILE = ("--use", "US.polishing", "--metric", "shortage", "--above", "0.01")


@pytest.fixture(scope="module")
def run():
    scenario = ds.load_scenario("lapse-2027").override({"horizon.length": "60 weeks"})
    return ds.monte_carlo(scenario, replications=400, seed=2)


@pytest.fixture(scope="module")
def file(run, tmp_path_factory):
    # Where there is a shortage is known: where fabs hold less than 50 days, and licences are few.
    cover = run["input_value"].sel(input="inventory_policy.polishing.cover").values
    rate = run["input_value"].sel(input="cn_55/spell0/long_run_rate").values
    shortage = np.where((cover < 50) & (rate < 0.6), 0.02, 0.0)
    made = run.copy()
    made["shortage"] = made["shortage"].copy()
    made["shortage"].loc[{"region": "US", "use": "polishing"}] = shortage
    return str(write_netcdf(made, tmp_path_factory.mktemp("kept") / "run.nc"))


def test_conditions_are_words_with_units(call, file):
    code, out, err = call("discover", file, *OF_FILE, "--boxes", "1")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "When shortage above 0.01 holds for US.polishing"
    (cover,) = (line for line in lines if line.startswith("  inventory_policy.polishing.cover <= "))
    assert 47 < float(cover.split()[2]) < 53
    assert cover.split()[3] == "days"
    rate = "  controls.cn_55.licensing.*.long_run_rate in the first spell in the lowest "
    (of_rate,) = (line for line in lines if line.startswith(rate))
    assert 56 <= int(of_rate.removeprefix(rate).split()[0]) <= 64
    assert of_rate.endswith(" % of its draws")
    assert max(map(len, lines)) <= 110


def test_the_document_has_the_limits_as_numbers(call, file, tmp_path):
    target = str(tmp_path / "found.nc")
    code, out, err = call("discover", file, *OF_FILE, "--json", "-o", target)
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["condition"] == "shortage above 0.01"
    assert document["dataset"] == target
    box = document["boxes"][0]
    assert box["density"]["low"] <= box["density"]["estimate"] <= box["density"]["high"]
    limits = {each["path"]: each for each in box["limits"]}
    cover = limits["inventory_policy.polishing.cover"]
    assert cover["above"] is None
    assert cover["unit"] == "days"
    assert cover["at_most"] == pytest.approx(50, abs=3)
    assert cover["text"] in call("discover", file, *OF_FILE)[1]
    assert document["leaves"][0]["limits"]
    assert document["warnings"] == ["only 1 of 2 boxes: what is left has no pattern, or too few cases"]


def test_a_scenario_is_run_first_and_too_few_cases_are_told(call):
    words = ("--set", "horizon.length=10 weeks", "-n", "20", "--workers", "1", "--seed", "4")
    code, out, err = call("discover", "lapse-2027", "--use", "US.polishing", *words)
    assert code == 0
    assert err.startswith("warning: the horizon ends on ")  # before a date of the control
    assert len(err.splitlines()) == 1
    assert "of 20 replications, seed 4" in out
    assert "warning: US.polishing goes short in " in out
    assert "Box" not in out


@pytest.mark.parametrize(
    "words, told",
    [
        (("--use", "US.polising"), "--use: the dataset has no 'polising'; did you mean 'polishing'?"),
        (("--use", "US.polishing", "--metric", "shortage"), "--metric shortage: expected --above or --below"),
        (("--use", "US.polishing", "--above", "3"), "--metric short: expected no --above and no --below"),
        (("--use", "US.polishing", "-n", "80"), "-n: only for a SCENARIO"),
        (("--use", "US.polishing", "--density", "80"), "did you mean '80%'?"),
    ],
)
def test_a_mistake_is_one_clear_line(call, file, words, told):
    code, out, err = call("discover", file, *words)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())


def test_a_zarr_store_is_read_as_a_file_of_netcdf_is(call, file, tmp_path):
    pytest.importorskip("zarr")
    store = str(ds.save(xr.load_dataset(file), tmp_path / "run.zarr"))
    assert call("discover", store, *OF_FILE) == call("discover", file, *OF_FILE)
    place = ("--use", "US.polishing")
    assert call("sensitivity", store, *place) == call("sensitivity", file, *place)
    script = call("sensitivity", store, *place, "--show-python")[1]
    assert 'engine="zarr"' in script
    code, _, err = call("discover", store, *OF_FILE, "-n", "5")
    assert (code, "-n: only for a SCENARIO" in err) == (2, True)


@pytest.mark.parametrize("command", ["discover", "sensitivity"])
def test_a_file_of_tables_is_refused_with_what_is_expected(call, command):
    code, _, err = call(command, "run.csv", "--use", "US.polishing")
    assert code == 2
    assert "expected a SCENARIO or a FILE that ends in .nc or .zarr, found 'run.csv'" in err


def test_the_name_of_a_result_is_no_shipped_scenario(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = call("run", "absent.nc")
    assert (code, "absent.nc: there is no such file" in err) == (2, True)
