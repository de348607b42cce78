"""The table and the document of a comparison, from figures that are set by hand."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.reporting import (
    compared_use_rows,
    comparison_renderable,
    comparison_sentences,
    json_comparison,
    page_of,
    plain_console,
)
from diamondsim.reporting.few_replications import FEW
from diamondsim.reporting.formatting import chance, percent
from diamondsim.reporting.harmed_uses import unmet_difference
from diamondsim.reporting.report_table import use_cells
from diamondsim.reporting.use_rows import rows_of_uses
from diamondsim.results import ratio
from tests.reporting.printed_answers import lines_of_renderable, unfit
from tests.simulation.small import short_ban

STOCK = {"inventory_policy.u.opening": "20 days", "inventory_policy.u.cover": "20 days"}
PLACE = {"region": "home", "use": "u"}
LONG = "a name of a scenario that is far longer than what a column of the table takes"


def lines(found: xr.DataTree, *, by_quarter: bool = False) -> list[str]:
    console = plain_console()
    with console.capture() as captured:
        console.print(comparison_renderable(found, by_quarter=by_quarter))
    return [line.rstrip() for line in captured.get().splitlines()]


def rows_after(text: list[str], start: str) -> list[str]:
    """Return the line after each that begins in some way."""
    return [text[k + 1] for k, line in enumerate(text) if line.startswith(start)]


@pytest.fixture(scope="module")
def found() -> xr.DataTree:
    usual = short_ban()
    changed = usual.override(STOCK)
    return ds.compare({"usual": usual, "stock": changed, LONG: usual}, replications=200, seed=4, workers=1)


def test_each_scenario_has_a_row_with_its_chance_its_difference_and_how_often_it_is_best(found):
    text = lines(found)
    root = found.to_dataset().sel(region="home", use="u", metric="probability_of_shortage")
    low, high = (
        100 * root["difference"].sel(scenario="stock", bound=bound).item() for bound in ("low", "high")
    )
    value = 100 * root["difference"].sel(scenario="stock", bound="estimate").item()
    (row,) = (line for line in text if line.startswith("   stock"))
    assert row.split()[-4:] == ["100", "%", "100", "%"]
    (row,) = rows_after(text, "   stock")
    assert row.startswith("    difference, points ")
    assert f" {value:+.1f} [{low:+.1f}, {high:+.1f}]  " in row
    (row,) = rows_after(text, "   usual")
    assert "difference" not in row
    assert any("stock" in line and "changed: " in line for line in text)
    assert "Dominated in mean shortage" in "\n".join(text)


def test_the_legal_state_of_each_scenario_is_said_or_that_it_is_as_the_reference(found):
    def said(law: str) -> list[str]:
        found["stock"].attrs["legal_state"] = law
        text = " ".join(lines(found))
        return re.findall(r"legal state: (.*?) (?=stock:|a name|Chance)", re.sub(r"\s+", " ", text))

    before = {name: found[name].attrs["legal_state"] for name in found.children}
    try:
        for name in ("usual", LONG):
            found[name].attrs["legal_state"] = "All assumed: B"
        assert said("All assumed: B") == ["All assumed: B", "as the reference", "as the reference"]
        assert said("All assumed: A") == ["All assumed: B", "All assumed: A", "as the reference"]
    finally:
        for name, law in before.items():
            found[name].attrs["legal_state"] = law


def test_what_is_unmet_has_its_interval_and_equal_scenarios_are_a_tie(found):
    usual = found["usual"].to_dataset().sel(region="home", use="u")
    share = ratio(usual["shortage"].values, usual["demand"].values)
    (row,) = (line for line in lines(found) if line.startswith("   usual"))
    assert chance(share.value, share.low, share.high) in row
    assert not row.endswith("tie")
    assert "ties are shared" in " ".join(lines(found))
    alike = ds.compare({"usual": short_ban(), "same": short_ban()}, replications=50, seed=4, workers=1)
    rows = [line for line in lines(alike) if line.startswith(("   usual", "   same"))]
    assert [row.split()[-1] for row in rows] == ["tie", "tie"]
    assert "tie: several scenarios have it in every resample" in " ".join(lines(alike))


def test_tables_by_quarter_have_a_column_for_each_scenario(found):
    text = lines(found, by_quarter=True)
    first = text.index("By quarter")
    assert text[: first - 1] == lines(found)
    (head,) = (k for k, line in enumerate(text) if ": chance that over 5 %" in line)
    (names,) = (line for line in text[head:] if line.startswith("Quarter"))
    assert names.split()[:3] == ["Quarter", "usual", "stock"]
    last = max(k for k, line in enumerate(text) if line.startswith("20"))
    for name, column in (("usual", 1), ("stock", 2)):
        run = found[name].to_dataset().sel(region="home", use="u")
        share = run["quarter_probability_of_shortage"].sel(bound="estimate").values[-1]
        unmet = run["quarter_shortfall_mean"].sel(bound="estimate").values[-1]
        for line, value in ((text[last], share), (text[last + 1], unmet)):
            assert re.split(r"  +", line)[column].startswith(f"{percent(value)} [")
    assert max(map(len, text)) <= 110


def test_of_controls_and_output_by_quarter_a_scenario_that_is_as_another_says_so(found):
    text = lines(found, by_quarter=True)
    assert "stock: controls and output as usual" in text
    changed = found.copy(deep=True)
    changed["stock"]["quarter_control_in_force"][:] = 0.5
    text = lines(changed, by_quarter=True)
    assert "50 %" in text[text.index("stock") + 3]


def test_the_document_has_the_quarters_of_each_scenario(found):
    document = json_comparison(found)
    assert [*document["quarters"]] == ["usual", "stock", LONG]
    expected = (
        found["stock"]
        .to_dataset()["quarter_probability_of_shortage"]
        .sel(region="home", use="u", bound="estimate")
    )
    (use,) = document["quarters"]["stock"]["uses"]
    assert use["chance"]["value"] == expected.values.tolist()


def test_the_difference_of_what_is_unmet_stands_below_it(found):
    run, reference = (found[name].to_dataset().sel(PLACE) for name in ("stock", "usual"))
    less = unmet_difference(run, reference)
    assert less.high < 0
    (row,) = rows_after(lines(found), "   stock")
    assert row.endswith(f"{100 * less.value:+.1f} [{100 * less.low:+.1f}, {100 * less.high:+.1f}]")


def test_a_tie_in_the_chance_does_not_hide_who_has_less_unmet():
    usual = short_ban(**{"controls.ban.sojourn.banned": "200 days"})
    more = usual.override({"inventory_policy.u.opening": "15 days"})
    alike = ds.compare({"usual": usual, "more": more}, replications=50, seed=4, workers=1)
    rows = {row.scenario: row for row in compared_use_rows(alike, PLACE)}
    assert {rows[name].best for name in rows} == {"tie"}
    assert (rows["usual"].best_unmet, rows["more"].best_unmet) == ("0 %", "100 %")


def test_small_shares_differ_in_hundredths_of_a_point(found):
    small = found.copy(deep=True)
    for name in ("usual", "stock"):
        small[name]["shortage"] = small[name]["shortage"] / 200
    (row,) = (row for row in compared_use_rows(small, PLACE) if row.scenario == "stock")
    assert re.fullmatch(r"-0\.\d\d \[-0\.\d\d, -0\.\d\d\]", row.unmet_less)


def test_shortages_begin_when_those_of_the_run_do(found):
    for row in compared_use_rows(found, PLACE):
        (of_run,) = (one for one in rows_of_uses(found[row.scenario].to_dataset()) if one.use == "u")
        assert of_run.onset is not None
        assert row.begins == f"{of_run.onset.median:%Y-%m}"
        assert row.begins_text in use_cells(of_run, few=False)
    rare = found.copy(deep=True)
    peaks = rare["stock"]["peak_shortfall"]
    rare["stock"]["peak_shortfall"] = peaks.where(peaks["replication"] < FEW, 0.0)
    begins = {row.scenario: row.begins for row in compared_use_rows(rare, PLACE)}
    assert begins["stock"] == "-" != begins["usual"]


@pytest.mark.parametrize("columns", [110, 100, 80])
def test_no_interval_is_broken_where_every_replication_is_short(columns):
    usual = short_ban(**{"inventory_policy.u.opening": "0 days", "controls.ban.sojourn.banned": "200 days"})
    calm = usual.override({"controls.ban.start": "none"})
    found = ds.compare({"usual": usual, "calm": calm}, replications=600, seed=4, workers=1)
    with page_of(columns):
        text = lines_of_renderable(comparison_renderable(found), columns)
    assert "100.0 %" in "".join(text)
    assert "-100.0" in "".join(text)
    assert unfit(text, columns) == []


def test_the_table_fits_a_page_whatever_the_names(found):
    assert max(map(len, lines(found))) <= 110


def test_the_document_has_every_metric_of_every_scenario_and_is_strict_json(found):
    document = json.loads(json.dumps(json_comparison(found), allow_nan=False))
    assert [use["use"] for use in document["uses"]] == ["u"]
    root = found.to_dataset()
    row = document["uses"][0]["metrics"]["shortage_mean"]["stock"]
    one = root.sel(metric="shortage_mean", scenario="stock", region="home", use="u")
    assert row["difference"]["low"] == one["difference"].sel(bound="low").item()
    assert row["variance_saved"] == one["variance_saved"].item()
    assert document["uses"][0]["metrics"]["shortage_mean"]["usual"]["variance_saved"] is None
    assert document["metrics"]["shortage_mean"] == {
        "unit": "ct",
        "dominated_by": {"usual": ["stock"], "stock": [], LONG: ["stock"]},
    }
    assert document["reference"] == "usual"
    assert document["scenarios"]["stock"]["changes"] == found["stock"].attrs["changes"].splitlines()


def test_a_use_that_is_rarely_short_is_listed_below(found):
    calm = found.copy()
    root = found.to_dataset()
    rare = xr.where(np.isnan(root["value"]), np.nan, 0.004)
    calm.dataset = root.assign(value=rare.transpose(*root["value"].dims))
    text = lines(calm)
    assert not any(line.startswith("Use, scenario") for line in text)
    assert "Rarely short in every scenario, each with a probability < 0.4 %: u in home." in text


def test_scenarios_with_and_without_prices_are_not_compared_without_a_word():
    short = {"horizon.length": "10 weeks"}
    plain, priced = (ds.load_scenario(name).override(short) for name in ("lapse-2027", "lapse-2027-priced"))
    one, other = (priced.override({"prices.adjustment_time": "6 weeks"}), plain.override({"title": "Other"}))

    def said(**scenarios) -> str:
        found = ds.compare(scenarios, replications=2, workers=1)
        return " ".join(sentence for sentence in comparison_sentences(found) if "prices" in sentence)

    assert said(plain=plain, priced=priced).startswith("Only priced has prices. There buyers give up use")
    assert said(plain=plain, priced=priced, one=one).startswith("Only priced and one have prices.")
    assert said(plain=plain, other=other) == said(priced=priced, one=one) == ""
