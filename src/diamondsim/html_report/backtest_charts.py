"""The charts of a backtest: how often the bands hold what came, and the bands of each series."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from diamondsim.html_report.chart_encodings import (
    FAN,
    choice,
    fan,
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
from diamondsim.reporting import BACKTEST_WEIGHTS, percent

_BANDS = dict(zip(FAN, (0.1, 0.25, 0.5, 0.75, 0.9), strict=True))


def coverage_chart(found: xr.Dataset) -> Chart:
    """Return what share of the months lies within the bands of each forecast, beside what should.

    Parameters
    ----------
    found : xarray.Dataset
        Of `backtest`.
    """
    alt = report_part()
    rows: list[dict[str, Any]] = []
    names = []
    for form in map(str, found["form"].values):
        for weights in map(str, found["weights"].values):
            name = f"{form},\n{BACKTEST_WEIGHTS[weights]}"
            names.append(name)
            shares = found["coverage"].sel(form=form, weights=weights)
            for level, share in zip(shares["level"].values, rounded(shares.values), strict=True):
                rows.append(
                    {
                        "model": name,
                        "level": f"{100 * float(level):g} % band",
                        "share": share,
                        "due": float(level),
                    }
                )
    levels = [*dict.fromkeys(row["level"] for row in rows)]
    colour = series_colour("level", levels, legend=narrow_legend(1, 4))
    base = alt.Chart(chart_data(rows)).encode(y=name_rows("model", names, grid=True))
    share = alt.Scale(domain=[0, 1])
    drawing = alt.layer(
        base.mark_tick(thickness=2, size=22, opacity=1).encode(
            x=alt.X("due:Q", scale=share, title="Share of months", axis=percent_axis()), color=colour
        ),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=alt.X("share:Q", scale=share),
            color=colour,
            tooltip=tips(
                ("model:N", "Forecast"), ("level:N", "Band"), ("share:Q", "Months within it", ".0%")
            ),
        ),
    )
    spoken = "; ".join(f"{row['model']} {percent(row['share'])} in the {row['level']}" for row in rows)
    return chart_of(
        drawing,
        key="coverage",
        title="How often the bands hold what came",
        note="Dots: share of the months within the band; bars across: the share that should be.",
        description=f"Dots by forecast: {spoken}.".replace("\n", " "),
        height=40 * len(names),
    )


def bands_chart(found: xr.Dataset, form: str, weights: str) -> Chart:
    """Return the forecast and what came, by month, of a series that the reader chooses.

    Parameters
    ----------
    found : xarray.Dataset
        Of `backtest`.
    form, weights : str
        Of the forecast.
    """
    alt = report_part()
    forecast = found["forecast"].sel(form=form, weights=weights)
    names = [str(name) for name in found["series"].values]
    rows: list[dict[str, Any]] = []
    for name in names:
        one = forecast.sel(series=name)
        columns = [rounded(one.sel(quantile=level).values, 3) for level in _BANDS.values()]
        observed = rounded(found["observed"].sel(series=name).values, 3)
        rows += [
            {"series": name, "month": int(month), "observed": came, **dict(zip(_BANDS, values, strict=True))}
            for month, came, *values in zip(found["month"].values, observed, *columns, strict=True)
            if values[0] is not None or came is not None
        ]
    x = alt.X("month:Q", title="Month of control", axis=alt.Axis(grid=False, tickMinStep=1, format="d"))
    base = alt.Chart(chart_data(rows)).transform_filter("datum.series == place").encode(x=x)
    hover = tips(
        ("month:Q", "Month"),
        ("observed:Q", "Exports", ".2f"),
        ("middle:Q", "Forecast, median", ".2f"),
        ("low:Q", "10 %", ".2f"),
        ("high:Q", "90 %", ".2f"),
    )
    drawing = alt.layer(
        *fan(base, SERIES_VARIABLES[0], title="Exports, normal month = 1"),
        base.mark_point(color=SERIES_VARIABLES[1], filled=True, size=60, opacity=1).encode(
            y="observed:Q", tooltip=hover
        ),
    ).add_params(choice(names, "Series", "bands"))
    first = found.sel(series=names[0], form=form, weights=weights)
    known = first["observed"].values
    return chart_of(
        drawing,
        key="bands",
        title="What came, and what the other controls forecast",
        note="Orange: exports; line: median of the forecast; darker band: half of it; lighter band: 80 %.",
        description=f"Bands by month of control of a series that can be chosen, first {names[0]}: exports "
        f"between {np.nanmin(known):.2f} and {np.nanmax(known):.2f} of a normal month.",
        height=240,
    )
