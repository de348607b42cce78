"""From the values of the replications to the figures of a cell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from benchmarks.declared_runs.cases import Case
from benchmarks.mechanisms.case_run import CaseRun
from benchmarks.mechanisms.declared import Cell
from benchmarks.mechanisms.measure import Kind
from benchmarks.mechanisms.measures import MEASURES
from diamondsim.arrays import FloatArray
from diamondsim.results import paired_difference

Values = Mapping[str, FloatArray]
"""What was measured of one case, by `key_of`."""


@dataclass(frozen=True)
class Figure:
    """One figure of a cell.

    Attributes
    ----------
    value : float
        In the case of the cell; NaN if no replication has one.
    before : float, optional
        In the case with which it is compared.
    difference : tuple of (float, float, float), optional
        Value less `before`, with the limits of its interval; the limits are NaN where the sampling error of
        the difference is not known.
    """

    value: float
    before: float | None = None
    difference: tuple[float, float, float] | None = None


def key_of(measure: str, parameters: Mapping[str, Any]) -> str:
    """Return the same text for the same measure with the same parameters."""
    return json.dumps([measure, dict(parameters)], sort_keys=True, default=str)


def measure_case(case: Case, wanted: Mapping[str, Iterable[Cell]], replications: int) -> Values:
    """Run a case and take the measures of the cells that need it.

    Parameters
    ----------
    case : Case
    wanted : mapping of str to cells
        By the hash of the scenario.
    replications : int
    """
    scenario = case.load()
    cells = [*wanted[scenario.hash]]
    reads = sorted({name for cell in cells for name in MEASURES[cell.measure].reads})
    values: dict[str, FloatArray] = {}
    with CaseRun(scenario, replications, reads) as run:
        for cell in cells:
            for parameters in cell.parameters:
                key = key_of(cell.measure, parameters)
                if key not in values:
                    values[key] = MEASURES[cell.measure].of(run, **parameters)
    return values


def figures_of(cell: Cell, values: Values, other: Values | None = None) -> list[Figure]:
    """Return the figures of a cell from what was measured of its case, and of the one it is compared with."""
    keys = [key_of(cell.measure, parameters) for parameters in cell.parameters]
    kind = MEASURES[cell.measure].kind
    return [
        _figure(values[key], None if other is None else other[key], statistic, kind)
        for key in keys
        for statistic in cell.statistics
    ]


def _figure(values: FloatArray, others: FloatArray | None, statistic: str | float, kind: Kind) -> Figure:
    value = _statistic(values, statistic)
    if others is None:
        return Figure(value)
    before = _statistic(others, statistic)
    if values.ndim == 0 or statistic != "mean":
        return Figure(value, before, (value - before, np.nan, np.nan))
    known = ~(np.isnan(values) | np.isnan(others))
    if kind is Kind.EVENT:
        estimate = paired_difference(values[known] > 0, others[known] > 0)
        return Figure(value, before, (estimate.value, estimate.low, estimate.high))
    return Figure(value, before, _mean_difference(values[known] - others[known]))


def _mean_difference(differences: FloatArray) -> tuple[float, float, float]:
    """Return the mean with 1.96 standard errors on both sides.

    Examples
    --------
    >>> [round(number, 3) for number in _mean_difference(np.array([0.0, 1.0, 2.0]))]
    [1.0, -0.132, 2.132]
    """
    count = len(differences)
    if count == 0:
        return (np.nan, np.nan, np.nan)
    middle = float(np.mean(differences))
    half = 1.96 * float(np.std(differences, ddof=1)) / sqrt(count) if count > 1 else np.nan
    return (middle, middle - half, middle + half)


def _statistic(values: FloatArray, statistic: str | float) -> float:
    if values.ndim == 0:
        return float(values)
    known: Sequence[float] | FloatArray = values[~np.isnan(values)]
    if len(known) == 0:
        return float("nan")
    if isinstance(statistic, float):
        return float(np.quantile(known, statistic))
    if statistic == "deviation":
        return float(np.std(known, ddof=1)) if len(known) > 1 else float("nan")
    return float(np.median(known) if statistic == "median" else np.mean(known))
