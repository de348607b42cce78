"""A sizing target, its answers and sizes in words, for the tables of `size_reserve` and `size_stock`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from diamondsim.reporting.formatting import amount, chance, percent
from diamondsim.reporting.legal_state_rows import identity_lines, json_identity
from diamondsim.reporting.page_layout import wrapped
from diamondsim.results import unit_symbol

_NAMES = {
    "chance": "chance of a shortage",
    "cvar": "mean shortage in the worst 5 % of replications",
    "survive": "median time to survive",
}
COLUMN = {"chance": "chance of a shortage", "cvar": "worst 5 % short", "survive": "time to survive"}
"""The head of the column of answers, by kind of target."""
SAMPLING_ONLY = "All of this covers sampling error only."


def target_words(attrs: Mapping[str, Any]) -> str:
    """Return the target as a phrase."""
    bound = "at least" if attrs["target"] == "survive" else "at most"
    place = f"{attrs['region']}.{attrs['use']}"
    return f"{_NAMES[attrs['target']]} of {place} {bound} {_value(attrs, float(attrs['limit']))}"


def question_lines(attrs: Mapping[str, Any], what: str) -> Iterator[str]:
    """Yield the head and the target; `what` is simulated with so many replications."""
    yield from identity_lines(attrs)
    yield from wrapped(
        f"Target: {target_words(attrs)}; {attrs['replications']:,} replications of each {what}, "
        f"seed {attrs['seed']}"
    )


def answer_words(attrs: Mapping[str, Any], answer: Any) -> str:
    """Return an answer with its interval."""
    value, low, high = map(float, answer)
    if attrs["target"] == "chance":
        return chance(value, low, high)
    return f"{_value(attrs, value)} [{_value(attrs, low)}, {_value(attrs, high)}]"


def _value(attrs: Mapping[str, Any], value: float) -> str:
    if attrs["limit_unit"] == "1":
        return percent(value)
    if attrs["target"] == "survive":
        return "beyond the horizon" if math.isinf(value) else f"{value:,.0f} days"
    return amount(max(value, 0.0), unit_symbol(str(attrs["limit_unit"])))


def days_words(days: float) -> str:
    """Return a stock in days with three significant figures.

    Examples
    --------
    >>> days_words(123.4), days_words(7.256), days_words(0.0)
    ('123 days', '7.26 days', '0 days')
    """
    return f"{float(f'{days:.3g}'):g} days"


def json_question(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was asked as a document."""
    names = ("region", "use", "target", "limit", "metric", "replications")
    document = {name: attrs[name] for name in names}
    return {**json_identity(attrs), **document, "limit_unit": unit_symbol(str(attrs["limit_unit"]))}


def is_flat(answers: Any) -> bool:
    """Say whether the last of ascending sizes change nothing."""
    last = np.asarray(answers, dtype=float)[-2:]
    return len(last) > 1 and bool(last[0] == last[1])
