"""The compiled kernel of the benchmarks, a third writing of docs/model.md, agrees with the engines.

All its tests are in this module, so that one process compiles it once, which takes most of their time.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, note, settings

from diamondsim.engines import Engine
from tests.engines.comparing import differences
from tests.engines.running import ENGINES, run_engine
from tests.engines.small_case import Case, CaseSpec
from tests.engines.strategies import case_specs
from tests.invented.outline import Outline
from tests.invented.playing import case_of, unlike
from tests.invented.strategies import invent, outlines

pytest.importorskip("numba", reason="the compiled kernel needs numba, which is not built for every Python")

from benchmarks import fused
from benchmarks.fused.kernel_ticks import simulate_vector

KERNEL = Engine(fused.run, needs=("numba",), has_prices=False)

quick = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=60
)
long = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=3000)


def assert_agreement(spec: CaseSpec) -> None:
    case = spec.build()
    ledger = run_engine(KERNEL, case).ledger
    for name, run in ENGINES.items():
        found = differences(run(case).ledger, ledger)
        note("\n".join([f"{name} and the kernel differ:", *found]))
        assert not found


def without_prices(outline: Outline, *, count: int) -> Case:
    content = invent(replace(outline, mechanisms=outline.mechanisms - {"prices"}))
    return case_of(content, seed=outline.seed, first=outline.seed % 1500, count=count)


def assert_agreement_on_an_invented_scenario(outline: Outline, *, count: int) -> None:
    case = without_prices(outline, count=count)
    ledger = run_engine(KERNEL, case).ledger
    for run in ENGINES.values():
        assert not unlike(run(case).ledger, ledger)


@quick
@given(case_specs())
def test_the_kernel_agrees_with_the_engines_on_small_cases(spec: CaseSpec) -> None:
    assert_agreement(spec)


@settings(quick, max_examples=40)
@given(outlines())
def test_the_kernel_agrees_with_the_engines_on_invented_scenarios(outline: Outline) -> None:
    assert_agreement_on_an_invented_scenario(outline, count=2)


@pytest.mark.deep
@long
@given(case_specs(max_ticks=40))
def test_the_kernel_agrees_with_the_engines_on_many_long_cases(spec: CaseSpec) -> None:
    assert_agreement(spec)


@pytest.mark.deep
@long
@given(outlines(most_ticks=60))
def test_the_kernel_agrees_with_the_engines_on_many_invented_scenarios(outline: Outline) -> None:
    assert_agreement_on_an_invented_scenario(outline, count=3)


def test_the_kernel_was_compiled_once() -> None:
    """Another type of array would compile it again, for as long as all tests above take."""
    assert len(simulate_vector.signatures) <= 1
