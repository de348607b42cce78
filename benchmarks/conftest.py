"""What the benchmarks share: the scenario, compiled and drawn once, and a table of ns per lane-tick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import diamondsim as ds
from diamondsim.draws import Draws
from diamondsim.engines.batch import block_size
from diamondsim.plan import Plan, compile_plan
from diamondsim.sampling import BLOCK, draw
from diamondsim.scenario import Scenario

NAME = "reinstated-2027"
SEED = 1
_rows: list[tuple[str, float, int, float]] = []


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return ds.load_scenario(NAME)


@pytest.fixture(scope="session")
def plan(scenario: Scenario) -> Plan:
    return compile_plan(scenario)


@pytest.fixture(scope="session")
def draws(plan: Plan) -> Draws:
    return draw(plan, seed=SEED, first=0, count=BLOCK)


@pytest.fixture(scope="session")
def sub_block(plan: Plan, draws: Draws) -> Draws:
    return draws.select(slice(0, block_size(plan)))


@pytest.fixture
def per_lane_tick(benchmark: Any, plan: Plan) -> Callable[[str, int], None]:
    """Return a function that notes the median of this benchmark as ns per lane, tick and replication."""

    def note(phase: str, replications: int) -> None:
        if benchmark.stats is None:  # pytest-benchmark was told only to run, not to time
            return
        seconds = benchmark.stats.stats.median
        lane_ticks = plan.n_lanes * plan.n_ticks * replications
        benchmark.extra_info |= {
            "lanes": plan.n_lanes,
            "ticks": plan.n_ticks,
            "replications": replications,
            "ns_per_lane_tick": 1e9 * seconds / lane_ticks,
            "replications_per_second": replications / seconds,
        }
        _rows.append((phase, seconds, replications, 1e9 * seconds / lane_ticks))

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not _rows:
        return
    terminalreporter.section(f"{NAME}: medians")
    terminalreporter.write_line(
        f"{'phase':<14}{'ms':>10}{'replications':>14}{'ns/lane-tick':>14}{'repl./s':>12}"
    )
    for phase, seconds, replications, ns in _rows:
        terminalreporter.write_line(
            f"{phase:<14}{1e3 * seconds:>10.1f}{replications:>14}{ns:>14.2f}{replications / seconds:>12.1f}"
        )
