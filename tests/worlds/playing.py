"""From the mapping of a scenario to the Ledgers of both engines, and when two of them are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from diamondsim.ledger import Ledger
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import make_scenario
from tests.engines.comparing import FLOOR, differences, largest
from tests.engines.world import World

ORIGIN = 1e-6
"""Relative to what is used. Where a stock runs down to hardly more than EPS of a tick's flow, its origin is a
quotient of numbers as small as that (eq. 13): rounding at 1e-16 of the flow is 1e-7 of the quotient."""


def world_of(content: Mapping[str, Any], *, seed: int, first: int = 0, count: int = 2) -> World:
    """Compile and draw a scenario."""
    plan = compile_plan(make_scenario(content))
    return World(plan, draw(plan, seed=seed, first=first, count=count))


def unlike(one: Ledger, other: Ledger) -> list[str]:
    """Return a line for each field in which two Ledgers differ."""
    found = differences(one, other)
    used = sum(np.maximum(one[name], other[name]) for name in ("used", "from_reserve"))
    slack = ORIGIN * used + FLOOR * np.maximum(largest(one), largest(other))
    near = np.all(np.abs(one["tracked"] - other["tracked"]) <= slack)
    return [line for line in found if not (near and line.startswith("tracked["))]
