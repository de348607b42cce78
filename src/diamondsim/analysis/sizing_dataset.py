"""The parts of the Datasets of `size_reserve` and `size_stock`, and the check on fresh random numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from diamondsim.analysis.size_search import Found, SizedRuns, Sizes, SizeSampling
from diamondsim.analysis.sizing_target import ANSWER_BOUNDS, Target
from diamondsim.arrays import FloatArray
from diamondsim.results import identity_of, label_coordinate, with_attrs
from diamondsim.scenario import Scenario

CHECKS = ("estimate", "high")
"""The sizes that are checked: the one found, and the upper limit of its interval."""


def bound_coordinate() -> xr.DataArray:
    """Return the coordinate of estimates and limits."""
    return label_coordinate("bound", ANSWER_BOUNDS, "estimate and the limits of its interval")


def check_coordinate() -> xr.DataArray:
    """Return the coordinate of the sizes that are checked."""
    return label_coordinate("check", CHECKS, "size that is checked")


def answers_variable(dims: tuple[str, ...], answers: object, target: Target) -> xr.Variable:
    """Return answers with their name and unit."""
    long_name = f"{target.metric} of {target.region}.{target.use}"
    return with_attrs(xr.Variable(dims, np.asarray(answers, dtype=float)), long_name, target.unit)


def checked_answers(runs: SizedRuns, sizes: Sequence[Sizes]) -> list[FloatArray]:
    """Return answers on other random numbers, those of the next seed; NaN where a size is not finite."""
    fresh = runs.with_seed(runs.sampling.seed + 1)
    fresh.run([each for each in sizes if np.isfinite(each).all()])
    unknown = np.full(len(ANSWER_BOUNDS), np.nan)
    return [fresh.answers.get(each, unknown) for each in sizes]


def achieved_variable(dims: tuple[str, ...], answers: object, runs: SizedRuns) -> xr.Variable:
    """Return the answers of `checked_answers` as a variable."""
    variable = answers_variable(dims, answers, runs.target)
    variable.attrs["seed"] = runs.sampling.seed + 1
    return variable


def efficient(costs: Sequence[float], answers: Sequence[float], target: Target) -> xr.Variable:
    """Return which sizes are on the efficient frontier: nothing that is better or as good costs less.

    Of two that cost the same the better one is on it.
    """
    risks = np.asarray(answers, dtype=float) * (-1.0 if target.at_least else 1.0)
    on = [
        not any(
            (cost <= own and risk < risks[k]) or (cost < own and risk <= risks[k])
            for cost, risk in zip(costs, risks, strict=True)
        )
        for k, own in enumerate(costs)
    ]
    return with_attrs(xr.Variable("size", on), "whether no size is better for less", "1")


def question_attrs(scenario: Scenario, target: Target, sampling: SizeSampling) -> dict[str, object]:
    """Return the attributes that say what was asked."""
    return {
        **identity_of(scenario, sampling.seed),
        "region": target.region,
        "use": target.use,
        "target": target.kind,
        "limit": target.limit,
        "limit_unit": target.unit,
        "metric": target.metric,
        "replications": sampling.replications,
    }


def found_attrs(found: Found, answers: Sequence[FloatArray], target: Target) -> dict[str, object]:
    """Return the attributes that say what was found."""
    best = best_of(answers, target)
    return {
        "reached": int(not np.isnan(found.size)),
        "monotone": int(found.monotone),
        "best": float(answers[best][0]),
        "best_size": best,
    }


def best_of(answers: Sequence[FloatArray], target: Target) -> int:
    """Return the place of the best answer; of equal ones the first."""
    estimates = np.array([each[0] for each in answers])
    return int(np.nanargmax(estimates) if target.at_least else np.nanargmin(estimates))
