"""The charts of a run: shortages by quarter and over time, law, facilities, and where crystal comes from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import xarray as xr

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.html_report.chart_encodings import (
    FAN,
    choice,
    fan,
    interval_tips,
    name_rows,
    narrow_legend,
    quarter_axis,
    series_colour,
    time_axis,
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
from diamondsim.reporting import Report, UseRow, distinct_labels, joined_labels, percent, short_name

_MOST_POINTS = 110
"""Of a line: more would make the page large, and could not be told apart."""
_ROW = 34
_BAND = dict(zip(FAN, (0.05, 0.25, 0.5, 0.75, 0.95), strict=True))


def quarter_chart(report: Report, shown: Sequence[UseRow]) -> Chart | None:
    """Return the heat map of the chance of a shortage by use and quarter; None where no use is shown."""
    alt, found = report_part(), report.quarters
    if found is None or not shown:
        return None
    by_use = {(use.region, use.use): use for use in found.uses}
    rows: list[dict[str, Any]] = []
    labels = joined_labels(report.rows, shown, "\n")
    for row, label in zip(shown, labels, strict=True):
        use = by_use[row.region, row.use]
        columns = zip(
            found.quarter,
            *map(rounded, (use.chance.value, use.chance.low, use.chance.high, use.shortfall.value)),
            strict=True,
        )
        rows += [
            {"use": label, "quarter": q, "chance": c, "low": low, "high": high, "unmet": unmet}
            for q, c, low, high, unmet in columns
        ]
    drawing = (
        alt.Chart(chart_data(rows))
        .mark_rect(stroke="var(--page)", strokeWidth=0.5)
        .encode(
            x=quarter_axis(),
            y=name_rows("use", labels, labelLimit=158),
            fill=alt.value(SERIES_VARIABLES[0]),
            fillOpacity=alt.FillOpacity(
                "chance:Q", scale=alt.Scale(domain=[0, 1], range=[0.04, 1], clamp=True), legend=None
            ),
            tooltip=[
                *tips(("use:N", "Use"), ("quarter:N", "Quarter")),
                *interval_tips("Chance of a shortage"),
                *tips(("unmet:Q", "Mean share of demand unmet", ".1%")),
            ],
        )
    )
    tops = [
        _top_quarter(found.quarter, by_use[row.region, row.use].chance.value, label)
        for row, label in zip(shown, joined_labels(report.rows, shown), strict=True)
    ]
    return chart_of(
        drawing,
        key="quarters",
        title="Chance of a shortage by quarter",
        note=f"Share of replications with more than {percent(found.threshold)} of the quarter's demand "
        "unmet. The figures are in the tables by quarter below.",
        description="Heat map of uses by calendar quarter. Highest chance: " + "; ".join(tops) + ".",
        height=_ROW * len(shown),
        has_ramp=True,
    )


def _top_quarter(quarters: Sequence[str], chances: Sequence[float], label: str) -> str:
    top = int(np.nanargmax(chances))
    return f"{label} {percent(chances[top])} in {quarters[top]}"


def shortfall_chart(dataset: xr.Dataset, report: Report, shown: Sequence[UseRow]) -> Chart | None:
    """Return the fan of unmet demand over time, of a use that the reader chooses; None without uses."""
    alt = report_part()
    if not shown or "shortfall_band" not in dataset:
        return None
    step = max(1, -(-dataset.sizes["time"] // _MOST_POINTS))
    thinned = dataset[["shortfall_band"]].isel(time=slice(None, None, step))
    days = np.datetime_as_string(thinned["time"].values, unit="D").tolist()
    rows: list[dict[str, Any]] = []
    labels = joined_labels(report.rows, shown)
    for row, label in zip(shown, labels, strict=True):
        one = thinned.sel(region=row.region, use=row.use)
        bands = {
            name: rounded(one["shortfall_band"].sel(quantile=level).values) for name, level in _BAND.items()
        }
        columns = zip(days, *bands.values(), strict=True)
        rows += [
            {"use": label, "day": day, **dict(zip(_BAND, values, strict=True))} for day, *values in columns
        ]
    base = alt.Chart(chart_data(rows)).transform_filter("datum.use == place").encode(x=time_axis())
    share = alt.Scale(domain=[0, 1], clamp=True)
    drawing = alt.layer(
        *fan(base, SERIES_VARIABLES[0], scale=share, title="Share of demand unmet", axis=percent_axis()),
        base.mark_rule(color="var(--ink)", opacity=0, strokeWidth=6).encode(tooltip=_fan_tips(".1%")),
    ).add_params(choice(labels, "Use", "shortfall"))
    first = thinned["shortfall_band"].sel(region=shown[0].region, use=shown[0].use)
    middle, high = (first.sel(quantile=level).values for level in (0.5, 0.95))
    return chart_of(
        drawing,
        key="shortfall",
        title="Unmet demand over time",
        note="Line: median of the replications; darker band: half of them; lighter band: 90 %.",
        description=f"Fan chart of a use that can be chosen, first {labels[0]}: its unmet share reaches at "
        f"most {percent(float(np.nanmax(middle)))} in the median and {percent(float(np.nanmax(high)))} "
        "at the 95 % quantile.",
        height=260,
    )


def legal_chart(report: Report) -> Chart | None:
    """Return the probability of each legal state by quarter, or of each control that is ever in force."""
    alt, found = report_part(), report.quarters
    if found is None:
        return None
    every = found.legal_states or found.control_in_force
    shares = {name: values for name, values in every.items() if any(values)}
    if not shares or len(shares) > len(SERIES_VARIABLES):
        return None
    what = "Legal state" if found.legal_states else "Control in force"
    rows = [
        {"state": name, "rank": rank, "quarter": quarter, "share": share}
        for rank, (name, values) in enumerate(shares.items())
        for quarter, share in zip(found.quarter, rounded(values), strict=True)
    ]
    encodings = {
        "x": quarter_axis(),
        "color": series_colour("state", [*shares], title=what),
        "tooltip": tips(("state:N", what), ("quarter:N", "Quarter"), ("share:Q", "Probability", ".1%")),
    }
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), title="Probability", axis=percent_axis())
    base = alt.Chart(chart_data(rows))
    if found.legal_states:
        drawing = base.mark_bar(stroke="var(--page)", strokeWidth=0.5).encode(
            y=y, order=alt.Order("rank:Q"), **encodings
        )
    else:
        drawing = base.mark_line(interpolate="step-after", strokeWidth=2).encode(y=y, **encodings)
    ends = "; ".join(
        f"{name} {percent(v[0])} at the start, {percent(v[-1])} at the end" for name, v in shares.items()
    )
    return chart_of(
        drawing,
        key="law",
        title=f"{what}, by quarter",
        note=f"Mean over the days of the quarter. {_in_effect(report, shares)}".rstrip(),
        description=f"{what} by calendar quarter: {ends}.",
        height=180,
    )


def _in_effect(report: Report, shown: Collection[str]) -> str:
    """Say which controls are in effect in each legal state that is shown."""
    states = [row for row in report.legal_states if row.state in shown]
    names = [", ".join(name for name, is_in_effect in row.controls.items() if is_in_effect) for row in states]
    listed = "; ".join(f"{row.state}: {name or 'none'}" for row, name in zip(states, names, strict=True))
    return f"Controls in effect in {listed}." if listed else ""


def facility_charts(dataset: xr.Dataset) -> list[Chart]:
    """Return the fan of the output of each facility over time."""
    alt, charts = report_part(), []
    if "facility_output_band" not in dataset:
        return []
    step = max(1, -(-dataset.sizes["time"] // _MOST_POINTS))
    per_year = DAYS_PER_YEAR / float(dataset.attrs["tick_days"])
    is_carat = str(dataset["facility_output_band"].attrs.get("units")) == "carat"
    factor, unit = (1e-6 * per_year, "Mct/yr") if is_carat else (per_year, "per year")
    thinned = dataset["facility_output_band"].isel(time=slice(None, None, step))
    days = np.datetime_as_string(thinned["time"].values, unit="D").tolist()
    for number, name in enumerate(map(str, dataset["facility"].values)):
        one = factor * thinned.sel(facility=name)
        if not (one > 0).any():  # there is no output to be drawn
            continue
        bands = [rounded(one.sel(quantile=level).values, 2) for level in _BAND.values()]
        rows = [
            {"day": day, **dict(zip(_BAND, values, strict=True))}
            for day, *values in zip(days, *bands, strict=True)
        ]
        base = alt.Chart(chart_data(rows)).encode(x=time_axis())
        drawing = alt.layer(
            *fan(base, SERIES_VARIABLES[2], title=f"Output, {unit}", axis=alt.Axis(tickCount=5)),
            base.mark_rule(opacity=0, strokeWidth=6).encode(tooltip=_fan_tips(",.0f")),
        )
        last = [float(one.sel(quantile=level).values[-1]) for level in (0.5, 0.05, 0.95)]
        charts.append(
            chart_of(
                drawing,
                key=f"output-{number}",
                title=f"Output of the facility {name}",
                note="Line: median of the replications; darker band: half of them; lighter band: 90 %.",
                description=f"Fan chart: at the end of the horizon {last[0]:,.0f} {unit} in the median, "
                f"{last[1]:,.0f} to {last[2]:,.0f} in 90 % of the replications.",
                height=200,
            )
        )
    return charts


_LEVELS = {"middle": "Median", "lower": "25 %", "upper": "75 %", "low": "5 %", "high": "95 %"}


def _fan_tips(form: str) -> list[Any]:
    """Return what the pointer shows of a fan: the week, and the five figures in a format."""
    return [
        *tips(("day:T", "Week of", "%d %b %Y")),
        *tips(*((f"{key}:Q", title, form) for key, title in _LEVELS.items())),
    ]


def origin_chart(dataset: xr.Dataset, report: Report) -> Chart | None:
    """Return the share of each region's consumption that is crystal of the tracked origin, over time."""
    alt = report_part()
    names = [row.region_name for row in report.origins if row.region_name != report.tracked_origin]
    if "tracked_share_mean" not in dataset or not names or len(names) > len(SERIES_VARIABLES):
        return None
    step = max(1, -(-dataset.sizes["time"] // _MOST_POINTS))
    thinned = dataset["tracked_share_mean"].isel(time=slice(None, None, step))
    days = np.datetime_as_string(thinned["time"].values, unit="D").tolist()
    label_of = distinct_labels(names)
    at = {str(name): r for r, name in enumerate(dataset["region_name"].values)}
    rows = [
        {"region": label_of[name], "day": day, "share": share}
        for name in names
        for day, share in zip(days, rounded(thinned.isel(region=at[name]).values), strict=True)
    ]
    labels = [label_of[name] for name in names]
    drawing = (
        alt.Chart(chart_data(rows))
        .mark_line(strokeWidth=2)
        .encode(
            x=time_axis(),
            y=alt.Y(
                "share:Q", scale=alt.Scale(domain=[0, 1]), title="Share of consumption", axis=percent_axis()
            ),
            color=series_colour(
                "region",
                labels,
                legend=narrow_legend(2, 6, symbolType="stroke", symbolStrokeWidth=3, labelLimit=115),
            ),
            tooltip=tips(
                ("region:N", "Region"), ("day:T", "Week of", "%d %b %Y"), ("share:Q", "Share", ".0%")
            ),
        )
    )
    ends = "; ".join(
        f"{label_of[row.region_name]} {percent(row.start.mean)}, then {percent(row.end.mean)}"
        for row in report.origins
        if row.region_name in names
    )
    return chart_of(
        drawing,
        key="origin",
        title=f"Crystal from {short_name(report.tracked_origin)} in what is consumed",
        note="Mean of the replications; crystal processed elsewhere counts too.",
        description=f"Lines by region, at the start and at the end: {ends}.",
        height=200,
    )
