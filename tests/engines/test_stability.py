"""Rounding is not magnified: a difference of a billionth in the opening stocks fades.

Two engines round differently. Where the recursion magnified that, they would tell different paths after some
months, and two scenarios that differ by next to nothing would not be comparable replication by replication.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.engines import ENGINES, batch
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from tests.engines.comparing import differences
from tests.engines.small_case import CaseSpec, conversion, lane, source, use

UNCOMPILED = ("event", "batch")
"""Engines that need not be compiled; test_kernel.py compares the compiled one with them."""
FIELDS = ("expected_fill_rate", "stock", "allocated", "order", "capacity")


def spread_of(plan, draws, difference=1e-10):
    """Largest difference in any field, as a share of its largest value, by tick and replication (T, R)."""
    moved = replace(draws, opening_stock=draws.opening_stock * (1 + difference))
    one, other = batch.run(plan, draws), batch.run(plan, moved)
    spreads = []
    for name in FIELDS:
        largest = np.maximum(1.0, np.abs(one[name]).max(axis=(0, 1)))
        spreads.append(np.abs(one[name] - other[name]).max(axis=1) / largest)
    return np.maximum.reduce(spreads)


@pytest.mark.parametrize("name", ["reinstated-2027", "us-ban-2027"])
def test_a_difference_in_the_opening_stocks_fades(name):
    plan = compile_plan(ds.load_scenario(name))
    apart = spread_of(plan, draw(plan, seed=0, first=16, count=16))
    assert apart.max() < 1e-7  # it changes orders for a while
    assert apart[-1].max() < 1e-10


def test_the_readable_engine_agrees_with_the_fast_one_to_the_end():
    plan = compile_plan(ds.load_scenario("reinstated-2027"))
    draws = draw(plan, seed=0, first=18, count=3)
    assert not differences(ENGINES["event"].run(plan, draws), ENGINES["batch"].run(plan, draws))


def test_a_conversion_out_of_a_much_larger_capacity_does_not_swing():
    """A step converts 50 of 1,000, where micron lacks 10 of 20: it would be met twice over, and undone."""
    spec = CaseSpec(
        nodes=(use("powder", demand=30), use("tools", demand=500, grade="mesh")),
        sources=(source("micron", capacity=20), source("mesh", capacity=1000, grade="mesh")),
        lanes=(lane("micron", "powder"), lane("mesh", "tools")),
        conversions=(conversion("mesh", "micron", step=0.05),),
        n_ticks=12,
    )
    for name in UNCOMPILED:
        plan, draws = spec.build()
        capacity = ENGINES[name].run(plan, draws)["capacity"][:, 0, 0]
        np.testing.assert_allclose(capacity, [20.0] + [30.0] * 11, err_msg=name)


def test_what_is_wholly_converted_is_converted_back_once_it_is_asked_for():
    """Rounding decides whether nothing or 1e-16 of it is left: both are a shortage."""
    spec = CaseSpec(
        nodes=(
            use("powder", demand=130),
            use("tools", demand=100, grade="mesh", growth=[1.0, 1.0, *[0.0] * 10, 1.0]),
        ),
        sources=(source("micron", capacity=20), source("mesh", capacity=100, grade="mesh")),
        lanes=(lane("micron", "powder"), lane("mesh", "tools")),
        conversions=(conversion("mesh", "micron", step=0.25),),
        n_ticks=60,
    )
    for name in UNCOMPILED:
        plan, draws = spec.build()
        ledger = ENGINES[name].run(plan, draws)
        mesh = ledger["capacity"][:, 1, 0]
        assert mesh.min() < 1e-9, name
        fill_rates = [ledger["used"][-1, n, 0] / ledger["demand"][-1, n, 0] for n in range(2)]
        np.testing.assert_allclose(fill_rates[0], fill_rates[1], atol=0.01, err_msg=name)
