"""The layouts, read from files whose content is known."""

import re

import numpy as np
import pytest

from diamondsim.errors import ScenarioError
from diamondsim.trade import read_trade
from tests.trade.made import FILES, flow, plain


def fates(data) -> dict[str, tuple[int, float]]:
    return {
        fate: (int(data["fate_rows"].sel(fate=fate)), float(data["fate_quantity"].sel(fate=fate)))
        for fate in data["fate"].values.tolist()
    }


def test_the_new_columns_of_comtrade():
    data = read_trade(FILES / "comtrade_new.csv")
    assert data.attrs["layouts"] == "UN Comtrade"
    assert data.attrs["years"] == "2024"
    # China and Hong Kong together; the parts by transport and other codes do not count.
    assert flow(data, "CN", "US") == 183e6
    assert flow(data, "CN", "US", "importer_reported") == 183e6
    assert flow(data, "CN", "US", "exporter_reported") == 36_200 * 5000  # its carats were imputed, its kg not
    assert flow(data, "OA", "US") == 14e6  # Ireland, and Taiwan as "Other Asia, nes"
    assert flow(data, "RW", "US") == 18e6  # India by Comtrade's own number
    assert np.isnan(flow(data, "JP", "US"))  # imputed
    assert fates(data) == {
        "used": (8, 584e6),
        "total of all partners": (1, 239e6),
        "year 2023 is not asked for": (1, 200e6),
        "mirror: the importer's figure is used": (1, 181e6),
        "part of a total in the file": (1, 170e6),
        "within one region": (1, 50e6),
        "quantity imputed by the statistical office": (1, 4e6),
        "partner is no country: Areas, nes": (1, 1e6),
        "re-exports, part of exports": (1, 1e6),
        "code 710590 is not asked for": (1, 5e3),
    }


def test_every_row_has_one_fate_and_quantities_add_up():
    data = read_trade(FILES / "comtrade_new.csv", FILES / "usgs_2026.csv", years=2024)
    carats = data["row_quantity"].fillna(0).sum()
    assert float(data["fate_quantity"].sum()) == pytest.approx(float(carats), rel=1e-12)
    assert int(data["fate_rows"].sum()) == data.sizes["row"]


def test_imputed_quantities_can_be_used_on_request():
    data = read_trade(FILES / "comtrade_new.csv", imputed="use")
    assert flow(data, "JP", "US") == 4e6


def test_the_exporter_s_figure_can_be_used_and_both_are_shown():
    data = read_trade(FILES / "comtrade_new.csv", mirror="exporter")
    assert flow(data, "CN", "US") == 181e6 + 3e6  # Hong Kong reports nothing itself
    assert flow(data, "CN", "US", "importer_reported") == 183e6
    larger = read_trade(FILES / "comtrade_new.csv", mirror="larger")
    assert flow(larger, "CN", "US") == 181e6 + 3e6


def test_hong_kong_can_be_kept_apart():
    data = read_trade(FILES / "comtrade_new.csv", hong_kong="apart")
    assert flow(data, "CN", "US") == 180e6
    assert flow(data, "RW", "US") == 21e6
    assert flow(data, "CN", "RW") == 50e6


def test_partners_without_a_country_can_be_spread():
    data = read_trade(FILES / "comtrade_new.csv", unallocated="spread")
    before = read_trade(FILES / "comtrade_new.csv")
    for origin in ("CN", "KR", "OA", "RW"):
        share = flow(before, origin, "US") / 234e6
        assert flow(data, origin, "US") == pytest.approx(flow(before, origin, "US") + 1e6 * share)


def test_the_old_columns_of_comtrade_and_part_of_a_year():
    data = read_trade(FILES / "comtrade_old.csv")
    assert data.attrs["years"] == "2018"
    assert flow(data, "CN", "US") == 2 * (60e6 + 21_000)
    assert float(data["months"].sel(origin="CN", destination="US")) == 6
    assert "CN -> US: 6 months were taken for a year" in data.attrs["warnings"]
    assert "6 months of a year taken as 6/12 of it" in data.attrs["overlay"]
    assert "one unit value" not in data.attrs["warnings"]


def test_partners_with_one_unit_value_are_doubted():
    data = read_trade(FILES / "comtrade_unflagged.csv")
    assert (
        "2017-01 and 1 more periods: all 3 partners have one unit value (0.125 USD/ct)"
        in data.attrs["warnings"]
    )


def test_a_release_of_the_survey_gives_apparent_consumption():
    data = read_trade(FILES / "usgs_2026.csv", years=2024)
    assert float(data["demand"].sel(destination="US")) == pytest.approx(
        (159 + 14.9 + 238 - 73.3) * 1e6, rel=1e-9
    )
    assert flow(data, "CN", "US", "flow") == pytest.approx(0.77 * 238e6)
    assert flow(data, "KR", "US", "flow") == pytest.approx(0.08 * 238e6)
    assert flow(data, "OA", "US", "flow") == pytest.approx(0.05 * 238e6)
    assert flow(data, "RW", "US", "flow") == pytest.approx(0.10 * 238e6)  # whom the base has besides
    imports = sum(flow(data, origin, "US", "flow") for origin in ("CN", "JP", "KR", "OA", "RW"))
    exports = sum(flow(data, "US", to, "flow") for to in ("CN", "JP", "KR", "OA", "RW"))
    assert imports == pytest.approx(238e6)
    assert exports == pytest.approx(73.3e6)


def test_the_mean_of_years_is_taken():
    data = read_trade(FILES / "usgs_2026.csv", years="2023-2024")
    assert flow(data, "CN", "US", "flow") == pytest.approx(0.77 * (264e6 + 238e6) / 2)


def test_the_marks_of_the_survey():
    data = read_trade(FILES / "usgs_2025.csv", years=2024)
    left = fates(data)
    assert left["withheld by the source (W)"] == (1, 0.0)
    assert left["only a bound ('<80')"] == (1, 0.0)
    assert left["USGS: stones, not powder"][0] == 2  # of both years
    assert "2024, estimated by the source" in data.attrs["overlay"]


def test_a_file_of_cp1252_is_read_and_named_so(tmp_path):
    raw = (FILES / "usgs_2026.csv").read_bytes()
    assert b"\x97" in raw
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_the_plain_layout(tmp_path):
    file = plain(
        tmp_path,
        "2024-01,China,US,1.5,t,importer's,7105.10,USA",
        "2024-02,CN,842,10000,kg,importer's,7105.10.20,USA",
        columns="period,origin,destination,quantity,unit,source,code,reporter",
    )
    data = read_trade(file)
    assert flow(data, "CN", "US", "importer_reported") == (1.5e3 + 1e4) * 5000 * 6
    assert "imports of United States, 2024-01 to 2024-02 (importer's)" in data.attrs["overlay"]


def test_re_exports_are_subtracted_on_request(tmp_path):
    rows = ("2024,US,JP,10,Mct,trade", "2024,US,JP,4,Mct,re-export")
    file = plain(tmp_path, *rows, columns="period,origin,destination,quantity,unit,statistic")
    assert flow(read_trade(file), "US", "JP") == 10e6
    data = read_trade(file, re_exports="subtract")
    assert flow(data, "US", "JP") == 6e6
    assert fates(data) == {
        "used": (1, 6e6),
        "re-exports, subtracted from exports": (1, 4e6),
        "re-exported goods, subtracted from exports": (0, 4e6),
    }


def test_a_year_replaces_its_months_and_a_repeated_row_counts_once(tmp_path):
    file = plain(
        tmp_path, "2024,CN,JP,100,Mct", "2024-01,CN,JP,9,Mct", "2024,CN,US,7,Mct", "2024,CN,US,7,Mct"
    )
    data = read_trade(file)
    assert flow(data, "CN", "JP") == 100e6
    assert flow(data, "CN", "US") == 7e6
    assert fates(data)["month of a year that is in the files"] == (1, 9e6)
    assert fates(data)["repeats another row"] == (1, 7e6)


def test_a_code_and_its_part_count_once(tmp_path):
    rows = ("2024,CN,JP,100,Mct,710510", "2024,CN,JP,60,Mct,71051020")
    data = read_trade(plain(tmp_path, *rows, columns="period,origin,destination,quantity,unit,code"))
    assert flow(data, "CN", "JP") == 100e6
    assert fates(data)["part of code 710510, which is in the file"] == (1, 60e6)


PROBLEMS = {
    "an unknown area": (
        ["2024,CN,Irland,1,Mct"],
        "plain0.csv:2:3: destination: unknown area 'Irland'; did you mean",
    ),
    "no number": (["2024,CN,US,about 5,Mct"], "plain0.csv:2:4: quantity: expected a number, found 'about 5'"),
    "an unknown unit": (["2024,CN,US,5,bags"], "plain0.csv:2:5: unit: unknown unit 'bags'"),
    "no period": (["last year,CN,US,5,t"], "plain0.csv:2:1: period: expected a period"),
    "a spreadsheet's code": (
        ["2024,CN,US,5,t,7105.1"],
        "plain0.csv:2:6: code: expected a commodity code of an even number of digits",
    ),
    "a code that is none": (["2024,CN,US,5,t,TOTAL"], "code: expected a commodity code"),
    "the future": (["2124,CN,US,5,t"], "period: expected a period from 1962 to today, found '2124'"),
    "a missing unit": (["2024,CN,US,5"], "plain0.csv:2:5: unit: expected a unit, found nothing"),
    "a negative number": (["2024,CN,US,-5,t"], "quantity: a negative number"),
    "too many cells": (
        ["2024,CN,US,5,t,710510,more"],
        "plain0.csv:2:7: 7 cells in a row of a file with 6 columns",
    ),
    "a contradiction": (["2024,CN,US,5,t", "2024,CN,US,6,t"], "30,000,000 ct, but line 2 has 25,000,000 ct"),
}


@pytest.mark.parametrize("rows, message", PROBLEMS.values(), ids=PROBLEMS)
def test_a_mistake_is_reported_with_line_and_column(tmp_path, rows, message):
    with pytest.raises(ScenarioError) as raised:
        read_trade(plain(tmp_path, *rows, columns="period,origin,destination,quantity,unit,code"))
    assert message in str(raised.value)


TABLE = "period,origin,destination,quantity,unit\n2024,CN,US,5,Mct\n"
WRONG_FILES = {
    "nothing": (b"", "this file is empty"),
    "a header alone": (b"period,origin,destination,quantity,unit\n", "a header and no rows"),
    "a spreadsheet": (b"PK\x03\x04\x14", "this is a spreadsheet, not text"),
    "a NUL": (b"period,origin\n2024,\0\n", ":2: a NUL character"),
    "a title above": (b"Table 1. Trade\n" + TABLE.encode(), ":1: the first line should name the columns"),
    "no unit": (b"period,origin,destination,quantity\n2024,CN,US,5\n", "the column 'unit' is missing"),
    "no destination": (b"period,origin,quantity,unit\n2024,CN,5,t\n", "the column 'destination' is missing"),
    "a column twice": (TABLE.replace("unit", "unit,unit").encode(), ":1:6: the column 'unit' is repeated"),
    "an unknown column": (TABLE.replace("unit", "unit,volum").encode(), ":1:6: unknown column 'volum'"),
}


@pytest.mark.parametrize("content, message", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, message):
    file = tmp_path / "wrong.csv"
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as raised:
        read_trade(file)
    assert message in str(raised.value)
    assert len(raised.value.problems) == 1


READABLE = {
    "a byte order mark": TABLE.encode("utf-8-sig"),
    "wide characters": TABLE.encode("utf-16"),
    "semicolons": TABLE.replace(",", ";").encode(),
    "a line that names the delimiter": b"sep=;\n" + TABLE.replace(",", ";").encode(),
    "a decimal comma": TABLE.replace(",", ";").replace("5", "5,0").encode(),
    "unused columns without names": TABLE.replace("\n", ",,\n").encode(),
}


@pytest.mark.parametrize("content", READABLE.values(), ids=READABLE)
def test_what_spreadsheets_write_is_read(tmp_path, content):
    file = tmp_path / "mine.csv"
    file.write_bytes(content)
    data = read_trade(file)
    assert flow(data, "CN", "US") == 5e6
    assert "Windows-1252" not in data.attrs["warnings"]


def test_a_guessed_encoding_is_told(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_bytes(TABLE.replace("CN", "Côte d'Ivoire").encode("cp1252"))
    data = read_trade(file)
    assert flow(data, "RW", "US") == 5e6
    assert "not UTF-8, so it was read as Windows-1252" in data.attrs["warnings"]


def test_a_mistake_in_many_rows_is_one_problem(tmp_path):
    with pytest.raises(ScenarioError) as raised:
        read_trade(plain(tmp_path, *["2024,CN,Utopia,5,t"] * 1000))
    assert len(raised.value.problems) == 1
    assert "plain0.csv:2:3: destination: unknown area 'Utopia' (and in 999 more rows)" in str(raised.value)


def test_an_unknown_grade_is_a_mistake_and_one_without_a_code_is_left_out(tmp_path):
    columns = "period,origin,destination,quantity,unit,grade"
    with pytest.raises(ScenarioError, match="no grade 'mikron'; did you mean 'micron'"):
        read_trade(plain(tmp_path, "2024,CN,US,5,Mct,mikron", columns=columns))
    data = read_trade(plain(tmp_path, "2024,CN,US,5,Mct,micron", "2024,CN,US,1,ct,crystal", columns=columns))
    assert fates(data) == {"used": (1, 5e6), "grade crystal is not asked for": (1, 1.0)}


def test_all_mistakes_are_reported_at_once(tmp_path):
    with pytest.raises(ScenarioError) as raised:
        read_trade(plain(tmp_path, "2024,CN,US,x,bags", "2024,Nowhere,US,1,t"), tmp_path / "none.csv")
    assert len(raised.value.problems) == 4


def test_an_unknown_layout_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="none of UN Comtrade, USGS or the plain layout: a, b"):
        read_trade(plain(tmp_path, "1,2", columns="a,b"))


def test_no_row_left_is_an_error_that_says_why(tmp_path):
    with pytest.raises(ScenarioError, match=r"no row is left to use .*1 rows: within one region"):
        read_trade(plain(tmp_path, "2024,FRA,DEU,1,t"))


def test_a_value_without_a_quantity_is_left_out(tmp_path):
    rows = ("2024,CN,US,0,Mct,1000000", "2024,CN,JP,0,Mct,0", "2024,CN,KR,5,Mct,1")
    data = read_trade(plain(tmp_path, *rows, columns="period,origin,destination,quantity,unit,value_usd"))
    assert fates(data) == {"used": (2, 5e6), "a value and no quantity": (1, 0.0)}
    assert flow(data, "CN", "JP") == 0.0
    assert np.isnan(flow(data, "CN", "US"))


def test_a_total_beside_its_partners_counts_once(tmp_path):
    data = read_trade(plain(tmp_path, "2024,CN,World,500,Mct", "2024,CN,US,200,Mct", "2024,CN,JP,100,Mct"))
    assert fates(data)["total of all partners"] == (1, 500e6)
    assert float(data["reported"].sum()) == 300e6
    assert "the partners in the files add up to 60 % of the total" in data.attrs["warnings"]


def test_imports_from_the_world_are_those_of_the_destination(tmp_path):
    data = read_trade(plain(tmp_path, "2024,World,US,238,Mct"))
    imports = sum(flow(data, origin, "US", "flow") for origin in ("CN", "JP", "KR", "OA", "RW"))
    assert imports == pytest.approx(238e6)


def test_a_group_counts_where_none_of_its_members_does(tmp_path):
    alone = read_trade(plain(tmp_path, "2024,CN,EU,100,Mct", "2024,CN,CHE,7,Mct"))
    assert flow(alone, "CN", "OA") == 107e6
    beside = read_trade(plain(tmp_path, "2024,CN,EU,100,Mct", "2024,CN,DEU,60,Mct"))
    assert flow(beside, "CN", "OA") == 60e6
    assert fates(beside)["a group whose members are in the files: European Union"] == (1, 100e6)
    columns = "period,origin,destination,quantity,unit,reporter"
    mirror = read_trade(plain(tmp_path, "2024,CN,EU,100,Mct,CN", "2024,CN,DEU,60,Mct,DEU", columns=columns))
    assert flow(mirror, "CN", "OA") == 60e6  # what a member reports counts as well


def test_a_year_that_the_files_do_not_have_is_told(tmp_path):
    data = read_trade(plain(tmp_path, "2024,CN,US,200,Mct", "2023,CN,US,100,Mct"), years="2022-2024")
    assert data.attrs["years"] == "2023, 2024"
    assert flow(data, "CN", "US") == 150e6
    assert "the files have no figures of 2022 to take into the mean" in data.attrs["warnings"]


def test_a_whole_year_of_the_exporter_comes_before_some_months_of_the_importer(tmp_path):
    rows = ("2024,CN,US,180,Mct,CN", "2024-11,CN,US,30,Mct,US", "2024-12,CN,US,30,Mct,US")
    file = plain(tmp_path, *rows, columns="period,origin,destination,quantity,unit,reporter")
    data = read_trade(file)
    assert flow(data, "CN", "US") == 180e6
    assert flow(data, "CN", "US", "importer_reported") == 360e6
    assert fates(data)["mirror: the exporter's figure is used"] == (2, 60e6)


def test_a_flow_far_from_the_base_may_have_the_wrong_unit(tmp_path):
    data = read_trade(plain(tmp_path, "2024,CN,US,54000,ct", "2024,CN,JP,140,Mct"))
    unlikely = [line for line in data.attrs["warnings"].splitlines() if "check the unit" in line]
    assert len(unlikely) == 1
    assert unlikely[0].startswith("CN -> US: 0.054 Mct/yr where the base scenario has 157")


def test_marks_of_the_survey_in_years_and_in_rows_that_are_not_used(tmp_path):
    header = "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes"
    rows = (
        'DIAMOND (INDUSTRIAL),Salient,Diamond,"China (including Hong Kong)",Import sources,'
        '"Bort, grit, dust and powder",percent,2021-24,77,',
        'DIAMOND (INDUSTRIAL),Salient,Diamond,United States,Imports,"Bort, grit, dust and powder: Imports",'
        "million carats,2025_estimated,170,",
        'DIAMOND (INDUSTRIAL),Salient,Diamond,United States,Net import reliance,"Bort, grit and powder",'
        "percent,2025_estimated,E,",
        "DIAMOND (INDUSTRIAL),World,Diamond,Utopia,Production,Mine production,million carats,2025,Large,",
    )
    file = tmp_path / "mcs.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="cp1252")
    data = read_trade(file)
    assert flow(data, "CN", "US", "flow") == pytest.approx(0.77 * 170e6)
    assert "2025, estimated by the source" in data.attrs["overlay"]
    assert fates(data)["USGS: no quantity made or traded"] == (2, 0.0)


@pytest.mark.parametrize(
    "year, made, secondary, imports, exports, apparent",
    [
        (1998, 140, 10, 221, 104, 267),
        (1999, 208, 10, 208, 98, 328),
        (2000, 248, 10, 291, 98, 451),
        (2001, 308, 10, 281, 88, 511),
        (2002, 310, 8.4, 195, 81, 432),
    ],
)
def test_apparent_consumption_is_that_of_the_mineral_commodity_summaries_2003(
    tmp_path, year, made, secondary, imports, exports, apparent
):
    """Industrial diamond grit of the United States, million carats; the survey rounds to whole ones."""
    values = {
        "Manufactured diamond": made,
        "Secondary": secondary,
        "Imports for consumption": imports,
        "Exports": exports,
    }
    kept = []
    for line in (FILES / "usgs_2026.csv").read_text("cp1252").splitlines():
        if "MCS chapter" in line or "Import Sources" in line:
            kept.append(line)
        for detail, value in values.items():
            if f'powder: {detail}"' in line and ",2024," in line:
                kept.append(re.sub(r",2024,[^,]*,", f",{year},{value},", line))
    file = tmp_path / "usgs_2003.csv"
    file.write_text("\n".join(kept) + "\n", "cp1252")
    data = read_trade(file, years=year)
    assert float(data["demand"].sel(destination="US")) == pytest.approx(apparent * 1e6, abs=0.5e6)
