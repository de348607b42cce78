"""Tables that `run` writes to files."""

import csv
from datetime import datetime

import xarray as xr

import diamondsim as ds
from diamondsim.plan.check import check
from diamondsim.reporting import build_report
from tests.cli.short_runs import BAN, CHANGES, RUN


def test_the_tables_of_a_run_have_when_shortages_begin_and_the_dataset_does_not(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = (*RUN, "-n", "50", "--seed", "3", "--baseline", "none")
    assert call(*words, "-o", "run.csv")[0] == call(*words, "-o", "run.nc")[0] == 0
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    scenario = ds.load_scenario(BAN).override(dict(change.split("=") for change in CHANGES))
    run = ds.monte_carlo(scenario, replications=50, seed=3, workers=1)
    (use,) = build_report(scenario, run, check=check(scenario)).rows
    assert use.onset is not None
    assert datetime.fromisoformat(row["begins_median"]).date() == use.onset.median
    with xr.open_dataset("run.nc", engine="h5netcdf") as kept:
        assert kept.data_vars.keys() == run.data_vars.keys()
