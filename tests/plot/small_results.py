"""A small run for pictures, made once; and what the tests read off axes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import xarray as xr

import diamondsim as ds

SHORT = {"horizon.length": "18 months"}


@functools.cache
def scenario(name: str = "lapse-2027") -> ds.Scenario:
    return ds.load_scenario(name).override(SHORT)


@functools.cache
def _run() -> xr.Dataset:
    return ds.monte_carlo(scenario(), replications=16, seed=1, workers=1)


def small_run() -> xr.Dataset:
    """Return a copy, which a test may change."""
    return _run().copy(deep=True)


def texts(axes: Any) -> str:
    """Return every text of the figure that axes are in, as one line each."""
    from matplotlib.text import Text

    found = [artist.get_text() for artist in axes.get_figure(root=True).findobj(Text)]
    return "\n".join(" ".join(text.split()) for text in found if text.strip())


def row_names(axes: Any) -> list[str]:
    """Return the names of rows from top to bottom, on one line each."""
    ticks = sorted(zip(axes.get_yticks(), axes.get_yticklabels(), strict=True), key=lambda tick: -tick[0])
    return [" ".join(label.get_text().split()) for _, label in ticks]


def line(axes: Any, label: str, at: int = 0) -> np.ndarray:
    """Return the values of one of the lines with a label."""
    return np.asarray([each for each in axes.get_lines() if each.get_label() == label][at].get_ydata(), float)


def outside(axes: Any) -> list[str]:
    """Return what an edge of the figure cuts off once it is drawn: a text, or the rest of the picture."""
    figure = axes.get_figure(root=True)
    figure.canvas.draw()
    boxes = {text.get_text(): text.get_window_extent() for text in (*figure.texts, *axes.texts)}
    # Ticks beyond the limits of an axis are not drawn, and not in the tight box of the axes.
    boxes["axes"] = axes.get_tightbbox()
    inside = figure.bbox.padded(1)
    return [
        name
        for name, box in boxes.items()
        if name and not (inside.contains(box.x0, box.y0) and inside.contains(box.x1, box.y1))
    ]
