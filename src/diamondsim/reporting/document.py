"""The report as a document of maps, lists, texts and numbers for JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from typing import Any

from diamondsim._version import __version__
from diamondsim.reporting.price_sentences import price_sentences
from diamondsim.reporting.report import Report
from diamondsim.reporting.report_sentences import sentences
from diamondsim.reporting.use_rows import UseRow


def json_report(report: Report) -> dict[str, Any]:
    """Return the report as a document.

    Parameters
    ----------
    report : Report

    Returns
    -------
    dict
        Infinite and unknown numbers are None; dates are texts. Keys: `version`, `scenario`, `legal_states`,
        `baseline`, `baseline_changes`, `short_when`, `uses` (each with its `baseline`, and its chance less
        that of the baseline, `less_baseline`), `facilities`, `facility_effects`, `reserves`,
        `without_diversion`, `deciding`, `origin`, `numbers`, `warnings` (those of `check`), `loss_unknown`
        (ids of uses), `least_cover`, `sentences`; `prices` only if there are prices, costs or values,
        `observed` only if the run is conditioned on observations.
    """
    return {
        "version": __version__,
        "scenario": json_value(report.head),
        "baseline": json_value(report.baseline_head),
        "legal_states": json_value(report.legal_states),
        "baseline_changes": json_value(report.baseline_changes),
        "short_when": {"shortfall_above": report.threshold, "over_days": report.window_days},
        "uses": [_use(row, report) for row in report.rows],
        "facilities": json_value(report.facilities),
        "facility_effects": json_value(report.effects),
        "reserves": json_value(report.reserves),
        "without_diversion": json_value(report.diversion_effects),
        "deciding": json_value(report.deciding),
        "origin": {"of": report.tracked_origin, "regions": json_value(report.origins)},
        "quarters": json_value(report.quarters),
        "numbers": json_value(report.check.numbers),
        "warnings": list(report.check.warnings),
        "loss_unknown": list(report.loss_unknown),
        "least_cover": json_value(report.least_cover),
        "sentences": list(sentences(report)),
        **_prices(report),
        **({} if report.observed is None else {"observed": json_value(report.observed)}),
    }


def _prices(report: Report) -> dict[str, Any]:
    if report.prices is None:
        return {}
    return {"prices": {**json_value(report.prices), "sentences": list(price_sentences(report))}}


def _use(row: UseRow, report: Report) -> dict[str, Any]:
    base = report.baseline_rows.get((row.region, row.use))
    volumes = {"volumes": "assumed" if row.assumed_volumes else "estimated"}
    difference = report.differences.get((row.region, row.use))
    return {
        **json_value(row),
        **volumes,
        "baseline": json_value(base),
        "less_baseline": json_value(difference),
    }


def json_value(value: Any) -> Any:
    """Return a value as maps, lists, texts, finite numbers and None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: json_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return value + 0.0 if math.isfinite(value) else None  # no negative zero
    return value
