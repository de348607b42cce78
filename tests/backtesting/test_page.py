"""The tables of docs/backtest.md are what the library returns; what its text says of other numbers holds."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.backtesting import leave_one_out, licence_paths
from diamondsim.distributions import Lognormal
from diamondsim.reporting import backtest_lines

PAGE = Path(__file__).resolve().parents[2] / "docs" / "backtest.md"
TEXT = PAGE.read_text(encoding="utf-8")
CONTROLS = {
    "gallium and germanium, 2023": "gallium-germanium-2023",
    "graphite, 2023": "graphite-2023",
    "antimony, 2024": "antimony-2024",
    "bismuth, 2025": "metals-2025",
    "magnets, 2025": "rare-earths-2025",
}


@pytest.fixture(scope="module")
def found() -> xr.Dataset:
    return ds.backtest()


def rows_below(head: str) -> dict[str, list[str]]:
    """Return the cells of the table of the page whose first line begins with a cell, by first cell."""
    below = TEXT.split(f"\n| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in below]
    return {name: cells for name, *cells in rows}


def test_the_scores_of_the_page_are_those_that_the_command_prints(found):
    printed = [*backtest_lines(found)]
    block = printed[: printed.index("")]
    assert "\n".join(f"    {line}" for line in block) in TEXT


def test_the_series_of_the_page_are_those_that_the_command_prints(found):
    printed = {}
    for line in backtest_lines(found):
        cells = re.split(r"\s{2,}", line)
        if "/" in cells[0] and len(cells) > 5:
            printed[cells[0]] = [*cells[1:], ""][:6]
    assert rows_below("series") == printed


def test_the_controls_of_the_page_are_means_over_their_months(found):
    best = {form: found.sel(form=form, weights="others") for form in ("batches", "curve")}
    for said, name in CONTROLS.items():
        mine = found.control == name
        in_80, scores = best["batches"].covered.sel(level=0.8), found.rival_crps
        means = [best[form].crps for form in ("batches", "curve")] + [
            scores.sel(rival=r) for r in scores.rival
        ]
        cells = [
            f"{int(found.observed.sel(series=mine).notnull().sum())}",
            f"{100 * float(in_80.sel(series=mine).mean()):.0f} %",
            *(f"{float(values.sel(series=mine).mean()):.2f}" for values in means),
        ]
        assert rows_below("control")[said] == cells


def test_the_first_months_that_the_page_names_lie_outside_their_bands(found):
    """The table rounds to two digits, at which a value just inside the band seems to lie on its limit."""
    low, high = (
        found.first_months_forecast.sel(form="batches", weights="others", quantile=q) for q in (0.1, 0.9)
    )
    observed = found.first_months
    outside = {str(name) for name in found.series.values[((observed < low) | (observed > high)).values]}
    assert outside == {"gallium/all", "graphite/European Union (6 listed)"}
    assert int(observed.notnull().sum()) == 10
    assert "those of gallium (0.26) below it: two of ten" in TEXT
    assert "(two of ten first months lie outside)" in (PAGE.parent / "five-questions.md").read_text("utf-8")
    value, limit = (float(values.sel(series="graphite/Japan")) for values in (observed, high))
    assert f"({value:.3f}, below {limit:.3f})" in TEXT


def test_what_the_page_says_on_months_after_a_year(found):
    covered = found.covered.sel(form="batches", weights="others", level=0.8, month=found.month >= 13)
    share = float(covered.mean())
    assert f"From month 13 on the bands of 80 % hold {100 * share:.0f} % of the months" in TEXT


def test_most_that_gallium_and_the_rest_of_graphite_reach(found):
    for name, said in (("gallium/all", "2.9"), ("graphite/rest", "2.8")):
        assert f"{float(found.observed.sel(series=name, month=found.month > 0).max()):.1f}" == said


@pytest.mark.deep
@pytest.mark.parametrize(
    "change, covered, crps",
    [
        ({"BATCH_MONTHS": Lognormal(0.15 / 3, 1.2)}, "78", "0.315"),
        ({"BATCH_MONTHS": Lognormal(0.15 * 3, 1.2)}, "90", "0.326"),
        ({"PRIOR_WEIGHT": 0.1}, "82", "0.327"),
        ({"PRIOR_WEIGHT": 3.0}, "85", "0.329"),
        ({"_WIDER": {}}, "80", "0.326"),
    ],
    ids=["batches a third", "batches threefold", "plain draws .1", "plain draws 3", "numbers of the curve"],
)
def test_what_the_page_says_of_other_numbers(monkeypatch, change, covered, crps):
    for name, value in change.items():
        module = licence_paths if hasattr(licence_paths, name) else leave_one_out
        monkeypatch.setattr(module, name, value)
    best = ds.backtest().sel(form="batches", weights="others")
    assert f"{100 * float(best.coverage.sel(level=0.8)):.0f}" == covered
    assert f"{float(best.mean_crps):.3f}" == crps
    assert np.isfinite(best.skill)
