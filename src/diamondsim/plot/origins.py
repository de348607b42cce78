"""Where what is used comes from: tracked crystal in a run, regions of sellers in a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.errors import joined
from diamondsim.plot.canvas import Canvas, amount_axis, canvas, date_axis, percent_format, tint
from diamondsim.plot.checked import dataset_of, require_name
from diamondsim.plot.palette import BLUE, INK, SERIES, VERMILION, WASH
from diamondsim.plot.texts import subtitle
from diamondsim.reporting import short_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MONTH = 30.4375


def supply_origin(
    dataset: xr.Dataset,
    *,
    region: str,
    grade: str | None = None,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw where the supply of a region comes from, stacked over time.

    A run records the share of consumption that is crystal of the tracked origin, and no more: the picture has
    two layers, with the band of the boundary between them. One replication (`simulate(...).dataset`) records
    each lane: the picture has a layer for each region that sends goods.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`, or the `dataset` of a `Trace`.
    region : str
        That uses the goods.
    grade : str, optional
        Of a trace, only this one. It must be given where grades are counted in several units.
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
        If the Dataset is of another call; or if a grade is given for a run, or is needed.

    Examples
    --------
    >>> import diamondsim as ds
    >>> run = ds.monte_carlo(ds.load_scenario("calm"), replications=8)
    >>> ax = ds.plot.supply_origin(run, region="US")
    >>> ax.get_ylabel()
    'Share of consumption, in ct'
    """
    if "lane_from" in getattr(dataset, "variables", ()):
        return _of_trace(dataset, region, grade, canvas(ax, size=size, head=head))
    run = dataset_of(dataset, "run")
    if run.attrs.get("tracked_origin") == "none":
        raise ValueError(
            "the scenario follows no crystal: give `tracked_origin`, the region that it comes from"
        )
    dataset_of(run, "run", ["tracked_share_band", "tracked_share_mean"], attributes=["tracked_origin"])
    region = require_name("region", region, run["region"].values)
    if grade is not None:
        raise ValueError("grade: only for a trace (simulate(...).dataset); a run adds up all grades")
    drawn = canvas(ax, size=size, head=head)
    axes = drawn.axes
    share, band = run["tracked_share_mean"].sel(region=region), run["tracked_share_band"].sel(region=region)
    times, origin = run["time"].values, str(run.attrs["tracked_origin"])
    levels = band["quantile"].values
    name = (
        short_name(str(run["region_name"].sel(region=origin).item())) if origin in run["region"] else origin
    )
    axes.fill_between(times, 0, share, color=tint(VERMILION, 0.75), linewidth=0, label=f"from {name}")
    axes.fill_between(times, share, 1, color=tint(BLUE, 0.45), linewidth=0, label="from elsewhere")
    for level in (levels.min(), levels.max()):
        axes.plot(
            times, band.sel(quantile=level), color=INK, linewidth=0.9, linestyle=(0, (3, 1.5)), label="band"
        )
    axes.set(ylim=(0, 1), ylabel="Share of consumption, in ct")
    axes.margins(x=0)
    axes.yaxis.set_major_formatter(percent_format())
    date_axis(axes)
    if np.isfinite(share.values).any():
        _label_layers(
            axes, times, [share.values, 1 - share.values], [f"crystal from {name}", "from elsewhere"]
        )
    else:
        drawn.notes.append("Nothing to show: the region uses nothing that is counted in carats.")
    drawn.notes.append(
        f"Boundary: mean over replications. Dashed: {100 * levels.min():g} and {100 * levels.max():g} % of "
        "replications, week by week."
    )
    where = short_name(str(run["region_name"].sel(region=region).item()))
    return drawn.finish(f"Origin of what is used: {where}", subtitle(run))


def _of_trace(trace: xr.Dataset, region: str, grade: str | None, drawn: Canvas) -> Axes:
    """Draw what each region sends, by month: dispatched or granted, less what is relayed or seized."""
    region = require_name("region", region, dict.fromkeys(trace["lane_to"].values.tolist()))
    into = trace["lane_to"].values == region
    if grade is not None:
        grade = require_name("grade", grade, dict.fromkeys(trace["lane_grade"].values[into].tolist()))
        into &= trace["lane_grade"].values == grade
    units = sorted({str(unit) for unit in trace["lane_unit"].values[into]})
    if len(units) != 1:
        grades = sorted({str(each) for each in trace["lane_grade"].values[into]})
        raise ValueError(
            f"grade: expected one of {', '.join(grades)}, as they are counted in {joined(units)}"
        )
    lanes = trace.isel(lane=into)
    sent = lanes["shipped"] + lanes["granted"] + lanes["diverted"] - lanes["relayed"] - lanes["seized"]
    ticks = max(1, round(_MONTH / float(trace.attrs["tick_days"])))
    months = sent.coarsen(time=ticks, boundary="trim", coord_func="min").mean()
    rate = DAYS_PER_YEAR / float(trace.attrs["tick_days"])
    sources = lanes["lane_from"].values
    names = sorted(set(sources), key=lambda name: -float(months.values[:, sources == name].sum()))
    layers = [rate * months.values[:, sources == name].sum(axis=1) for name in names]
    axes, rest = drawn.axes, len(SERIES) - 1
    if len(layers) > rest + 1:
        layers = [*layers[:rest], np.sum(layers[rest:], axis=0)]
        names = [*names[:rest], "others"]
    colours = [tint(colour, 0.7) for colour in SERIES]
    axes.stackplot(
        months["time"].values, layers, labels=names, colors=colours, edgecolor="white", linewidth=0.4
    )
    top = float(np.sum(layers, axis=0).max(initial=0.0))
    axes.set_ylabel(f"Sent, monthly means ({amount_axis(axes.yaxis, top, f'{units[0]}/yr')})")
    axes.set_ylim(0, 1.12 * top or 1.0)  # room for a line of text
    axes.margins(x=0)
    date_axis(axes)
    _label_layers(axes, months["time"].values, layers, [f"from {name}" for name in names])
    drawn.notes.append(
        "Shipped or granted a licence, and diverted; less what went on to other countries and what was "
        "seized. Goods arrive a lead time later."
    )
    what = f", {grade}" if grade else ""
    return drawn.finish(f"Origin of supply: {region}{what}", subtitle(trace))


def _label_layers(axes: Axes, times: FloatArray, layers: list[FloatArray], names: list[str]) -> None:
    """Write the name of each layer where it is thickest; a thin one gets its name beside the axes."""
    tops = np.cumsum([np.nan_to_num(layer) for layer in layers], axis=0)
    whole = float(tops[-1].max()) or 1.0
    inner = slice(len(times) // 8, max(len(times) - len(times) // 8, len(times) // 8 + 1))
    thin = []
    for layer, top, name in zip(layers, tops, names, strict=True):
        values = np.nan_to_num(layer)
        at = inner.start + int(np.argmax(values[inner]))
        if values[at] > 0.08 * whole:
            middle = top[at] - values[at] / 2
            axes.text(
                times[at], middle, name, ha="center", va="center", fontsize="small", color=INK
            ).set_bbox({"facecolor": "white", "alpha": 0.75, "edgecolor": WASH, "boxstyle": "round,pad=0.15"})
        elif values.any():
            thin.append(name)
    if thin:
        axes.annotate(
            f"thin, from the bottom: {', '.join(thin)}",
            (0.01, 0.98),
            xycoords="axes fraction",
            fontsize="x-small",
            va="top",
        )
