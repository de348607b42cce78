"""Formulas and small cases of the tests of prices (model.md, eq. 48-61).

Unless a test says otherwise: a lead of one tick, no cover, no limit on a lane, unmet demand that is lost, and
no elasticity, so that each test has the one it is about.
"""

from __future__ import annotations

import math

import pytest

from tests.engines.small_case import Case, lane, small_case, source, use


def e(z: float) -> float:
    """(48), by the power of the library."""
    return ((2048 + z) / (2048 - z)) ** 1024


def close(*expected: float) -> object:
    return pytest.approx([*expected], rel=1e-11, abs=1e-11)


def log(price: float) -> float:
    """The inverse of `e`: z = 2048 (q - 1) / (q + 1) with q the 1024th root."""
    q = math.expm1(math.log(price) / 1024)
    return 2048 * q / (q + 2)


def move(wanted: float, available: float) -> float:
    return 2 * (wanted - available) / (wanted + available)


def alone(
    *, n_ticks: int = 3, demand: float = 100, capacity: float = 100, **more: float | list[float]
) -> Case:
    """One use `a` supplied by one source `s`; `more` is about the source."""
    return small_case(
        n_ticks=n_ticks,
        nodes=[use("a", demand=demand, fill_rate_gain=0.0)],
        sources=[source("s", capacity=capacity, **more)],
        lanes=[lane("s", "a")],
    )


def glut() -> Case:
    """Two sources share a use alike; s makes three times as much from tick 5 to 30, and offers it."""
    return small_case(
        n_ticks=120,
        nodes=[use("a", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=50, index=[1.0] * 5 + [3.0] * 25 + [1.0]), source("f", capacity=50)],
        lanes=[lane("s", "a", contract_share=0.5), lane("f", "a", contract_share=0.5)],
    )
