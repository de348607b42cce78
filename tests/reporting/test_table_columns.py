"""The columns of the printed table that a Dataset of a run does not have."""

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.plan.check import check
from diamondsim.reporting import build_report, with_table_columns
from tests.cli.short_runs import BAN, CHANGES

BOUNDS = ("estimate", "low", "high")
STOCKED = {"inventory_policy.u.opening": "20 days", "inventory_policy.u.cover": "20 days"}


@pytest.fixture(scope="module")
def runs():
    usual = ds.load_scenario(BAN).override(dict(change.split("=") for change in CHANGES))
    return usual, *(
        ds.monte_carlo(each, replications=50, seed=3, workers=1) for each in (usual, usual.override(STOCKED))
    )


def test_they_are_those_of_the_report(runs):
    scenario, run, baseline = runs
    report = build_report(scenario, run, check=check(scenario), baseline=baseline)
    found = with_table_columns(run, baseline=baseline)
    one = found.sel(region="home", use="u")
    (row,) = report.rows
    base = report.baseline_rows["home", "u"]
    assert row.onset is not None
    for end in ("median", "early", "late"):
        assert one[f"begins_{end}"].values == np.datetime64(getattr(row.onset, end))
        assert one[f"baseline_begins_{end}"].values == np.datetime64(getattr(base.onset, end))
    for name, estimate in (
        ("baseline_probability_of_shortage", base.chance),
        ("baseline_peak_shortfall_cvar", base.depth),
        ("probability_less_baseline", report.differences["home", "u"]),
    ):
        values = (estimate.value, estimate.low, estimate.high)
        assert tuple(one[name].sel(bound=bound).item() for bound in BOUNDS) == values
    away = found.sel(region="away", use="u")
    assert np.isnat(away["begins_median"].values)
    assert away["probability_less_baseline"].isnull().all()
    assert found.drop_vars(found.data_vars.keys() - run.data_vars.keys()).identical(run)


def test_without_a_baseline_nothing_is_said_of_one(runs):
    _, run, _ = runs
    found = with_table_columns(run)
    assert found.data_vars.keys() - run.data_vars.keys() == {
        f"begins_{end}" for end in ("median", "early", "late")
    }


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"run": None}, "run: expected the Dataset of monte_carlo, found None"),
        ({"baseline": "calm"}, "baseline: expected the Dataset of monte_carlo, found 'calm'"),
        ({"run": xr.Dataset()}, "run: .*without peak_shortfall and first_shortage"),
    ],
)
def test_what_is_no_run_is_refused_by_the_name_of_its_argument(runs, wrong, told):
    given = {"run": runs[1], **wrong}
    with pytest.raises(ValueError, match=told):
        with_table_columns(given.pop("run"), **given)
