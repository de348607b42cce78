"""Exports after earlier controls beside their forecasts from the other controls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from diamondsim.plot.canvas import canvas, row_lines
from diamondsim.plot.checked import dataset_of, require_name
from diamondsim.plot.fans import Fan, draw_fan, fan_of
from diamondsim.plot.palette import MUTED, VERMILION
from diamondsim.plot.texts import subtitle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TOP = 2.0
"""Normal months to which a row reaches; more is cut, and said."""
_ROOM = 0.84


def episode_bands(
    dataset: xr.Dataset,
    *,
    series: Sequence[str] | None = None,
    form: str = "batches",
    weights: str = "others",
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw exports after earlier controls by month, and the bands that the other controls forecast.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `backtest`.
    series : sequence of str, optional
        As ``gallium/all``; all by default.
    form, weights : str
        Of the forecast, as in the Dataset.
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
        If the Dataset is of another call, or there is no such series, form or weights.

    Examples
    --------
    >>> import diamondsim as ds
    >>> ax = ds.plot.episode_bands(ds.backtest(replications=64), series=["gallium/all", "magnets/all"])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['gallium', 'magnets']
    """
    found = dataset_of(dataset, "backtest")
    if isinstance(series, str):
        raise TypeError("series: expected several names, such as ['gallium/all'], found a text")
    known = [str(name) for name in found["series"].values]
    names = known if series is None else [require_name("series", name, known) for name in series]
    form = require_name("form", form, found["form"].values)
    weights = require_name("weights", weights, found["weights"].values)
    forecast = found["forecast"].sel(form=form, weights=weights)
    drawn = canvas(ax, size=size, head=head, rows=len(names))
    axes, last = drawn.axes, len(names) - 1
    months, cut, fan = found["month"].values, 0, None
    for row, name in enumerate(names):
        fan = fan_of(forecast.sel(series=name).transpose("month", "quantile"), months)
        clipped = Fan(fan.x, fan.levels, np.minimum(fan.bands, _TOP), np.minimum(fan.median, _TOP))
        draw_fan(axes, clipped, base=last - row, scale=_TOP / _ROOM)
        observed = found["observed"].sel(series=name).values
        cut += int((observed > _TOP).sum() + (fan.bands[:, -1] > _TOP).any())
        for above, marker, size_of in ((False, "o", 3.0), (True, "^", 4.0)):
            chosen = np.where((observed > _TOP) == above, np.minimum(observed, _TOP), np.nan)
            axes.plot(
                months,
                last - row + _ROOM * chosen / _TOP,
                marker,
                color=VERMILION,
                markersize=size_of,
                label="beyond" if above else "observed",
                zorder=4,
            )
        axes.plot(
            months, np.full(len(months), last - row + _ROOM / _TOP), color=MUTED, linewidth=0.6, linestyle=":"
        )
    row_lines(axes, len(names))
    axes.set_yticks(
        [last - row + 0.3 for row in range(len(names))], [drawn.row_name(_named(name)) for name in names]
    )
    axes.set_ylim(-0.05, len(names))
    axes.set_xlim(months.min() - 0.5, months.max() + 0.5)
    axes.set_xlabel("Month of control")
    for height, text in ((0.0, "0"), (_ROOM / _TOP, "normal"), (_ROOM, f"{_TOP:g} ×")):
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
    if fan is not None:
        low, inner_low, inner_high, high = (f"{100 * level:g}" for level in fan.levels)
        drawn.notes.append(
            f"Red: exports over those of a normal month; blue: forecast from the other controls ({form}, "
            f"weights: {weights}), median with {inner_low} to {inner_high} and {low} to {high} %. Missing "
            "months were not found."
        )
    if cut:
        drawn.notes.append(f"Triangles: more than {_TOP:g} normal months. Bands are cut there as well.")
    return drawn.finish("Exports after earlier controls, and forecasts of them", subtitle(found))


def _named(name: str) -> str:
    goods, _, destination = name.partition("/")
    return goods.replace("-", " ") if destination == "all" else f"{goods.replace('-', ' ')}, {destination}"
