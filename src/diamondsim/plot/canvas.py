"""Axes, titles and notes of a picture. This module alone makes figures, and it loads matplotlib when it does.

A picture says under its title what it is of, and in its notes how it is read.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from diamondsim.errors import nearest
from diamondsim.extras import import_of_extra
from diamondsim.plot.palette import INK, MUTED, WASH
from diamondsim.plot.texts import two_lines
from diamondsim.reporting import multiple_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CM = 1 / 2.54
SIZES: dict[str, tuple[float, float]] = {"report": (16 * _CM, 11 * _CM), "slide": (8.0, 4.5)}
"""Inches, by the name of a size: the text width of a page of A4, and 16:9. A slide of 13.3 inches shows a
picture of 8 inches larger, so that its smallest letters measure 11 points."""
DPI: dict[str, int] = {"report": 300, "slide": 240}
_ROW_INCHES = 0.42
"""Height of a row of a report: a picture with many rows becomes taller."""
_CLOSE, _ONE_LINE = 9, 38
"""Rows of a slide from which their names have one line each, and its letters."""
_POINTS = 72.0
_TITLE, _SMALL = 10.5, 6.8
"""Points, where the letters of matplotlib have their usual 10."""
_LINE = 1.28
"""Height of a line, in heights of its letters."""
_LETTER = 0.53
"""Mean width of a letter of DejaVu Sans, in heights."""
_EDGE = 0.012


def matplotlib_part(module: str = "matplotlib") -> Any:
    """Return matplotlib or a module of it.

    Raises
    ------
    ModuleNotFoundError
        If it is not installed; the message names the extra.
    """
    return import_of_extra(module, "pictures need", "plot", {"matplotlib": "matplotlib"})


@dataclass
class Canvas:
    """The axes of a picture, with what is written around it.

    Attributes
    ----------
    axes : matplotlib.axes.Axes
    own : bool
        Whether the figure was made for this picture, which then writes to the edges of the figure.
    head : bool
        Whether title, subtitle and notes are written.
    dense : bool
        Whether rows are so close that the name of each has one line of small letters.
    notes : list of str
    """

    axes: Any  # its stubs demand a type for each keyword argument of a text
    own: bool
    head: bool
    dense: bool = False
    notes: list[str] = field(default_factory=list)

    def finish(self, title: str, subtitle: Sequence[str]) -> Axes:
        """Write title, subtitle and notes, give the axes their plain look, and return them."""
        axes: Axes = self.axes
        axes.spines[["top", "right"]].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(MUTED)
        axes.tick_params(labelsize="small", color=MUTED, labelcolor=INK)
        axes.xaxis.label.set_fontsize("small")
        axes.yaxis.label.set_fontsize("small")
        if self.dense:
            axes.tick_params(axis="y", labelsize="x-small")
        if self.head:
            self._write(title, subtitle)
        return axes

    def row_name(self, name: str) -> str:
        """Return the name of a row on two lines at most, or on one where rows are close."""
        if self.dense:
            return name if len(name) <= _ONE_LINE else f"{name[: _ONE_LINE - 2].rstrip()} …"
        return two_lines(name)

    def _write(self, title: str, subtitle: Sequence[str]) -> None:
        figure = self.axes.get_figure(root=True)
        width, height = figure.get_size_inches()
        scale = float(matplotlib_part().rcParams["font.size"]) / 10.0
        share = 1.0 if self.own else self.axes.get_position().width
        small, large = _SMALL * scale, _TITLE * scale
        letters = int((1 - 2 * _EDGE) * share * width * _POINTS / (_LETTER * small))
        # Bold letters are wider.
        titles = textwrap.wrap(title, max(20, int(letters * small / large * 0.88)))
        above = [line for text in subtitle for line in textwrap.wrap(text, max(30, letters))]
        below = [line for text in self.notes for line in textwrap.wrap(text, max(30, letters))]
        if not self.own:
            above, below = [*above, *below], []
        lines = (len(titles) * large, len(above) * small, len(below) * small)
        heads, subs, feet = (points * _LINE for points in lines)
        small_text = {"fontsize": small, "color": MUTED, "linespacing": _LINE, "in_layout": not self.own}
        bold = {**small_text, "fontsize": large, "color": INK, "fontweight": "bold"}
        if not self.own:
            beside = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "left"}
            self.axes.annotate("\n".join(above), (0, 1), (0, 6), va="bottom", **beside, **small_text)
            self.axes.annotate("\n".join(titles), (0, 1), (0, subs + 9), va="bottom", **beside, **bold)
            return
        points = height * _POINTS
        gap = 5.0
        figure.text(_EDGE, 1 - gap / points, "\n".join(titles), va="top", **bold)
        figure.text(_EDGE, 1 - (1.6 * gap + heads) / points, "\n".join(above), va="top", **small_text)
        if below:
            figure.text(_EDGE, gap / points, "\n".join(below), va="bottom", **small_text)
        bottom = (feet + 2 * gap if below else 0.0) / points
        top = (heads + subs + 2.6 * gap) / points
        engine: Any = figure.get_layout_engine()
        engine.set(rect=(0, bottom, 1, max(0.1, 1 - bottom - top)))


def canvas(ax: Axes | None, *, size: str = "report", head: bool = True, rows: int = 0) -> Canvas:
    """Return a canvas on given axes, or on those of a new figure of `pyplot`.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
    size : str
        Of a new figure, ``report`` or ``slide``.
    head : bool
        Whether to write title, subtitle and notes.
    rows : int
        Rows that the picture has; a new figure for a report is made taller for more than six.

    Returns
    -------
    Canvas

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    TypeError, ValueError
        If `ax` is something else, or there is no such size.
    """
    axes_class = matplotlib_part("matplotlib.axes").Axes
    if ax is not None and not isinstance(ax, axes_class):
        raise TypeError(f"ax: expected the Axes of matplotlib, found {type(ax).__name__}")
    if size not in SIZES:
        close = nearest(str(size), SIZES)
        meant = f"; did you mean '{close}'?" if close else ""
        raise ValueError(f"size: expected {' or '.join(SIZES)}, found {size!r}{meant}")
    if ax is not None:
        return Canvas(ax, own=False, head=head)
    width, height = SIZES[size]
    dense = size == "slide" and rows > _CLOSE
    if size == "report":
        height += _ROW_INCHES * max(0, rows - 6)
    _, axes = matplotlib_part("matplotlib.pyplot").subplots(figsize=(width, height), layout="constrained")
    return Canvas(axes, own=True, head=head, dense=dense)


def tint(colour: str, share: float) -> tuple[float, float, float]:
    """Return a colour mixed with white: opaque, so that it looks the same in every kind of file."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue)


def percent_format() -> Any:
    """Return the formatter of ticks that are shares, written in percent."""
    return matplotlib_part("matplotlib.ticker").FuncFormatter(lambda share, _: f"{100 * share:.4g} %")


def amount_axis(axis: Any, top: float, unit: str) -> str:
    """Write the ticks of an axis in a suitable multiple of its unit, and return that unit.

    The data keep their unit.
    """
    factor, multiple = multiple_for(top, unit)
    ticker = matplotlib_part("matplotlib.ticker")
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value / factor:,.6g}"))
    return multiple


def date_axis(axes: Axes) -> None:
    """Write few dates along the horizontal axis, each with its year where it changes."""
    dates = matplotlib_part("matplotlib.dates")
    locator = dates.AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, show_offset=False))


def row_lines(axes: Axes, rows: int) -> None:
    """Separate rows by lines and hide the vertical axis, whose place the names of the rows take."""
    for row in range(rows):
        axes.axhline(row, color=WASH, linewidth=0.8, zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
