"""Bands over time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diamondsim.results import Settings, Summary, summary_dataset
from diamondsim.results.bands import cover_days, tracked_share
from diamondsim.results.estimators import QUANTILES
from diamondsim.results.region_uses import region_uses
from tests.engines.small_case import ANNOUNCED, BANNED, LICENSING, NONE, control
from tests.results.hand_made import PROVENANCE, USES, ledger_of, plan_of, random_ledger


def test_cover_is_that_of_the_scarcest_grade_in_days_of_expected_demand():
    plan, draws = plan_of(USES[:2], n_ticks=3, replications=1)
    stock = np.array([[[200.0], [50.0]]]).repeat(3, axis=0)
    ledger = ledger_of(plan, 1, stock=stock)
    growing = replace(draws, growth=draws.growth * np.array([1.0, 2.0, 0.0])[:, None, None])
    found = cover_days(plan, region_uses(plan)[0], ledger, growing)[:, 0]
    assert found == pytest.approx([3.5, 1.75, np.nan], nan_ok=True)


def test_the_share_of_an_origin_is_over_all_consumption_with_reserves():
    plan, _ = plan_of(USES[:2], n_ticks=1, replications=2)
    ledger = ledger_of(
        plan, 2, used=[[30.0, 0.0], [50.0, 0.0]], from_reserve=[[0.0, 0.0], [20.0, 0.0]], tracked=25.0
    )
    assert tracked_share(ledger, [0, 1])[0] == pytest.approx([0.5, np.nan], nan_ok=True)


def test_plates_do_not_count_among_carats():
    plan, draws = plan_of((("JP", "radar", "plate"), ("JP", "machining", "mesh")), n_ticks=1, replications=1)
    summary = Summary(plan, Settings())
    used = np.array([[[100.0], [100.0]]])
    summary.add(draws, ledger_of(plan, 1, demand=100.0, used=used, tracked=[[[100.0], [25.0]]]))
    dataset = summary_dataset(summary, PROVENANCE)
    assert dataset["tracked_share_mean"].sel(region="JP").values == pytest.approx([0.25])


@pytest.mark.parametrize("size", [1, 7, 40])
def test_bands_do_not_depend_on_the_blocks(size):
    plan, draws = plan_of(replications=40)
    ledger = random_ledger(plan, 40, seed=3)
    whole, parts = Summary(plan, Settings()), Summary(plan, Settings())
    whole.add(draws, ledger)
    for begin in range(0, 40, size):
        columns = slice(begin, begin + size)
        some = {name: array[:, :, columns] for name, array in ledger.arrays.items()}
        part = Summary(plan, Settings())
        part.add(draws.select(columns), ledger_of(plan, len(range(40)[columns]), **some))
        parts.merge(part)
    expected, found = (summary_dataset(s, PROVENANCE) for s in (whole, parts))
    assert found.identical(expected)


def test_bands_of_shortfall_follow_the_paths():
    plan, draws = plan_of(replications=200)
    ledger = random_ledger(plan, 200, seed=8)
    summary = Summary(plan, Settings())
    summary.add(draws, ledger)
    dataset = summary_dataset(summary, PROVENANCE)
    demand, shortage = ledger["demand"][:, 2], ledger["shortage"][:, 2]
    ratio = np.divide(shortage, demand, out=np.zeros_like(demand), where=demand > 0)
    exact = np.quantile(ratio, QUANTILES, axis=1, method="inverted_cdf").T
    here = {"region": "JP", "use": "radar"}
    assert np.abs(dataset["shortfall_band"].sel(here).values - exact).max() <= 0.002 + 1e-12
    assert dataset["shortfall_band"].attrs["quantile_error"] == "at most 0.002"
    assert "quantile_error" in dataset["shortfall_mean"].attrs["beside_band"]
    assert dataset["shortfall_mean"].sel(here).values == pytest.approx(ratio.mean(axis=1), abs=1e-7)


def test_the_states_of_controls_are_shares_of_replications():
    states = np.full((3, 4), NONE)
    states[1] = [NONE, ANNOUNCED, LICENSING, BANNED]
    states[2] = [BANNED, BANNED, BANNED, LICENSING]
    other = np.full((3, 4), NONE)
    other[2, :2] = LICENSING
    controls = [control("ban", states=states, requires="list"), control("list", states=other)]
    plan, draws = plan_of(USES[:1], n_ticks=3, replications=4, controls=controls)
    summary = Summary(plan, Settings())
    summary.add(draws, ledger_of(plan, 4, demand=1.0))
    dataset = summary_dataset(summary, PROVENANCE)
    found = dataset["control_probability"].sel(control="ban").transpose("time", "state").values
    assert found.tolist() == [[1, 0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25, 0], [0, 0, 0.25, 0.75, 0]]
    assert dataset["control_in_force"].sel(control="ban").values.tolist() == [0, 0, 0.5]
