"""Fans of a run by use: what is short, and how long stocks last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from diamondsim.plot.canvas import Canvas, canvas, date_axis, percent_format
from diamondsim.plot.checked import dataset_of
from diamondsim.plot.chosen_uses import ChosenUses, chosen_uses, shortage_rank
from diamondsim.plot.fans import Fan, draw_fan, draw_rows, fan_of, nice_top, reading
from diamondsim.plot.texts import axis_text, subtitle
from diamondsim.reporting import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NOTHING = "Nothing to show: no use that was asked for has any demand."


def shortfall_fan(
    dataset: xr.Dataset,
    *,
    region: str | None = None,
    use: str | None = None,
    most: int = 8,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw the share of demand that is unmet over time, as a fan for each use.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    region, use : str, optional
        Only of this region, only this use; one use alone has an axis in percent.
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
    >>> ax = ds.plot.shortfall_fan(run, region="US")
    >>> ax.figure.texts[0].get_text()  # the title; ax.figure.savefig("shortfall.png") writes a file
    'Share of demand unmet by use: United States'
    """
    run = dataset_of(dataset, "run", ["shortfall_band", "shortfall_mean"])
    chosen = chosen_uses(run, shortage_rank(run), region=region, use=use, most=most)
    drawn = canvas(ax, size=size, head=head, rows=len(chosen.places))
    fans = _fans(run, chosen, "shortfall")
    top = nice_top(max((fan.top for fan in fans), default=0.0))
    _draw(drawn, run, chosen, fans, name="shortfall_band", scale=top, unit=f"{percent(top)}\nof demand")
    if len(fans) == 1:
        drawn.axes.yaxis.set_major_formatter(percent_format())
    if fans and not any(fan.top > 0 for fan in fans):
        drawn.notes.append("No use is short in any replication.")
    return drawn.finish(_title("Share of demand unmet", chosen, fans), subtitle(run))


def cover_fan(
    dataset: xr.Dataset,
    *,
    region: str | None = None,
    use: str | None = None,
    most: int = 8,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw how many days of expected demand the stocks of each use last, over time.

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
    >>> ax = ds.plot.cover_fan(run, region="US", use="polishing")
    >>> ax.get_ylabel()
    'Stock in days of expected demand, scarcest grade'
    """
    run = dataset_of(dataset, "run", ["cover_band", "cover_mean"])
    chosen = chosen_uses(run, shortage_rank(run), region=region, use=use, most=most)
    drawn = canvas(ax, size=size, head=head, rows=len(chosen.places))
    fans = _fans(run, chosen, "cover")
    top = nice_top(max((fan.top for fan in fans), default=0.0))
    _draw(drawn, run, chosen, fans, name="cover_band", scale=top, unit=f"{top:g} days")
    return drawn.finish(_title("Days of stock", chosen, fans), subtitle(run))


def _fans(run: xr.Dataset, chosen: ChosenUses, name: str) -> list[Fan]:
    found = []
    for region, use in chosen.places:
        place = {"region": region, "use": use}
        band, mean = run[f"{name}_band"].sel(place), run[f"{name}_mean"].sel(place)
        found.append(fan_of(band, run["time"].values, mean))
    return found


def _draw(
    drawn: Canvas,
    run: xr.Dataset,
    chosen: ChosenUses,
    fans: list[Fan],
    *,
    name: str,
    scale: float,
    unit: str,
) -> None:
    """Draw one fan with an axis, or several in rows."""
    axes = drawn.axes
    if not fans:
        axes.set_axis_off()
        drawn.notes += [_NOTHING, *chosen.notes]
        return
    if len(fans) == 1:
        draw_fan(axes, fans[0])
        axes.set_ylim(0, scale)
        axes.margins(x=0)
        axes.set_ylabel(axis_text(run[name], run.attrs))
    else:
        draw_rows(drawn, fans, list(chosen.labels), scale=scale, unit=unit)
    date_axis(axes)
    drawn.notes.append(reading(fans[0], replications=run.sizes["replication"]))
    if any(np.isnan(fan.median).any() for fan in fans):
        drawn.notes.append("Gaps: weeks without demand.")
    drawn.notes += chosen.notes


def _title(what: str, chosen: ChosenUses, fans: list[Fan]) -> str:
    where = f": {chosen.region_name}" if chosen.region_name else ""
    return f"{what}: {chosen.labels[0]}" if len(fans) == 1 else f"{what} by use{where}"
