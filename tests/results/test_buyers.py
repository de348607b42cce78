"""A buyer that is carved out of an aggregate is a use of its own in every result."""

import numpy as np
import pytest

import diamondsim as ds
from tests.plan.small_scenarios import small_scenario

BUYERS = {
    "firm": {"name": "Smith & Co", "aggregate": "home.grinding", "share": "25%"},
    "other": {"aggregate": "home.grinding", "share": "25%"},
}


@pytest.fixture(scope="module")
def found():
    scenario = small_scenario(
        {"buyers": BUYERS, "uses.grinding.name": "Grinding", "uses.grinding.volumes": "assumed"}
    )
    return ds.monte_carlo(scenario, replications=3)


def test_its_use_stands_after_that_of_the_aggregate(found):
    assert found["use"].values.tolist() == [
        "polishing",
        "grinding",
        "grinding/firm",
        "grinding/other",
        "arms",
    ]


def test_it_is_called_by_its_use_and_its_name_or_id(found):
    assert found["use_name"].values[2:4].tolist() == ["Grinding, Smith & Co", "Grinding, other"]
    assert found["volumes"].values[1:4].tolist() == ["assumed"] * 3


def test_demand_adds_up_to_that_of_the_whole(found):
    whole = ds.monte_carlo(small_scenario(), replications=3)["demand"].sel(region="home", use="grinding")
    parts = found["demand"].sel(region="home", use=["grinding", "grinding/firm", "grinding/other"])
    np.testing.assert_allclose(parts.sum("use"), whole, rtol=1e-12)
    np.testing.assert_allclose(parts.sel(use="grinding/firm"), whole / 4, rtol=1e-12)


def test_elsewhere_it_has_no_demand(found):
    assert np.isnan(found["demand"].sel(region="away", use="grinding/firm")).all()
