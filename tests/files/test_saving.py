"""`save`: what comes back from each format, what is written beside it, and what is refused."""

from __future__ import annotations

import ast
import csv
import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim import files
from diamondsim.files import file_formats, workbook
from tests.files.odd_result import NAMES, odd_result
from tests.simulation.small import short_ban

SUFFIXES = tuple(each.suffix for each in file_formats.FORMATS)
FILES = tuple(suffix for suffix in SUFFIXES if suffix != ".zarr")


@pytest.fixture
def result():
    return odd_result()


@pytest.fixture(autouse=True)
def _libraries():
    for module in ("pyarrow", "xlsxwriter", "openpyxl", "zarr"):
        pytest.importorskip(module, reason=f"{module} is not installed")


def texts(frame, name):
    return frame[name].astype(object).tolist()


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_a_file_of_the_whole_result_reads_back_as_the_same_dataset(result, tmp_path, suffix):
    path = ds.save(result, tmp_path / f"out{suffix}")
    with xr.open_dataset(path, engine="zarr" if suffix == ".zarr" else "h5netcdf") as read:
        xr.testing.assert_identical(read.load(), result)
        for name, variable in result.variables.items():
            wanted = "OUT" if variable.dtype.kind == "O" else variable.dtype.kind
            assert read[name].dtype.kind in wanted, name


def test_a_table_in_csv_reads_back_with_every_number(result, tmp_path):
    pandas = pytest.importorskip("pandas")
    path = ds.save(result, tmp_path / "out.csv")
    options = {"keep_default_na": False, "na_values": [""]}
    read = pandas.read_csv(path, parse_dates=["begin"], **options)
    assert read["level"].dtype == read["probability"].dtype == np.float64
    np.testing.assert_array_equal(read["level"].to_numpy(), result["level"].values.ravel())
    assert np.signbit(read["level"][6])
    assert read["begin"].dtype.kind == "M"
    np.testing.assert_array_equal(read["begin"][::2].to_numpy(), result["begin"].values)
    of_series = pandas.read_csv(tmp_path / "out-series.csv", **options)
    assert of_series["series_name"].tolist()[5] == "NA"
    assert of_series["holds"].dtype == bool
    assert of_series["count"].tolist() == list(range(8))


def test_no_text_of_a_csv_file_is_a_formula(result, tmp_path):
    ds.save(result, tmp_path / "out.csv")
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    assert not cell.startswith(("=", "+", "@", "\t")), path
    with (tmp_path / "out-series.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["series_name"].removeprefix("'") for row in rows] == NAMES
    assert [row["note"] for row in rows][:3] == ["'=1+1", "'+2", "'-3"]


def test_a_table_in_parquet_reads_back_with_types_units_and_texts(result, tmp_path):
    pandas = pytest.importorskip("pandas")
    path = ds.save(result, tmp_path / "out.parquet")
    wanted, read = ds.tables(result)["series_by_month"], pandas.read_parquet(path)
    assert [*read.columns] == [*wanted.columns]
    np.testing.assert_array_equal(read["level"].to_numpy(), wanted["level"].to_numpy())
    np.testing.assert_array_equal(read["begin"].to_numpy(), wanted["begin"].to_numpy())
    assert (read["begin"].dtype.kind, read["month"].dtype, read["level"].dtype) == ("M", np.int64, np.float64)
    assert read["series_name"].dtype == "category"
    assert texts(read, "series_name") == texts(wanted, "series_name")
    assert read.attrs == wanted.attrs
    of_series = pandas.read_parquet(tmp_path / "out-series.parquet")
    assert (of_series["holds"].dtype, of_series["count"].dtype) == (bool, np.int8)
    assert texts(of_series, "note") == NAMES
    drawn = pandas.read_parquet(tmp_path / "out-series_by_replication.parquet")
    assert drawn.sort_values(["series", "replication"])["drawn"].tolist() == list(range(24))


def test_a_workbook_has_types_formats_units_and_no_formula(result, tmp_path):
    import openpyxl

    path = ds.save(result, tmp_path / "out.xlsx")
    with path.open("rb") as file:  # openpyxl leaves a file open that it opens itself
        book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["provenance", "columns", "series_by_month", "series", "scenario"]
    sheet = book["series_by_month"]
    assert book.active is sheet, "the main table is what one sees first"
    head, *rows = [[*row] for row in sheet.iter_rows()]
    column = {cell.value: k for k, cell in enumerate(head)}
    level, begin = column["level [carat]"], column["begin"]
    values = [row[level].value for row in rows]
    assert values[:4] == [0.1, None, "inf", "-inf"]
    assert values[4:] == result["level"].values.ravel()[4:].tolist()
    assert rows[0][begin].value.isoformat() == "2027-01-10T00:00:00"
    assert rows[0][begin].number_format == "yyyy-mm-dd"
    assert rows[0][column["probability"]].number_format == "0.0%"
    assert sheet.freeze_panes == "C2"
    head, *rows = [[cell.value for cell in row] for row in book["series"].iter_rows()]
    assert [row[head.index("note")] or "" for row in rows] == NAMES
    assert [row[head.index("holds")] for row in rows] == [True, False] * 4
    kinds = {cell.data_type for each in book for row in each.iter_rows() for cell in row}
    assert kinds <= {"n", "s", "b", "d", "inlineStr"}, "none is a formula"
    facts = [[cell.value or "" for cell in row] for row in book["provenance"].iter_rows()]
    assert ["", "title", "=HYPERLINK(1)"] in facts
    assert ["", "seed", 7] in facts
    assert [fact[2] for fact in facts if fact[1] == "changes"] == ["a=1", "b=2"]
    assert [cell.value for cell in book["scenario"]["A"]] == ["scenario", "x: 1", "y: 2"]


def test_a_comparison_is_saved_with_its_scenarios(tmp_path):
    tree = xr.DataTree.from_dict(
        {"/": odd_result()[["holds"]], "/a": odd_result(), "/b": odd_result().assign(more=("month", [1, 2]))}
    )
    for suffix in (".nc", ".zarr", ".xlsx", ".csv"):
        assert ds.save(tree, tmp_path / f"out{suffix}").exists()
    for suffix, engine in ((".nc", "h5netcdf"), (".zarr", "zarr")):
        with xr.open_datatree(tmp_path / f"out{suffix}", engine=engine) as read:
            np.testing.assert_array_equal(read["b"]["level"].values, tree["b"]["level"].values)
            assert read["a"].attrs["title"] == tree["a"].attrs["title"]
    with (tmp_path / "out-series_by_month.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["scenario"] for row in rows] == ["a"] * 16 + ["b"] * 16
    for name in ("a", "b"):
        found = [float(row["level"] or "nan") for row in rows if row["scenario"] == name]
        np.testing.assert_array_equal(found, tree[name].to_dataset()["level"].values.ravel())
    with (tmp_path / "out-series_of_each.csv").open(encoding="utf-8", newline="") as file:
        assert len([*csv.DictReader(file)]) == 16
    assert (tmp_path / "out-scenario-b.yaml").read_text(encoding="utf-8") == "x: 1\ny: 2\n"


def test_a_trace_is_saved_with_its_events(tmp_path):
    trace = ds.simulate(short_ban(), seed=1)
    with (ds.save(trace, tmp_path / "out.csv")).open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["why"] for row in rows] == [event.why for event in trace.events]
    assert [int(row["tick"]) for row in rows] == [event.tick for event in trace.events]
    start = trace.dataset["time"].values[0].astype("datetime64[D]")
    assert [row["time"] for row in rows] == [
        str(start + np.timedelta64(event.tick, "D")) for event in trace.events
    ]


@pytest.mark.parametrize("suffix", FILES)
def test_the_same_result_gives_the_same_bytes(result, tmp_path, suffix):
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        ds.save(result, tmp_path / folder / f"out{suffix}")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "other").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes(), name


def test_files_of_an_earlier_result_go_and_those_of_others_stay(result, tmp_path):
    ds.save(result, tmp_path / "out.csv")
    for other in ("out-old.csv", "out-series_by_month.csv", "output-series.csv"):
        (tmp_path / other).write_text("mine")
    ds.save(result, tmp_path / "out.csv", tables=["series_by_replication"])
    assert not (tmp_path / "out-series.csv").exists()
    assert {path.name for path in tmp_path.iterdir()} == {
        *("out.csv", "out-columns.csv", "out-provenance.csv", "out-scenario.yaml"),
        *("out-old.csv", "out-series_by_month.csv", "output-series.csv"),
    }


@pytest.mark.parametrize("suffix", FILES)
def test_a_full_disk_leaves_what_was_there(result, tmp_path, monkeypatch, suffix):
    path = tmp_path / f"out{suffix}"
    path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        ds.save(result, path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_zarr_store_is_not_replaced_and_a_failed_one_leaves_nothing(result, tmp_path, monkeypatch):
    path = ds.save(result, tmp_path / "out.zarr")
    with pytest.raises(FileExistsError, match="exists: name another folder, or remove it"):
        ds.save(result, path)

    def full(*_given, **_options) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", full)
    with pytest.raises(OSError, match="No space left"):
        ds.save(result, tmp_path / "other.zarr")
    assert [each.name for each in tmp_path.iterdir()] == ["out.zarr"]


@pytest.mark.parametrize("suffix", [each.suffix for each in file_formats.FORMATS if each.module])
def test_a_missing_library_is_named_with_its_extra(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(file_formats, "find_spec", lambda _name: None)
    wanted = next(each for each in file_formats.FORMATS if each.suffix == suffix)
    with pytest.raises(ImportError) as told:
        ds.save(odd_result(), tmp_path / f"out{suffix}")
    assert f"pip install '{wanted.module}>=" in str(told.value)
    assert f"(the extra '{wanted.extra}' of diamondsim)" in str(told.value)
    assert [*tmp_path.iterdir()] == []


def test_tables_are_chosen_by_name_and_refused_where_there_are_none(result, tmp_path):
    ds.save(result, tmp_path / "out.csv", tables=["series", "series_by_replication"])
    assert (tmp_path / "out-series_by_replication.csv").exists()
    assert not (tmp_path / "out-series_by_month.csv").exists()
    with pytest.raises(ValueError, match=r"no table 'serie'; did you mean 'series'.*no table 'x'"):
        ds.save(result, tmp_path / "out.csv", tables=["serie", "x"])
    with pytest.raises(ValueError, match="tables: none is named"):
        ds.save(result, tmp_path / "out.csv", tables=[])
    with pytest.raises(ValueError, match=r"tables: \.nc holds the whole result"):
        ds.save(result, tmp_path / "out.nc", tables=["series"])
    with pytest.raises(ValueError, match="the result has no table"):
        ds.save(xr.Dataset(), tmp_path / "out.xlsx")
    with pytest.raises(TypeError, match="found DataArray"):
        ds.save(result["level"], tmp_path / "out.csv")


def test_what_does_not_fit_a_sheet_is_named_with_what_does(result, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 10)
    monkeypatch.setattr(workbook, "MAX_COLUMNS", 4)
    monkeypatch.setattr(workbook, "MAX_CELL_CHARS", 9)
    with pytest.raises(ValueError, match="series_by_month") as told:
        ds.save(result, tmp_path / "out.xlsx")
    for part in (
        "table 'series_by_month' has 16 rows, and a sheet holds 10",
        "table 'series' has 6 columns, and a sheet holds 4",
        "column 'series_name' of table 'series' has a text of 11 characters, and a cell holds 9",
        "write a .parquet or .csv file",
    ):
        assert part in str(told.value)
    assert [*tmp_path.iterdir()] == []


def test_names_of_sheets_are_short_legal_and_never_alike():
    long = "form_by_weights_by_series_by_month_quantiles"
    made = workbook.sheet_names([long, long[:35], "a/b", "A?B", "History", "'x'"])
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in made.values())
    assert len({name.casefold() for name in made.values()} | {"history"}) == len(made) + 1


def test_no_extra_is_imported_before_it_is_needed():
    folder = Path(files.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.partition(".")[0] for name in names} & {"zarr", "pyarrow", "xlsxwriter"}, path
