"""The backtest of the licence model as a table and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import xarray as xr

from diamondsim.reporting.page_layout import label_width, labelled_row, wrapped

BACKTEST_WEIGHTS = {
    "none": "as it is",
    "others": "from the other controls",
    "updated": "also from the months before",
}
BACKTEST_RIVALS = {
    "last_value": "the month before",
    "others_mean": "mean of the other series",
    "others_spread": "spread of the other series",
}
"""What weights the draws of a forecast, and the simple forecasts, in words."""
_LEGEND = (
    "Curve: a share of exports passes in each week, as in the simulation. Batches: licences come in batches "
    "of random size, as in the simulation where a line of licensing gives `batch`. CRPS: lower is better. "
    "Skill, higher is better: CRPS below that of the better of the first two simple forecasts. Before, mean: "
    "CRPS of these two, the month before and the mean of the other series. First four: mean of months 0 to 3 "
    "over that of normal months, in the band of 80 %. More in docs/backtest.md."
)
_FORECAST = 36
_HEADS = ("months", "in 80 %", "CRPS", "before", "mean")
_FIRST = 22
"""Columns of the first four months and their band."""


def backtest_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield the tables: scores of all months, by series with the first months, and what the words mean.

    Parameters
    ----------
    found : xarray.Dataset
        From `backtest`.

    Yields
    ------
    str
    """
    months = int(found["observed"].notnull().sum())
    draws = int(found.attrs["replications"])
    yield f"{months} months of {found.sizes['series']} series, {draws:,} draw{'' if draws == 1 else 's'}"
    yield f"{'licence model':<{_FORECAST}}{'50 %':>7}{'80 %':>7}{'95 %':>7}{'CRPS':>8}{'skill':>8}"
    for form in found["form"].values:
        for weights in found["weights"].values:
            one = found.sel(form=form, weights=weights)
            covered = "".join(f"{_share(share):>7}" for share in one["coverage"])
            scores = f"{float(one['mean_crps']):>8.3f}{_share(one['skill']):>8}"
            yield f"{f'{form}, {BACKTEST_WEIGHTS[str(weights)]}':<{_FORECAST}}{covered}{scores}"
    for rival in found["rival"].values:
        score = float(found["mean_rival_crps"].sel(rival=rival))
        yield f"{BACKTEST_RIVALS[str(rival)]:<{_FORECAST}}{'':>21}{score:>8.3f}"
    yield ""
    yield "Batches, from the other controls, by series:"
    heads = _row(_HEADS, "first four, in 80 %")
    names = [str(name) for name in found["series"].values]
    width = label_width(names, gap=1, beside=len(heads))
    yield f"{'series':<{width}}{heads}"
    best = found.sel(form="batches", weights="others")
    for name in names:
        yield from labelled_row(name, _of_series(best.sel(series=name)), width)
    yield ""
    yield from wrapped(_LEGEND)


def _of_series(one: xr.Dataset) -> str:
    """Return the cells of the row of a series."""
    scores = (one["crps"], *(one["rival_crps"].sel(rival=rival) for rival in list(BACKTEST_RIVALS)[:2]))
    cells = (
        f"{int(one['observed'].notnull().sum())}",
        _share(one["covered"].sel(level=0.8).mean()),
        *(f"{float(score.mean()):.2f}" for score in scores),
    )
    first = float(one["first_months"])
    low, high = (float(one["first_months_forecast"].sel(quantile=q)) for q in (0.1, 0.9))
    return _row(cells, "" if math.isnan(first) else f"{first:.2f} in {low:.2f} to {high:.2f}")


def _row(cells: Sequence[str], first: str) -> str:
    before = "  ".join(f"{cell:>{len(head)}}" for cell, head in zip(cells, _HEADS, strict=True))
    return f"{before}{first:>{_FIRST}}".rstrip()


def _share(share: Any) -> str:
    """Return a share in percent without decimals, which the months would not bear."""
    return "-" if math.isnan(share) else f"{100 * float(share):.0f} %"


def json_backtest(found: xr.Dataset) -> dict[str, Any]:
    """Return the scores as a document; a value that does not exist is null."""
    best = found.sel(form="batches", weights="others")

    def number(value: Any) -> float | None:
        return None if math.isnan(float(value)) else float(value)

    return {
        "replications": found.attrs["replications"],
        "seed": found.attrs["seed"],
        "forecasts": [
            {
                "form": str(form),
                "weights": str(weights),
                "coverage": {
                    str(float(level)): number(found["coverage"].sel(form=form, weights=weights, level=level))
                    for level in found["level"].values
                },
                "crps": number(found["mean_crps"].sel(form=form, weights=weights)),
                "skill": number(found["skill"].sel(form=form, weights=weights)),
            }
            for form in found["form"].values
            for weights in found["weights"].values
        ],
        "rivals": {
            str(rival): number(found["mean_rival_crps"].sel(rival=rival)) for rival in found["rival"].values
        },
        "series": {
            str(name): {
                "months": int(best["observed"].sel(series=name).notnull().sum()),
                "coverage_80": number(best["covered"].sel(series=name, level=0.8).mean()),
                "crps": number(best["crps"].sel(series=name).mean()),
                "first_months": number(best["first_months"].sel(series=name)),
            }
            for name in found["series"].values
        },
    }
