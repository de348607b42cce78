"""The tables of docs/episodes.md show what the library returns."""

import re
from pathlib import Path

import numpy as np

import diamondsim as ds

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
