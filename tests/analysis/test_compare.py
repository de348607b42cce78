"""`compare`: pairs of replications, what a DataTree keeps, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from ruamel.yaml import YAML

import diamondsim as ds
from diamondsim.analysis.paired_runs import COMPARED_METRICS, COMPARISON_NAMES, comparison_dataset
from diamondsim.results import mean, netcdf_content, paired_difference, write_netcdf
from diamondsim.scenario import read_scenario
from tests.simulation.small import short_ban

STOCK = {"inventory_policy.u.opening": "20 days", "inventory_policy.u.cover": "20 days"}
MORE_USES = {
    "uses.v": {"grades": {"g": "100%"}},
    "demand.home.v": "1 ct/day",
    "trade.plant.home": "101 ct/day",
    "inventory_policy.v": {"opening": "1 day", "cover": "1 day", "lead": "0 days", "max_order": "none"},
}
HOME = {"region": "home", "use": "u"}


@pytest.fixture(scope="module")
def found() -> xr.DataTree:
    usual = short_ban()
    return ds.compare({"usual": usual, "copy": usual, "stock": short_ban(**STOCK)}, replications=300, seed=4)


def test_a_copy_differs_by_exactly_nothing_and_pairing_saves_all_of_the_variance(found):
    copy = found.to_dataset().sel(scenario="copy", **HOME)
    for metric in ("probability_of_shortage", "shortage_mean"):
        assert copy["difference"].sel(metric=metric, bound="estimate") == 0.0
        assert copy["variance_saved"].sel(metric=metric) == 1.0
    interval = copy["difference"].sel(metric="probability_of_shortage")
    assert interval.sel(bound="low") < 0 < interval.sel(bound="high"), "300 pairs do not prove it"
    assert not copy["dominated_by"].sel(other_scenario="usual").any()


def test_the_reference_differs_from_itself_by_nothing_without_an_interval_to_estimate(found):
    usual = found.to_dataset().sel(scenario="usual", **HOME).drop_sel(metric="economic_loss_mean")
    assert (usual["difference"] == 0.0).all()
    assert np.isnan(usual["variance_saved"]).all()
    assert found.attrs["reference"] == "usual"


def test_differences_are_those_of_pairs_and_values_those_of_each_run(found):
    one, other = (found[name].to_dataset().sel(HOME) for name in ("stock", "usual"))
    short = [(run["peak_shortfall"] > 0.05).values for run in (one, other)]
    wanted = paired_difference(*short)
    stock = found.to_dataset().sel(scenario="stock", **HOME)
    difference = stock["difference"].sel(metric="probability_of_shortage")
    assert difference.values.tolist() == [wanted.value, wanted.low, wanted.high]
    apart = (one["shortage"] - other["shortage"]).values
    difference = stock["difference"].sel(metric="shortage_mean", bound="estimate").item()
    assert difference == pytest.approx(apart.mean(), rel=1e-12)
    for metric in ("probability_of_shortage", "shortage_mean", "economic_loss_mean"):
        np.testing.assert_array_equal(stock["value"].sel(metric=metric), one[metric])


def test_more_stock_dominates_and_is_best_and_a_tie_is_shared(found):
    root = found.to_dataset()
    by = root["dominated_by"].sel(metric="shortage_mean")
    assert by.sel(other_scenario="stock").values.tolist() == [True, True, False]
    assert not by.sel(other_scenario=["usual", "copy"]).any()
    assert root["dominated"].sel(metric="shortage_mean").values.tolist() == [True, True, False]
    best = root["chance_best"].sel(HOME)
    assert best.sel(metric="shortage_mean").values.tolist() == [0.0, 0.0, 1.0]
    # No use has a value: nobody knows which of the three loses least.
    assert best.sel(metric="economic_loss_mean").isnull().all()
    assert not root["dominated"].sel(metric="economic_loss_mean").any()


def test_a_use_that_a_region_does_not_have_is_unknown(found):
    away = found.to_dataset().sel(region="away")
    for name in ("value", "difference", "variance_saved", "chance_best"):
        assert np.isnan(away[name]).all()


@pytest.mark.parametrize("workers", [1, 2])
def test_each_node_is_the_run_of_that_scenario_alone_bit_for_bit(workers):
    scenarios = {"usual": short_ban(), "stock": short_ban(**STOCK)}
    found = ds.compare(scenarios, replications=1_100, seed=9, workers=workers)
    for name, scenario in scenarios.items():
        alone = ds.monte_carlo(scenario, replications=1_100, seed=9, workers=1)
        node = found[name].to_dataset()
        xr.testing.assert_identical(node[list(alone.variables)], alone)


def test_replications_of_a_store_are_used_again(tmp_path):
    scenarios = {"usual": short_ban(), "stock": short_ban(**STOCK)}
    first = ds.compare(scenarios, replications=20, workers=1, store=tmp_path / "kept")
    again = ds.compare(scenarios, replications=20, workers=1, store=tmp_path / "kept")
    assert again.identical(first)


def test_progress_counts_the_replications_of_all_scenarios():
    seen = []
    scenarios = {"usual": short_ban(), "stock": short_ban(**STOCK)}
    ds.compare(scenarios, replications=10, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (20, 20)


def test_quasi_random_replications_are_compared_between_their_groups():
    method = {"sampling.method": "sobol"}
    found = ds.compare(
        {"usual": short_ban(**method), "stock": short_ban(**method, **STOCK)}, replications=256, workers=1
    )
    one, other = (found[name].to_dataset().sel(HOME)["shortage"].values for name in ("stock", "usual"))
    wanted = mean(one - other, np.arange(256) % 16)
    difference = found.to_dataset()["difference"].sel(
        {"metric": "shortage_mean", "scenario": "stock", **HOME}
    )
    assert difference.values.tolist() == [wanted.value, wanted.low, wanted.high]
    assert wanted.high - wanted.low != mean(one - other).high - mean(one - other).low


def test_unmet_need_is_compared_where_every_scenario_has_it(found):
    runs = {name: found[name].to_dataset().drop_dims(["metric", "scenario"]) for name in ("usual", "stock")}
    need = {
        name: run.assign(unmet_need=run["shortage"] / 100, unmet_need_mean=run["shortage_mean"] / 100)
        for name, run in runs.items()
    }
    root = comparison_dataset(need)
    assert root["metric"].values.tolist()[-1] == "unmet_need_mean"
    one = root["difference"].sel({"scenario": "stock", **HOME})
    wanted = one.sel(metric="shortage_mean").values / 100
    assert one.sel(metric="unmet_need_mean").values == pytest.approx(wanted)
    mixed = comparison_dataset({"usual": need["usual"], "stock": runs["stock"]})
    assert "unmet_need_mean" not in mixed["metric"]


# What is kept on disk


def test_a_tree_comes_back_from_netcdf_and_zarr_as_it_was(found, tmp_path):
    found.to_netcdf(tmp_path / "plain.nc", engine="h5netcdf")
    found.to_zarr(tmp_path / "found.zarr", consolidated=False)
    write_netcdf(found, tmp_path / "found.nc")
    with xr.open_datatree(tmp_path / "plain.nc", engine="h5netcdf") as read:
        assert read.identical(found)
    with xr.open_datatree(tmp_path / "found.zarr", engine="zarr", consolidated=False) as read:
        assert read.identical(found)
    with xr.open_datatree(tmp_path / "found.nc", engine="h5netcdf") as read:
        assert read.identical(found)
    with xr.open_dataset(tmp_path / "found.nc", group="stock", engine="h5netcdf") as alone:
        assert alone["shortage"].sel(HOME).identical(found["stock"].to_dataset()["shortage"].sel(HOME))


def test_a_large_tree_is_written_in_the_same_way(found, tmp_path, monkeypatch):
    monkeypatch.setattr("diamondsim.results.storage.IN_MEMORY_BYTES", 0)
    write_netcdf(found, tmp_path / "found.nc")
    with xr.open_datatree(tmp_path / "found.nc", engine="h5netcdf") as read:
        assert read.identical(found)
    assert bytes(netcdf_content(found)[:4]) == b"\x89HDF"


def test_a_region_or_use_with_a_slash_in_its_name_is_kept(tmp_path):
    buyer = {"aggregate": "home.u", "share": "20%"}
    scenarios = {
        name: short_ban(**changes).override({"buyers.firm": buyer})
        for name, changes in (("usual", {}), ("stock", STOCK))
    }
    found = ds.compare(scenarios, replications=5, workers=1)
    assert found.to_dataset()["use"].values.tolist() == ["u", "u/firm"]
    write_netcdf(found, tmp_path / "found.nc")
    with xr.open_datatree(tmp_path / "found.nc", engine="h5netcdf") as read:
        assert read.identical(found)


# Scenarios that can be compared


def test_uses_in_another_order_are_put_in_that_of_the_reference():
    one = short_ban().override(MORE_USES)
    content = YAML(typ="safe").load(one.dump())
    content["uses"] = dict(reversed(content["uses"].items()))
    other = read_scenario(content)
    assert ds.monte_carlo(other, replications=1)["use"].values.tolist() == ["v", "u"]
    found = ds.compare({"one": one, "other": other}, replications=40, workers=1)
    assert found["other"].to_dataset()["use"].values.tolist() == ["u", "v"]
    known = found.to_dataset()["difference"].drop_sel(metric="economic_loss_mean")
    assert (known.sel(region="home", bound="estimate") == 0).all()


def test_all_problems_are_reported_at_once():
    usual = short_ban()
    scenarios = {
        "usual": usual,
        "a/b": usual,
        "difference": usual,
        " ": usual,
        "..": usual,
        "later": short_ban(**{"horizon.start": "2026-02-01", "horizon.tick": "2 days"}),
        "stricter": short_ban(**{"metrics.threshold": "10%", "sampling.method": "sobol"}),
        "poor": short_ban(**{"producers.plant.capacity.g": "1 ct/day"}),
    }
    with pytest.raises(ds.ScenarioError) as error:
        ds.compare(scenarios, replications=5)
    lines = str(error.value).splitlines()[1:]
    wanted = (
        "the name of a scenario must not contain a slash, found 'a/b'",
        "must differ from those of the results, found 'difference'",
        "must not be empty, or begin or end with a space, found ' '",
        "must not begin with a full stop",
        "horizon.start: scenario 'later': expected 2026-01-01, as in 'usual', found 2026-02-01",
        "horizon.tick: scenario 'later': expected 1 days",
        "metrics.threshold: scenario 'stricter': expected 5 %, as in 'usual', found 10 %",
        "sampling.method: scenario 'stricter': expected random, as in 'usual', found sobol",
        "scenario 'poor': ",
    )
    for text in wanted:
        assert any(text in line for line in lines), text
    assert len(lines) == len(wanted)


def test_one_scenario_is_nothing_to_compare():
    with pytest.raises(ds.ScenarioError, match="expected 2 or more scenarios to compare, found 1"):
        ds.compare({"usual": short_ban()})


def test_other_uses_are_named():
    other = short_ban().override(MORE_USES)
    with pytest.raises(
        ds.ScenarioError, match=r"uses: scenario 'other': expected those of 'usual', found also v"
    ):
        ds.compare({"usual": short_ban(), "other": other})
    with pytest.raises(ds.ScenarioError, match=r"found not v"):
        ds.compare({"other": other, "usual": short_ban()})


def test_what_is_no_mapping_of_scenarios_is_a_type_error():
    wrong: Any = [short_ban()]
    with pytest.raises(TypeError, match=r"scenarios: expected a mapping, such as .*, found a list"):
        ds.compare(wrong)
    wrong = {"a": "lapse-2027", "b": short_ban(), 1: short_ban()}
    with pytest.raises(TypeError, match=r"found 'a': str and 1: Scenario"):
        ds.compare(wrong)


@pytest.mark.parametrize("wrong", [{"replications": 0}, {"seed": -1}, {"workers": 0}])
def test_a_number_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ds.compare({"usual": short_ban(), "copy": short_ban()}, **{"replications": 2, **wrong})


def test_no_scenario_can_take_a_name_of_the_root(found):
    elsewhere = {"item", "money", "money_difference", "unmet_need", "unmet_need_difference"}
    assert set(COMPARISON_NAMES) == {*found.to_dataset().variables} | elsewhere
    assert {metric.name for metric in COMPARED_METRICS} - {"unmet_need_mean"} == {*found["metric"].values}
