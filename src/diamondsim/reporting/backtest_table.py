"""The backtest of the licence model as a table and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import xarray as xr

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
    "Curve: a share of exports passes in each week, as in the simulation. Batches: licences come in batches",
    "of random size, as in the simulation where a line of licensing gives `batch`. Skill: CRPS below that of",
    "the better of the first two simple forecasts. More in docs/backtest.md.",
)
_WIDTH = 36


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
    yield f"{'licence model':<{_WIDTH}}{'50 %':>7}{'80 %':>7}{'95 %':>7}{'CRPS':>8}{'skill':>8}"
    for form in found["form"].values:
        for weights in found["weights"].values:
            one = found.sel(form=form, weights=weights)
            covered = "".join(f"{float(share):>7.0%}" for share in one["coverage"])
            scores = f"{float(one['mean_crps']):>8.3f}{float(one['skill']):>8.0%}"
            yield f"{f'{form}, {BACKTEST_WEIGHTS[str(weights)]}':<{_WIDTH}}{covered}{scores}"
    for rival in found["rival"].values:
        score = float(found["mean_rival_crps"].sel(rival=rival))
        yield f"{BACKTEST_RIVALS[str(rival)]:<{_WIDTH}}{'':>21}{score:>8.3f}"
    yield ""
    yield "Batches, from the other controls, by series:"
    head = "".join(f"{name:>8}" for name in ("months", "in 80 %", "CRPS", "before", "mean"))
    yield f"{'series':<{_WIDTH}}{head}{'first four months and 80 %':>30}"
    best = found.sel(form="batches", weights="others")
    for name in found["series"].values:
        one = best.sel(series=name)
        cells = [
            f"{int(one['observed'].notnull().sum())}",
            f"{float(one['covered'].sel(level=0.8).mean()):.0%}",
            *(f"{float(one['crps'].mean()):.2f}",),
            *(
                f"{float(one['rival_crps'].sel(rival=rival).mean()):.2f}"
                for rival in list(BACKTEST_RIVALS)[:2]
            ),
        ]
        line = f"{name!s:<{_WIDTH}}" + "".join(f"{cell:>8}" for cell in cells)
        first = float(one["first_months"])
        if not math.isnan(first):
            low, high = (float(one["first_months_forecast"].sel(quantile=q)) for q in (0.1, 0.9))
            line += f"{f'{first:.2f} in {low:.2f} to {high:.2f}':>30}"
        yield line
    yield ""
    yield from _LEGEND


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
