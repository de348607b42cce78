"""The tables of docs/episodes.md show what the library returns."""

import re
from pathlib import Path

import numpy as np

import diamondsim as ds
from benchmarks.episode_figure import BEGIN, END, FILE, MOST, digest, shown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "episodes.md"


def test_the_page_shows_the_shares_that_the_library_returns():
    share = ds.episode_shares().share
    shown: dict[tuple[str, int], str] = {}
    months: list[int] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if name == "series":
            months = [int(cell) for cell in cells]
        elif re.fullmatch(r"[a-z-]+/.+", name):
            shown |= {(name, month): cell for month, cell in zip(months, cells, strict=True)}
    later = share.sel(month=share.month >= 0)
    table = later.to_series().dropna()
    expected = {key: f"{value:.2f}" for key, value in table.items()}
    assert {key: cell for key, cell in shown.items() if cell} == expected
    assert all(
        np.isnan(share.sel(series=name, month=month)) for (name, month), cell in shown.items() if not cell
    )


def test_the_figure_shows_the_data_of_the_library():
    """Its description holds a hash of them; `python3 dev.py episodes` draws it again."""
    assert f"data {digest()}" in FILE.read_text(encoding="utf-8")


def test_no_share_and_no_month_of_control_lies_outside_the_figure():
    share = ds.episode_shares().share
    of_control = share.sel(month=share.month >= BEGIN)
    assert int(share.month.max()) == END
    assert float(of_control.max()) <= MOST
    drawn = sum(len(by_month) for by_month in shown().values())
    assert drawn == int(of_control.notnull().sum())


def test_the_page_has_the_figure_with_a_text_for_those_who_do_not_see_it():
    found = re.search(r"!\[([^]]+)\]\(figures/episodes\.svg\)", PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert len(found[1]) > 200
