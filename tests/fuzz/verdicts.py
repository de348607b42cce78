"""What becomes of an input: refused with a clear error, or accepted and run by every engine.

Whatever else happens, such as another exception, a warning, a number that is not finite or lost mass, is a
failure of the program, whatever the input.
"""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import click
import numpy as np

import diamondsim as ds
from diamondsim.cli import main
from diamondsim.cli.compared_runs import Sampled, run_compared
from diamondsim.cli.options import load
from diamondsim.errors import ScenarioError
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import compile_plan
from diamondsim.plan.check import check
from diamondsim.reporting import build_report, check_renderable, json_report, text_report
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario, read_scenario
from tests.engines.comparing import largest
from tests.engines.running import INTERPRETED
from tests.invented.playing import unlike

MOST_TICKS = 60
"""Above this the horizon is cut before the engines run."""
MASS = 1e-11
ROUNDING = 1e-12
_LEAKS = re.compile(r" object at 0x|Traceback|<class |NoneType|pydantic|ruamel|Errno")
_LONGEST_LINE = 1500


@dataclass(frozen=True)
class Verdict:
    """The outcome of one input: its kind, what there is to say of it, and the largest mass error."""

    kind: Literal["refused", "accepted", "failed"]
    said: str = ""
    mass: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def judge_content(content: dict[str, Any], *, thorough: bool = True) -> Verdict:
    """Judge a scenario made of maps, lists and scalars.

    What is accepted runs in every engine; if `thorough`, it is also dumped and read again, checked, and run
    and reported on as by the command, which takes ten times as long.
    """
    return _judged(lambda: read_scenario(content), thorough=thorough)


def judge_file(data: bytes, folder: Path, *, thorough: bool = True) -> Verdict:
    """Judge the bytes of a file."""
    path = folder / "mutant.yaml"
    path.write_bytes(data)
    return _judged(lambda: load_scenario(path), thorough=thorough)


def judge_set(name: str, text: str, *, thorough: bool = True) -> Verdict:
    """Judge a text of `--set`; if `thorough`, as part of a whole command too."""
    if thorough:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            code, out, err = _command("check", name, f"--set={text}")
        if (code, out) != (2, "") and not (code == 0 and out):
            return Verdict("failed", f"exit code {code}: {err}")
    return _judged(lambda: load(name, [text]), thorough=thorough)


def _command(*words: str) -> tuple[int, str, str]:
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            main(words)
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        except Exception:  # noqa: BLE001 - whatever it is, it is to be told
            return 1, "", traceback.format_exc()
    return code, out.getvalue(), err.getvalue()


def _judged(read: Callable[[], ds.Scenario], *, thorough: bool) -> Verdict:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            scenario = read()
            if thorough and read_scenario(scenario.dump()) != scenario:
                return Verdict("failed", "its dump is another scenario")
            return _run(scenario, thorough=thorough)
        except ScenarioError as error:
            return _refused(list(map(str, error.problems)))
        except click.UsageError as error:
            return _refused([error.format_message()])
        except Exception:  # noqa: BLE001 - whatever it is, it is to be told
            return Verdict("failed", traceback.format_exc())


def _refused(lines: list[str]) -> Verdict:
    """Return the verdict on the lines of an error, which must be clear."""
    for line in lines:
        unclear = _LEAKS.search(line) or len(line) > _LONGEST_LINE or not line.isprintable()
        if unclear or not line.strip():
            return Verdict("failed", f"unclear error: {line[:2000]!r}")
    return Verdict("refused", lines[0][:300]) if lines else Verdict("failed", "refused without a reason")


def _run(scenario: ds.Scenario, *, thorough: bool) -> Verdict:
    """Run a scenario in every engine and compare what they give."""
    plan = compile_plan(scenario)
    if plan.n_ticks > MOST_TICKS:
        no_end = {} if scenario.horizon.end is None else {"horizon.end": None}
        scenario = scenario.override({"horizon.length": f"{10 * scenario.horizon.tick} days", **no_end})
        plan = compile_plan(scenario)
    draws = draw(plan, seed=len(scenario.title), first=1023, count=2 if thorough else 1)
    ledgers = {name: engine.run(plan, draws) for name, engine in INTERPRETED.items()}
    reference, *others = ledgers.values()
    worst = 0.0
    for name, ledger in ledgers.items():
        why = _impossible(ledger)
        if why:
            return Verdict("failed", f"{name}: {why}")
        worst = max(worst, float(np.abs(ledger.mass_balance(plan, draws)).max(initial=0.0)))
        if not worst < MASS:
            return Verdict("failed", f"{name}: mass is lost: {worst:.3g}", worst)
    for ledger in others:
        lines = unlike(reference, ledger)
        if lines:
            return Verdict("failed", f"the engines differ: {lines[0]}", worst)
    if thorough:
        _report(scenario)
    return Verdict("accepted", mass=worst)


def _impossible(ledger: Ledger) -> str:
    """Return what in a ledger cannot be; empty if nothing."""
    for field in FIELDS:
        if not np.all(np.isfinite(ledger[field])):
            return f"{field} is not finite"
    for field in FIELDS:
        if field != "forgone" and not np.all(ledger[field] >= -ROUNDING * largest(ledger)):
            return f"{field} is negative"
    return "" if np.all(ledger["shortage"] <= ledger["demand"]) else "more shortage than demand"


def _report(scenario: ds.Scenario) -> None:
    """Check a scenario, run and report on it as the command does."""
    checked = check(scenario)
    check_renderable(checked, lanes=True)
    sampled = Sampled(replications=3, seed=1, workers=1, progress=None, store=None, until=None)
    runs = run_compared(scenario, None, sampled, None)
    report = build_report(
        scenario,
        runs["scenario"],
        check=checked,
        without_facilities=runs.get("without facilities"),
        without_diversion=runs.get("without diversion"),
    )
    text_report(report)
    json_report(report)
