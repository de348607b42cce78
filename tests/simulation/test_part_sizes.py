"""How many replications are drawn and simulated at a time: bounded by bytes, whatever the scenario."""

from __future__ import annotations

from typing import Any

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, compile_plan
from diamondsim.results import read_of, recorded, settings_of, summed
from diamondsim.sampling import draw
from diamondsim.simulation import monte_carlo, part_sizes, runner
from diamondsim.simulation.part_sizes import (
    MAX_LEDGER_BYTES,
    PART_BOUNDS,
    PartBounds,
    drawn_size,
    part_size,
    table_bytes,
)
from tests.simulation.small import short_ban

BATCH_IN_ONES = {"batch": PartBounds(draws_bytes=1, ledger_bytes=1, least=1)}


def plan_over(years: int, name: str = "reinstated-2027") -> tuple[Plan, tuple[str, ...]]:
    scenario = ds.load_scenario(name).override({"horizon.length": f"{years} yr"})
    plan = compile_plan(scenario)
    return plan, recorded(plan, settings_of(scenario))


def ledger_bytes(plan: Plan, fields: tuple[str, ...]) -> int:
    ledger = Ledger.empty(plan, 1, fields, read_of(plan), summed(plan))
    return sum(array.nbytes for array in ledger.arrays.values())


@pytest.mark.parametrize("engine", PART_BOUNDS)
def test_a_longer_horizon_makes_parts_smaller_and_no_process_larger(engine):
    held, sizes = [], []
    for years in (8, 15):
        plan, fields = plan_over(years)
        part = part_size(plan, fields, engine)
        drawn = drawn_size(plan, part, engine)
        sizes.append((part, drawn))
        held.append(part * ledger_bytes(plan, fields) + drawn * table_bytes(plan))
    assert sizes[1] < sizes[0]
    assert held[1] < held[0] < PART_BOUNDS[engine].ledger_bytes + PART_BOUNDS[engine].draws_bytes


@pytest.mark.parametrize("engine, years", [("compiled", 8), ("compiled", 40), ("batch", 3), ("batch", 8)])
def test_what_is_recorded_of_every_lane_comes_in_as_many_replications_as_are_fast(engine, years):
    plan, _ = plan_over(years)
    fields = ("granted", "shipped", "withdrawn", "queue")
    size, each = part_size(plan, fields, engine), ledger_bytes(plan, fields)
    assert size * each <= MAX_LEDGER_BYTES
    assert size == PART_BOUNDS[engine].least or (
        size < PART_BOUNDS[engine].least and 2 * size * each > MAX_LEDGER_BYTES
    )


@pytest.mark.parametrize("name", ["reinstated-2027", "priced-2027"])
def test_the_tables_by_tick_are_nearly_all_of_the_draws(name):
    plan, _ = plan_over(8, name)
    draws = draw(plan, seed=0, count=16)
    arrays = [*vars(draws).values(), *vars(draws.prices or draws).values()]
    by_tick = [a for a in arrays if getattr(a, "ndim", 0) == 3 and len(a) == plan.n_ticks and a.strides[-1]]
    of_tables = sum(array.nbytes for array in {id(a): a for a in by_tick}.values())
    assert of_tables / 16 == pytest.approx(table_bytes(plan), rel=0.1)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of replications that are drawn together."""
    counts: list[int] = []

    def noted(plan: Plan, **options: Any) -> Draws:
        counts.append(options["count"])
        return draw(plan, **options)

    monkeypatch.setattr(runner, "draw", noted)
    return counts


def test_results_do_not_depend_on_how_much_is_drawn_and_simulated_at_a_time(drawn, monkeypatch):
    whole = monte_carlo(short_ban(), replications=5, engine="batch")
    monkeypatch.setattr(part_sizes, "PART_BOUNDS", BATCH_IN_ONES)
    xr.testing.assert_identical(monte_carlo(short_ban(), replications=5, engine="batch"), whole)
    assert drawn == [5, 1, 1, 1, 1, 1]


def test_scenarios_that_are_simulated_together_draw_whole_blocks_for_one_another(drawn, monkeypatch):
    monkeypatch.setattr(part_sizes, "PART_BOUNDS", BATCH_IN_ONES)
    ds.compare({"first": short_ban(), "second": short_ban()}, replications=5)
    assert drawn == [5, 5]
