"""The backtest: each control forecast from the others, with coverage and scores (docs/backtest.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from diamondsim._version import __version__
from diamondsim.arguments import require_integer
from diamondsim.arrays import FloatArray
from diamondsim.backtesting.cases import Case, cases, last_values, others_at
from diamondsim.backtesting.licence_paths import LicencePaths, draw_paths, licence_numbers
from diamondsim.backtesting.scoring import crps, log_likelihood, normalised, weighted_quantiles
from diamondsim.scenario import load_scenario
from diamondsim.simulation.progress import Progress, ProgressReporter

FORMS = ("curve", "batches")
WEIGHTS = ("none", "others", "updated")
RIVALS = ("last_value", "others_mean", "others_spread")
LEVELS = (0.5, 0.8, 0.95)
BAND_QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
PRIOR_WEIGHT = 1.0
"""Weight of the unweighted draws beside one for each other control (B4)."""

_SCENARIO, _CONTROL = "reinstated-2027", "cn_55"
MOST_DRAWS = 100_000
"""More draws change no printed digit; each takes some 10 kB."""


def backtest(*, replications: int = 8192, seed: int = 0, progress: Progress | None = None) -> xr.Dataset:
    """Forecast exports after each earlier control from the other controls, and score the forecasts.

    Parameters
    ----------
    replications : int
        Draws behind a forecast, from 1 to `MOST_DRAWS`; thousands for figures to rely on.
    seed : int
        Root of all random numbers.
    progress : callable, optional
        Called with the number of steps done and the number of all: for each form and month of a series, the
        likelihood of the draws and the scores.

    Returns
    -------
    xarray.Dataset
        By form of the licence model (``curve``, ``batches``) and weights of its draws (``none``; ``others``:
        by the other controls; ``updated``: also by the months before), series and month of control:

        - `observed` (series, month): exports over those of a normal month; NaN without a report;
        - `forecast` (form, weights, series, month, quantile) and its score `crps`;
        - `rival_crps` (rival, series, month): of the report before, and of the mean and the spread of other
          series;
        - `coverage` (form, weights, level): share of months inside the band; `mean_crps`, `mean_rival_crps`;
        - `skill` (form, weights): 1 - `mean_crps` over that of the better of the first two rivals;
        - `first_months` (series) and `first_months_forecast`: months 0 to 3 over four normal months;
        - `effective_draws` (form, series): of the forecast from the other controls.

    Raises
    ------
    ValueError
        If a number is no integer or out of range.

    Examples
    --------
    >>> import diamondsim as ds
    >>> found = ds.backtest(replications=512)
    >>> bool(found.skill.sel(form="batches", weights="others") > 0.15)
    True
    """
    replications = require_integer("replications", replications, least=1, most=MOST_DRAWS)
    seed = require_integer("seed", seed, least=0)
    scenario = load_scenario(_SCENARIO)
    tried = cases()
    months = np.arange(max(case.months[-1] for case in tried) + 1)
    reporter = ProgressReporter(progress)
    reporter.total = 2 * len(FORMS) * sum(len(case.months) for case in tried)
    scored = _Scores(tried, months, reporter)
    # What is too small for a float is 0, whatever the caller has numpy do about it.
    with np.errstate(under="ignore"):
        for form in FORMS:
            numbers = licence_numbers(scenario, _CONTROL, batches=form == "batches")
            paths = draw_paths(
                numbers, replications=replications, months=int(months[-1]), seed=seed, name=f"backtest/{form}"
            )
            scored.add(form, paths)
    return scored.dataset({"replications": replications, "seed": seed, "scenario": _SCENARIO})


def weights_from_others(fit: Mapping[str, FloatArray], case: Case, tried: Sequence[Case]) -> FloatArray:
    """Return the weights of draws for a case from the series of other controls (B4).

    Parameters
    ----------
    fit : mapping of str to (R,) array
        Log likelihood of the draws given each series.
    case : Case
        The one to forecast: no series of its control is used.
    tried : sequence of Case

    Returns
    -------
    (R,) array
        Adds up to 1.
    """
    by_control: dict[str, list[FloatArray]] = {}
    for other in tried:
        if other.control != case.control:
            by_control.setdefault(other.control, []).append(normalised(fit[other.name]))
    parts = [np.mean(found, axis=0) for found in by_control.values()]
    even = np.full(len(fit[case.name]), 1 / len(fit[case.name]))
    total: FloatArray = (PRIOR_WEIGHT * even + np.sum(parts, axis=0)) / (PRIOR_WEIGHT + len(parts))
    return total


class _Scores:
    """Arrays of the Dataset, filled form by form."""

    def __init__(self, tried: Sequence[Case], months: np.ndarray, reporter: ProgressReporter) -> None:
        self._tried = tried
        self._reporter = reporter
        self._months = months
        grid = (len(FORMS), len(WEIGHTS), len(tried), len(months))
        self._forecast = np.full((*grid, len(BAND_QUANTILES)), np.nan)
        self._crps = np.full(grid, np.nan)
        self._first = np.full((*grid[:3], len(BAND_QUANTILES)), np.nan)
        self._effective = np.full((len(FORMS), len(tried)), np.nan)

    def add(self, form: str, paths: LicencePaths) -> None:
        """Score the forecasts of one form."""
        f = FORMS.index(form)
        by_month = {case.name: self._likelihoods(case, paths) for case in self._tried}
        fit = {name: rows.sum(axis=0) for name, rows in by_month.items()}
        for c, case in enumerate(self._tried):
            fitted = weights_from_others(fit, case, self._tried)
            even = np.full(len(fitted), 1 / len(fitted))
            self._effective[f, c] = 1 / (fitted**2).sum()
            first = paths.shipped[:4].mean(axis=0)
            for w, weight in enumerate((even, fitted)):
                self._first[f, w, c] = weighted_quantiles(first, weight, np.array(BAND_QUANTILES))
            before = np.zeros(len(fitted))
            for row, (month, value) in enumerate(zip(case.months, case.observed, strict=True)):
                updated = normalised(np.log(fitted) + before)
                for w, weight in enumerate((even, fitted, updated)):
                    values = paths.shipped[month]
                    self._forecast[f, w, c, month] = weighted_quantiles(
                        values, weight, np.array(BAND_QUANTILES)
                    )
                    self._crps[f, w, c, month] = crps(values, value, weight)
                before = before + by_month[case.name][row]
            self._reporter.add(len(case.months))

    def _likelihoods(self, case: Case, paths: LicencePaths) -> FloatArray:
        """Return the log likelihood of each draw (month, R)."""
        observed = zip(case.months, case.observed, strict=True)
        rows = [log_likelihood(value, paths.mean[month], paths.batch) for month, value in observed]
        self._reporter.add(len(rows))
        return np.array(rows)

    def dataset(self, attrs: Mapping[str, object]) -> xr.Dataset:
        """Return all of it with labels."""
        observed, rivals = self._observed_and_rivals()
        inside = _inside(self._forecast, observed)
        counted = np.isfinite(observed)
        mean_crps = np.nanmean(self._crps, axis=(2, 3))
        mean_rival = np.nanmean(rivals, axis=(1, 2))
        grid = ("form", "weights", "series", "month")
        made = {
            "observed": (("series", "month"), observed, "exports over those of a normal month"),
            "forecast": ((*grid, "quantile"), self._forecast, "forecast of the same"),
            "crps": (grid, self._crps, "continuous ranked probability score"),
            "rival_crps": (("rival", "series", "month"), rivals, "score of a simple forecast"),
            "covered": (
                (*grid, "level"),
                np.where(counted[..., None], inside, np.nan),
                "1 where the month lies inside the band",
            ),
            "coverage": (
                ("form", "weights", "level"),
                inside[:, :, counted].mean(axis=2),
                "share of months inside the band",
            ),
            "mean_crps": (("form", "weights"), mean_crps, "mean score over months"),
            "mean_rival_crps": (("rival",), mean_rival, "mean score of a simple forecast over months"),
            "skill": (
                ("form", "weights"),
                1 - mean_crps / mean_rival[:2].min(),
                "score below that of the better of the last value and the mean of the others",
            ),
            "first_months": (
                ("series",),
                np.array([case.first_months for case in self._tried]),
                "months 0 to 3 over four normal months",
            ),
            "first_months_forecast": (
                ("form", "weights", "series", "quantile"),
                self._first,
                "forecast of the same",
            ),
            "effective_draws": (("form", "series"), self._effective, "effective number of draws"),
        }
        variables = {
            name: (dims, values, {"long_name": long_name, "units": "1"})
            for name, (dims, values, long_name) in made.items()
        }
        coordinates = {
            "form": list(FORMS),
            "weights": list(WEIGHTS),
            "rival": list(RIVALS),
            "series": [case.name for case in self._tried],
            "month": self._months,
            "quantile": list(BAND_QUANTILES),
            "level": list(LEVELS),
            "control": ("series", [case.control for case in self._tried]),
        }
        title = "Exports after earlier controls, each control forecast from the others"
        return xr.Dataset(
            variables, coordinates, {"title": title, "diamondsim_version": __version__, **attrs}
        )

    def _observed_and_rivals(self) -> tuple[FloatArray, FloatArray]:
        """Return the observed exports (series, month) and the scores of rivals (rival, series, month)."""
        observed = np.full((len(self._tried), len(self._months)), np.nan)
        rivals = np.full((len(RIVALS), *observed.shape), np.nan)
        for c, case in enumerate(self._tried):
            others = [other for other in self._tried if other.control != case.control]
            for last, month, value in zip(last_values(case), case.months, case.observed, strict=True):
                known = others_at(month, others)
                observed[c, month] = value
                rivals[:, c, month] = abs(last - value), abs(known.mean() - value), crps(known, value)
        return observed, rivals


def _inside(forecast: FloatArray, observed: FloatArray) -> FloatArray:
    """Return 1 where the observed month lies inside the band of each level, else 0; level last."""
    bands = [(BAND_QUANTILES.index(0.25), BAND_QUANTILES.index(0.75))]
    bands += [(BAND_QUANTILES.index(0.1), BAND_QUANTILES.index(0.9)), (0, len(BAND_QUANTILES) - 1)]
    return np.stack(
        [(forecast[..., low] <= observed) & (observed <= forecast[..., high]) for low, high in bands],
        axis=-1,
    ).astype(np.float64)
