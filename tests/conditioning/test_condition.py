"""The Dataset of a conditioned run, and what is refused."""

from __future__ import annotations

import datetime as dt
import warnings

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.conditioning import weigh
from diamondsim.results import RISK_LEVEL, conditional_value_at_risk, mean, sample_quantile
from tests.conditioning.licensed import licensed

SCENARIO = licensed("beta(4 2)").override(
    {"inventory_policy.u.opening": "60 days", "legal_states": {"L": {"desk": "in effect"}}}
)
N = 1511  # more than one block; no quantile lies between two replications


def licences(granted: int = 12, decided: int = 40, **more: object) -> ds.Observation:
    kwargs = {"measure": "licences", "unit": "", "error": 0.0, "destination": "home", "source": "s", **more}
    month = dt.date(2026, 6, 1)
    return ds.Observation(month=month, control="desk", quantity=granted, decided=decided, **kwargs)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run() -> xr.Dataset:
    return ds.monte_carlo(SCENARIO, replications=N, seed=1, workers=1)


@pytest.fixture(scope="module")
def conditioned(run: xr.Dataset) -> xr.Dataset:
    return ds.condition(run, [licences()], workers=1)


def test_the_replications_are_those_of_the_run(run, conditioned):
    by_replication = [name for name in run if "replication" in run[name].dims]
    assert by_replication
    assert all(conditioned[name].equals(run[name]) for name in by_replication)


def test_a_node_of_a_comparison_is_conditioned_as_its_run(run, conditioned):
    tree = xr.DataTree.from_dict({"/": xr.Dataset(coords={"metric": ["m"]}), "/now": run})
    xr.testing.assert_identical(ds.condition(tree.children["now"], [licences()], workers=1), conditioned)


def test_the_weights_are_the_binomial_likelihood(conditioned):
    rate = conditioned["expected"].isel(observation=0).values
    likelihood = rate**12 * (1 - rate) ** 28
    weight = conditioned["weight"].values
    assert weight == pytest.approx(likelihood / likelihood.sum(), rel=1e-9)
    assert conditioned.attrs["effective_size"] == pytest.approx(1 / (weight**2).sum())
    assert 100 < conditioned.attrs["effective_size"] < 400


def test_every_estimate_over_replications_follows_the_weights(run, conditioned):
    weight = conditioned["weight"].values
    one, before = (each.sel(region="home", use="u") for each in (conditioned, run))
    shortage = one["shortage"].values
    for name, estimate in (
        ("shortage_mean", mean(shortage, None, weight)),
        ("shortage_cvar", conditional_value_at_risk(shortage, RISK_LEVEL, None, weight)),
    ):
        assert one[name].values == pytest.approx([estimate.value, estimate.low, estimate.high])
        assert one[name].sel(bound="estimate") > before[name].sel(bound="estimate")  # fewer licences
    median = sample_quantile(shortage, 0.5, weight)
    assert one["shortage_quantiles"].sel(quantile=0.5).values == pytest.approx(
        [median.value, median.low, median.high]
    )
    hit = one["peak_shortfall"].values > 0.05
    assert one["probability_of_shortage"].sel(bound="estimate") == pytest.approx(weight[hit].sum())


def test_what_is_counted_over_time_follows_the_weights(conditioned):
    """Added over the horizon, the means of the quarters are the mean of the whole, from the same weights."""
    one = conditioned.sel(region="home", use="u", bound="estimate")
    assert one["quarter_shortage_mean"].sum() == pytest.approx(one["shortage_mean"].item(), rel=1e-5)
    # Demand does not vary: of each tick and grade the mean share that is short adds up to the fill rate.
    short = conditioned["shortfall_mean"].sel(region="home", use="u").mean()
    weight = conditioned["weight"].values
    fill = conditioned["fill_rate"].sel(region="home", use="u").values
    assert short == pytest.approx(1 - (weight * fill).sum(), rel=1e-5)
    assert conditioned["legal_state_probability"].sel(bound="estimate").values == pytest.approx(1.0)
    assert (conditioned["control_probability"].sum("state") == 1).all()


def test_the_number_of_workers_changes_no_bit(run, conditioned):
    assert conditioned.identical(ds.condition(run, [licences()], workers=2))


def test_observations_that_all_replications_expect_alike_change_no_estimate(run):
    """Exports to the other region are the same in every replication."""
    june = dt.date(2026, 6, 1)
    same = ds.Observation(
        month=june, control="desk", destination="other", quantity=0.4, error=0.1, source="s"
    )
    found = ds.condition(run, [same], workers=1)
    assert found.attrs["effective_size"] == pytest.approx(N)
    for name in run:
        if run[name].dtype.kind == "f":
            assert found[name].values == pytest.approx(run[name].values, rel=1e-4, abs=1e-9, nan_ok=True), (
                name
            )


def test_few_effective_replications_cause_a_warning(run):
    with pytest.warns(
        ds.ConditioningWarning, match=r"effective sample size of \d+\.\d of 1,511 replications"
    ):
        found = ds.condition(run, [licences(120, 400)], workers=1)
    assert found.attrs["conditioning_warning"].startswith("the observations leave")
    assert found.attrs["effective_size"] < 100


def test_enough_effective_replications_cause_none(run):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ds.condition(run, [licences(2, 4)], workers=1).attrs["conditioning_warning"] == ""


def test_observations_out_of_reach_are_an_error_that_names_what_is_expected():
    far = ds.Observation(
        month=dt.date(2026, 6, 1), control="desk", destination="home", quantity=30, error=1, source="s"
    )
    with pytest.raises(
        ds.ScenarioError, match=r"desk home exports: no replication comes within 4 errors of 30"
    ):
        weigh(SCENARIO, [far], replications=64, workers=1)


def test_observations_that_contradict_each_other_are_an_error():
    june, july = (
        ds.Observation(
            month=dt.date(2026, month, 1),
            control="desk",
            destination="home",
            quantity=quantity,
            error=0.01,
            source="s",
        )
        for month, quantity in ((6, 0.3), (7, 0.9))
    )
    with pytest.raises(ds.ScenarioError) as refused:
        weigh(SCENARIO, [june, july], replications=512, workers=1)
    assert len(refused.value.problems) == 2
    assert "no replication is at once within 4 errors of 0.3" in str(refused.value)


def test_a_likelihood_too_small_for_a_number_is_no_zero():
    """Errors of a thousandth put likelihoods of all replications but a few far below 1e-308."""
    rows = [
        ds.Observation(
            month=dt.date(2026, month, 1),
            control="desk",
            destination="home",
            quantity=0.6 * days / 30.4375,
            error=0.002,
            source="s",
        )
        for month, days in ((6, 30), (7, 31), (8, 31))
    ]
    found = weigh(SCENARIO, rows, replications=2048, seed=1, workers=1)
    assert np.isfinite(found.weights.share).all()
    assert found.weights.share.sum() == pytest.approx(1)
    assert (found.weights.share == 0).sum() > 1000


def test_no_observations_are_refused(run):
    with pytest.raises(ds.ScenarioError, match="no observations"):
        ds.condition(run, [], workers=1)


def test_a_run_is_conditioned_once(conditioned):
    with pytest.raises(ValueError, match="conditioned already"):
        ds.condition(conditioned, [licences()], workers=1)


@pytest.mark.parametrize("attribute", ["scenario", "seed", "diamondsim_version"])
def test_a_dataset_without_its_attributes_is_refused(run, attribute):
    bare = run.assign_attrs()
    del bare.attrs[attribute]
    with pytest.raises(ValueError, match="expected the result of monte_carlo"):
        ds.condition(bare, [licences()], workers=1)


def test_a_dataset_of_another_version_or_changed_since_is_refused(run):
    with pytest.raises(ValueError, match=r"a run of diamondsim 0\.0"):
        ds.condition(run.assign_attrs(diamondsim_version="0.0"), [licences()], workers=1)
    with pytest.raises(ValueError, match="cannot be simulated again"):
        ds.condition(run.assign_attrs(seed=2), [licences()], workers=1)


def test_a_conditioned_run_is_written_and_read(conditioned, tmp_path):
    conditioned.to_netcdf(tmp_path / "run.nc")
    with xr.open_dataset(tmp_path / "run.nc") as again:
        assert again["weight"].equals(conditioned["weight"])
        assert again["expected"].equals(conditioned["expected"])


@pytest.mark.parametrize(
    "rows, found", [(licences(), "Observation"), (None, "NoneType"), ([licences(), 3], "int among them")]
)
def test_observations_are_a_sequence_of_them(run, rows, found):
    with pytest.raises(TypeError, match=f"a sequence of Observation, found {found}$"):
        ds.condition(run, rows, workers=1)


def test_something_else_than_a_run_is_refused(run):
    with pytest.raises(TypeError, match="expected the result of monte_carlo, found dict"):
        ds.condition({}, [licences()], workers=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="with all its replications"):
        ds.condition(run.drop_vars("shortage"), [licences()], workers=1)
