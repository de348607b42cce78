"""The Datasets of earlier controls, in memory and on disk."""

import warnings

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.results import netcdf_content, write_netcdf

MADE = {"episodes": ds.episodes, "episode_shares": ds.episode_shares}


def test_a_missing_month_is_missing_and_a_zero_is_a_zero():
    shares = ds.episode_shares().share.sel(series="gallium/all")
    assert shares.sel(month=[1, 2, 22]).values.tolist() == [0, 0, 0]
    assert np.isnan(shares.sel(month=6))
    data = ds.episodes()
    gallium = data.sel(point=data.point_episode == "gallium")
    assert (
        np.datetime64("2024-01-01")
        not in gallium.begin.values[gallium.end.values < np.datetime64("2024-03-02")]
    )


def test_tonnes_become_kilograms():
    data = ds.episodes()
    november = (data.point_episode == "graphite-flake") & (data.begin == np.datetime64("2023-11-01"))
    point = data.sel(point=november & (data.destination == "all"))
    assert point.quantity.item() == 23_502_000
    assert point.reported_unit.item() == "t"


def test_figures_that_disagree_stand_side_by_side():
    data = ds.episodes()
    year = (data.point_episode == "gallium") & (data.end == np.datetime64("2025-01-01"))
    totals = data.sel(point=year & (data.begin == np.datetime64("2024-01-01")))
    assert totals.quantity.values.tolist() == [69440, 60880]
    assert totals.alternative.values.tolist() == [0, 1]
    assert totals.source.values.tolist() == ["rohstoff.net", "rawmaterials.net"]


def test_a_ratio_has_no_mass():
    data = ds.episodes()
    indium = data.sel(point=data.point_episode == "indium")
    assert (indium.ratio.item(), indium.measure.item()) == (0.28, "year_before")
    assert np.isnan(indium.quantity.item())


def test_shares_by_hand():
    shares = ds.episode_shares().share
    # 1,530 kg in November 2023; the normal months found are 3,250, 5,611, 6,480 and 5,697 kg.
    assert shares.sel(series="gallium/all", month=4).item() == pytest.approx(1530 / 5259.5)
    # 6,533 t in September 2024 over 4,242 t.
    assert shares.sel(series="antimony/all", month=0).item() == pytest.approx(6533 / 4242)


def test_each_destination_of_graphite_can_be_had():
    each = ds.episode_shares(destinations="each")
    assert (each.episode == "graphite").sum() == 23
    assert each.share.sel(series="graphite/Germany", month=8).item() == pytest.approx(2.61, abs=0.005)


def test_another_word_for_destinations_is_an_error():
    with pytest.raises(ValueError, match="destinations: expected groups or each, found 'all'"):
        ds.episode_shares(destinations="all")


@pytest.mark.parametrize("name", MADE)
def test_every_variable_says_what_it_is_and_every_number_its_unit(name):
    data = MADE[name]()
    assert {key for key, variable in data.variables.items() if not variable.attrs.get("long_name")} == set()
    numbers = {key for key, variable in data.variables.items() if variable.dtype.kind in "fi"}
    assert {data[key].attrs.get("units") for key in numbers} == {"kg", "1"}


@pytest.mark.parametrize("name", MADE)
def test_netcdf_gives_back_every_value_and_type(name, tmp_path):
    data = MADE[name]()
    with xr.open_dataset(write_netcdf(data, tmp_path / "data.nc")) as back:
        back.load()
    assert_same(back, data)
    assert len(netcdf_content(data)) < 2_000_000


@pytest.mark.parametrize("name", MADE)
def test_zarr_gives_back_every_value_and_type(name, tmp_path):
    data = MADE[name]()
    with warnings.catch_warnings():
        # Texts of fixed length have no specification in Zarr 3 yet.
        warnings.filterwarnings("ignore", category=Warning, module="zarr")
        data.to_zarr(tmp_path / "data.zarr", consolidated=False)
        back = xr.open_zarr(tmp_path / "data.zarr", consolidated=False, chunks=None).load()
    assert_same(back, data)


def assert_same(back: xr.Dataset, data: xr.Dataset) -> None:
    xr.testing.assert_identical(back, data)
    assert {key: back[key].dtype for key in back.variables} == {
        key: data[key].dtype for key in data.variables
    }
