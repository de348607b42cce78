"""The chance of a shortage by use and quarter, as a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from diamondsim.plot.canvas import canvas, date_axis, matplotlib_part, percent_format
from diamondsim.plot.checked import dataset_of
from diamondsim.plot.chosen_uses import chosen_uses, shortage_rank
from diamondsim.plot.palette import BLUE, INK, MUTED, WASH
from diamondsim.plot.texts import subtitle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NUMBERS = 14
"""Quarters up to which each cell has its number: more would not be readable on a page."""


def shortage_heat_map(
    dataset: xr.Dataset,
    *,
    region: str | None = None,
    use: str | None = None,
    most: int = 12,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw the chance of a shortage in each calendar quarter, for each use.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    region, use : str, optional
        Only of this region, only this use.
    most : int
        Largest number of uses: those with the largest chance of a shortage.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    size : str
        Of a new figure: ``report`` (16 cm wide) or ``slide`` (16:9).
    head : bool
        Whether to write title, subtitle and notes.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ModuleNotFoundError
        Without matplotlib (the extra ``plot``).
    TypeError, ValueError
        If the Dataset is of another call, or there is no such region or use.

    Examples
    --------
    >>> import diamondsim as ds
    >>> run = ds.monte_carlo(ds.load_scenario("calm"), replications=8)
    >>> ax = ds.plot.shortage_heat_map(run, region="US")
    >>> ax.figure.texts[0].get_text()  # the title
    'Chance of a shortage by quarter: United States'
    >>> len(ax.get_yticklabels())  # a row for each use
    7
    """
    run = dataset_of(dataset, "run", ["quarter_probability_of_shortage"])
    chosen = chosen_uses(run, shortage_rank(run), region=region, use=use, most=most)
    drawn = canvas(ax, size=size, head=head, rows=len(chosen.places))
    axes = drawn.axes
    every = run["quarter_probability_of_shortage"].transpose("quarter", "region", "use", "bound")
    cells = [every.sel(region=region, use=use) for region, use in chosen.places]
    chance = np.array([cell.sel(bound="estimate").values for cell in cells]).reshape(-1, run.sizes["quarter"])
    edges = np.append(run["quarter_start"].values, run["quarter_end"].values[-1:])
    colours: Any = matplotlib_part("matplotlib.colors").LinearSegmentedColormap.from_list(
        "chance", ["#FFFFFF", BLUE, "#00213A"]
    )
    colours = colours.with_extremes(bad=WASH)
    rows = len(cells)
    if rows:
        mesh = axes.pcolormesh(
            edges,
            np.arange(rows + 1),
            np.ma.masked_invalid(chance[::-1]),
            cmap=colours,
            vmin=0.0,
            vmax=1.0,
            edgecolors="white",
            linewidth=0.6,
        )
        bar = axes.figure.colorbar(mesh, ax=axes, format=percent_format(), pad=0.02, fraction=0.04)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize="x-small", color=MUTED, labelcolor=INK)
        axes.set_yticks(np.arange(rows) + 0.5, [drawn.row_name(label) for label in reversed(chosen.labels)])
        axes.set_ylim(0, rows)
        axes.set_xlim(edges[0], edges[-1])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        date_axis(axes)
        if run.sizes["quarter"] <= _MOST_NUMBERS:
            _write_numbers(axes, edges, chance)
        bounds = np.array([cell.sel(bound=["low", "high"]).values for cell in cells])
        half = float(np.nanmax(np.diff(bounds, axis=-1), initial=0.0)) / 2
        threshold = float(every.attrs.get("threshold", np.nan))
        drawn.notes.append(
            f"Each cell: share of replications with more than {100 * threshold:g} % of the quarter's demand "
            f"unmet. Its 95 % interval (sampling error) is nowhere wider than ± {100 * half:.1f} points."
        )
        if np.isnan(chance).any():
            drawn.notes.append("Grey: no demand in the quarter.")
    else:
        axes.set_axis_off()
        drawn.notes.append("Nothing to show: no use that was asked for has any demand.")
    drawn.notes += chosen.notes
    where = f": {chosen.region_name}" if chosen.region_name else ""
    return drawn.finish(f"Chance of a shortage by quarter{where}", subtitle(run))


def _write_numbers(axes: Axes, edges: Any, chance: Any) -> None:
    middles = edges[:-1] + (edges[1:] - edges[:-1]) / 2
    rows = len(chance)
    for (row, column), value in np.ndenumerate(chance):
        if np.isfinite(value):
            colour = "white" if value > 0.4 else INK
            number = f"{100 * value:.0f}"
            axes.text(
                middles[column],
                rows - row - 0.5,
                number,
                ha="center",
                va="center",
                color=colour,
                fontsize="x-small",
            )
