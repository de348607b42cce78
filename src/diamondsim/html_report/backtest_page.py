"""The content of the page of a backtest, as its template takes it."""

from __future__ import annotations

import math
from typing import Any

import xarray as xr

from diamondsim.html_report.backtest_charts import bands_chart, coverage_chart
from diamondsim.html_report.made_with import made_with
from diamondsim.html_report.page_parts import PageTable, with_month_names
from diamondsim.reporting import BACKTEST_RIVALS, BACKTEST_WEIGHTS, percent

_FORM, _WEIGHTS = "batches", "others"
"""The forecast that the simulation rests on, and that is new to each series."""


def backtest_page(found: xr.Dataset, *, command: str | None = None) -> dict[str, Any]:
    """Return what the template `backtest.html.jinja` shows.

    Parameters
    ----------
    found : xarray.Dataset
        Of `backtest`.
    command : str, optional
        That makes the page.
    """
    charts = (coverage_chart(found), bands_chart(found, _FORM, _WEIGHTS))
    return {
        "title": "Exports after earlier controls, forecast from the other controls",
        "size": f"{int(found.attrs['replications']):,} draws behind a forecast",
        "months": int(found["observed"].notnull().sum()),
        "series": found.sizes["series"],
        "lead": [with_month_names(text) for text in headlines_of_backtest(found)],
        "charts": {chart.key: chart for chart in charts},
        "models": _models(found),
        "by_series": _by_series(found),
        "made_with": made_with(found.attrs, command=command),
    }


def headlines_of_backtest(found: xr.Dataset) -> list[str]:
    """Return the answer in sentences: how often the forecasts hold what came, and how near they are."""
    one = found.sel(form=_FORM, weights=_WEIGHTS)
    months = int(found["observed"].notnull().sum())
    wide, half = (percent(float(one["coverage"].sel(level=level))) for level in (0.8, 0.5))
    skill = float(one["skill"])
    nearer = f"{percent(abs(skill))} {'below' if skill >= 0 else 'above'}"
    return [
        f"Of {months} months after earlier controls, {wide} lie within the 80 % band that the other controls "
        f"forecast, and {half} within the 50 % band.",
        f"The error of these forecasts (CRPS) is {nearer} that of the better of two simple ones: the month "
        "before, and the mean of the other series.",
    ]


def _models(found: xr.Dataset) -> PageTable:
    rows = []
    for form in map(str, found["form"].values):
        for weights in map(str, found["weights"].values):
            one = found.sel(form=form, weights=weights)
            covered = [percent(float(share)) for share in one["coverage"].values]
            crps = f"{float(one['mean_crps']):.3f}"
            rows.append(
                (f"{form}, {BACKTEST_WEIGHTS[weights]}", *covered, crps, percent(float(one["skill"])))
            )
    blank = [""] * found.sizes["level"]
    for rival in map(str, found["rival"].values):
        score = f"{float(found['mean_rival_crps'].sel(rival=rival)):.3f}"
        rows.append((BACKTEST_RIVALS[rival], *blank, score, ""))
    levels = [f"in the {100 * float(level):g} % band" for level in found["level"].values]
    head = ("Forecast", *levels, "CRPS", "Skill")
    return PageTable.of("Scores over all months", head, [[*map(with_month_names, row)] for row in rows])


def _by_series(found: xr.Dataset) -> PageTable:
    best, rows = found.sel(form=_FORM, weights=_WEIGHTS), []
    for name in map(str, found["series"].values):
        one = best.sel(series=name)
        first = float(one["first_months"])
        low, high = (float(one["first_months_forecast"].sel(quantile=level)) for level in (0.1, 0.9))
        rows.append(
            (
                name,
                f"{int(one['observed'].notnull().sum())}",
                percent(float(one["covered"].sel(level=0.8).mean())),
                f"{float(one['crps'].mean()):.2f}",
                *(
                    f"{float(one['rival_crps'].sel(rival=r).mean()):.2f}"
                    for r in ("last_value", "others_mean")
                ),
                "-" if math.isnan(first) else f"{first:.2f} in {low:.2f} to {high:.2f}",
            )
        )
    head = (
        *("Series", "Months", "In the 80 % band", "CRPS", "CRPS of the month before", "CRPS of the mean"),
        "First four months over normal ones, and 80 % band",
    )
    return PageTable.of("Scores by series", head, [[*map(with_month_names, row)] for row in rows])
