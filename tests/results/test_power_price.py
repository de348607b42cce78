"""A facility whose power becomes dearer covers its cost until then (eq. 97b, results.md)."""

from __future__ import annotations

import pytest

import diamondsim as ds
from tests.plan.small_scenarios import FAB, small_scenario


def test_the_cost_that_a_price_must_cover_moves_with_the_price_of_power() -> None:
    """First output in tick 10; power at 1, from tick 55 of 100 on at 3 USD, beside a price of about 2."""
    plant = FAB | {
        "nameplate": "1 ct/day",
        "decision": "2026-01-01",
        "stages": {"building": "70 days"},
        "ramp": "0 days",
        "cost": {"power": "1 kWh/ct"},
        "power": {"price": {"2026-01-01": "1 USD/kWh", "2027-01-21": "3 USD/kWh"}},
    }
    prices = {
        "start": {grade: {"outside": "2 USD/ct"} for grade in ("micron", "mesh")},
        "adjustment_time": "4000 weeks",
    }
    scenario = small_scenario({"facilities.fab": plant, "prices": prices})
    result = ds.monte_carlo(scenario, replications=2, seed=0)
    assert result["unit_cost"].values.ravel() == pytest.approx([1.0, 1.0])
    assert result["covers_cash_cost"].values.ravel() == pytest.approx([0.5, 0.5])
    assert result["covers_cost"].values.ravel() == pytest.approx([0.5, 0.5])


def test_the_cost_that_a_price_must_cover_moves_with_the_cost_by_date_too() -> None:
    """The same without a price of power by date: three times the cost of 1 USD from tick 55 of 100 on."""
    plant = FAB | {
        "nameplate": "1 ct/day",
        "decision": "2026-01-01",
        "stages": {"building": "70 days"},
        "ramp": "0 days",
        "cost": {"other": "1 USD/ct"},
    }
    prices = {
        "start": {grade: {"outside": "2 USD/ct"} for grade in ("micron", "mesh")},
        "adjustment_time": "4000 weeks",
        "supply": {"fab": {"cost": {"2027-01-21": "300%"}}},
    }
    scenario = small_scenario({"facilities.fab": plant, "prices": prices})
    result = ds.monte_carlo(scenario, replications=2, seed=0)
    assert result["covers_cash_cost"].values.ravel() == pytest.approx([0.5, 0.5])
