"""Rounding is not magnified: a difference of a billionth in the opening stocks fades.

Two engines round differently. Where the recursion magnified that, they would tell different paths after some
months, and two scenarios that differ by next to nothing would not be comparable replication by replication.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.engines import ENGINES as REGISTRY
from diamondsim.engines import batch
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from tests.engines.comparing import differences
from tests.engines.converting import FROM_MUCH_LARGER, WHOLLY
from tests.engines.running import ENGINES, Run

every_engine = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)

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
    assert not differences(REGISTRY["event"].run(plan, draws), REGISTRY["batch"].run(plan, draws))


@every_engine
def test_a_conversion_out_of_a_much_larger_capacity_does_not_swing(run: Run) -> None:
    capacity = run(FROM_MUCH_LARGER.build()).of("capacity", "micron")
    np.testing.assert_allclose(capacity, [20.0] + [30.0] * 11)


@every_engine
def test_what_is_wholly_converted_is_converted_back_once_it_is_asked_for(run: Run) -> None:
    """Rounding decides whether nothing or 1e-16 of it is left: both are a shortage."""
    got = run(WHOLLY.build())
    assert min(got.of("capacity", "mesh")) < 1e-9
    powder, tools = (got.of("used", name)[-1] / got.of("demand", name)[-1] for name in ("powder", "tools"))
    assert powder == pytest.approx(tools, abs=0.01)
