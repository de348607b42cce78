"""Runs with quasi-random numbers: the same bits in every way to run them, and told how certain they are."""

import json

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.draws import Draws
from diamondsim.engines import batch, event
from diamondsim.ledger import FIELDS
from diamondsim.plan import compile_plan
from diamondsim.results import USE_METRICS
from diamondsim.sampling import draw
from diamondsim.simulation import monte_carlo_each

METHODS = ("sobol", "latin")


def spread(method, name="reinstated-2027", weeks=24):
    changes = {"horizon.length": f"{weeks} weeks", "sampling": {"method": method}}
    return ds.load_scenario(name).override(changes)


@pytest.fixture(scope="module", params=METHODS)
def method(request):
    return request.param


@pytest.fixture(scope="module")
def reference(method):
    return ds.monte_carlo(spread(method), replications=1040, seed=3, workers=1)


def same_bits(a, b):
    return all(a[m.name].values.tobytes() == b[m.name].values.tobytes() for m in USE_METRICS)


def test_workers_and_the_size_of_blocks_change_nothing(method, reference, monkeypatch):
    assert ds.monte_carlo(spread(method), replications=1040, seed=3, workers=2).identical(reference)
    monkeypatch.setattr(batch, "block_size", lambda _plan: 100)
    assert ds.monte_carlo(spread(method), replications=1040, seed=3, workers=1).identical(reference)


@pytest.mark.parametrize("replications", [1, 100])
def test_fewer_replications_are_the_first_of_more(method, reference, replications):
    found = ds.monte_carlo(spread(method), replications=replications, seed=3, workers=1)
    assert same_bits(found, reference.isel(replication=slice(0, replications)))


def test_one_replication_in_full_is_that_of_the_batch(method, reference):
    for number in (5, 1031):
        trace = ds.simulate(spread(method), seed=3, replication=number).dataset
        of_use = trace["shortage"].sum("time").groupby("node_use").sum().sel(node_use="polishing")
        expected = reference["shortage"].sel(replication=number, use="polishing").sum().item()
        assert of_use.item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["reinstated-2027", "priced-2027"])
def test_the_engines_agree(method, name):
    plan = compile_plan(spread(method, name))
    draws: Draws = draw(plan, seed=1, first=14, count=3)
    together = batch.run(plan, draws)
    for column in range(3):
        alone, _ = event.run(plan, draws.select([column]))
        for field in FIELDS:
            expected = together[field][..., column]
            largest = np.abs(expected).max(initial=0.0)  # what is left of large stocks carries their rounding
            np.testing.assert_allclose(
                alone[field][..., 0], expected, rtol=1e-9, atol=1e-12 * largest + 1e-9, err_msg=field
            )


def test_the_dataset_says_the_method_and_which_name_has_which_dimension():
    found = ds.monte_carlo(spread("sobol"), replications=2)
    numbered = json.loads(found.attrs["sampling_dimensions"])
    assert found.attrs["sampling"] == "sobol"
    assert found.attrs["sampling_plain"] == 0
    assert numbered == dict(compile_plan(spread("sobol")).sampling.dimensions)
    for other in ("latin", "random"):
        attrs = ds.monte_carlo(spread(other), replications=2).attrs
        assert attrs["sampling"] == other
        assert "sampling_dimensions" not in attrs


def test_the_scenario_of_a_result_makes_it_again(tmp_path):
    found = ds.monte_carlo(spread("sobol"), replications=20, seed=4)
    file = tmp_path / "again.yaml"
    file.write_text(found.attrs["scenario"], encoding="utf-8")
    # The text holds the changes that were made, so nothing has been changed in it.
    found.attrs["changes"] = ""
    assert ds.monte_carlo(ds.load_scenario(file), replications=20, seed=4).identical(found)


def test_scenarios_that_are_run_together_share_what_they_both_draw():
    """Without leakage there are fewer names; those that are left keep their numbers."""
    leaking = spread("sobol")
    tight = leaking.override({"controls.cn_55.diversion": None})
    found = monte_carlo_each({"": (leaking, 64), "tight": (tight, 64)}, seed=2)
    for name in ("first_output", "full_output"):
        assert found["tight"][name].identical(found[""][name])
    assert (found["tight"]["shortage"] >= found[""]["shortage"] * (1 - 1e-9)).where(
        found[""]["shortage"].notnull(), True
    ).mean() > 0.9
    alone = ds.monte_carlo(tight, replications=64, seed=2)
    assert not same_bits(alone, found["tight"])


def test_intervals_come_from_the_scrambles():
    plain, even = (
        ds.monte_carlo(spread(method, weeks=70), replications=1024, seed=1) for method in ("random", "sobol")
    )

    def width(dataset, name):
        bounds = dataset[name].sel(region="US", use="polishing")
        # The lower limit is cut at 0, which a mean shortage is never below.
        return 2 * float(bounds.sel(bound="high") - bounds.sel(bound="estimate"))

    means = even["shortage"].sel(region="US", use="polishing").values.reshape(64, 16).mean(axis=0)
    assert width(even, "shortage_mean") == pytest.approx(2 * 2.13145 * means.std(ddof=1) / 4, rel=1e-4)
    assert width(even, "shortage_mean") < 0.85 * width(plain, "shortage_mean")
    few = ds.monte_carlo(spread("sobol", weeks=70), replications=50, seed=1)
    sample = few["shortage"].sel(region="US", use="polishing").values
    assert width(few, "shortage_mean") == pytest.approx(2 * 2.00958 * sample.std(ddof=1) / 50**0.5, rel=1e-4)
