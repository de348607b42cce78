"""Which inputs drive a result: signed bars of a rank regression, and bars of Sobol' indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from diamondsim.plot.canvas import Canvas, canvas, percent_format, tint
from diamondsim.plot.checked import dataset_of
from diamondsim.plot.palette import BLUE, INK, MUTED, VERMILION
from diamondsim.plot.texts import subtitle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEAST_ROWS = 5
"""Rows for which there is room, also where there are fewer."""
_LETTERS = 38
"""Of the path of an input, which is cut in its middle if it is longer."""


def tornado(
    dataset: xr.Dataset,
    *,
    most: int = 10,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw how strongly, and in which direction, each input moves a result.

    The bars are standardised rank regression coefficients. Inputs that cannot be told from chance are left
    out.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `sensitivity`.
    most : int
        Largest number of inputs: those with the largest coefficients.
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
    >>> run = ds.monte_carlo(ds.load_scenario("calm"), replications=64)
    >>> ax = ds.plot.tornado(ds.sensitivity(run, region="US", use="machining", metric="fill_rate"), most=3)
    >>> ax.figure.texts[0].get_text()  # the title
    'What drives fill rate of US.machining'
    """
    found = dataset_of(dataset, "sensitivity", ["distinguishable", "input_basis"])
    _require_most(most)
    drawn = canvas(ax, size=size, head=head, rows=most)
    axes = drawn.axes
    sizes = np.abs(found["srrc"].sel(bound="estimate").values)
    usable = found["distinguishable"].values & np.isfinite(sizes)
    order = [at for at in np.argsort(-sizes, kind="stable") if usable[at]]
    shown = found.isel(input=order[:most])
    rows = shown.sizes["input"]
    values, low, high = (shown["srrc"].sel(bound=bound).values for bound in ("estimate", "low", "high"))
    heights = np.arange(rows)[::-1]
    colours = [BLUE if value < 0 else VERMILION for value in values]
    axes.barh(heights, values, height=0.62, color=[tint(colour, 0.65) for colour in colours], label="srrc")
    for height, lower, upper in zip(heights, low, high, strict=True):
        axes.plot([lower, upper], [height, height], color=INK, linewidth=1.1, label="interval")
    if rows:
        marks = ["" if basis == "assumed" else " †" for basis in shown["input_basis"].values]
        names = [_cut(str(name)) + mark for name, mark in zip(shown["input"].values, marks, strict=True)]
        _finish_rows(axes, heights, names)
        axes.axvline(0, color=MUTED, linewidth=0.8)
        axes.set_xlabel("Standardised rank regression coefficient")
        drawn.notes.append(
            "Right (red): more of the input means more of the result. Lines: "
            f"{100 * found.attrs['confidence']:g} % intervals. The regression explains "
            f"{100 * float(found['rank_r2']):.0f} % of the variance of ranks."
        )
        if any(marks):
            drawn.notes.append("† The number has a source; the others are assumed.")
    else:
        axes.set_axis_off()
        drawn.notes.append("Nothing to show: no input can be told from chance with so many replications.")
    absent = found.sizes["input"] - rows
    if absent:
        drawn.notes.append(
            f"Not shown: {absent} inputs, {absent - len(order) + rows} of them not told from chance."
        )
    _warn(drawn, found)
    return drawn.finish(f"What drives {_subject(found)}", subtitle(found))


def sobol_bars(
    dataset: xr.Dataset,
    *,
    most: int = 10,
    ax: Axes | None = None,
    size: str = "report",
    head: bool = True,
) -> Axes:
    """Draw the share of the variance that each group of inputs explains: alone, and with others.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `sobol_indices`.
    most : int
        Largest number of groups: those with the largest total index.
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
    >>> found = ds.sobol_indices(calm, region="US", use="polishing", metric="shortage", replications=4)
    >>> ax = ds.plot.sobol_bars(found)
    >>> ax.figure.texts[0].get_text()  # the title
    'What drives shortage of US.polishing'
    """
    found = dataset_of(dataset, "indices", ["first_order"])
    _require_most(most)
    total = found["total"].sel(bound="estimate").values
    order = [at for at in np.argsort(-total, kind="stable") if np.isfinite(total[at])][:most]
    shown = found.isel(group=order)
    rows = len(order)
    drawn = canvas(ax, size=size, head=head, rows=rows)
    axes = drawn.axes
    heights = np.arange(rows)[::-1].astype(float)
    for name, words, share, shift in (
        ("first_order", "alone", 0.9, 0.2),
        ("total", "with others", 0.4, -0.2),
    ):
        value, low, high = (shown[name].sel(bound=bound).values for bound in ("estimate", "low", "high"))
        axes.barh(heights + shift, value, height=0.36, color=tint(BLUE, share), label=name)
        for height, lower, upper in zip(heights + shift, low, high, strict=True):
            axes.plot([lower, upper], [height, height], color=INK, linewidth=1.1, label="interval")
        if rows:
            axes.annotate(
                words,
                (max(high[0], value[0]), heights[0] + shift),
                (5, 0),
                textcoords="offset points",
                fontsize="small",
                va="center",
            )
    if rows:
        counts = shown["inputs"].values if "inputs" in shown else [0] * rows
        names = [f"{name} ({count})" for name, count in zip(shown["group"].values, counts, strict=True)]
        _finish_rows(axes, heights, [_cut(name) for name in names])
        axes.set_xlabel("Share of the variance")
        axes.xaxis.set_major_formatter(percent_format())
        drawn.notes.append(
            "In brackets: inputs of the group. Lines: "
            f"{100 * found.attrs['confidence']:g} % intervals (bootstrap)."
        )
    else:
        axes.set_axis_off()
    if absent := found.sizes["group"] - rows:
        drawn.notes.append(f"Not shown: {absent} group{'s' * (absent > 1)} smaller, or not estimable.")
    _warn(drawn, found)
    return drawn.finish(f"What drives {_subject(found)}", subtitle(found))


def _require_most(most: int) -> None:
    if most < 1:
        raise ValueError(f"most: expected an integer of at least 1, found {most!r}")


def _finish_rows(axes: Any, heights: Any, names: list[str]) -> None:
    axes.set_yticks(heights, names)
    spare = max(0.0, _LEAST_ROWS - len(names)) / 2  # few bars are no thicker than those of a usual picture
    axes.set_ylim(-0.6 - spare, len(names) - 0.4 + spare)
    axes.margins(x=0.12)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _subject(found: xr.Dataset) -> str:
    attrs = found.attrs
    what = "a shortage" if attrs["metric"] == "short" else str(attrs["metric"]).replace("_", " ")
    return f"{what} of {attrs['region']}.{attrs['use']}" if attrs.get("use") else what


def _warn(drawn: Canvas, found: xr.Dataset) -> None:
    drawn.notes += [f"! {line}" for line in str(found.attrs.get("warnings", "")).splitlines()]


def _cut(name: str) -> str:
    if len(name) <= _LETTERS:
        return name
    half = _LETTERS // 2
    return f"{name[: half - 1]}…{name[-half:]}"
