"""The first sheet of a workbook: what people look at first, equal to the tables behind it."""

from __future__ import annotations

import openpyxl
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.files.summary_table import summary_table
from tests.simulation.small import short_ban


def sheet_of(result, tmp_path, **options) -> list[dict[str, openpyxl.cell.Cell]]:
    """Return the rows of the sheet on which a workbook opens, by title."""
    book = openpyxl.load_workbook(ds.save(result, tmp_path / "result.xlsx", **options))
    assert book.active.title == "summary" == book.sheetnames[0]
    head, *rows = book.active.iter_rows()
    return [dict(zip([cell.value for cell in head], row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def run():
    return ds.monte_carlo(short_ban(), replications=64, seed=1)


def test_the_summary_of_a_run_has_its_numbers_as_percentages(run, tmp_path):
    [row] = sheet_of(ds.with_table_columns(run), tmp_path)
    used = run.dropna("region", subset=["probability_of_shortage"], how="all").squeeze(["region", "use"])
    chance = used["probability_of_shortage"]
    found = [row[f"Chance of a shortage{end}"] for end in ("", ", 95 % from", ", 95 % to")]
    expected = chance.sel(bound=["estimate", "low", "high"]).values.tolist()
    assert [cell.value for cell in found] == pytest.approx(expected, rel=1e-15)  # 16 digits are written
    assert 0 < found[1].value < found[0].value < found[2].value < 1
    assert {cell.number_format for cell in found} == {"0.0%"}
    assert row["Region"].value == used["region_name"].item()
    assert row["Begins, median"].value.date() >= run["time"].values[0].astype("datetime64[D]").item()
    unmet = next(cell for title, cell in row.items() if title.startswith("Unmet over the horizon, mean ["))
    assert unmet.value == pytest.approx(used["shortage_mean"].sel(bound="estimate").item(), rel=1e-15)


def test_a_summary_has_no_column_without_a_number(run, tmp_path):
    [row] = sheet_of(run, tmp_path)
    assert not [title for title in row if title.startswith(("Begins", "Economic loss", "Chance in the base"))]


def test_the_summary_of_a_comparison_has_the_chance_of_each_scenario(tmp_path):
    scenarios = {"now": short_ban(), "later": short_ban(**{"inventory_policy.u.cover": "15 days"})}
    tree = ds.compare(scenarios, replications=64, seed=1)
    rows = {row["Scenario"].value: row for row in sheet_of(tree, tmp_path)}
    assert [*rows] == ["now", "later"]
    for name, row in rows.items():
        values = tree["value"].sel(metric="probability_of_shortage", scenario=name, bound="estimate")
        assert row["Chance of a shortage"].value == pytest.approx(values.dropna("region").item(), rel=1e-15)
    assert rows["later"]["Chance less that of the reference"].value == pytest.approx(
        rows["later"]["Chance of a shortage"].value - rows["now"]["Chance of a shortage"].value
    )


def test_the_summary_of_a_comparison_has_what_is_unmet_in_each_scenario(tmp_path):
    scenarios = {"now": short_ban(), "later": short_ban(**{"inventory_policy.u.cover": "15 days"})}
    tree = ds.compare(scenarios, replications=64, seed=1)
    rows = {row["Scenario"].value: row for row in sheet_of(tree, tmp_path)}
    for name, row in rows.items():
        found = [
            cell.value for title, cell in row.items() if title.startswith("Unmet over the horizon, mean")
        ]
        expected = tree[name]["shortage_mean"].dropna("region", how="all").squeeze(["region", "use"])
        assert found == pytest.approx(expected.sel(bound=["estimate", "low", "high"]).values.tolist())
    less = rows["later"]["Unmet less that of the reference"].value
    values = [rows[name]["Unmet over the horizon, mean"].value for name in ("later", "now")]
    assert less == pytest.approx(values[0] - values[1])


def test_uses_that_are_never_short_come_last():
    columns = {
        "region": [*"ABAB"],
        "region_name": [*"ABAB"],
        "use": ["u"] * 4,
        "scenario": ["one"] * 4,
        "metric": ["probability_of_shortage"] * 2 + ["shortage_mean"] * 2,
        "value": [0.0, 0.2, 0.0, 7.0],
    }
    frame = xr.Dataset({name: ("row", values) for name, values in columns.items()}).to_dataframe()
    summary = summary_table({"metric_by_scenario_by_region_by_use": frame})
    assert summary is not None
    assert summary.frame["region_name"].tolist() == ["B", "A"]
    assert summary.frame["unmet"].tolist() == [7.0, 0.0]


def test_a_workbook_of_other_tables_opens_on_its_main_table(run, tmp_path):
    book = openpyxl.load_workbook(ds.save(run, tmp_path / "quarters.xlsx", tables=["uses_by_quarter"]))
    assert book.sheetnames[:2] == ["provenance", "columns"]
    assert book.active.title == "uses_by_quarter"
