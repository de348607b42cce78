"""The tables of `diamondsim worst-start` and `diamondsim reverse-stress`, and the same as documents."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from diamondsim.analysis import failures_in
from diamondsim.reporting.bound_values import json_limits
from diamondsim.reporting.failed_lines import failed_lines
from diamondsim.reporting.few_replications import too_few
from diamondsim.reporting.formatting import chance, difference, percent, replications, signed
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.page_layout import wrapped
from diamondsim.units import number_text

_INTERVALS = "95 % intervals in brackets"


def worst_start_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield the metric at each date, and what fresh draws say of the worst one.

    Parameters
    ----------
    found : xarray.Dataset
        From `diamondsim.worst_start`.

    Yields
    ------
    str
    """
    attrs = found.attrs
    yield f"When the beginning of {attrs['control']} hurts {attrs['region']}.{attrs['use']} most"
    yield from identity_lines(attrs)
    yield f"{replications(int(attrs['replications']))} a date, seed {attrs['seed']}; {_INTERVALS}"
    yield from too_few(int(attrs["replications"]), " a date")
    yield from failed_lines(attrs)
    yield ""
    texts = [_value(found, found["value"].isel(start=k)) for k in range(found.sizes["start"])]
    width = max(len(attrs["metric"]), *map(len, texts)) + 2
    yield f"{'begins':<12}{attrs['metric']:<{width}}chance of being the worst"
    for k, text in enumerate(texts):
        day = np.datetime_as_string(found["start"].values[k], unit="D")
        yield f"{day:<12}{text:<{width}}{percent(float(found['chance_worst'][k]))}"
    yield ""
    fresh = f"With fresh draws it has {_value(found, found['worst_value'])}"
    if attrs["worst"] == attrs["stated"]:
        yield from wrapped(f"{attrs['worst']}, as stated, looks worst. {fresh}.")
        return
    yield from wrapped(
        f"{attrs['worst']} looks worst. {fresh}, and the stated {attrs['stated']} "
        f"{_value(found, found['stated_value'])}; difference {_difference(found)}."
    )


def json_worst_start(found: xr.Dataset) -> dict[str, Any]:
    """Return the same as a document; a limit that does not exist is null."""
    names = ("control", "metric", "region", "use", "worst", "stated")
    days = np.datetime_as_string(found["start"].values, unit="D").tolist()
    return {
        **json_identity(found.attrs),
        **{name: found.attrs[name] for name in names},
        "replications": int(found.attrs["replications"]),
        "unit": str(found["value"].attrs["units"]),
        "failures": failures_in(found.attrs),
        "starts": [
            {
                "start": day,
                "value": json_limits(found["value"].isel(start=k)),
                "chance_worst": float(found["chance_worst"][k]),
            }
            for k, day in enumerate(days)
        ],
        **{name: json_limits(found[name]) for name in ("worst_value", "stated_value", "difference")},
    }


def reverse_stress_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield how far each number must move before the use breaks, smallest shock first.

    Parameters
    ----------
    found : xarray.Dataset
        From `diamondsim.reverse_stress`.

    Yields
    ------
    str
    """
    attrs = found.attrs
    broken = percent(float(attrs["chance"]))
    yield f"What breaks {attrs['region']}.{attrs['use']}: a chance of a shortage above {broken}"
    yield from identity_lines(attrs)
    yield f"{replications(int(attrs['replications']))} a run, seed {attrs['seed']}; {_INTERVALS}"
    yield from too_few(int(attrs["replications"]), " a run")
    yield from failed_lines(attrs)
    for k in range(found.sizes["shock"]):
        one = found.isel(shock=k)
        yield ""
        yield from wrapped(str(one["shock"].item()))
        mild, severe = str(one["mild"].item()), str(one["severe"].item())
        chances = f"{percent(float(one['chance_mild']))} and {percent(float(one['chance_severe']))}"
        yield from wrapped(f"from {mild} to {severe}: chance of a shortage {chances}", indent=2)
        yield from wrapped(_breaking(one), indent=2)


def json_reverse_stress(found: xr.Dataset) -> dict[str, Any]:
    """Return the same as a document; a value that does not exist is null."""
    attrs = found.attrs
    return {
        **json_identity(attrs),
        **{name: attrs[name] for name in ("region", "use", "chance")},
        "replications": int(attrs["replications"]),
        "failures": failures_in(attrs),
        "shocks": [
            {
                **{name: str(one[name].item()) for name in ("shock", "mild", "severe", "unit")},
                "severity": json_limits(one["severity"]),
                "breaking_value": json_limits(one["breaking_value"]),
                **{name: float(one[name]) for name in ("chance_mild", "chance_severe")},
            }
            for one in (found.isel(shock=k) for k in range(found.sizes["shock"]))
        ],
    }


def _breaking(one: xr.Dataset) -> str:
    severity = [float(each) for each in one["severity"].values]
    if severity[0] == 0.0:
        return "broken at the mild value already"
    if math.isinf(severity[0]):
        return "not broken at the severe value"
    unit = "" if str(one["unit"].item()) == "1" else f" {one['unit'].item()}"
    value, low, high = (float(each) for each in one["breaking_value"].values)
    limits = ", ".join(_rounded(each) if math.isfinite(each) else "beyond" for each in (low, high))
    return (
        f"breaks at {_rounded(value)}{unit} [{limits}], {percent(severity[0])} of the way to the severe value"
    )


def _rounded(value: float) -> str:
    return number_text(float(f"{value:.3g}"))


def _value(found: xr.Dataset, variable: xr.DataArray) -> str:
    value, low, high = (float(each) for each in variable.values)
    if found.attrs["metric"] == "probability_of_shortage":
        return chance(value, low, high)
    return f"{value:z,.4g} [{low:z,.4g}, {high:z,.4g}]{_unit(found)}"


def _difference(found: xr.Dataset) -> str:
    value, low, high = (float(each) for each in found["difference"].values)
    if found.attrs["metric"] == "probability_of_shortage":
        return f"{difference(value, low, high)} points"
    return f"{signed(value, ',.4g')} [{signed(low, ',.4g')}, {signed(high, ',.4g')}]{_unit(found)}"


def _unit(found: xr.Dataset) -> str:
    unit = str(found["value"].attrs["units"])
    return "" if unit == "1" else f" {unit}"
