"""A break-even value as a table and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import xarray as xr

from diamondsim.reporting.bound_values import json_limits, limits
from diamondsim.reporting.break_even_texts import ShownNumber, answer_text, stated_text, threshold_text
from diamondsim.reporting.few_replications import too_few
from diamondsim.reporting.formatting import replications
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.page_layout import wrapped
from diamondsim.results import unit_symbol


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
    yield from wrapped(
        f"{attrs['path']} ({stated_text(str(attrs['stated']))}), and {attrs['metric']} of "
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
    values = [_shown(found).text(float(value)) for value in found["value"].values]
    width = max(map(len, [heads[0], *values])) + 2
    yield f"{heads[0]:<{width}}{heads[1]}"
    for value, answer in zip(values, found["answer"].values, strict=True):
        yield f"{value:<{width}}{answer_text(str(attrs['metric']), *map(float, answer))}"


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
    attrs, shown = found.attrs, _shown(found)
    threshold = threshold_text(attrs["metric"], str(found["answer"].attrs["units"]), attrs["threshold"])
    low, high = float(found["value"].values[0]), float(found["value"].values[-1])
    ends = (shown.text(low), shown.text(high))
    answers = found["answer"].values[:, 0]
    if not found.attrs["reached"]:
        side = "above" if answers[0] > found.attrs["threshold"] else "not above"
        at_both = f"{attrs['metric']} is {side} {threshold} at both ends, {ends[0]} and {ends[1]}"
        yield f"{at_both}: no break-even was found."
        if float(answers.max() - answers.min()) == 0.0:
            yield (
                "The number moves the answer nowhere between them. A number of another place may take "
                "precedence, or act too late."
            )
        else:
            yield "Together with a second number it may: ask for a pair (flip_pairs; --pair of the command)."
    else:
        direction = "falls below" if answers[0] > attrs["threshold"] else "rises above"
        crossing = shown.crossing(*limits(found["crossing"]), (low, high))
        yield f"It {direction} {threshold} at {crossing}."
    if not found.attrs["monotone"]:
        yield "The answer goes back and forth by more than its interval: there may be other break-evens."


def _shown(found: xr.Dataset) -> ShownNumber:
    return ShownNumber(str(found.attrs["shown_unit"]), float(found.attrs["shown_unit_size"]))


def _unit(found: xr.Dataset) -> str:
    unit = unit_symbol(str(found["value"].attrs["units"]))
    return "" if unit == "1" else unit
