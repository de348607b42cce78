"""`tables`: every number of a Dataset stands in one row and column, and nothing is repeated."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from tests.simulation.small import short_ban


@pytest.fixture(scope="module")
def dataset():
    changes = {"horizon.length": "30 weeks", "reserves.us": RESERVE}
    return ds.monte_carlo(
        ds.load_scenario("priced-2027").override(changes), replications=6, seed=1, workers=1
    )


RESERVE = {
    "region": "US",
    "grade": "mesh",
    "opening": "4 Mct",
    "release": "1 Mct/month",
    "serves": ["machining"],
}


@pytest.fixture(scope="module")
def found(dataset):
    return ds.tables(dataset)


def column_of(variable: xr.DataArray, bound: str) -> str:
    return str(variable.name) if bound in ("", "estimate") else f"{variable.name}_{bound}"


def test_each_variable_is_in_one_table_with_each_of_its_numbers(dataset, found):
    tables = {name: found[name] for name in found}
    for name, variable in dataset.data_vars.items():
        holding = [table for table in tables.values() if name in table.columns]
        assert len(holding) == 1, name
        labels = [str(dim) for dim in variable.dims if dim != "bound"]
        texts = {label: str for label in labels if holding[0][label].dtype == "category"}
        rows = holding[0].astype(texts).set_index(labels) if labels else holding[0]
        for bound in variable["bound"].values if "bound" in variable.dims else [""]:
            values = variable.sel(bound=bound) if bound else variable
            column = rows[column_of(variable, bound)]
            if labels:
                assert column.index.is_unique
                known = values.to_series().dropna()
                np.testing.assert_array_equal(column.dropna().sort_index(), known.sort_index(), err_msg=name)
            assert holding[0].attrs["units"][str(column.name)] == variable.attrs["units"]


def test_a_number_is_found_by_its_labels(dataset, found):
    uses = found["uses"].set_index(["region", "use"])
    wanted = dataset["shortage_mean"].sel(region="JP", use="machining")
    row = uses.loc[("JP", "machining")]
    assert [
        row["shortage_mean"],
        row["shortage_mean_low"],
        row["shortage_mean_high"],
    ] == wanted.values.tolist()
    assert row["unit"] == "ct"
    by_time = found["uses_by_time_quantiles"].set_index(["time", "region", "use", "quantile"])
    time = dataset["time"].values[7]
    wanted = dataset["shortfall_band"].sel(time=time, region="JP", use="machining", quantile=0.9)
    assert by_time.loc[(time, "JP", "machining", 0.9), "shortfall_band"] == wanted.item()


def test_what_a_region_does_not_have_has_no_row_and_what_is_only_unknown_has_one(dataset, found):
    known = dataset["shortage"].isel(replication=0).notnull()
    assert len(found["uses"]) == int(known.sum()) < known.size
    assert len(found["uses_by_replication"]) == 6 * int(known.sum())
    plants = found["facilities_by_replication"]
    assert plants["first_output"].isna().all(), "30 weeks are too short for a plant"
    assert len(plants) == 6 * dataset.sizes["facility"]


def test_the_names_say_what_rows_are_and_along_what(found):
    wanted = {
        *("uses", "uses_quantiles", "uses_by_replication", "uses_by_time", "uses_by_quarter"),
        *("inputs_by_replication", "markets", "markets_by_time", "facilities_by_zone", "reserves"),
        *("legal_states_by_quarter", "control_states_by_time", "controls_by_time", "regions_by_time"),
    }
    assert wanted <= {*found}
    assert len(found) == len({*found})
    assert not [name for name in found if name.startswith("_") or "run" in name]


def test_a_table_that_does_not_exist_is_answered_with_the_nearest(found):
    with pytest.raises(KeyError, match="there is no table 'use'; did you mean 'uses'"):
        found["use"]
    with pytest.raises(TypeError, match=r"result: expected an xarray.Dataset, .* found DataArray"):
        ds.tables(xr.DataArray([1.0]))  # type: ignore[arg-type]


def test_a_part_of_a_dataset_gives_its_tables(dataset):
    part = dataset.sel(region="US", use="polishing")
    run = ds.tables(part)
    assert run["run"]["probability_of_shortage"].tolist() == [part["probability_of_shortage"].values[0]]
    assert len(run["run_by_replication"]) == 6


def test_a_table_takes_little_more_memory_than_its_numbers():
    run = ds.monte_carlo(short_ban(), replications=5_000, seed=1, workers=1)
    tables = ds.tables(run)
    tables["uses"]  # whatever is imported and cached at first use
    tracemalloc.start()
    frame = tables["uses_by_replication"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(frame) == 5_000
    # The grid has an empty cell for each that is there; the largest part is copied once.
    assert peak < 6 * frame.memory_usage().sum()


def test_weights_and_tables_of_an_unknown_kind_have_a_name_too(dataset):
    weighted = dataset[["shortage"]].assign(weight=("replication", np.full(6, 1 / 6)))
    odd = weighted.assign(other=(("region", "shape"), np.ones((dataset.sizes["region"], 2))))
    found = ds.tables(odd)
    assert {*found} == {"uses_by_replication", "run_by_replication", "region_by_shape"}
    assert len(found["region_by_shape"]) == 2 * dataset.sizes["region"]


def test_a_coordinate_along_several_dimensions_stands_beside_the_numbers_that_have_them():
    """As the values of the first number of each pair, which differ from pair to pair."""
    crossing = xr.DataArray([[1.0, 2.0], [3.0, 4.0]], dims=("pair", "level"), attrs={"units": "days"})
    first = xr.DataArray([[10.0, 20.0], [30.0, 40.0]], dims=("pair", "level"), attrs={"units": "ct"})
    dataset = xr.Dataset({"crossing": crossing}, {"pair": ["a", "b"], "level": [0, 1], "first_value": first})
    frame = ds.tables(dataset)["pair_by_level"]
    assert frame["first_value"].tolist() == [10.0, 20.0, 30.0, 40.0]
    assert frame["crossing"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert frame.attrs["units"]["first_value"] == "ct"
