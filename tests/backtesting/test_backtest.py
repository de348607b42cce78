"""The backtest: what it leaves out, what it compares with, and whether the aims are met."""

import json

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.backtesting.cases import cases, last_values, others_at
from diamondsim.backtesting.leave_one_out import weights_from_others
from diamondsim.cli import main
from diamondsim.results import write_netcdf

CASES = {case.name: case for case in cases()}


@pytest.fixture(scope="module")
def found() -> xr.Dataset:
    return ds.backtest(replications=4096)


def test_parts_of_another_episode_are_not_counted_twice():
    assert {name for name in CASES if name.startswith("graphite-")} == set()
    assert len({case.control for case in CASES.values()}) == 5


def test_the_month_before_counts_only_where_there_was_notice():
    assert CASES["graphite/all"].months[0] == 0
    assert CASES["bismuth-refined/all"].months == (1,)


def test_no_series_of_the_same_control_has_a_say():
    gallium, germanium = CASES["gallium/all"], CASES["germanium/all"]
    fit = {name: np.zeros(2) for name in CASES}
    even = weights_from_others(fit, gallium, [*CASES.values()])
    assert even == pytest.approx([0.5, 0.5])
    own = {**fit, gallium.name: np.array([0.0, -9.0]), germanium.name: np.array([0.0, -9.0])}
    assert weights_from_others(own, gallium, [*CASES.values()]) == pytest.approx(even)


def test_weights_by_hand():
    fit = {name: np.zeros(2) for name in CASES}
    fit["antimony/all"] = fit["antimony-oxide/all"] = np.log([3.0, 1.0])
    # Four other controls and the even draws count alike: one of the five says 3 to 1.
    weight = weights_from_others(fit, CASES["gallium/all"], [*CASES.values()])
    assert weight == pytest.approx([(4 * 0.5 + 0.75) / 5, (4 * 0.5 + 0.25) / 5])


def test_the_first_simple_forecast_is_the_report_before():
    antimony = CASES["antimony/all"]
    assert last_values(antimony)[0] == 1.0
    assert last_values(antimony)[1:].tolist() == antimony.observed[:-1].tolist()


def test_the_second_simple_forecast_fills_in_and_carries_on():
    oxide, refined = CASES["antimony-oxide/all"], CASES["bismuth-refined/all"]
    # Months 4, 5 and 9 were reported.
    seven = (oxide.observed[1] + oxide.observed[2]) / 2
    assert others_at(7, [oxide, refined]) == pytest.approx([seven, refined.observed[0]])
    assert others_at(0, [oxide, refined]).size == 0


def test_the_first_four_months_by_hand():
    assert CASES["antimony/all"].first_months == pytest.approx((6533 + 190 + 808 + 1721) / 4242 / 4)
    assert np.isnan(CASES["magnets/all"].first_months)


def test_the_aims_are_met_by_batches_and_not_by_the_curve(found):
    batches = found.sel(form="batches", weights="others")
    assert 0.7 <= batches.coverage.sel(level=0.8) <= 0.9
    assert batches.skill >= 0.15
    assert found.coverage.sel(form="curve", weights="others", level=0.8) < 0.7
    # Against the spread of the other series, which is a forecast with a spread too.
    assert 1 - batches.mean_crps / found.mean_rival_crps.sel(rival="others_spread") >= 0.1


def test_a_month_without_a_report_has_no_forecast_and_no_score(found):
    assert found.observed.notnull().sum() == 172
    missing = found.observed.isnull()
    for name in ("crps", "rival_crps", "covered", "forecast"):
        assert found[name].where(missing).isnull().all()
        assert found[name].where(~missing).notnull().sum() > 0


def test_coverage_is_the_mean_over_reported_months(found):
    assert found.coverage.values == pytest.approx(found.covered.mean(("series", "month")).values)
    assert found.mean_crps.values == pytest.approx(found.crps.mean(("series", "month")).values)


def test_bands_lie_in_each_other(found):
    forecast = found.forecast.transpose("quantile", ...).values
    steps = np.diff(forecast, axis=0)
    assert (steps[np.isfinite(steps)] >= 0).all()


def test_the_same_seed_gives_the_same_bits():
    first, second, other = (ds.backtest(replications=200, seed=seed) for seed in (1, 1, 2))
    xr.testing.assert_identical(first, second)
    assert not first.crps.equals(other.crps)


def test_netcdf_gives_back_every_value(found, tmp_path):
    with xr.open_dataset(write_netcdf(found, tmp_path / "backtest.nc")) as back:
        xr.testing.assert_identical(back.load(), found)


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"replications": 0}, "replications: expected an integer from 1 to 100000, found 0"),
        ({"replications": 100_001}, "replications: expected an integer from 1 to 100000, found 100001"),
        ({"replications": 10.0}, "replications: expected an integer from 1 to 100000, found 10.0"),
        ({"seed": -1}, "seed: expected an integer of at least 0, found -1"),
        ({"seed": 1.5}, "seed: expected an integer of at least 0, found 1.5"),
        ({"seed": "1"}, "seed: expected an integer of at least 0, found '1'"),
    ],
)
def test_a_number_out_of_range_is_an_error(wrong, told):
    with pytest.raises(ValueError, match=told):
        ds.backtest(**wrong)


def test_the_command_prints_what_the_call_returns(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["backtest", "-n", "500", "--json"])
    assert ended.value.code == 0
    said = json.loads(capsys.readouterr().out)
    called = ds.backtest(replications=500)
    told = {(one["form"], one["weights"]): one["crps"] for one in said["forecasts"]}
    assert told[("batches", "others")] == float(called.mean_crps.sel(form="batches", weights="others"))
    assert said["series"]["magnets/all"]["first_months"] is None


def test_the_command_prints_a_table(capsys):
    with pytest.raises(SystemExit):
        main(["backtest", "-n", "500"])
    out = capsys.readouterr().out
    assert "172 months of 16 series, 500 draws" in out
    assert "graphite/European Union (6 listed)" in out
    assert max(map(len, out.splitlines())) <= 110


def test_progress_counts_every_step():
    seen = []
    ds.backtest(replications=16, progress=lambda done, total: seen.append((done, total)))
    done, totals = zip(*seen, strict=True)
    assert sorted({*done}) == [*done]
    assert {*totals} == {done[-1]}
    assert len(done) > 8
