"""Shared fixtures: the scale of a run, what is recorded of each case, and the facts on the machine."""

from __future__ import annotations

import signal
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks import machine
from benchmarks.cases import BenchmarkCase, carved, question, shipped, textbook
from benchmarks.phase_chain import PhaseChain
from benchmarks.scale import FULL, QUICK, Scale
from benchmarks.yardstick import yardstick
from diamondsim.engines import compiled


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="run just enough to show that the suite works")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where a time limit ends the run, end it after the case in progress: the file of figures is written."""

    def stop(_number: int, _frame: object) -> None:
        session.shouldstop = "ended by a signal"

    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, stop)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    scale = scale_of(metafunc.config)
    if "swept_replications" in metafunc.fixturenames:
        metafunc.parametrize("swept_replications", scale.replications)
    if "swept_years" in metafunc.fixturenames:
        metafunc.parametrize("swept_years", scale.horizons)
    if "longer" in metafunc.fixturenames:
        metafunc.parametrize("longer", scale.longer)
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", scale.engines, indirect=True)
    if "swept_case" in metafunc.fixturenames:
        names = ["textbook", "calm", "baseline-2026", *(f"firms-{firms}" for firms in scale.firms)]
        metafunc.parametrize("swept_case", names)


def scale_of(config: pytest.Config) -> Scale:
    return QUICK if config.getoption("quick") else FULL


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    return scale_of(request.config)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Return an engine that worker processes can use without compiling it first."""
    if request.param == "compiled" and not compiled.is_kept():
        pytest.skip("the compiled engine is not on disk: run something with --engine compiled")
    return str(request.param)


@pytest.fixture(scope="session")
def case(scale: Scale) -> BenchmarkCase:
    return question(scale.years)


@pytest.fixture(scope="session")
def case_named(scale: Scale) -> Callable[[str], BenchmarkCase]:
    """Return a function that finds a case by its name, among those that differ in their lanes."""

    def find(name: str) -> BenchmarkCase:
        if name == "textbook":
            return textbook(scale.years)
        if name.startswith("firms-"):
            return carved(int(name.removeprefix("firms-")), scale.years)
        return shipped(name, scale.years)

    return find


@pytest.fixture(scope="session")
def reference(scale: Scale, case: BenchmarkCase) -> PhaseChain:
    """The case that each size is compared with, run alternately."""
    return PhaseChain(case, scale.part)


@pytest.fixture
def note(benchmark: Any) -> Callable[..., None]:
    """Return a function that records the size and results of a case beside its times."""

    def note(phase: str, case: BenchmarkCase, *, replications: int | None = None, **more: Any) -> None:
        benchmark.extra_info |= {
            "phase": phase,
            "scenario": case.name,
            "lanes": case.plan.n_lanes,
            "ticks": case.plan.n_ticks,
            **({} if replications is None else {"replications": replications}),
            **more,
        }
        if benchmark.stats is None or replications is None:  # not timed, or nothing to divide by
            return
        seconds = benchmark.stats.stats.median
        benchmark.extra_info |= {
            "ns_per_lane_tick": 1e9 * seconds / case.lane_ticks(replications),
            "replications_per_second": replications / seconds,
        }

    return note


@pytest.fixture(autouse=True)
def with_yardstick(request: pytest.FixtureRequest) -> Iterator[None]:
    """Record the speed of the machine before and after each case."""
    if "benchmark" not in request.fixturenames:
        yield
        return
    benchmark = request.getfixturevalue("benchmark")
    before = yardstick()
    yield
    benchmark.extra_info["yardstick_seconds"] = [before, yardstick()]


@pytest.fixture(scope="session")
def allocated() -> Callable[[Callable[[], object]], int]:
    """Return a function that calls another and returns its peak allocated memory in bytes."""

    def measure(call: Callable[[], object]) -> int:
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return measure


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    said = machine.machine(machine_info)
    machine_info.clear()
    machine_info.update(said)


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_commit_info(commit_info: dict[str, Any]) -> None:
    said = machine.commit(commit_info)
    commit_info.clear()
    commit_info.update(said)


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    output_json["quick"] = config.getoption("quick")
