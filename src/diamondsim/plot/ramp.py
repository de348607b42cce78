"""The output of a facility as it ramps up, with its milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plot.canvas import amount_axis, canvas, date_axis
from diamondsim.plot.checked import dataset_of, require_name
from diamondsim.plot.fans import draw_fan, fan_of, nice_top, reading
from diamondsim.plot.palette import PLUM, VERMILION
from diamondsim.plot.texts import subtitle
from diamondsim.reporting import percent
from diamondsim.results import weights_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MILESTONES = {"first_output": ("first output", VERMILION), "full_output": ("90 % of the ramp", PLUM)}
_SYMBOLS = {"carat": "ct"}


def facility_ramp(
    dataset: xr.Dataset,
    *,
    facility: str | None = None,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw the output of a facility over time as a fan, and when it reaches its milestones.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    facility : str, optional
        By default the first of the scenario.
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
        If the Dataset is of another call, or there is no such facility.

    Examples
    --------
    >>> import diamondsim as ds
    >>> run = ds.monte_carlo(ds.load_scenario("lapse-2027"), replications=4)
    >>> ax = ds.plot.facility_ramp(run)
    >>> ax.get_ylabel()
    'Output, all grades (Mct/yr)'
    """
    run = dataset_of(dataset, "run")
    names = [str(name) for name in run["facility"].values] if "facility" in run.coords else []
    if facility is not None:
        facility = require_name("facility", facility, names)
    drawn = canvas(ax, size=size, head=head)
    axes = drawn.axes
    if not names:
        axes.set_axis_off()
        drawn.notes.append("Nothing to show: the scenario has no facility.")
        return drawn.finish("Output of a facility", subtitle(run))
    needed = ["facility_output_band", "facility_output_mean", *_MILESTONES]
    dataset_of(run, "run", needed, attributes=["tick_days"])
    facility = facility or names[0]
    one = run.sel(facility=facility)
    per_year = DAYS_PER_YEAR / float(run.attrs["tick_days"])
    unit = str(run["facility_output_band"].attrs["units"])
    unit = f"{_SYMBOLS.get(unit, unit)}/yr"
    fan = fan_of(
        per_year * one["facility_output_band"], run["time"].values, per_year * one["facility_output_mean"]
    )
    draw_fan(axes, fan)
    top = nice_top(fan.top)
    # The milestones have the place above the fan.
    axes.set_ylim(0, 1.3 * top)
    axes.set_yticks(np.linspace(0, top, 6))
    axes.set_ylabel(f"Output, all grades ({amount_axis(axes.yaxis, top, unit)})")
    axes.margins(x=0)
    for row, (name, (words, colour)) in enumerate(_MILESTONES.items()):
        _milestone(axes, run, one[name], words, colour, top * (1.22 - 0.12 * row))
    date_axis(axes)
    drawn.notes.append(reading(fan, replications=run.sizes["replication"]))
    drawn.notes.append(
        "Dots: median of a milestone among the replications that reach it; lines: 5 to 95 % of them."
    )
    return drawn.finish(f"Output of the facility {facility}", subtitle(run))


def _milestone(
    axes: Axes, run: xr.Dataset, ticks: xr.DataArray, words: str, colour: str, height: float
) -> None:
    reached = np.isfinite(ticks.values)
    weights = weights_of(run)
    share = float(np.average(reached, weights=weights))
    at = f"{words}: {percent(share)} of replications by the end"
    if not reached.any():
        axes.annotate(
            at,
            (0.01, height),
            xycoords=("axes fraction", "data"),
            color=colour,
            fontsize="small",
            va="center",
        )
        return
    counted = None if weights is None else weights[reached]
    limits = np.quantile(ticks.values[reached], [0.05, 0.5, 0.95], method="inverted_cdf", weights=counted)
    days: Any = run["time"].values[np.minimum(limits.astype(int), run.sizes["time"] - 1)]
    axes.plot(days[[0, 2]], [height, height], color=colour, linewidth=1.6, label=words)
    axes.plot(days[1:2], [height], "o", color=colour, markersize=5, label=f"{words}, median")
    month = str(days[1].astype("datetime64[M]"))
    late = days[2] - run["time"].values[0] > 0.6 * (run["time"].values[-1] - run["time"].values[0])
    axes.annotate(
        f"{words} {month} ({percent(share)} reach it)",
        (days[0] if late else days[2], height),
        (-6 if late else 6, 0),
        textcoords="offset points",
        color=colour,
        fontsize="small",
        va="center",
        ha="right" if late else "left",
    )
