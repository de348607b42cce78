"""What `diamondsim report` reports on: a run or a comparison that it makes, or a result that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from diamondsim.cli.compare import load_compared
from diamondsim.cli.compared_runs import Sampled, run_compared, runs_beside
from diamondsim.cli.comparisons import choose_baseline
from diamondsim.cli.options import load, read_changes
from diamondsim.cli.python_script import ask, script
from diamondsim.cli.report_script import note_kept, written_runs
from diamondsim.cli.run_options import RunOptions
from diamondsim.cli.scenario_warnings import warn_of

if TYPE_CHECKING:
    from diamondsim.html_report import BaselineWords
    from diamondsim.scenario import Scenario


@dataclass(frozen=True)
class Reported:
    """A result, the runs beside it as arguments of `Beside`, why others failed, and arguments of its page."""

    found: Any
    beside: Mapping[str, Any] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    scenario: Scenario | None = None
    baseline_words: BaselineWords | None = None


def _read(file: str) -> Any:
    from diamondsim.files import read_result_file

    try:
        return read_result_file(file)
    except (ImportError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror or error}") from None


def former_result(file: str) -> Any:
    """Return the result of `--since`, once it is one, before minutes of work."""
    from diamondsim.html_report import require_former

    found = _read(file)
    try:
        require_former(found)
    except (TypeError, ValueError) as error:
        raise click.UsageError(f"--since: {file}: {error}") from None
    note_kept("former", found, file)
    return found


def kept_result(file: str) -> Reported:
    """Return the result that is reported on as it was kept.

    Raises
    ------
    click.UsageError
        If no report can be made of it.
    ScenarioError
        If this version does not read the scenario of a run in it.
    """
    from diamondsim.html_report import require_reportable
    from diamondsim.scenario import read_scenario

    found = _read(file)
    try:
        kind = require_reportable(found)
    except (TypeError, ValueError) as error:
        raise click.UsageError(f"{file}: {error}") from None
    note_kept("result", found, file)
    if kind != "run":
        return Reported(found)
    return Reported(found, scenario=read_scenario(str(found.attrs["scenario"]), name=f"scenario in {file}"))


def backtest_result(how: RunOptions) -> Reported:
    """Return a backtest of the licence model."""
    from diamondsim.backtesting import backtest
    from diamondsim.cli.console import progress

    with progress(how.quiet, "steps") as report_progress:
        return Reported(ask(backtest, replications=how.number, seed=how.seed, progress=report_progress))


def compared_result(given: tuple[str, ...], variants: tuple[str, ...], how: RunOptions) -> Reported:
    """Return the comparison of some scenarios, and of variants of the first."""
    loaded = load_compared(given, variants, how.changes)
    warn_of(loaded, marks_legal_states=True)
    from diamondsim.analysis import compare, failures_in
    from diamondsim.cli.console import progress

    with progress(how.quiet) as report_progress:
        found = ask(
            compare,
            loaded,
            replications=how.number,
            seed=how.seed,
            workers=how.workers,
            progress=report_progress,
        )
    return Reported(found, failures={} if script() is not None else failures_in(found.attrs))


def run_result(given: str, baseline: str | None, how: RunOptions) -> Reported:
    """Return the run of a scenario, with the runs beside it."""
    scenario = load(given, how.changes)
    base, _ = choose_baseline(scenario, baseline, read_changes(how.changes))
    warn_of({given: scenario}, marks_legal_states=True)
    if script() is not None:
        runs = written_runs(scenario, base, replications=how.number, seed=how.seed, workers=how.workers)
        return Reported(runs["scenario"], runs_beside(runs))
    from diamondsim.cli.console import progress
    from diamondsim.simulation import KeptFailures

    failures = KeptFailures(needed=["scenario"])
    with progress(how.quiet) as report_progress:
        sampled = Sampled(
            replications=how.number,
            seed=how.seed,
            workers=how.workers,
            progress=report_progress,
            store=None,
            until=None,
        )
        runs = run_compared(scenario, base, sampled, None, failures)
    words = baseline_words(scenario, base, baseline, how.changes)
    return Reported(runs["scenario"], runs_beside(runs), failures.texts(), baseline_words=words)


def baseline_words(
    scenario: Scenario, base: Scenario | None, name: str | None, changes: tuple[str, ...]
) -> BaselineWords:
    """Return how the command is given a baseline if the scenario is the changed one in a file."""
    from diamondsim.html_report import BaselineWords
    from diamondsim.scenario import shipped_scenarios

    by_default, _ = choose_baseline(scenario, None, {})
    if base is None:
        return BaselineWords(() if by_default is None else ("--baseline", "none"), is_same=True)
    if by_default is not None and by_default.hash == base.hash:
        return BaselineWords((), is_same=True)
    is_shipped = name in {listing.name for listing in shipped_scenarios()}
    return BaselineWords(("--baseline", str(name)) if is_shipped else (), is_same=is_shipped and not changes)
