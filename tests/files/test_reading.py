"""Results that were saved whole are read back whole, and what holds none is refused clearly."""

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.files import read_result_file, reading
from tests.files.odd_result import odd_result
from tests.html_report.small_pages import textbook_comparison


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_a_dataset_is_read_back_as_it_was(suffix, tmp_path):
    if suffix == ".zarr":
        pytest.importorskip("zarr", reason="an extra")
    found = read_result_file(ds.save(odd_result(), tmp_path / f"a{suffix}"))
    assert isinstance(found, xr.Dataset)
    xr.testing.assert_equal(found, odd_result())


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_a_comparison_is_read_back_with_its_runs(suffix, tmp_path):
    if suffix == ".zarr":
        pytest.importorskip("zarr", reason="an extra")
    found = read_result_file(ds.save(textbook_comparison(), tmp_path / f"a{suffix}"))
    assert isinstance(found, xr.DataTree)
    assert {*found.children} == {*textbook_comparison().children}  # Zarr sorts groups by name
    xr.testing.assert_equal(found["less"]["shortage"], textbook_comparison()["less"]["shortage"])


def test_what_is_no_result_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.nc").write_text("no file of results", encoding="utf-8")
    with pytest.raises(OSError, match="it holds no result"):
        read_result_file(tmp_path / "a.nc")
    with pytest.raises(ValueError, match=r"ends in \.nc or \.zarr, found 'a\.csv'"):
        read_result_file(tmp_path / "a.csv")
    for name in ("b.nc", "b.zarr"):
        with pytest.raises(FileNotFoundError):
            read_result_file(tmp_path / name)
    monkeypatch.setattr(reading, "find_spec", lambda _: None)
    with pytest.raises(ImportError, match="the extra 'zarr' of diamondsim"):
        read_result_file(tmp_path / "b.zarr")
