"""Encodings and marks that several charts share: rows of names, axes of time, colours, tooltips and fans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from diamondsim.html_report.vega_charts import SERIES_VARIABLES, report_part

FAN = ("low", "lower", "middle", "upper", "high")
"""Fields of a fan, from its lowest limit to its highest."""
_YEARS_ONLY = "substring(datum.value, 4) == 'Q1' ? substring(datum.value, 0, 4) : ''"


def tips(*parts: tuple[str, str] | tuple[str, str, str]) -> list[Any]:
    """Return what the pointer shows: a field with its type, a title and, of a number or a day, a format."""
    alt = report_part()
    return [
        alt.Tooltip(field, title=title, **({"format": form[0]} if form else {}))
        for field, title, *form in parts
    ]


def interval_tips(title: str) -> list[Any]:
    """Return what the pointer shows of a chance with its interval."""
    return tips(("chance:Q", title, ".1%"), ("low:Q", "95 % interval, from", ".1%"), ("high:Q", "to", ".1%"))


def name_rows(field: str, names: Sequence[str], **axis: Any) -> Any:
    """Return the rows of a chart, in the order of their names, of which each may have two lines."""
    alt = report_part()
    labels = {"labelExpr": "split(datum.label, '\\n')", "labelOffset": -7}
    shown = alt.Axis(title=None, ticks=False, domain=False, **labels, **axis)
    return alt.Y(f"{field}:N", sort=[*names], axis=shown)


def series_colour(field: str, names: Sequence[str], **more: Any) -> Any:
    """Return a colour for each name, in order."""
    alt = report_part()
    scale = alt.Scale(domain=[*names], range=[*SERIES_VARIABLES[: len(names)]])
    return alt.Color(f"{field}:N", scale=scale, **more)


def narrow_legend(few: int, many: int, **more: Any) -> Any:
    """Return a legend of few columns on a narrow page, and of many on others."""
    alt = report_part()
    return alt.Legend(title=None, columns=alt.ExprRef(f"width < 420 ? {few} : {many}"), **more)


def time_axis() -> Any:
    """Return the horizontal axis of days."""
    alt = report_part()
    axis = alt.Axis(format="%Y", tickCount="year", grid=False, labelOverlap=True)
    return alt.X("day:T", title=None, axis=axis)


def quarter_axis() -> Any:
    """Return the horizontal axis of calendar quarters, of which the first of a year has a label."""
    alt = report_part()
    axis = alt.Axis(title=None, labelExpr=_YEARS_ONLY, labelAngle=0, ticks=False, labelOverlap=True)
    return alt.X("quarter:O", sort=None, axis=axis)


def choice(names: Sequence[str], what: str, place: str) -> Any:
    """Return the parameter by which a reader chooses one of some names, the first at first."""
    alt = report_part()
    bound = alt.binding_select(options=[*names], name=f"{what} ", element=f"#choose-{place}")
    return alt.param(name="place", value=names[0], bind=bound)


def fan(base: Any, colour: str, *, scale: Any = None, **of_axis: Any) -> list[Any]:
    """Return the layers of a fan of the fields `FAN`: two bands and the line in their middle.

    Parameters
    ----------
    base : altair.Chart
        With its rows and its horizontal axis.
    colour : str
    scale : altair.Scale, optional
        Of the vertical axis.
    **of_axis
        `title` and `axis` of the vertical axis.
    """
    alt = report_part()
    scaled = {} if scale is None else {"scale": scale}
    low, lower, middle, upper, high = (f"{field}:Q" for field in FAN)
    return [
        base.mark_area(color=colour, opacity=0.18).encode(y=alt.Y(low, **scaled, **of_axis), y2=high),
        base.mark_area(color=colour, opacity=0.35).encode(y=alt.Y(lower, **scaled), y2=upper),
        base.mark_line(color=colour, strokeWidth=2).encode(y=alt.Y(middle, **scaled)),
    ]
