"""diamondsim beside stockpyl and SupplyNetPy: the same problem, the same demands, paths and times.

Where these are not installed, only diamondsim meets the equations; `python3 dev.py peers` installs them in an
environment of their own. `--quick` shows in seconds that all works, the sizes of docs/peers.md take minutes.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from benchmarks.conftest import scale_of
from benchmarks.peers import by_diamondsim as ours
from benchmarks.peers.problem import (
    FloatArray,
    Path,
    Problem,
    Totals,
    draw_demands,
    expected,
    recur,
    totals,
)
from benchmarks.scale import QUICK

CALM = Problem(periods=90)
PROBLEMS = {
    "calm": CALM,
    "short lead": replace(CALM, lead_periods=1),
    "long lead": replace(CALM, lead_periods=9, cover_periods=0),
    "stop": replace(CALM, stop_begin=30, stop_end=42),
    "lost sales": replace(CALM, cover_periods=0, backorders=False),
    "lost sales, stop": replace(CALM, backorders=False, stop_begin=30, stop_end=42),
}
YEAR = Problem(periods=365)
LIBRARIES = ("batch", "event", "stockpyl", "SupplyNetPy")
MONTH = replace(YEAR, periods=30)
Runner = Callable[[], Path]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    quick = scale_of(metafunc.config) is QUICK
    if metafunc.function is test_a_library_walks_the_path_of_the_equations:
        able = [(who, name) for who in LIBRARIES for name in PROBLEMS if can(who, PROBLEMS[name])]
        metafunc.parametrize("library, name", able)
    if metafunc.function is test_time_of_a_library:
        sizes = [(MONTH, 2)] if quick else [(YEAR, 1), (YEAR, 64)]
        many = [] if quick else [("batch", YEAR, 1024)]
        metafunc.parametrize(
            "library, problem, replications",
            [*((who, *size) for who in LIBRARIES for size in sizes), *many],
            ids=named,
        )
    if metafunc.function is test_time_of_a_whole_call:
        metafunc.parametrize("problem, replications", [(MONTH, 2) if quick else (YEAR, 1024)], ids=named)


def named(value: Any) -> str | None:
    return f"{value.periods} periods" if isinstance(value, Problem) else None


def can(library: str, problem: Problem) -> bool:
    """Return whether the library can state the problem: in a simulation of stockpyl unmet demand waits."""
    return problem.backorders or library != "stockpyl"


def need(library: str) -> None:
    """Skip the test where a peer is not installed."""
    if library not in ("batch", "event") and importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed here: python3 dev.py peers")


def runner(library: str, problem: Problem, demands: FloatArray) -> Runner:
    """State the problem for a library, and return what runs it on the demands."""
    if library == "stockpyl":
        from benchmarks.peers import by_stockpyl

        return lambda: by_stockpyl.run(problem, demands)[0]
    if library == "SupplyNetPy":
        from benchmarks.peers import by_supplynetpy

        return lambda: by_supplynetpy.run(problem, demands)
    plan, draws = ours.prepare(problem, demands)
    engine = ours.run_batch if library == "batch" else ours.run_event
    return lambda: ours.path_of(plan, engine(plan, draws), demands)


def assert_same(found: Path | Totals, wanted: Path | Totals, scale: float) -> None:
    for name, one, other in zip(found._fields, found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9 * scale, err_msg=name)


def test_a_library_walks_the_path_of_the_equations(library: str, name: str) -> None:
    need(library)
    problem = PROBLEMS[name]
    demands = draw_demands(problem, 3)
    wanted, _ = recur(problem, demands)
    found = runner(library, problem, demands)()
    assert_same(found, wanted, problem.base_stock_ct)
    assert_same(totals(found, demands), totals(wanted, demands), problem.base_stock_ct)
    assert (wanted.unmet_ct.sum(axis=0) > 0).all()


def test_stockpyl_refuses_lost_sales() -> None:
    need("stockpyl")
    from benchmarks.peers import by_stockpyl

    with pytest.raises(ValueError, match="waits"):
        by_stockpyl.network_of(PROBLEMS["lost sales"])


def test_stockpyl_charges_for_what_lies_and_what_waits_at_the_end_of_a_period() -> None:
    need("stockpyl")
    from benchmarks.peers import by_stockpyl as theirs

    problem = PROBLEMS["stop"]
    demands = draw_demands(problem, 3)
    path, cost = theirs.run(problem, demands, checks="E")
    lies, waits = path.on_hand_ct.sum(axis=0), path.backlog_ct.sum(axis=0)
    np.testing.assert_allclose(cost, theirs.HOLDING_COST * lies + theirs.STOCKOUT_COST * waits, rtol=1e-9)


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_shortage_of_diamondsim_is_unmet_demand_where_new_demand_is_served_first(name: str) -> None:
    """With a backlog it is less than what the peers report: there older demand is served first."""
    problem = PROBLEMS[name]
    demands = draw_demands(problem, 3)
    plan, draws = ours.prepare(problem, demands)
    wanted, new_first = recur(problem, demands)
    shortage = ours.shortage_of(plan, ours.run_batch(plan, draws))
    np.testing.assert_allclose(shortage, new_first, rtol=1e-9, atol=1e-9 * problem.base_stock_ct)
    if name == "stop":
        assert (shortage.sum(axis=0) < wanted.unmet_ct.sum(axis=0) - 1).all()
    if not problem.backorders:
        np.testing.assert_allclose(new_first, wanted.unmet_ct, atol=1e-9 * problem.base_stock_ct)


def test_the_equations_agree_with_theory() -> None:
    """Four standard errors over 4,096 paths; in the ten periods left out the stock forgets its start."""
    demands = draw_demands(CALM, 4096)
    path, _ = recur(CALM, demands)
    later = totals(Path(*(array[10:] for array in path)), demands[10:])
    for name, found, wanted in zip(Totals._fields, later, expected(CALM), strict=True):
        error = found.std(ddof=1) / np.sqrt(len(found))
        assert abs(found.mean() - wanted[0]) < 4 * error, name
        assert error < 0.02 * max(wanted[0], 1.0), name


@pytest.mark.benchmark(timer=time.process_time)  # the machine may have more to do
def test_time_of_a_library(
    benchmark: Any, library: str, problem: Problem, replications: int, record_ns: Callable[..., None]
) -> None:
    """From demands that lie ready to the path of each replication; of what prepares it see `by_...`."""
    need(library)
    demands = draw_demands(problem, replications)
    run = runner(library, problem, demands)
    found = benchmark.pedantic(run, rounds=3, warmup_rounds=1)
    wanted, _ = recur(problem, demands)
    assert_same(found, wanted, problem.base_stock_ct)
    record_ns(library, problem, replications)


@pytest.mark.benchmark(timer=time.process_time)
def test_time_of_a_whole_call(
    benchmark: Any, problem: Problem, replications: int, record_ns: Callable[..., None]
) -> None:
    """`monte_carlo` reads, compiles, draws, runs and summarises; its demands are its own.

    So it is compared by the mean unmet demand: four standard errors of the difference. New demand is served
    first in both.
    """
    scenario = ours.scenario_of(problem)
    paths = benchmark.pedantic(
        ds.monte_carlo,
        args=(scenario,),
        kwargs={"replications": replications, "seed": 1, "workers": 1},
        rounds=3,
        warmup_rounds=1,
    )
    here = paths["shortage"].sel(region="home", use="u").to_numpy()
    _, unmet = recur(problem, draw_demands(problem, 1024))
    other = unmet.sum(axis=0)
    error = np.sqrt(here.var() / len(here) + other.var() / len(other)) if len(here) > 30 else np.ptp(other)
    assert abs(here.mean() - other.mean()) < 4 * error
    record_ns("monte_carlo", problem, replications)


@pytest.fixture
def record_ns(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> Callable[[str, Problem, int], None]:
    """Return a function that notes the median as ns for a period of one replication."""

    def note(library: str, problem: Problem, replications: int) -> None:
        if benchmark.stats is None:  # told only to run, not to time
            return
        ns = 1e9 * benchmark.stats.stats.median / (problem.periods * replications)
        benchmark.extra_info |= {
            "phase": library,
            "scenario": "base-stock",
            "lanes": 1,
            "ticks": problem.periods,
            "replications": replications,
            "ns_per_lane_tick": ns,
        }
        with capsys.disabled():
            print(f"\n{library}: {problem.periods} x {replications}: {ns:,.0f} ns for a period of one path")

    return note
