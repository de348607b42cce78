"""Compile and draw an invented scenario, run both engines, and compare Ledgers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from diamondsim.ledger import Ledger
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import read_scenario
from tests.engines.comparing import FLOOR, differences, largest
from tests.engines.small_case import Case

ORIGIN = 1e-9
"""Relative to demand, or to what is used where that is more. The origin of a stock is a quotient of numbers
that may be as small as 1e-6 of a tick's flow (eq. 13): rounding at 1e-16 of the flow is 1e-10 of it."""


def case_of(content: Mapping[str, Any], *, seed: int, first: int = 0, count: int = 2) -> Case:
    """Compile and draw a scenario."""
    plan = compile_plan(read_scenario(content))
    return Case(plan, draw(plan, seed=seed, first=first, count=count))


def unlike(one: Ledger, other: Ledger) -> list[str]:
    """Return one line for each field in which two Ledgers differ."""
    found = differences(one, other)
    used = sum(np.maximum(one[name], other[name]) for name in ("used", "from_reserve"))
    slack = ORIGIN * np.maximum(used, one["demand"]) + FLOOR * np.maximum(largest(one), largest(other))
    near = np.all(np.abs(one["tracked"] - other["tracked"]) <= slack)
    return [line for line in found if not (near and line.startswith("tracked["))]
