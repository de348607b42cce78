"""Runs that end when they know enough: where they look, and that the answer is the same everywhere."""

from __future__ import annotations

import math
from contextlib import nullcontext

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.simulation import UnknownMetricError, monte_carlo, monte_carlo_each
from tests.simulation.small import blocks, short_ban

SEED = 3
CHANCE = {"metric": "probability_of_shortage", "region": "home", "use": "u"}


def until(half_width: float | str, **more: object) -> ds.Precision:
    said = {**CHANCE, "half_width": half_width, **more}
    return ds.Precision(said.pop("metric"), **said)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def scenario() -> ds.Scenario:
    return short_ban()


def half_width(dataset: xr.Dataset, metric: str = "probability_of_shortage") -> float:
    bounds = dataset[metric].sel(region="home", use="u")
    return float(bounds.sel(bound="high") - bounds.sel(bound="low")) / 2


def without_until(dataset: xr.Dataset) -> xr.Dataset:
    attrs = {name: value for name, value in dataset.attrs.items() if not name.startswith("until")}
    return dataset.drop_attrs(deep=False).assign_attrs(attrs)


def test_a_run_ends_at_the_first_power_of_two_blocks_that_is_enough(scenario):
    widths = {
        n: half_width(monte_carlo(scenario, replications=n, seed=SEED, workers=1)) for n in (2048, 4096)
    }
    between = sum(widths.values()) / 2
    found = monte_carlo(scenario, seed=SEED, workers=1, until=until(between))
    assert found.sizes["replication"] == 4096
    assert found.attrs["until_half_width"] == widths[4096] == half_width(found)
    assert found.attrs["until_reached"] == 1
    assert "half-width of probability_of_shortage of home, u at most" in found.attrs["until"]
    exactly = monte_carlo(scenario, seed=SEED, workers=1, until=until(widths[2048]))
    assert exactly.sizes["replication"] == 2048


def test_what_it_ends_with_is_a_run_of_that_many(scenario):
    found = monte_carlo(scenario, seed=SEED, workers=1, until=until(0.0215))
    plain = monte_carlo(scenario, replications=2048, seed=SEED, workers=1)
    assert without_until(found).identical(plain)


def test_the_answer_is_the_same_for_any_workers_and_with_a_store(scenario, tmp_path):
    one = monte_carlo(scenario, seed=SEED, workers=1, until=until(0.012))
    assert one.sizes["replication"] == 8192
    assert monte_carlo(scenario, seed=SEED, workers=2, until=until(0.012), store=tmp_path / "s").identical(
        one
    )
    assert len(blocks(tmp_path / "s")) == 8
    monte_carlo(scenario, replications=9 * 1024, seed=SEED, workers=1, store=tmp_path / "s")
    blocks(tmp_path / "s")[3].unlink()
    # More than is needed lies there: it is not used.
    assert monte_carlo(scenario, seed=SEED, workers=1, until=until(0.012), store=tmp_path / "s").identical(
        one
    )


@pytest.mark.parametrize("most, looked_at", [(3000, 3000), (1024, 1024), (500, 500)])
def test_a_run_ends_at_its_most_and_says_that_it_was_not_enough(scenario, most, looked_at):
    found = monte_carlo(scenario, seed=SEED, workers=1, until=until(1e-6, most=most))
    assert found.sizes["replication"] == looked_at
    assert found.attrs["until_reached"] == 0
    assert found.attrs["until_half_width"] == half_width(found) > 1e-6


def test_any_metric_with_an_interval_can_be_asked_for_in_its_unit(scenario):
    found = monte_carlo(scenario, seed=SEED, workers=1, until=until(25.0, metric="shortage_mean"))
    assert half_width(found, "shortage_mean") <= 25.0
    before = monte_carlo(scenario, replications=found.sizes["replication"] // 2, seed=SEED, workers=1)
    assert half_width(before, "shortage_mean") > 25.0


def test_a_relative_half_width_is_one_of_the_estimate(scenario):
    found = monte_carlo(
        scenario, seed=SEED, workers=1, until=until(0.05, metric="shortage_mean", relative=True)
    )
    mean = float(found["shortage_mean"].sel(region="home", use="u", bound="estimate"))
    assert found.attrs["until_half_width"] == half_width(found, "shortage_mean") / mean <= 0.05
    before = monte_carlo(scenario, replications=found.sizes["replication"] // 2, seed=SEED, workers=1)
    mean = float(before["shortage_mean"].sel(region="home", use="u", bound="estimate"))
    assert half_width(before, "shortage_mean") / mean > 0.05


def test_nothing_is_never_known_to_a_share_of_itself():
    never = short_ban(**{"controls.ban.sojourn.banned": "1 day"})
    said = until(0.5, metric="shortage_mean", relative=True, most=1024)
    found = monte_carlo(never, seed=SEED, workers=1, until=said)
    assert float(found["shortage_mean"].sel(region="home", use="u", bound="estimate")) == 0.0
    assert (found.attrs["until_half_width"], found.attrs["until_reached"]) == (math.inf, 0)


@pytest.mark.parametrize("relative", [False, True])
def test_a_share_of_a_metric_with_a_unit_is_refused_but_for_one_of_the_estimate(scenario, relative):
    said = until("20%", metric="shortage_mean", relative=relative, most=1024)
    with nullcontext() if relative else pytest.raises(UnknownMetricError, match="has the unit ct, in which"):
        monte_carlo(scenario, seed=SEED, workers=1, until=said)


def test_what_is_never_known_goes_on_to_the_most():
    """No upper limit where more than half outlast the horizon."""
    calm = short_ban(**{"controls.ban.sojourn.banned": "exponential(2 days)"})
    found = monte_carlo(
        calm, seed=SEED, workers=1, until=until(1.0, metric="time_to_survive_median", most=2048)
    )
    assert found.sizes["replication"] == 2048
    assert found.attrs["until_reached"] == 0
    assert not math.isfinite(found.attrs["until_half_width"])


def test_only_the_first_of_several_scenarios_goes_on(scenario):
    told: list[tuple[int, int]] = []
    found = monte_carlo_each(
        {"a": (scenario, 50_000), "b": (scenario, 100)},
        seed=SEED,
        workers=1,
        until=until(0.0215),
        progress=lambda done, total: told.append((done, total)),
    )
    assert [each.sizes["replication"] for each in found.values()] == [2048, 100]
    assert "until" not in found["b"].attrs
    assert told[-1] == (2148, 2148)
    assert all(done <= total for done, total in told)


WRONG = [
    ({"metric": "probability_of_shrtage"}, "did you mean 'probability_of_shortage'"),
    ({"metric": "shortage"}, "there is no metric 'shortage'"),
    ({"metric": "shortfall_band"}, "there is no metric"),
    ({"region": "hom"}, "there is no region 'hom'; did you mean 'home'"),
    ({"use": "w"}, "there is no use 'w'; one of u"),
    ({"region": "away"}, "away has no use 'u'"),
    ({"use": None}, "say which use, one of u"),
    ({"reserve": "us"}, "has no reserve; it is by region and use"),
]


@pytest.mark.parametrize("wrong, said", WRONG, ids=[said for _, said in WRONG])
def test_what_the_scenario_does_not_have_is_refused_before_any_work(scenario, wrong, said):
    told: list[int] = []
    with pytest.raises(UnknownMetricError, match=said):
        monte_carlo(scenario, until=until(0.01, **wrong), progress=lambda done, _: told.append(done))
    assert told == []


@pytest.mark.parametrize("width", [0.0, -1.0, "0%", math.nan, math.inf])
def test_a_half_width_that_is_none_is_refused(width):
    with pytest.raises(ValueError, match=r"half_width: expected a (number above 0|finite number)"):
        until(width)


@pytest.mark.parametrize(
    "metric, text, number",
    [
        ("shortage_mean", "0.025 kct", 25.0),
        ("probability_of_shortage", "2%", 0.02),
        ("time_to_survive_median", "2 days", 2.0),
    ],
)
def test_a_half_width_with_a_unit_is_the_number_in_that_of_the_metric(scenario, metric, text, number):
    runs = [
        monte_carlo(scenario, seed=SEED, workers=1, until=until(width, metric=metric, most=1024))
        for width in (text, number)
    ]
    assert runs[0].attrs["until"] == runs[1].attrs["until"]
    assert f"at most {number:g}" in runs[0].attrs["until"]


def test_a_half_width_of_another_kind_is_refused_before_any_work(scenario):
    done: list[int] = []
    with pytest.raises(ValueError, match="half_width: expected a quantity, found '3 days'"):
        monte_carlo(
            scenario, until=until("3 days", metric="shortage_mean"), progress=lambda n, _: done.append(n)
        )
    assert done == []


@pytest.mark.parametrize("width", [0.5, 1.0])
def test_a_chance_known_to_within_anything_is_refused(width):
    with pytest.raises(ValueError, match=r"half_width: expected a number below 0\.5 for a probability"):
        until(width)


@pytest.mark.parametrize("most", [0, 1.5, 10_000_001])
def test_a_most_out_of_range_is_refused_by_name(scenario, most):
    with pytest.raises(ValueError, match="most: expected an integer from 1 to 10000000"):
        monte_carlo(scenario, until=until(0.01, most=most))


def test_a_number_of_replications_and_a_precision_are_one_too_many(scenario):
    with pytest.raises(ValueError, match="give either replications or until"):
        monte_carlo(scenario, replications=10, until=until(0.01))


def test_runs_beside_it_keep_up_with_the_first(scenario):
    wanted = {"a": (scenario, 10_000), "b": (scenario, 10_000), "c": (scenario, 1500), "d": (scenario, 500)}
    found = monte_carlo_each(wanted, seed=SEED, workers=1, until=until(0.0215, most=10_000))
    sizes = {name: run.sizes["replication"] for name, run in found.items()}
    assert sizes == {"a": 2048, "b": 2048, "c": 1500, "d": 500}
    assert without_until(found["a"]).identical(found["b"])
