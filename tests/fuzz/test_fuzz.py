"""Every input is refused with a clear error, or accepted and run by every engine alike.

The deep profile judges 10,000 structural mutants, 3,000 files and 1,000 texts of `--set`, each in a process
that a hang does not stop. It takes hours; `python -m tests.fuzz` does the same in parts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.draws import Draws
from diamondsim.errors import Problem
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from tests.engines.running import INTERPRETED
from tests.fuzz import verdicts, worker
from tests.fuzz.__main__ import run
from tests.fuzz.file_bytes import byte_mutant
from tests.fuzz.set_texts import set_text
from tests.fuzz.structures import structural_mutant
from tests.fuzz.verdicts import judge_content
from tests.fuzz.worker import judge

FEW = {"structure": range(20_001, 20_016), "bytes": range(20_001, 20_006), "set": range(10, 20)}
MANY = {"structure": range(10_000), "bytes": range(3_000), "set": range(1_000)}

CALM: dict[str, Any] = {
    "extends": "calm",
    "title": "Right",
    "horizon": {"end": None, "length": "35 days"},
}


@pytest.mark.parametrize("kind", FEW)
def test_a_few_inputs_of_each_kind_are_refused_clearly_or_run_alike(kind, tmp_path):
    for number in FEW[kind]:
        verdict = judge(kind, number, tmp_path)
        assert verdict.kind != "failed", f"{kind} {number}: {verdict.said}"


@pytest.mark.deep
@pytest.mark.parametrize("kind", MANY)
def test_many_inputs_of_each_kind_are_refused_clearly_or_run_alike(kind):
    found = run(kind, MANY[kind])
    assert found["failures"] == {}


def test_a_number_gives_the_same_input_each_time():
    for number in range(5):
        assert repr(structural_mutant(number)) == repr(structural_mutant(number))
    for number in range(2):
        assert byte_mutant(number) == byte_mutant(number)
        assert set_text(number) == set_text(number)


# What would be found


def test_a_right_scenario_is_accepted():
    assert judge_content(CALM).kind == "accepted"


def fail(*_args: Any, **_named: Any) -> Any:
    raise KeyError("a fault")


@pytest.mark.parametrize("step", ["compile_plan", "draw", "text_report", "check"])
def test_another_exception_is_a_failure(step, monkeypatch):
    monkeypatch.setattr(verdicts, step, fail)
    verdict = judge_content(CALM)
    assert verdict.kind == "failed"
    assert verdict.said.rstrip().endswith("KeyError: 'a fault'")


@pytest.mark.parametrize(
    "field, change, said",
    [
        ("stock", lambda stock: stock * float("nan"), "batch: stock is not finite"),
        ("order", lambda order: -1.0 - order, "batch: order is negative"),
        ("shortage", lambda short: short + 1e15, "batch: more shortage than demand"),
        ("stock", lambda stock: 1.01 * stock, "batch: mass is lost"),
        ("order", lambda order: order * 1.0001, "the engines differ: order["),
    ],
)
def test_a_wrong_ledger_of_one_engine_is_a_failure(field, change, said, monkeypatch):
    right = INTERPRETED["batch"].run

    def wrong(plan: Plan, draws: Draws, *, record: Collection[str] | None = None) -> Ledger:
        ledger = right(plan, draws, record=record)
        ledger.arrays[field][:] = change(ledger[field])
        return ledger

    engine = replace(INTERPRETED["batch"], run=wrong)
    monkeypatch.setattr(verdicts, "INTERPRETED", {**INTERPRETED, "batch": engine})
    verdict = judge_content(CALM, thorough=False)
    assert verdict.kind == "failed"
    assert verdict.said.startswith(said)


@pytest.mark.parametrize("why", ["", "KeyError at <object object at 0x7f>", "two\nlines", "x" * 2000])
def test_an_unclear_error_is_a_failure(why, monkeypatch):
    def refuse(_content: object) -> ds.Scenario:
        raise ds.ScenarioError([Problem(why=why)])

    monkeypatch.setattr(verdicts, "read_scenario", refuse)
    assert judge_content(CALM).kind == "failed"


def test_a_warning_is_a_failure(monkeypatch):
    monkeypatch.setattr(verdicts, "draw", lambda *_, **__: np.ones(1) / np.zeros(1))
    verdict = judge_content(CALM)
    assert "RuntimeWarning: divide by zero" in verdict.said
    assert verdict.kind == "failed"


class Silent:
    """Both ends of a process that never answers."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def send(self, number: int) -> None:
        self.called.append(f"send {number}")

    def poll(self, limit: float) -> bool:
        self.called.append(f"wait {limit:g} s")
        return False

    def kill(self) -> None:
        self.called.append("kill")

    def join(self) -> None:
        self.called.append("join")


def test_an_input_that_takes_too_long_is_a_failure_and_its_process_is_ended(tmp_path: Path, monkeypatch):
    silent, log = Silent(), tmp_path / "log.jsonl"
    monkeypatch.setattr(worker, "_start", lambda _kind: (silent, silent))
    found = run("structure", range(2), log=log, limit=3.0)
    assert found["failures"] == {"took more than 3 s": [0, 1]}
    assert len(log.read_text().splitlines()) == 2
    ended = ["wait 3 s", "kill", "join"]
    assert silent.called == ["send 0", *ended, "send 1", *ended]
