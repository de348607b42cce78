"""A result of which parts are lost or changed is refused, and no whole one."""

import functools

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.results import ReplicationWeights, require_whole
from diamondsim.simulation import monte_carlo_each

N = 24


@functools.cache
def run(name="lapse-2027"):
    return ds.monte_carlo(
        ds.load_scenario(name).override({"horizon.length": "1 yr"}), replications=N, seed=1, workers=1
    )


@pytest.mark.parametrize("name", ["lapse-2027", "us-reserve", "priced-2027"])
def test_a_result_as_it_was_made_is_whole(name):
    require_whole(run(name))


def test_a_weighted_result_is_whole():
    weights = ReplicationWeights.from_logarithms(np.linspace(-3.0, 0.0, N))
    scenario = ds.load_scenario("priced-2027").override({"horizon.length": "1 yr"})
    weighted = monte_carlo_each({"a": (scenario, N)}, seed=1, workers=1, weights=weights)["a"]
    require_whole(weighted)
    with pytest.raises(ValueError, match="'shortage_mean' is not that of 'shortage'"):
        require_whole(weighted.drop_vars("weight"))


@pytest.mark.parametrize(
    "lost, told",
    [
        ("peak_shortfall", "'probability_of_shortage' is not that of 'peak_shortfall'"),
        ("shortage", "'shortage_mean' is not that of 'shortage'"),
        ("first_shortage", "'first_shortage' is not known in"),
        ("input_value", f"'input_value' is not known in {N} replications"),
        ("quarter_demand_mean", "'quarter_demand_mean' is not known for"),
        ("quarter_probability_of_shortage", "'quarter_probability_of_shortage' is not known for"),
    ],
)
def test_a_variable_that_is_read_as_unknown_is_named(lost, told):
    with pytest.raises(ValueError, match=told):
        require_whole(run().assign({lost: run()[lost] * np.nan}))


def test_some_replications_that_are_not_known_are_counted():
    known = run()["peak_shortfall"].where(run()["replication"] >= 5)
    with pytest.raises(ValueError, match=r"5 replications are not known"):
        require_whole(run().assign(peak_shortfall=known))


def test_another_mean_is_found_where_all_is_known():
    with pytest.raises(ValueError, match="the replications have another mean"):
        require_whole(run().assign(shortage=1.01 * run()["shortage"]))


def test_selected_replications_are_no_whole_result():
    with pytest.raises(ValueError, match=f"it has 10 of {N} replications"):
        require_whole(run().isel(replication=slice(0, 10)))
