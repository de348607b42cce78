"""The columns of the printed table that a Dataset of a run does not have."""

import datetime as dt

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
        ("baseline_shortage_depth_median", base.depth_if_short),
        ("probability_less_baseline", report.differences["home", "u"]),
    ):
        values = (estimate.value, estimate.low, estimate.high)
        assert tuple(one[name].sel(bound=bound).item() for bound in BOUNDS) == values
    away = found.sel(region="away", use="u")
    assert np.isnat(away["begins_median"].values)
    assert away["probability_less_baseline"].isnull().all()
    assert found.drop_vars(found.data_vars.keys() - run.data_vars.keys()).identical(run)


def test_nodes_of_a_comparison_have_the_columns_of_their_runs(runs):
    _, run, baseline = runs
    root = xr.Dataset(coords={"metric": ["m"]})
    tree = xr.DataTree.from_dict({"/": root, "/now": run, "/before": baseline})
    found = with_table_columns(tree.children["now"], baseline=tree.children["before"])
    xr.testing.assert_identical(found, with_table_columns(run, baseline=baseline))


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
        ({"run": xr.Dataset()}, "run: .*without peak_shortfall, first_shortage, the dimension region"),
    ],
)
def test_what_is_no_run_is_refused_by_the_name_of_its_argument(runs, wrong, told):
    given = {"run": runs[1], **wrong}
    with pytest.raises(ValueError, match=told):
        with_table_columns(given.pop("run"), **given)


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"metrics.threshold": "50%"}, r"baseline: expected a shortage above 0.05 of demand, .*found 0\.5"),
        ({"metrics.window": "14 days"}, "baseline: expected a window of"),
        ({"horizon.length": "40 days"}, "baseline: expected 60 ticks, as in the run, found 40"),
        ({"horizon.start": dt.date(2030, 5, 1)}, "baseline: expected a start on"),
    ],
    ids=lambda each: each if isinstance(each, str) else next(iter(each)),
)
def test_a_baseline_that_measures_something_else_is_refused(runs, changes, told):
    other = ds.monte_carlo(runs[0].override(changes), replications=50, seed=3, workers=1)
    with pytest.raises(ValueError, match=told):
        with_table_columns(runs[1], baseline=other)


@pytest.mark.parametrize("options", [{"seed": 4}, {"seed": 5}])
def test_a_baseline_with_other_random_numbers_is_refused(runs, options):
    other = ds.monte_carlo(runs[0], replications=50, workers=1, **options)
    with pytest.raises(
        ValueError, match=f"baseline: expected the seed of the run, 3, found {options['seed']}"
    ):
        with_table_columns(runs[1], baseline=other)


@pytest.mark.parametrize(
    "part, told",
    [
        (lambda run: run.sel(region="home"), "without the dimension region"),
        (lambda run: run.drop_attrs(), "without the attribute n_ticks"),
    ],
)
def test_a_part_of_a_run_is_refused_by_what_it_lacks(runs, part, told):
    with pytest.raises(ValueError, match=f"run: .*{told}"):
        with_table_columns(part(runs[1]))
