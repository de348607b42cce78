"""Break-even values of pairs of numbers as tables and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import xarray as xr

from diamondsim.reporting.bound_values import json_limits, limits, or_null
from diamondsim.reporting.break_even_texts import ShownNumber, short_answer, stated_text, threshold_text
from diamondsim.reporting.few_replications import too_few
from diamondsim.reporting.formatting import count, replications
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.page_layout import wrapped
from diamondsim.results import unit_symbol

_SIDES = {1: "above throughout", -1: "not above throughout"}
_GAP = 2
"""Spaces between two columns."""


def flip_pair_lines(found: xr.Dataset) -> Iterator[str]:
    """Yield, for each pair, the break-even values of the second number; tables fit 80 columns.

    Parameters
    ----------
    found : xarray.Dataset
        From `diamondsim.flip_pairs`.

    Yields
    ------
    str
    """
    attrs = found.attrs
    yield from identity_lines(attrs)
    limit = threshold_text(attrs["metric"], str(found["end_answer"].attrs["units"]), attrs["threshold"])
    yield from wrapped(
        f"Where {attrs['metric']} of {attrs['region']}.{attrs['use']} crosses {limit}; "
        f"{replications(int(attrs['replications']))} a run, {count(int(attrs['runs']))} runs, "
        f"seed {attrs['seed']}; 95 % intervals in brackets"
    )
    yield from too_few(int(attrs["replications"]), " a run")
    for k in range(found.sizes["pair"]):
        yield ""
        yield from _pair_lines(found.isel(pair=k))
    yield ""
    yield from wrapped(" ".join(_notes(found, limit)))


def _pair_lines(one: xr.Dataset) -> Iterator[str]:
    first, second = _shown(one, "first"), _shown(one, "second")
    ends = (float(one["second_end"][0]), float(one["second_end"][1]))
    yield from wrapped(f"A: {one['first'].item()} ({stated_text(str(one['first_stated'].item()))})")
    yield from wrapped(
        f"B: {one['second'].item()} ({stated_text(str(one['second_stated'].item()))}), "
        f"from {second.text(ends[0])} to {second.text(ends[1])}"
    )
    is_drawn = bool(one["first_quantile"].notnull().all())
    heads = (
        first.head("A"),
        *(("quantile",) if is_drawn else ()),
        second.head("B, where it crosses"),
        "at lowest, highest B",
    )
    rows = [heads]
    for k in range(one.sizes["level"]):
        level = one.isel(level=k)
        side = int(level["side"])
        crossing = second.short_crossing(*limits(level["crossing"]), ends)
        row = (first.plain(float(level["first_value"])), _SIDES.get(side, crossing), _ends(level))
        rows.append((row[0], f"{100 * float(level['first_quantile']):.3g} %", *row[1:]) if is_drawn else row)
    widths = [max(map(len, column)) + _GAP for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    if not bool(one["monotone"].all()):
        yield from wrapped(
            "At some A the answer goes back and forth by more than its interval: B may cross elsewhere too."
        )


def _shown(one: xr.Dataset, which: str) -> ShownNumber:
    unit, size = one[f"{which}_shown_unit"].item(), one[f"{which}_shown_unit_size"].item()
    return ShownNumber(str(unit), float(size))


def _ends(level: xr.Dataset) -> str:
    metric = str(level.attrs["metric"])
    answers = (limits(level["end_answer"].sel(end=end)) for end in ("low", "high"))
    return ", ".join(short_answer(metric, value, high) for value, _, high in answers)


def _notes(found: xr.Dataset, limit: str) -> Iterator[str]:
    """Yield sentences that explain the tables."""
    if bool(found["first_quantile"].notnull().any()):
        yield "quantile: the share of the distribution of A that lies below."
    if bool((found["side"] != 0).any()):
        yield f"throughout: on that side of {limit} at the lowest, the middle and the highest B."
    yield "The last column has estimates without intervals. Intervals cover sampling error only."


def json_flip_pairs(found: xr.Dataset) -> dict[str, Any]:
    """Return the same as a document; a limit or a value that does not exist is null."""
    attrs = found.attrs
    return {
        **json_identity(attrs),
        **{name: attrs[name] for name in ("metric", "region", "use", "threshold")},
        "metric_unit": unit_symbol(str(found["end_answer"].attrs["units"])),
        "pairs": [_json_pair(found.isel(pair=k)) for k in range(found.sizes["pair"])],
        **{name: attrs[name] for name in ("replications", "runs", "tolerance")},
    }


def _json_pair(one: xr.Dataset) -> dict[str, Any]:
    numbers = {
        which: {
            "path": str(one[which].item()),
            "stated": str(one[f"{which}_stated"].item()),
            "unit": str(one[f"{which}_unit"].item()).removeprefix("1"),
            "shown_unit": str(one[f"{which}_shown_unit"].item()),
            "shown_unit_size": float(one[f"{which}_shown_unit_size"]),
        }
        for which in ("first", "second")
    }
    return {
        **numbers,
        "second_ends": [float(end) for end in one["second_end"]],
        "levels": [_json_level(one.isel(level=k)) for k in range(one.sizes["level"])],
    }


def _json_level(level: xr.Dataset) -> dict[str, Any]:
    return {
        "first_value": float(level["first_value"]),
        "first_quantile": or_null(float(level["first_quantile"])),
        "side": {1: "above", -1: "not above", 0: "crosses"}[int(level["side"])],
        "monotone": bool(level["monotone"]),
        "crossing": json_limits(level["crossing"]),
        "end_answers": [json_limits(level["end_answer"].sel(end=end)) for end in ("low", "high")],
    }
