"""Every Dataset of a public call, as other programs read it: units, names and durations.

A firm carved out of a use has a slash in its name, which is a folder to Zarr and HDF5. `ct` is ten kilograms
to UDUNITS. Where `units` is "days", xarray can make a duration of a number, a type that Parquet
does not have.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.results import netcdf_content
from tests.simulation.small import short_ban
from tests.small_answers import small_answers

TRADE = Path(__file__).parent / "trade" / "files" / "usgs_2026.csv"
FIRM = "u/firm"


@pytest.fixture(scope="module")
def datasets(tmp_path_factory) -> dict[str, xr.Dataset]:
    folder = tmp_path_factory.mktemp("elsewhere")
    scenario = short_ban().override({"buyers.firm": {"aggregate": "home.u", "share": "10%"}})
    priced = ds.load_scenario("priced-2027").override({"horizon.length": "1 yr"})
    ds.write_paths(scenario, folder / "paths", replications=8, seed=1, workers=1)
    of_questions = {
        name: found.to_dataset() if isinstance(found, xr.DataTree) else found
        for name, found in small_answers().items()
        if not isinstance(found, xr.DataArray)  # the flow behind `diamondsim admitted` is no public call
    }
    return {
        **of_questions,
        "a run": ds.monte_carlo(scenario, replications=64, seed=1, workers=1),
        "a run with prices": ds.monte_carlo(priced, replications=2, seed=1, workers=1),
        "a trace": ds.simulate(scenario, seed=1).dataset,
        "paths": ds.open_paths(folder / "paths").load(),
        "a gain": ds.sampling_gain(short_ban(), replications=1024, seeds=1),
        "forecasts": ds.backtest(replications=64),
        "trade": ds.read_trade(TRADE, base="baseline-2026"),
        "episodes": ds.episodes(),
    }


def test_the_cases_have_a_name_with_a_slash(datasets):
    assert FIRM in datasets["a run"]["use"].values
    assert any("/" in str(node) for node in datasets["paths"]["node"].values)


def test_names_of_entities_are_labels_and_never_names_of_variables(datasets):
    for which, dataset in datasets.items():
        names = [str(name) for name in (*dataset.variables, *dataset.dims)]
        assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == [], which


QUESTIONS = [
    *("compare", "select_best", "marginal_value", "value_of_information", "sensitivity", "sobol_indices"),
    *(
        "discover",
        "flip",
        "flip_pairs",
        "mixture",
        "independence",
        "size_stock",
        "size_reserve",
        "worst_start",
    ),
    "reverse_stress",
]


def test_the_questions_are_all_that_have_an_answer(datasets):
    assert {*QUESTIONS} <= {*datasets}
    assert {*QUESTIONS} == {*small_answers()} - {"admitted_flow"}


@pytest.mark.parametrize("which", QUESTIONS)
def test_an_answer_comes_back_from_files_as_it_was(datasets, tmp_path, which):
    before = datasets[which]
    content = io.BytesIO(netcdf_content(before))
    before.to_zarr(tmp_path / "a.zarr", zarr_format=2)
    with (
        xr.open_dataset(content, engine="h5netcdf") as of_netcdf,
        xr.open_zarr(tmp_path / "a.zarr", chunks=None) as of_zarr,
    ):
        assert of_netcdf.load().identical(before)
        assert of_zarr.load().identical(before)


@pytest.mark.parametrize("which", QUESTIONS)
def test_everything_in_an_answer_has_a_name_a_unit_and_a_plain_type(datasets, which):
    for name, variable in datasets[which].variables.items():
        assert variable.dtype.kind in "fibMO", name
        assert variable.attrs.get("long_name"), name
        if variable.dtype.kind in "fib":
            assert variable.attrs.get("units"), name


@pytest.mark.parametrize("which", ["a run", "paths"])
def test_a_zarr_store_made_by_xarray_holds_every_variable(datasets, tmp_path, which):
    datasets[which].to_zarr(tmp_path / "a.zarr", zarr_format=2)
    with xr.open_zarr(tmp_path / "a.zarr", chunks=None) as found:
        assert set(found.variables) == set(datasets[which].variables)
        assert found.sizes == datasets[which].sizes


def test_no_unit_is_another_one_to_udunits(datasets):
    for which, dataset in datasets.items():
        units = {str(variable.attrs.get("units", "")) for variable in dataset.variables.values()}
        misread = {unit for unit in units if re.search(r"\b([kM]?ct|kt|quarter)\b", unit)}
        assert misread == set(), which
    assert datasets["a run"]["shortage"].attrs["units"] == "carat"


def test_a_number_of_days_stays_a_number(datasets):
    durations = {"days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"}
    for which, dataset in datasets.items():
        for name, variable in dataset.variables.items():
            assert variable.dtype.kind != "m", (which, name)
            assert variable.attrs.get("units") not in durations, (which, name)
    content = io.BytesIO(netcdf_content(datasets["a run"]))
    with xr.open_dataset(content, engine="h5netcdf", decode_timedelta=True) as found:
        assert found["cover_mean"].attrs["units"] == "day"
        assert {str(name) for name, each in found.variables.items() if each.dtype.kind == "m"} == set()
