"""Fans over time: a median with bands of quantiles, alone or in rows of one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.plot.canvas import Canvas, row_lines, tint
from diamondsim.plot.palette import BLUE, INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = 0.86
"""Share of the height of a row that its fan may take."""
OUTER, INNER = 0.20, 0.45
"""How dark the two bands are."""


@dataclass(frozen=True)
class Fan:
    """What is drawn of one use: arrays along the horizontal axis.

    Attributes
    ----------
    x : (n,) array
        Dates or numbers.
    levels : (4,) float array
        Of the quantiles of the bands: outer low, inner low, inner high, outer high.
    bands : (n, 4) float array
    median : (n,) float array
    mean : (n,) float array or None
    """

    x: Any
    levels: FloatArray
    bands: FloatArray
    median: FloatArray
    mean: FloatArray | None = None

    @property
    def top(self) -> float:
        """The largest value that is drawn; 0 if there is none."""
        every = [self.bands, self.median, *([] if self.mean is None else [self.mean])]
        finite = [part[np.isfinite(part)] for part in every]
        return max((float(part.max()) for part in finite if part.size), default=0.0)


def fan_of(band: xr.DataArray, x: Any, mean: xr.DataArray | None = None) -> Fan:
    """Return the fan of an array with the dimension `quantile`: its outermost band, and the middle half."""
    levels = band["quantile"].values
    middle = [level for level in levels if 0 < abs(level - 0.5) <= 0.25 + 1e-9]
    inner = (min(middle), max(middle)) if len(middle) > 1 else (levels.min(), levels.max())
    chosen = np.array([levels.min(), *inner, levels.max()])
    ordered = band.transpose(..., "quantile")
    return Fan(
        x=x,
        levels=chosen,
        bands=ordered.sel(quantile=chosen).values,
        median=ordered.sel(quantile=0.5).values,
        mean=None if mean is None else mean.values,
    )


def draw_fan(axes: Axes, fan: Fan, *, colour: str = BLUE, base: float = 0.0, scale: float = 1.0) -> None:
    """Draw a fan whose zero lies at `base` and whose values are divided by `scale`."""

    def at(values: FloatArray) -> FloatArray:
        return base + values / scale

    low, inner_low, inner_high, high = fan.bands.T
    shared: dict[str, Any] = {"linewidth": 0, "zorder": 2}
    axes.fill_between(fan.x, at(low), at(high), color=tint(colour, OUTER), label="outer", **shared)
    axes.fill_between(
        fan.x, at(inner_low), at(inner_high), color=tint(colour, INNER), label="inner", **shared
    )
    axes.plot(fan.x, at(fan.median), color=colour, linewidth=1.4, label="median", zorder=3)
    if fan.mean is not None:
        axes.plot(
            fan.x, at(fan.mean), color=INK, linewidth=0.9, linestyle=(0, (3, 1.5)), label="mean", zorder=3
        )


def draw_rows(canvas: Canvas, fans: list[Fan], labels: list[str], *, scale: float, unit: str) -> None:
    """Draw fans one above the other, the first on top, with one scale that is written beside the first."""
    axes = canvas.axes
    last = len(fans) - 1
    for row, fan in enumerate(fans):
        draw_fan(axes, fan, base=last - row, scale=scale / _ROOM)
    row_lines(axes, len(fans))
    axes.set_yticks([last - row for row in range(len(fans))], [canvas.row_name(label) for label in labels])
    for label in axes.get_yticklabels():
        label.set_verticalalignment("bottom")
    axes.set_ylim(-0.05, len(fans))
    axes.margins(x=0)
    for height, text in ((0.0, "0"), (_ROOM, unit)):
        axes.annotate(
            text,
            (1, last + height),
            (4, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            fontsize="x-small",
            color=MUTED,
            va="center",
        )
    axes.plot(
        [1.005, 1.005],
        [last, last + _ROOM],
        transform=axes.get_yaxis_transform(),
        color=MUTED,
        linewidth=0.8,
        clip_on=False,
        label="scale",
    )


def reading(fan: Fan, *, replications: int) -> str:
    """Return how a fan of so many replications is read, from the levels of its bands."""
    if replications == 1:
        return "Line: the only replication, so that there are no bands."
    low, inner_low, inner_high, high = (f"{100 * level:g}" for level in fan.levels)
    mean = "; dashed: mean" if fan.mean is not None else ""
    return (
        f"Line: median{mean}. Bands: {inner_low} to {inner_high} % (dark) and {low} to {high} % (light) of "
        "replications, week by week."
    )


def nice_top(value: float, steps: tuple[float, ...] = (1, 2, 2.5, 5, 10)) -> float:
    """Return the smallest round number that is not below a value; 1 for 0.

    Examples
    --------
    >>> nice_top(0.43), nice_top(187.0), nice_top(0.0)
    (0.5, 200.0, 1.0)
    """
    if not value > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step for step in steps if step * power >= value * (1 - 1e-9)) * power)
