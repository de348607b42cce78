"""The figure of docs/episodes.md: shares of a normal month by month of control, by kind of goods.

`python3 dev.py episodes` draws it again.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import diamondsim as ds
from diamondsim.plot.palette import BLUE, GREEN, VERMILION

if TYPE_CHECKING:
    import xarray as xr

FILE = Path(__file__).resolve().parents[1] / "docs" / "figures" / "episodes.svg"
BEGIN, END = -4, 29
MOST = 6.0
"""Of the vertical axis, above the largest share. Linear: months without exports are the point, and have no
logarithm."""
GREY = "#999999"
PANELS: tuple[tuple[str, dict[str, str]], ...] = (
    ("Gallium", {"gallium/all": ""}),
    ("Germanium", {"germanium/all": ""}),
    ("Antimony", {"antimony/all": "all products", "antimony-oxide/all": "oxide"}),
    (
        "Bismuth",
        {
            "bismuth-trioxide/all": "trioxide",
            "bismuth-unrefined/all": "unrefined",
            "bismuth-refined/all": "refined",
        },
    ),
    ("Rare-earth magnets", {"magnets/all": "all", "magnets/United States": "United States"}),
    (
        "Natural graphite",
        {"graphite/all": "all kinds", "graphite-flake/all": "flake", "graphite-spherical/all": "spherical"},
    ),
    ("Graphite to South Korea", {"graphite/South Korea": ""}),
    ("Graphite to Japan", {"graphite/Japan": ""}),
    ("Graphite to the United States", {"graphite/United States": ""}),
    ("Graphite to India", {"graphite/India": ""}),
    ("Graphite to six EU countries", {"graphite/European Union (6 listed)": ""}),
    ("Graphite to the rest", {"graphite/rest": ""}),
)


def shown() -> dict[str, dict[int, tuple[float, bool]]]:
    """Return the share of each series in each month that is shown, and whether it is derived."""
    shares: xr.Dataset = ds.episode_shares().sel(month=slice(BEGIN, END))
    found = {}
    for name in shares["series"].values:
        one = shares.sel(series=name).dropna("month", subset=["share"])
        months = one["month"].values.tolist()
        values = zip(one["share"].values.tolist(), one["derived"].values.tolist(), strict=True)
        found[str(name)] = dict(zip(months, values, strict=True))
    missing = found.keys() - {name for _, series in PANELS for name in series}
    assert not missing, f"no panel shows {sorted(missing)}"
    return found


def digest() -> str:
    """Return a hash of what the figure shows: of the panels, and of shares to four places."""
    rows = {
        name: [[month, f"{share:.4f}", derived] for month, (share, derived) in by_month.items()]
        for name, by_month in shown().items()
    }
    return hashlib.sha256(json.dumps([PANELS, rows]).encode()).hexdigest()


def draw(file: Path = FILE) -> None:
    """Draw the figure; the same data, code and version of matplotlib give the same bytes."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    style: dict[Any, Any] = {
        "svg.hashsalt": "diamondsim",
        "font.size": 8,
        "font.family": "DejaVu Sans",
        "axes.linewidth": 0.6,
    }
    with mpl.rc_context(style):
        figure, axes = plt.subplots(4, 3, figsize=(8.3, 8.6), sharex=True, sharey=True, layout="constrained")
        series = shown()
        for axis, (title, names) in zip(axes.flat, PANELS, strict=True):
            _panel(axis, title, {label: series[name] for name, label in names.items()})
        figure.supxlabel("Month of control (1 is the first in which it is in force)", fontsize=9)
        figure.supylabel("Exports of China over those of a normal month before the control", fontsize=9)
        file.parent.mkdir(parents=True, exist_ok=True)
        words = "Exports after earlier Chinese export controls, by month of control"
        metadata = {"Date": None, "Title": words, "Description": f"data {digest()}"}
        figure.savefig(
            file,
            format=file.suffix.removeprefix("."),
            dpi=100,
            metadata=metadata if file.suffix == ".svg" else None,
        )
        plt.close(figure)


def _panel(axis: Any, title: str, lines: dict[str, dict[int, tuple[float, bool]]]) -> None:
    axis.set_title(title, loc="left", fontsize=8, fontweight="bold")
    axis.axhline(1.0, color=GREY, linewidth=0.7, linestyle=(0, (4, 3)))
    axis.axvline(0.5, color=GREY, linewidth=0.7)
    axis.set(
        xlim=(BEGIN - 0.7, END + 0.7), ylim=(-0.15, MOST), xticks=[-4, 1, 6, 12, 18, 24], yticks=range(7)
    )
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(width=0.6, length=3, labelbottom=True)
    tops: list[tuple[str, str, str]] = []
    for (label, by_month), colour, marker in zip(
        lines.items(), (BLUE, VERMILION, GREEN), "os^", strict=False
    ):
        months = np.arange(min(by_month), max(by_month) + 1)
        shares = np.array([by_month.get(int(month), (math.nan, False))[0] for month in months])
        axis.plot(months, shares, color=colour, linewidth=1.1)
        for derived in (False, True):
            at = [month for month, (_, is_derived) in by_month.items() if is_derived == derived]
            axis.plot(
                at,
                [by_month[month][0] for month in at],
                linestyle="none",
                marker=marker,
                markersize=2.8,
                color=colour,
                markerfacecolor="white" if derived else colour,
                markeredgewidth=0.8,
            )
        if label:
            tops.append((label, colour, marker))
    for row, (label, colour, marker) in enumerate(tops):
        height = 0.92 - 0.12 * row
        axis.text(0.93, height, label, color=colour, transform=axis.transAxes, ha="right", va="center")
        axis.plot(0.97, height, marker, color=colour, markersize=3.5, transform=axis.transAxes)
    if title == "Antimony":  # nothing else is there
        axis.text(END, 1.25, "normal month", color="#555555", va="center", ha="right")
    if title == PANELS[0][0]:
        axis.text(0.9, 5.2, "in force", color="#555555", va="center")


if __name__ == "__main__":
    draw(*map(Path, sys.argv[1:]))
