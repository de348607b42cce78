"""The states of export controls over time, with their probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from diamondsim.plot.canvas import canvas, date_axis
from diamondsim.plot.checked import dataset_of, require_name
from diamondsim.plot.palette import MUTED, STATE_COLOURS
from diamondsim.plot.texts import control_labels, subtitle
from diamondsim.results import sample_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 0.82
_ORDER = ("banned", "licensing", "announced", "suspended", "none")
"""From the bottom of a row up: what binds lies on its base line."""


def control_timeline(
    dataset: xr.Dataset,
    *,
    control: str | None = None,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    r"""Draw the probability of each state of each export control over time.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    control : str, optional
        Only this one.
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
        If the Dataset is of another call, or there is no such control.

    Examples
    --------
    >>> import diamondsim as ds
    >>> run = ds.monte_carlo(ds.load_scenario("lapse-2027"), replications=4)
    >>> ax = ds.plot.control_timeline(run, control="cn_55")
    >>> [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    ['MOFCOM and GACC announcement 55 of 2025']
    """
    run = dataset_of(dataset, "run")
    names = [str(name) for name in run["control"].values]
    if names:  # without controls a run does not have the variable
        dataset_of(run, "run", ["control_probability"])
    if control is not None:
        names = [require_name("control", control, names)]
    drawn = canvas(ax, size=size, head=head, rows=len(names))
    axes = drawn.axes
    states = [state for state in _ORDER if state in run["state"].values]
    seen: set[str] = set()
    named = control_labels(run)
    last = len(names) - 1
    for row, name in enumerate(names):
        share = run["control_probability"].sel(control=name).transpose("time", "state")
        below = np.full(run.sizes["time"], float(last - row))
        for state in states:
            values = share.sel(state=state).values
            above = below + _HEIGHT * values
            if np.any(values > 0):
                label = state if state not in seen else f"_{state}"
                seen.add(state)
                axes.fill_between(
                    run["time"].values, below, above, color=STATE_COLOURS[state], linewidth=0, label=label
                )
            below = above
    if names:
        handles, labels = axes.get_legend_handles_labels()
        order = sorted(range(len(labels)), key=lambda at: states.index(labels[at]))
        axes.legend(
            [handles[at] for at in order],
            [labels[at] for at in order],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=len(order),
            frameon=False,
            fontsize="small",
            handlelength=1.2,
            borderaxespad=0.2,
        )
        middles = [last - row + _HEIGHT / 2 for row in range(len(names))]
        axes.set_yticks(middles, [drawn.row_name(named[name]) for name in names])
        axes.set_ylim(-0.05, last + 0.9)
        axes.margins(x=0)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        for height, text in ((0.0, "0"), (_HEIGHT, "100 %")):
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
        date_axis(axes)
        error = 196 * 0.5 / np.sqrt(sample_size(run))
        drawn.notes.append(
            "Height of a colour: share of replications in that state, week by week. "
            f"95 % interval (sampling error): at most ± {error:.1f} points."
        )
    else:
        axes.set_axis_off()
        drawn.notes.append("Nothing to show: the scenario has no export controls.")
    return drawn.finish("Export controls: probability of each state", subtitle(run))
