"""Charts with Altair: how they look, their static pictures, and the libraries that draw them in a browser.

Colours are variables of the page (templates/report.css), so that a chart is light or dark as the page is. The
texts of a user are only ever data, never part of an expression.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from diamondsim.extras import import_of_extra
from diamondsim.html_report.page_parts import Chart

_PACKAGES = {"altair": "altair", "jinja2": "jinja2", "vl_convert": "vl-convert-python"}
"""What the extra installs, by the module."""
STATIC_WIDTH = 680
"""Pixels of a static picture."""
SERIES_VARIABLES = tuple(f"var(--series-{number})" for number in range(1, 7))
"""Colours of series, in order."""
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_CONFIG: dict[str, Any] = {
    "aria": False,  # the figure has one description; each mark would be announced otherwise
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "domainColor": "var(--line)",
        "gridColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelColor": "var(--ink)",
        "titleColor": "var(--muted)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 190,
        "labelPadding": 6,
        "labelSeparation": 6,
        "titlePadding": 8,
    },
    "legend": {
        "orient": "top",
        "labelColor": "var(--ink)",
        "titleColor": "var(--muted)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 200,
        "symbolLimit": 0,
        "columnPadding": 14,
    },
    "header": {"labelColor": "var(--ink)", "titleColor": "var(--muted)"},
    "text": {"color": "var(--ink)"},
}


def report_part(module: str = "altair") -> Any:
    """Return a module of the extra `report`.

    Raises
    ------
    ModuleNotFoundError
        If it is not installed; the message names the extra.
    """
    return import_of_extra(module, "reports need", "report", _PACKAGES)


def require_libraries() -> None:
    """Raise the error of `report_part` if anything is missing that a report needs."""
    for module in _PACKAGES:
        report_part(module)


def chart_of(
    drawing: Any,
    *,
    key: str,
    title: str,
    note: str,
    description: str,
    height: int,
    has_ramp: bool = False,
) -> Chart:
    """Return a chart that fills the width of its place.

    Parameters
    ----------
    drawing : altair.Chart or altair.LayerChart
    key, title, note, description, has_ramp
        As for `Chart`.
    height : int
        Pixels of the plot itself.
    """
    spec: dict[str, Any] = drawing.properties(width="container", height=height).to_dict()
    # It names a place on the network, which no browser asks for; the page knows without it what this is.
    spec.pop("$schema", None)
    spec["config"] = _CONFIG
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return Chart(key, title, note, description, spec, static_svg(spec, key), has_ramp)


def static_svg(spec: Mapping[str, Any], key: str) -> str:
    """Return the picture of a chart as SVG for a page that holds others too."""
    svg: str = report_part("vl_convert").vegalite_to_svg(
        {**spec, "width": STATIC_WIDTH}, vl_version=_vega_lite()
    )
    # What a picture clips is found by a name, which would be that of a clip of another picture.
    svg = re.sub(r'(\bid="|url\(#)([\w-]+)', rf"\1{key}-\2", svg)
    return re.sub(r' role="[^"]*"| aria-[a-z]+="[^"]*"', "", svg)


@functools.cache
def browser_libraries() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that needs no network."""
    script: str = report_part("vl_convert").javascript_bundle(vl_version=_vega_lite())
    # Within a page, these would end a script, or begin a comment in it; in a text of a script, both mean the
    # same with the backslash.
    return script.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def _vega_lite() -> str:
    """Return the version of Vega-Lite for which Altair writes charts, as vl-convert names it."""
    return "_".join(report_part().SCHEMA_VERSION.split(".")[:2])


def rounded(values: ArrayLike, digits: int = 4) -> list[float | None]:
    """Return numbers for JSON, of few digits; None for what is not a number.

    Examples
    --------
    >>> rounded([0.123456, float("nan")])
    [0.1235, None]
    """
    return [None if np.isnan(value) else round(float(value), digits) for value in np.asarray(values, float)]


def chart_data(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as the data of a drawing."""
    return report_part().Data(values=[*rows])


def percent_axis(**more: Any) -> Any:
    """Return an axis of shares in percent."""
    return report_part().Axis(**{"labelExpr": "round(100 * datum.value) + ' %'", "tickCount": 5, **more})
