"""Which engine simulates, decided without numba: no test here loads or compiles anything."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable

import pytest
from click.testing import CliRunner

import diamondsim as ds
from diamondsim.cli.app import app, main
from diamondsim.engines import Engine
from diamondsim.plan import compile_plan
from diamondsim.simulation import engine_choice
from diamondsim.simulation.engine_choice import with_engine
from diamondsim.simulation.runner import RunSpec

CALM = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
PLAN = compile_plan(CALM)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what sets up a machine: whether the kernel is on its disk, and what loading it raises."""

    def set_up(*, is_kept: bool, can_be_kept: bool = True, error: Exception | None = None) -> None:
        def load(_on_compile: object) -> None:
            if error is not None:
                raise error

        monkeypatch.setattr(Engine, "missing", ())
        monkeypatch.setattr(engine_choice, "is_kept", lambda: is_kept)
        monkeypatch.setattr(engine_choice, "can_be_kept", lambda: can_be_kept)
        monkeypatch.setattr(engine_choice, "load_kernel", load)

    return set_up


def chosen(replications: int, *, is_elsewhere: bool = False) -> str:
    (spec,) = with_engine([RunSpec(CALM, 0, replications)], None, is_elsewhere=is_elsewhere)
    return spec.engine


def test_a_long_run_has_the_compiled_engine_and_a_longer_one_compiles_it(machine):
    long, longer = (
        math.ceil(1.01 * saved / (engine_choice.SAVED_SECONDS * PLAN.n_lanes * PLAN.n_ticks))
        for saved in (engine_choice.LEAST_SAVED_SECONDS, engine_choice.LEAST_SAVED_TO_COMPILE)
    )
    machine(is_kept=True)
    assert [chosen(n) for n in (10, long, longer)] == ["batch", "compiled", "compiled"]
    machine(is_kept=False)
    assert [chosen(n) for n in (10, long, longer)] == ["batch", "batch", "compiled"]


def test_what_cannot_be_kept_on_disk_is_compiled_only_if_it_is_asked_for(machine):
    machine(is_kept=False, can_be_kept=False)
    assert chosen(10_000_000) == "batch"
    with ds.use_engine("compiled"):
        assert chosen(1) == "compiled"


def test_an_executor_is_not_expected_to_have_numba(machine):
    machine(is_kept=True)
    assert chosen(10_000_000, is_elsewhere=True) == "batch"
    with ds.use_engine("compiled"):
        assert chosen(1, is_elsewhere=True) == "compiled"


def test_a_numba_that_fails_is_replaced_with_a_warning_unless_it_is_asked_for(machine):
    machine(is_kept=True, error=SystemError("built for another numpy"))
    with pytest.warns(ds.EngineWarning, match="numba cannot be used, .*SystemError: built for another numpy"):
        assert chosen(10_000_000) == "batch"
    with ds.use_engine("compiled"), pytest.raises(ImportError, match=r"installed but fails.*another numpy"):
        chosen(1)


def test_a_command_says_in_one_line_that_numba_fails(machine, capsys):
    machine(is_kept=True, error=SystemError("built for another numpy"))
    with pytest.raises(SystemExit) as left:
        main(["run", "calm", "-n", "1", "-q", "--baseline", "none", "--engine", "compiled"])
    assert left.value.code == 1
    assert re.fullmatch(
        "diamondsim: engine .* installed but fails: SystemError: .*\n", capsys.readouterr().err
    )


def test_without_numba_long_runs_are_not_compiled_and_asking_names_the_extra(monkeypatch):
    monkeypatch.setattr(Engine, "missing", ("numba",))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert chosen(10_000_000) == "batch"
    with pytest.raises(ImportError, match=r"pip install 'numba>=.*the extra 'fast'"):
        ds.monte_carlo(CALM, replications=1, engine="compiled")
    done = CliRunner().invoke(app, ["run", "calm", "-n", "1", "--engine", "compiled"])
    assert done.exit_code == 2
    assert 'engine "compiled" needs numba, which is not installed' in done.output


def test_an_engine_that_there_is_not_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="one of auto, batch, compiled, found 'compile'; did you mean"):
        ds.monte_carlo(CALM, replications=1, engine="compile")
