"""A break-even value as a table and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from diamondsim.analysis import NOT_STATED
from diamondsim.reporting.bound_values import json_limits
from diamondsim.reporting.few_replications import too_few
from diamondsim.reporting.formatting import chance, replications, wrapped
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.results import unit_symbol
from diamondsim.units import number_text

_CHANCE = "probability_of_shortage"


def flip_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield the break-even value as a sentence, and the answer at each value.

    Parameters
    ----------
    found : xarray.Dataset
        From `diamondsim.flip`.

    Yields
    ------
    str
    """
    attrs = found.attrs
    yield from identity_lines(attrs)
    stated = (
        "the scenario does not state it"
        if attrs["stated"] == NOT_STATED
        else (f"the scenario states {attrs['stated']}")
    )
    yield from wrapped(
        f"{attrs['path']} ({stated}), and {attrs['metric']} of "
        f"{attrs['region']}.{attrs['use']}; {replications(int(attrs['replications']))} a value, "
        f"seed {attrs['seed']}"
    )
    yield ""
    for sentence in _sentences(found):
        yield from wrapped(sentence)
    yield from too_few(int(attrs["replications"]), " a value")
    yield ""
    unit = unit_symbol(found["answer"].attrs["units"])
    heads = ("value", f"{attrs['metric']}{'' if unit == '1' else f' ({unit})'}")
    values = [_with_unit(found, float(value)) for value in found["value"].values]
    width = max(map(len, [heads[0], *values])) + 2
    yield f"{heads[0]:<{width}}{heads[1]}"
    for value, answer in zip(values, found["answer"].values, strict=True):
        yield f"{value:<{width}}{_answer(found, *map(float, answer))}"


def json_flip(found: xr.Dataset) -> dict[str, Any]:
    """Return a break-even value as a document; a limit that does not exist is null."""
    return {
        **json_identity(found.attrs),
        **{name: found.attrs[name] for name in ("path", "stated", "metric", "region", "use", "threshold")},
        "unit": _unit(found),
        "shown_unit": found.attrs["shown_unit"],
        "shown_unit_size": found.attrs["shown_unit_size"],
        "reached": bool(found.attrs["reached"]),
        "monotone": bool(found.attrs["monotone"]),
        "crossing": json_limits(found["crossing"]),
        "answers": [
            {"value": float(one["value"]), **json_limits(one["answer"])}
            for one in (found.isel(point=k) for k in range(found.sizes["point"]))
        ],
        "replications": found.attrs["replications"],
    }


def _sentences(found: xr.Dataset) -> Iterator[str]:
    threshold = _plain(found, float(found.attrs["threshold"]))
    ends = [_with_unit(found, float(found["value"].values[k])) for k in (0, -1)]
    answers = found["answer"].values[:, 0]
    if not found.attrs["reached"]:
        side = "above" if answers[0] > found.attrs["threshold"] else "not above"
        yield f"It is {side} {threshold} at both ends, {ends[0]} and {ends[1]}: no break-even was found."
        if float(answers.max() - answers.min()) == 0.0:
            yield (
                "The number moves the answer nowhere between them. A number of another place may take "
                "precedence, or act too late."
            )
    else:
        value, low, high = (float(each) for each in found["crossing"].values)
        direction = "falls below" if answers[0] > answers[-1] else "rises above"
        yield (
            f"It {direction} {threshold} at {_with_unit(found, value)} [{_limit(found, low, ends[0])}, "
            f"{_limit(found, high, ends[1])}]."
        )
    if not found.attrs["monotone"]:
        yield "The answer goes back and forth by more than its interval: there may be other break-evens."


def _limit(found: xr.Dataset, value: float, end: str) -> str:
    if math.isinf(value):
        return f"at {'most' if value < 0 else 'least'} {end}"
    return number_text(_rounded(value / found.attrs["shown_unit_size"]))


def _answer(found: xr.Dataset, value: float, low: float, high: float) -> str:
    if found.attrs["metric"] == _CHANCE:
        return chance(value, low, high)
    return f"{value:,.4g}" + ("" if math.isnan(low) else f" [{low:,.4g}, {high:,.4g}]")


def _plain(found: xr.Dataset, value: float) -> str:
    if found.attrs["metric"] in {_CHANCE, "fill_rate_mean"}:
        return f"{100 * value:g} %"
    return f"{value:,g} {unit_symbol(found['answer'].attrs['units'])}"


def _unit(found: xr.Dataset) -> str:
    unit = str(found["value"].attrs["units"])
    return "" if unit == "1" else unit


def _with_unit(found: xr.Dataset, value: float) -> str:
    shown = _rounded(value / found.attrs["shown_unit_size"])
    return f"{number_text(shown)} {found.attrs['shown_unit']}".strip()


def _rounded(value: float) -> float:
    """Return a value with three significant figures: more than the interval supports."""
    if value == 0 or not np.isfinite(value):
        return value
    return float(f"{value:.3g}")
