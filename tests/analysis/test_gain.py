"""What quasi-random numbers gain, on worlds of which it is known."""

from pathlib import Path

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw

THEORY = Path(__file__).resolve().parents[1] / "theory"


@pytest.fixture(scope="module")
def ban():
    """A ban of random length, and nothing else that is uncertain."""
    changes = {
        "horizon.length": "60 days",
        "inventory_policy.u": {"opening": "10 days", "cover": "10 days"},
        "controls.ban.sojourn.banned": "exponential(20 days)",
    }
    return ds.load_scenario(THEORY / "exponential-ban.yaml").override(changes)


@pytest.fixture(scope="module")
def noisy(ban):
    """Demand that varies day by day, and nothing else that is uncertain."""
    changes = {
        "controls.ban": {"sojourn": {"banned": "20 days"}},
        "inventory_policy.u.noise": {"cv": "30%", "memory": "10 days"},
    }
    return ban.override(changes)


def of_use(dataset, name, metric="shortage"):
    return float(dataset[name].sel(metric=metric, region="home", use="u"))


@pytest.mark.parametrize("method", ["sobol", "latin"])
def test_where_all_is_drawn_once_the_gain_is_large(ban, method):
    found = ds.sampling_gain(ban, replications=2048, seeds=3, method=method)
    assert of_use(found, "per_replication_share") == pytest.approx(1, abs=1e-12)
    assert of_use(found, "gain") > 10
    assert of_use(found, "gain_per_replication") == pytest.approx(of_use(found, "gain"))
    assert of_use(found, "gain", "short") > 5


def test_where_all_is_drawn_day_by_day_there_is_none(noisy):
    found = ds.sampling_gain(noisy, replications=1024, seeds=6)
    assert abs(of_use(found, "per_replication_share")) < 0.07
    # 90 degrees of freedom: an error of 7 %, twice since two runs share it.
    assert of_use(found, "gain") == pytest.approx(1, abs=0.25)


def test_plain_random_numbers_gain_nothing_over_themselves(ban):
    found = ds.sampling_gain(ban, replications=1024, seeds=6, method="random")
    assert of_use(found, "gain") == pytest.approx(1, abs=0.3)


def test_the_error_at_random_is_that_of_a_run(ban):
    found = ds.sampling_gain(ban, replications=1024, seeds=1)
    run = ds.monte_carlo(ban, replications=1024, seed=0)["shortage"].sel(region="home", use="u")
    assert of_use(found, "error_random") == pytest.approx(float(run.std()) / 32, rel=0.1)


def test_a_metric_that_never_varies_has_no_gain(ban):
    found = ds.sampling_gain(
        ban.override({"controls.ban": {"sojourn": {"banned": "20 days"}}}), replications=1024
    )
    assert np.isnan(of_use(found, "gain"))
    assert found.attrs["method"] == "sobol"


def test_the_two_runs_differ_only_in_what_is_drawn_anew(noisy):
    plan = compile_plan(noisy.override({"inventory_policy.u.cover": "tri(5 10 20) days"}))
    one, other = draw(plan, seed=1, count=64), draw(plan, seed=1, count=64, redraw_seed=5)
    assert np.array_equal(one.cover_ticks, other.cover_ticks)
    assert abs(np.corrcoef(one.noise.ravel(), other.noise.ravel())[0, 1]) < 0.1


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"method": "halton"}, "expected method to be one of sobol, latin, random, found 'halton'"),
        ({"replications": 1000}, "expected replications to be a multiple of 1,024, found 1000"),
        ({"replications": 0}, "expected replications to be a multiple of 1,024"),
        ({"seeds": 0}, "seeds >= 1"),
        ({"method": "latin", "seeds": 1, "replications": 1024}, "the error of a single hypercube"),
    ],
)
def test_a_number_out_of_range_is_refused(ban, wrong, message):
    with pytest.raises(ValueError, match=message):
        ds.sampling_gain(ban, **wrong)
