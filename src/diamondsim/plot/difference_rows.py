"""Paired differences of a comparison, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from diamondsim.errors import joined
from diamondsim.plot.canvas import Canvas, amount_axis, canvas
from diamondsim.plot.checked import dataset_of, require_name
from diamondsim.plot.chosen_uses import chosen_uses
from diamondsim.plot.palette import MUTED, SERIES
from diamondsim.plot.texts import shortened, subtitle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CHANCE = "probability_of_shortage"
_BESIDE = 2
"""Scenarios up to which names stand beside the dots; those of more would lie on each other."""
_SPREAD = 0.6
"""Share of a row over which the scenarios lie apart."""


def paired_differences(
    dataset: xr.Dataset | xr.DataTree,
    *,
    metric: str = _CHANCE,
    region: str | None = None,
    use: str | None = None,
    most: int = 8,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw how far each scenario lies from the reference, from pairs of replications, by use.

    Parameters
    ----------
    dataset : xarray.Dataset or xarray.DataTree
        Of `compare`.
    metric : str
        One that the comparison has.
    region, use : str, optional
        Only of this region, only this use.
    most : int
        Largest number of uses: those with the largest difference.
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
        If the Dataset is of another call, there is no such region, use or metric, or uses in several units
        are asked for.

    Examples
    --------
    >>> import diamondsim as ds
    >>> shorter = {"horizon.length": "70 weeks"}
    >>> lapse = ds.load_scenario("lapse-2027").override(shorter)
    >>> notice = ds.load_scenario("lapse-2027-notice").override(shorter)
    >>> found = ds.compare({"lapse": lapse, "notice": notice}, replications=4)
    >>> ax = ds.plot.paired_differences(found, region="US")
    >>> ax.get_xlabel()
    'Chance of a shortage less that of lapse (points)'
    """
    found = dataset_of(dataset, "comparison", ["value", "scenario_title"])
    metric = require_name("metric", metric, found["metric"].values)
    reference = str(found.attrs["reference"])
    others = [str(name) for name in found["scenario"].values if name != reference]
    differences = found["difference"].sel(metric=metric, scenario=others)
    rank = xr.apply_ufunc(np.abs, differences.sel(bound="estimate", drop=True)).max("scenario")
    # Uses that are never short in any scenario have nothing to show.
    least = found["value"].sel(metric=metric, bound="estimate", drop=True).max("scenario")
    chosen = chosen_uses(found, rank.where(least > 0), region=region, use=use, most=most, by="differences")
    units = _units(found, metric, chosen.places)
    drawn = canvas(ax, size=size, head=head, rows=len(chosen.places) * max(1, len(others) // 2))
    factor = 100.0 if metric == _CHANCE else 1.0
    for at, name in enumerate(others):
        one = factor * differences.sel(scenario=name)
        _draw_scenario(
            drawn.axes, [one.sel(region=r, use=u) for r, u in chosen.places], name, at, len(others)
        )
    if chosen.places and others:
        _finish_axes(drawn, list(chosen.labels), names_above=len(others) > _BESIDE)
        if units not in ("1", "points"):
            units = amount_axis(drawn.axes.xaxis, float(np.abs(drawn.axes.get_xlim()).max()), units)
        what = "Chance of a shortage" if metric == _CHANCE else metric.replace("_", " ").capitalize()
        drawn.axes.set_xlabel(f"{what} less that of {reference}" + (f" ({units})" if units != "1" else ""))
        level = 100 * float(found.attrs["confidence"])
        drawn.notes.append(
            "Dots: mean of the pairs of replications with the same random numbers; lines: "
            f"{level:g} % intervals (sampling error). Left of 0 is better."
        )
    else:
        drawn.axes.set_axis_off()
        drawn.notes.append("Nothing to show: no use that was asked for is short in any scenario.")
    drawn.notes += chosen.notes
    return drawn.finish(f"What changes against {reference}", [*subtitle(found), *_titles(dataset, found)])


def _units(found: xr.Dataset, metric: str, places: Sequence[tuple[str, str]]) -> str:
    """Return the unit of differences, which all uses that are shown must share."""
    if metric == _CHANCE:
        return "points"
    units = str(found["metric_units"].sel(metric=metric).item())
    if units != "unit of the use":
        return units
    counted = sorted({str(found["unit"].sel(use=use).item()) for _, use in places})
    if len(counted) > 1:
        raise ValueError(f"use: expected one use, as {metric} of several is counted in {joined(counted)}")
    return "".join(counted)


def _draw_scenario(axes: Any, points: Sequence[xr.DataArray], name: str, at: int, number: int) -> None:
    """Draw the differences of one of some scenarios, with its name beside the first."""
    colour, step = SERIES[at % len(SERIES)], _SPREAD / number
    shift = (0.5 * (number - 1) - at) * step
    heights = [len(points) - 1 - row + shift for row in range(len(points))]
    for height, point in zip(heights, points, strict=True):
        limits = [float(point.sel(bound=bound)) for bound in ("low", "high")]
        axes.plot(limits, [height, height], color=colour, linewidth=1.6, label=f"{name}: interval")
    middle = [float(point.sel(bound="estimate")) for point in points]
    axes.plot(middle, heights, "o", color=colour, markersize=4.5, label=name)
    if points and number <= _BESIDE:
        axes.annotate(
            name,
            (max(float(points[0].sel(bound="high")), middle[0]), heights[0]),
            (6, 0),
            textcoords="offset points",
            color=colour,
            fontsize="small",
            va="center" if number == 1 else "top" if at else "bottom",
        )


def _finish_axes(drawn: Canvas, labels: Sequence[str], *, names_above: bool) -> None:
    axes, rows = drawn.axes, len(labels)
    axes.axvline(0, color=MUTED, linewidth=0.8, zorder=0)
    if names_above:
        dots = [each for each in axes.get_lines() if each.get_marker() == "o"]
        place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 3}
        axes.legend(handles=dots, frameon=False, fontsize="small", **place)
    axes.set_yticks([rows - 1 - row for row in range(rows)], [drawn.row_name(label) for label in labels])
    axes.set_ylim(-0.6, rows - 0.4)
    axes.margins(x=0.14)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _titles(given: xr.Dataset | xr.DataTree, found: xr.Dataset) -> list[str]:
    """Return what each scenario is, and its legal state where the runs are there to say it.

    A legal state that all of them have is said once.
    """
    names = [str(name) for name in found["scenario"].values]
    runs = given.children if isinstance(given, xr.DataTree) else {}
    states = [
        f"as of {runs[name].attrs['as_of']}; legal state: {runs[name].attrs['legal_state']}"
        if name in runs and "legal_state" in runs[name].attrs
        else ""
        for name in names
    ]
    shared = len(set(states)) == 1
    titles = zip(names, found["scenario_title"].values, states, strict=True)
    lines = [
        f"{name}: {title}" + ("" if shared or not state else f" ({state})") for name, title, state in titles
    ]
    return [shortened(line) for line in (*lines, *([f"All {states[0]}"] if shared and states[0] else []))]
