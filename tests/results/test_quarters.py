"""Results by calendar quarter, worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from diamondsim.results import Settings, Summary, summary_dataset, write_netcdf
from diamondsim.results.quarter_grid import QuarterGrid
from diamondsim.results.quarters import QuarterTotals
from tests.engines.small_case import BANNED, NONE, control
from tests.results.hand_made import PROVENANCE, USES, ledger_of, plan_of, random_ledger

START = dt.date(2026, 12, 21)
"""The second week has four days in 2026 and three in 2027."""


def dataset_of(plan, draws, ledger, settings=None) -> xr.Dataset:
    summary = Summary(plan, settings or Settings())
    summary.add(draws, ledger)
    return summary_dataset(summary, PROVENANCE)


def weeks(n_ticks: int, uses=USES[:2], replications: int = 2, **more):
    plan, draws = plan_of(uses, n_ticks=n_ticks, replications=replications, **more)
    return replace(plan, start=START, tick_days=7.0), draws


def test_demand_and_shortage_of_a_week_in_two_quarters_are_split_by_days():
    plan, draws = weeks(3)
    demand = np.full((3, 2, 2), 70.0)
    shortage = np.zeros((3, 2, 2))
    shortage[1, 0, 0] = 7.0  # micron, four days in the old year
    shortage[2, 1, 0] = 35.0  # mesh, in the new year
    dataset = dataset_of(plan, draws, ledger_of(plan, 2, demand=demand, shortage=shortage))
    assert dataset["quarter"].values.tolist() == ["2026Q4", "2027Q1"]
    assert dataset["quarter_days"].values.tolist() == [11, 10]
    assert dataset["quarter_covered"].values == pytest.approx([11 / 92, 10 / 90])
    here = dataset.sel(region="US", use="machining")
    estimate = {"bound": "estimate"}
    # Both grades: 140 a week; 7 + 4 days and 3 + 7 days.
    assert here["quarter_demand_mean"].sel(estimate).values == pytest.approx([220, 200])
    assert here["quarter_shortage_mean"].sel(estimate).values == pytest.approx([4 / 2, (3 + 35) / 2])
    # The worst grade of the first replication: 4 of 110 micron, then 35 of 100 mesh.
    assert here["quarter_shortfall_mean"].sel(estimate).values == pytest.approx(
        [4 / 110 / 2, 0.35 / 2], abs=1e-7
    )
    assert here["quarter_shortfall_quantiles"].sel(quantile=0.95).values == pytest.approx(
        [4 / 110, 0.35], abs=0.002
    )
    assert here["quarter_shortage_quantiles"].sel(quantile=0.05).values.tolist() == [0, 0]
    chance = here["quarter_probability_of_shortage"]
    assert chance.sel(estimate).values.tolist() == [0, 0.5]  # 3.6 % is not above 5 %
    assert chance.attrs["threshold"] == 0.05
    assert (
        0 < chance.sel(quarter="2027Q1", bound="low") < 0.5 < chance.sel(quarter="2027Q1", bound="high") < 1
    )


def test_the_threshold_is_that_of_the_metrics():
    plan, draws = weeks(3)
    ledger = ledger_of(plan, 2, demand=100.0, shortage=3.0)
    for threshold, expected in ((0.02, 1), (0.04, 0)):
        dataset = dataset_of(plan, draws, ledger, Settings(threshold=threshold))
        chance = dataset["quarter_probability_of_shortage"].sel(
            region="US", use="machining", bound="estimate"
        )
        assert chance.values.tolist() == [expected, expected]


def test_quarters_add_up_to_the_horizon():
    plan, draws = weeks(30, USES, 40)
    dataset = dataset_of(plan, draws, random_ledger(plan, 40, seed=3))
    for name in ("demand", "shortage"):
        total = dataset[f"quarter_{name}_mean"].sel(bound="estimate").sum("quarter", skipna=False)
        np.testing.assert_allclose(total, dataset[name].mean("replication"), rtol=1e-6)


def test_states_of_a_control_are_means_over_days():
    states = np.full((3, 2), NONE)
    states[1] = [NONE, BANNED]
    states[2] = BANNED
    plan, draws = weeks(3, USES[:1], controls=[control("ban", states=states)])
    settings = Settings(legal_states={"B": {"ban": True}})
    dataset = dataset_of(plan, draws, ledger_of(plan, 2, demand=1.0), settings)
    found = dataset["quarter_control_probability"].sel(control="ban", state="banned").values
    assert found == pytest.approx([0.5 * 4 / 11, (0.5 * 3 + 7) / 10])
    assert dataset["quarter_control_in_force"].sel(control="ban").values == pytest.approx(found)
    assert dataset["quarter_legal_state_probability"].sel(legal_state="B").values == pytest.approx(found)
    assert dataset["quarter_control_probability"].sum("state").values == pytest.approx(1)


def test_a_kept_summary_is_restored_with_its_quarters():
    plan, draws = weeks(30, USES, 40)
    whole, part, restored = (Summary(plan, Settings()) for _ in range(3))
    whole.add(draws, random_ledger(plan, 40, seed=3))
    restored.merge(part.restore({name: array.copy() for name, array in whole.arrays().items()}))
    assert summary_dataset(restored, PROVENANCE).identical(summary_dataset(whole, PROVENANCE))


def test_every_variable_by_quarter_has_a_unit_and_a_name_and_survives_a_file(tmp_path):
    plan, draws = weeks(30, USES, 8)
    dataset = dataset_of(plan, draws, random_ledger(plan, 8, seed=3))
    names = [str(name) for name in dataset.variables if str(name).startswith("quarter")]
    assert {"quarter_start", "quarter_shortage_quantiles"} <= {*names}
    for name in names:
        assert dataset[name].attrs["long_name"]
        if name not in ("quarter", "quarter_start", "quarter_end"):
            assert dataset[name].attrs["units"]
    with xr.open_dataset(write_netcdf(dataset, tmp_path / "run.nc")) as read:
        xr.testing.assert_identical(read.load()[names], dataset[names])
        assert read["quarter_start"].values[1] == np.datetime64("2027-01-01")


@pytest.mark.parametrize("replications", [1, 2, 5])
def test_nodes_are_totalled_together_to_the_same_bits_as_alone(replications):
    plan, _ = weeks(30, USES, replications)
    ledger, grid = random_ledger(plan, replications, seed=3), QuarterGrid.of(plan)
    totals = QuarterTotals(grid, ledger)
    for nodes in [(0,), (1,), (1, 2), (0, 1, 2)]:
        alone = grid.total(ledger.added("demand", nodes))
        assert totals.added("demand", nodes).tobytes() == alone.tobytes()
