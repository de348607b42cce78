"""The chart of a comparison: the chance of a shortage of each use in each scenario, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xarray as xr

from diamondsim.html_report.chart_encodings import (
    interval_tips,
    name_rows,
    narrow_legend,
    series_colour,
    tips,
)
from diamondsim.html_report.page_parts import Chart
from diamondsim.html_report.vega_charts import (
    SERIES_VARIABLES,
    chart_data,
    chart_of,
    percent_axis,
    report_part,
    rounded,
)
from diamondsim.reporting import labels_of_pairs, percent

_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
MOST_SCENARIOS = len(SERIES_VARIABLES)
"""More have no chart: each has a colour of its own."""
_PIXELS = 13
"""Height of one scenario in the row of a use."""


def comparison_chart(root: xr.Dataset, shown: Sequence[dict[str, str]]) -> Chart | None:
    """Return the chart; None if no use is shown, or there are more scenarios than colours.

    Parameters
    ----------
    root : xarray.Dataset
        Of a comparison, of the chance of a shortage.
    shown : sequence of dict
        Region and use of the rows.
    """
    alt = report_part()
    names = [str(name) for name in root["scenario"].values]
    if not shown or len(names) > MOST_SCENARIOS:
        return None
    rows: list[dict[str, Any]] = []
    labels = []
    label_of = labels_of_pairs(root, shown)
    for pair in shown:
        one = root.sel(pair)
        region, use = label_of[pair["region"], pair["use"]]
        label = f"{use}\n{region}"
        labels.append(label)
        for name in names:
            bounds = [
                one["value"].sel(scenario=name, bound=bound).item() for bound in ("estimate", "low", "high")
            ]
            rows.append(
                {
                    "use": label,
                    "scenario": name,
                    **dict(zip(("chance", "low", "high"), rounded(bounds), strict=True)),
                }
            )
    y = name_rows("use", labels, labelLimit=158, grid=True, bandPosition=0, tickBand="extent")
    offset = alt.YOffset("scenario:N", sort=names)
    legend = narrow_legend(1, 4, symbolSize=70)
    colour = series_colour("scenario", names, legend=legend)
    shape = alt.Shape(
        "scenario:N", scale=alt.Scale(domain=names, range=[*_SHAPES[: len(names)]]), legend=legend
    )
    share = alt.Scale(domain=[0, 1])
    title = "Chance of a shortage"
    shown_there = [*tips(("use:N", "Use"), ("scenario:N", "Scenario")), *interval_tips(title)]
    base = alt.Chart(chart_data(rows)).encode(y=y, yOffset=offset)
    drawing = alt.layer(
        base.mark_rule(strokeWidth=1.6).encode(
            x=alt.X("low:Q", scale=share, title=title, axis=percent_axis()), x2="high:Q", color=colour
        ),
        base.mark_point(filled=True, size=55, opacity=1).encode(
            x=alt.X("chance:Q", scale=share), color=colour, shape=shape, tooltip=shown_there
        ),
    )
    first = root.sel(shown[0])
    spoken = ", ".join(
        f"{name} {percent(float(first['value'].sel(scenario=name, bound='estimate')))}" for name in names
    )
    return chart_of(
        drawing,
        key="chances",
        title="Chance of a shortage of each use in each scenario",
        note="Marks: share of the replications; lines: 95 % intervals (sampling error).",
        description=f"Marks with intervals by use and scenario; the first use, {labels[0]}: {spoken}. The "
        "figures are in the table above.",
        height=(_PIXELS * len(names) + 8) * len(shown),
    )
