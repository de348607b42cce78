"""What a reserve of each size achieves: the frontier of `size_reserve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from diamondsim.plot.canvas import amount_axis, canvas, matplotlib_part, percent_format, tint
from diamondsim.plot.checked import dataset_of
from diamondsim.plot.palette import BLUE, GREEN, MUTED, VERMILION
from diamondsim.plot.texts import subtitle
from diamondsim.reporting import amount, percent
from diamondsim.results import unit_symbol

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SYMBOLS = {"carat": "ct"}
_WIDE = 30.0
"""Ratio of the largest to the smallest size from which the axis is logarithmic above the smallest."""


def reserve_frontier(
    dataset: xr.Dataset, *, ax: Axes | None = None, size: str = "report", head: bool = True
) -> Axes:
    """Draw the answer with each size of a reserve that was simulated, the target, and the size that meets it.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `size_reserve`.
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
        If the Dataset is of another call.

    Examples
    --------
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "1yr"})
    >>> found = ds.size_reserve(
    ...     calm,
    ...     region="US",
    ...     use="polishing",
    ...     chance="20%",
    ...     grade="micron",
    ...     serves=["polishing"],
    ...     replications=16,
    ... )
    >>> ax = ds.plot.reserve_frontier(found)
    >>> ax.figure.texts[0].get_text()  # the title
    'What a reserve is worth to US.polishing'
    """
    found = dataset_of(dataset, "sizes", ["efficient", "opening"])
    drawn = canvas(ax, size=size, head=head)
    axes = drawn.axes
    costs = found["simulated_cost"].values
    order = np.argsort(costs, kind="stable")
    costs = costs[order]
    answer, low, high = (
        found["answer"].sel(bound=bound).values[order] for bound in ("estimate", "low", "high")
    )
    efficient = found["efficient"].values[order]
    unit = str(found["simulated_cost"].attrs["units"])
    symbol = _SYMBOLS.get(unit, unit)
    axes.vlines(costs, low, high, color=tint(BLUE, 0.45), linewidth=1.6, label="interval")
    axes.plot(costs[efficient], answer[efficient], color=BLUE, linewidth=1.2, label="frontier")
    axes.plot(costs[efficient], answer[efficient], "o", color=BLUE, markersize=4, label="efficient")
    axes.plot(
        costs[~efficient],
        answer[~efficient],
        "o",
        color=BLUE,
        markerfacecolor="white",
        markersize=4,
        label="others",
    )
    limit = float(found.attrs["limit"])
    share = str(found["answer"].attrs["units"]) == "1"
    shown_limit = percent(limit) if share else f"{limit:g} {found.attrs['limit_unit']}"
    axes.axhline(limit, color=VERMILION, linewidth=1.1, label="target")
    beside = {"textcoords": "offset points", "fontsize": "small"}
    axes.annotate(
        f"target {shown_limit}",
        (1, limit),
        (-2, 3),
        xycoords=("axes fraction", "data"),
        ha="right",
        color=VERMILION,
        **beside,
    )
    size_found, *limits = (float(found["cost"].sel(bound=bound)) for bound in ("estimate", "low", "high"))
    if np.isfinite(size_found):
        if np.isfinite(limits).all():
            axes.axvspan(*limits, color=tint(GREEN, 0.2), linewidth=0, zorder=0, label="size: interval")
        axes.axvline(size_found, color=GREEN, linewidth=1.2, label="size")
        axes.annotate(
            f"smallest: {amount(size_found, symbol)}",
            (size_found, 1),
            (4, -2),
            xycoords=("data", "axes fraction"),
            va="top",
            color=GREEN,
            **beside,
        )
    else:
        drawn.notes.append("No size that was tried meets the target.")
    positive = costs[costs > 0]
    if positive.size and positive.max() / positive.min() > _WIDE:
        axes.set_xscale("symlog", linthresh=float(positive.min()))
        drawn.notes.append("The horizontal axis is linear up to the smallest size, and logarithmic above.")
        ticks = [step * 10.0**power for power in range(-3, 15) for step in (1, 2, 5)]
        axes.set_xticks([0.0, *(tick for tick in ticks if positive.min() <= tick <= positive.max())])
        axes.xaxis.set_minor_locator(matplotlib_part("matplotlib.ticker").NullLocator())
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    shown_unit = amount_axis(axes.xaxis, float(costs.max(initial=0.0)), symbol)
    if share:
        axes.yaxis.set_major_formatter(percent_format())
    what = "Cost of the opening stocks" if symbol == "USD" else "Opening stock"
    axes.set_xlabel(f"{what} of {', '.join(map(str, found['reserve'].values))} ({shown_unit})")
    metric = str(found.attrs["metric"]).replace("_", " ")
    unit = unit_symbol(str(found["answer"].attrs["units"]))
    axes.set_ylabel(f"{metric[:1].upper()}{metric[1:]}" + ("" if share else f" ({unit})"))
    axes.spines["left"].set_color(MUTED)
    drawn.notes.insert(
        0, "Filled: no other size is better for less. Bars and green band: intervals (sampling error)."
    )
    place = f"{found.attrs['region']}.{found.attrs['use']}"
    return drawn.finish(f"What a reserve is worth to {place}", subtitle(found))
