"""Two stocks against one ban of exponential length: the difference is known in closed form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds

MEAN_DAYS, SALES = 360.0, 100.0
STOCKS = {"half a year": 180.0, "a year": 360.0}
TICK = 5.0


@pytest.fixture(scope="module")
def compared() -> xr.Dataset:
    ban = ds.load_scenario(Path(__file__).parent / "exponential-ban.yaml")
    # The opening stock alone decides: it is not refilled while the ban lasts, and nothing else is uncertain.
    scenarios = {
        name: ban.override(
            {
                "horizon.tick": f"{TICK:g} days",
                "metrics.window": f"{TICK:g} days",
                "inventory_policy.u.opening": f"{days:g} days",
                "inventory_policy.u.cover": f"{days:g} days",
            }
        )
        for name, days in STOCKS.items()
    }
    found = ds.compare(scenarios, replications=1_000, seed=2)
    return found.to_dataset().sel(scenario="a year", region="home", use="u")


def outlasted(days: float) -> float:
    """The chance that the ban lasts longer."""
    return float(np.exp(-days / MEAN_DAYS))


FEWER = outlasted(180.0) - outlasted(360.0)


def test_the_chance_falls_by_that_of_a_ban_between_the_two_stocks(compared):
    """Four standard errors of pairs, and a tick of rounding, which moves a chance by up to 0.008."""
    found = compared["difference"].sel(metric="probability_of_shortage", bound="estimate").item()
    error = np.sqrt(FEWER * (1 - FEWER) / 1_000)
    assert abs(found + FEWER) < 4 * error + 0.009


def test_pairing_saves_what_it_must_where_one_shortage_contains_the_other(compared):
    """Who outlasts a year outlasts half of it: the pairs differ with the chance FEWER, so Var = F (1 - F)."""
    apart = sum(outlasted(days) * (1 - outlasted(days)) for days in STOCKS.values())
    wanted = 1 - FEWER * (1 - FEWER) / apart
    found = compared["variance_saved"].sel(metric="probability_of_shortage").item()
    assert wanted == pytest.approx(0.614, abs=0.001)
    assert found == pytest.approx(wanted, abs=0.06)


def test_the_mean_shortage_falls_by_the_expected_days_between_the_stocks(compared):
    """E[(L - s)+] = m exp(-s / m) for an exponential ban; the interval of the pairs holds the difference."""
    wanted = -SALES * MEAN_DAYS * FEWER
    difference = compared["difference"].sel(metric="shortage_mean")
    half = float(difference.sel(bound="high") - difference.sel(bound="low")) / 2
    assert abs(difference.sel(bound="estimate").item() - wanted) < 2 * half + SALES * TICK
    assert half < 0.1 * abs(wanted)
    assert compared["chance_best"].sel(metric="shortage_mean").item() == 1.0
