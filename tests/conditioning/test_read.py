"""Observations from a CSV file: what each cell may hold, and every problem with its row and column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import diamondsim as ds

COLUMNS = "month,control,destination,measure,quantity,unit,decided,error,source"


def written(folder: Path, *rows: str, columns: str = COLUMNS) -> Path:
    file = folder / "figures.csv"
    file.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return file


def test_a_row_says_what_an_observation_says(tmp_path):
    file = written(
        tmp_path,
        "2027-04,cn_55,US,exports,0.3,share,,0.1,customs",
        '2027-05,cn_55,,,"1,200",kct,,25 %,customs',
        "2027-05,cn_55,JP,licences,12,,40,5%,ministry",
        "2027-06,cn_55,JP,,30,%,,5,customs",
    )
    first, second, third, fourth = ds.read_observations(file)
    assert first == ds.Observation(
        month=dt.date(2027, 4, 1),
        control="cn_55",
        destination="US",
        quantity=0.3,
        unit="share",
        error=0.1,
        source="customs",
        place=f"{file}:2",
    )
    assert (second.destination, second.quantity, second.unit) == ("all", 1.2e6, "ct")
    assert (second.error, second.relative) == (0.25, True)
    assert (third.measure, third.quantity, third.decided, third.error) == ("licences", 12, 40, 0.05)
    assert [fourth.quantity, fourth.error] == pytest.approx([0.3, 0.05])
    assert not fourth.relative


def test_a_file_of_exports_without_units_is_told_once_with_an_example(tmp_path):
    rows = ("2027-04,cn_55,2,10%,customs", "2027-05,cn_55,3,10%,customs")
    file = written(tmp_path, *rows, columns="month,control,quantity,error,source")
    with pytest.raises(ds.ScenarioError) as caught:
        ds.read_observations(file)
    (problem,) = caught.value.problems
    assert (problem.line, problem.why) == (1, "the column 'unit' is missing, which rows of exports need")
    assert "month,control,quantity,unit,error,source and 2027-03,cn_55,0.06,share," in str(problem)


def test_a_file_of_licences_needs_no_units(tmp_path):
    columns = "month,control,measure,quantity,decided,error,source"
    file = written(tmp_path, "2027-05,cn_55,licences,12,40,5%,ministry", columns=columns)
    assert ds.read_observations(file)[0].decided == 40


def test_optional_columns_may_be_left_out(tmp_path):
    columns = "month,control,quantity,unit,error,source"
    (one,) = ds.read_observations(written(tmp_path, "2027-04,cn_55,2,kg,10%,customs", columns=columns))
    assert (one.destination, one.measure, one.quantity, one.unit) == ("all", "exports", 10_000, "ct")


@pytest.mark.parametrize(
    "row, column, message",
    [
        (
            "2027-4,c,,,1,share,,1,s",
            1,
            "month: expected a month, found '2027-4'; allowed: a month such as 2027-03",
        ),
        (",c,,,1,share,,1,s", 1, "month: expected a month, found ''; allowed: a month such as 2027-03"),
        ("2027-04,,,,1,share,,1,s", 2, "control: this cell is empty"),
        (
            "2027-04,c,,export,1,share,,1,s",
            4,
            "measure: unknown measure 'export'; did you mean 'exports'?",
        ),
        ("2027-04,c,,,-1,share,,1,s", 5, "quantity: '-1' is negative; allowed: a number of at least 0"),
        ("2027-04,c,,,W,share,,1,s", 5, "quantity: withheld by the source (W), so this is no observation"),
        ("2027-04,c,,,<5,share,,1,s", 5, "quantity: only a bound ('<5'), so this is no observation"),
        ("2027-04,c,,,1,,,1,s", 6, "unit: this cell is empty; allowed: share or % of a normal month"),
        ("2027-04,c,,,1,pieces,,1,s", 6, "unit: unknown unit 'pieces'; allowed: share or %"),
        ("2027-04,c,,,1,share,4,1,s", 7, "decided: only licences have a number of decisions"),
        ("2027-04,c,,licences,1,,,0,s", 7, "decided: this cell is empty"),
        ("2027-04,c,,licences,5,,4,0,s", 7, "decided: 5 licences granted of 4 decided"),
        ("2027-04,c,,licences,0,,0,0,s", 7, "decided: 0 licences granted of 0 decided"),
        ("2027-04,c,,licences,1.5,,4,0,s", 5, "quantity: '1.5' is no whole number"),
        ("2027-04,c,,licences,1,share,4,0,s", 6, "unit: licences have no unit"),
        ("2027-04,c,,licences,1,,4,100%,s", 8, "error: '100%' is no share of meaningless reports"),
        ("2027-04,c,,,1,share,,,s", 8, "error: this cell is empty"),
        ("2027-04,c,,,1,share,,0,s", 8, "error: an error of 0 excludes every replication"),
        ("2027-04,c,,,0,share,,20 %,s", 8, "error: '20 %' of 0 is no error"),
        ("2027-04,c,,,1,share,,1,", 9, "source: this cell is empty"),
    ],
)
def test_a_cell_that_says_nothing_is_refused_with_its_place(tmp_path, row, column, message):
    file = written(tmp_path, row)
    with pytest.raises(ds.ScenarioError) as refused:
        ds.read_observations(file)
    (text,) = (str(problem) for problem in refused.value.problems)
    assert text.startswith(f"{file}:2:{column}: {message}")


def test_all_problems_of_a_file_come_at_once(tmp_path):
    file = written(
        tmp_path, "2027-13,c,,,1,share,,1,s", "2027-04,c,,,1,share,,1,s", "2027-04,c,,,x,share,,y,"
    )
    with pytest.raises(ds.ScenarioError) as refused:
        ds.read_observations(file)
    places = [(problem.line, problem.path) for problem in refused.value.problems]
    assert places == [(2, "month"), (4, "source"), (4, "quantity"), (4, "error")]


def test_unknown_and_missing_columns_are_refused(tmp_path):
    file = written(tmp_path, "2027-04,c,1,ct,s,x", columns="month,control,quantity,unit,source,eror")
    with pytest.raises(ds.ScenarioError) as refused:
        ds.read_observations(file)
    assert [str(problem) for problem in refused.value.problems] == [
        f"{file}:1:6: unknown column 'eror'; did you mean 'error'?",
        f"{file}:1: the column 'error' is missing",
    ]
