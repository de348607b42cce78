"""Analyses beside a plain run of the same scenario, by turns, each call in a process of its own.

What the machine does meanwhile is in both: the median of the ratios is told, of time and of peak memory.
"""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

pytest.importorskip("resource", reason="the peak of a process is read from getrusage, which Windows lacks")

import diamondsim as ds
from benchmarks.answer_job import (
    CHANCE,
    REGION,
    USE,
    AnswerJob,
    main,
    run_in_new_process,
    scenario_of,
    scenarios_of,
)
from benchmarks.memory_job import FIRST
from benchmarks.scale import SEED

pytestmark = pytest.mark.benchmark(group="answers")
WORKERS = 2


@pytest.fixture
def beside_a_run(benchmark, note, scale, case):
    """Return a function that makes a call by turns with a plain run, and returns the report of the call."""

    def measure(call: str) -> dict[str, Any]:
        make = run_in_new_process if scale.answers_apart else main
        plain, asked = (
            AnswerJob(name, scale.answers, scale.sizing, scale.years, WORKERS) for name in ("plain run", call)
        )
        runs: list[dict[str, Any]] = []
        answers: list[dict[str, Any]] = []

        def beside() -> None:
            runs.append(make(plain))

        def answer() -> None:
            answers.append(make(asked))

        benchmark.pedantic(answer, setup=beside, rounds=scale.answer_rounds)
        pairs = list(zip(runs, answers, strict=True))
        note(call, case, replications=scale.answers)
        benchmark.extra_info |= {
            "seconds_of_run": median(run["seconds"] for run in runs),
            "seconds_of_call": median(each["seconds"] for each in answers),
            "runs": median(each["seconds"] / run["seconds"] for run, each in pairs),
            "peak_bytes_of_run": _peak(runs[0]),
            "peak_bytes": _peak(answers[0]),
            "peak_ratio": median(_peak(each) / _peak(run) for run, each in pairs),
        }
        if "seconds_added" in answers[0]:
            benchmark.extra_info["seconds_added"] = median(each["seconds_added"] for each in answers)
        assert all(run["first_shortages"] == runs[0]["first_shortages"] for run in runs)
        return answers[0] | {"of_run": runs[0]["first_shortages"]}

    return measure


def _peak(report: dict[str, Any]) -> int:
    """Return the peak of the caller and its workers together."""
    return int(report["own_peak_bytes"] + WORKERS * report["worker_peak_bytes"])


def _first_shortages(scenario: ds.Scenario) -> Any:
    """Return what the first replications lack; a long run may have another engine, with other last digits."""
    run = ds.monte_carlo(scenario, replications=FIRST, seed=SEED, workers=1)
    return pytest.approx(run["shortage"].sel(region=REGION, use=USE).values.tolist(), rel=1e-9)


def test_compare(beside_a_run, scale):
    found = beside_a_run("compare")
    scenarios = scenarios_of(scale.years)
    assert {*found["first_shortages"]} == {*scenarios}
    for name, each in scenarios.items():
        assert found["first_shortages"][name] == _first_shortages(each), name
    assert found["of_run"] == found["first_shortages"]["as stated"]
    means = found["means"]
    assert found["changes"] == pytest.approx([mean - means[0] for mean in means], rel=1e-9, abs=1e-9)


def test_sensitivity(beside_a_run, scale):
    found = beside_a_run("sensitivity")
    assert found["of_run"] == found["first_shortages"] == _first_shortages(scenario_of(scale.years))
    estimate, low, high = found["share_of_largest"]
    assert 0 <= low <= estimate <= high <= 1
    assert found["largest"].startswith(("drivers.", "uses.", "demand."))  # of the demand, which is explained


def test_size_reserve(beside_a_run):
    found = beside_a_run("size_reserve")
    assert all(answer <= CHANCE for answer in found["answers_from_opening"])
    assert not found["answers_below"] or found["answers_below"][-1] > CHANCE
