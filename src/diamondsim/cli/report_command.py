"""The subcommand report: a run, a comparison or a backtest as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diamondsim.cli.answers import leave_if_failed, mistakes_of_usage
from diamondsim.cli.compare import VARIANT, VARIANT_FORM, load_compared
from diamondsim.cli.compared_runs import Sampled, run_compared, runs_beside
from diamondsim.cli.comparisons import choose_baseline
from diamondsim.cli.options import (
    WHOLE_NUMBER,
    keep,
    kept_line,
    load,
    quiet_option,
    read_changes,
    seed_option,
    set_option,
    workers_option,
    writable_file,
)
from diamondsim.cli.python_script import ask, script
from diamondsim.cli.report_script import finish_report, note_kept, written_runs
from diamondsim.cli.scenario_warnings import warn_of
from diamondsim.cli.store_options import from_default

if TYPE_CHECKING:
    from diamondsim.html_report import BaselineWords
    from diamondsim.scenario import Scenario

_SUFFIXES = (".nc", ".zarr")
_OPTIONS = {
    "replications": "-n",
    "seed": "--seed",
    "changes": "--set",
    "workers": "--workers",
    "variants": VARIANT,
    "baseline": "--baseline",
    "since": "--since",
    "dataset": "--dataset",
}
_TAKEN = {
    "run": ("replications", "seed", "changes", "workers", "baseline", "since", "dataset"),
    "comparison": ("replications", "seed", "changes", "workers", "variants", "dataset"),
    "backtest": ("replications", "seed", "dataset"),
    "file": ("since",),
}
"""Options that each form of the command takes."""
_FORMS = {
    "run": "one SCENARIO",
    "comparison": "several scenarios",
    "backtest": "--backtest",
    "file": "a FILE, which holds a result already",
}
_REPLICATIONS = {"run": 10_000, "comparison": 4096, "backtest": 8192}


@dataclass(frozen=True)
class _Result:
    """A result, the runs beside it as arguments of `Beside`, why others failed, and arguments of its page."""

    found: Any
    beside: Mapping[str, Any] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    scenario: Scenario | None = None
    baseline_words: BaselineWords | None = None


def _target(_context: click.Context, _parameter: click.Parameter, path: Path) -> Path:
    """Refuse a file that cannot be written, and a missing library, before any work is done."""
    from diamondsim.html_report import require_html, require_libraries

    try:
        require_libraries()
        return require_html(path)
    except ImportError as error:
        raise click.UsageError(str(error)) from None
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error)) from None


@click.command("report")
@click.argument("given", metavar="[SCENARIO...|FILE]", nargs=-1)
@click.option(
    "-o",
    "--output",
    "page",
    type=click.Path(path_type=Path),
    callback=_target,
    required=True,
    metavar="REPORT.html",
    help="File of the report.",
)
@click.option("--backtest", is_flag=True, help="Report on a backtest of the licence model.")
@click.option(
    "--since", metavar="FILE", help="Say what changed since this former result of a run: a .nc or .zarr file."
)
@click.option(
    "--dataset",
    type=click.Path(),
    callback=writable_file,
    metavar="FILE",
    help="Also write the result to this file, such as .nc, for --since of the next report.",
)
@click.option("--baseline", metavar="SCENARIO|none", help="Scenario to compare a run with, as for run.")
@click.option(
    VARIANT,
    "variants",
    multiple=True,
    metavar=VARIANT_FORM,
    help="Compare also the first SCENARIO with these changes, as for compare; repeatable.",
)
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(1),
    metavar=WHOLE_NUMBER,
    help="Number of replications; default 10,000 of a run, 4,096 of each scenario compared, 8,192 draws of a "
    "backtest.",
)
@seed_option
@set_option
@workers_option
@quiet_option
def report_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    given: tuple[str, ...],
    page: Path,
    backtest: bool,
    since: str | None,
    dataset: str | None,
    baseline: str | None,
    variants: tuple[str, ...],
    replications: int | None,
    seed: int,
    changes: tuple[str, ...],
    workers: int | None,
    quiet: bool,
) -> None:
    """Write a report: one HTML file with text, tables and charts, which opens without a network.

    \b
    It is of a run, of a comparison or of a backtest:
      diamondsim report lapse-2027 -o report.html
      diamondsim report lapse-2027 rollover -o report.html
      diamondsim report --backtest -o report.html
      diamondsim report run.nc -o report.html     what one of them kept with -o
    """  # noqa: D301 - click reads the backspace
    form = _form(given, variants, backtest=backtest)
    former = None if since is None else _former(since)
    number = replications or _REPLICATIONS.get(form, 0)
    if form == "file":
        result = _kept(given[0])
    elif form == "backtest":
        from diamondsim.backtesting import backtest as run_backtest
        from diamondsim.cli.console import progress

        with progress(quiet, "steps") as report_progress:
            result = _Result(ask(run_backtest, replications=number, seed=seed, progress=report_progress))
    elif form == "comparison":
        result = _compared(given, variants, changes, number, seed, workers, quiet)
    else:
        result = _run(given[0], baseline, changes, number, seed, workers, quiet)
    if script() is not None:
        finish_report(result.found, page, beside=result.beside, since=former, dataset=dataset)
    kept = None if dataset is None else keep(result.found, dataset)
    _write(page, result, former)
    click.echo(f"Report: {page}")
    if kept is not None:
        click.echo(kept_line(kept))
    leave_if_failed(result.failures)


def _form(given: tuple[str, ...], variants: tuple[str, ...], *, backtest: bool) -> str:
    """Return what the command is to report on, once it has no other words and options than that takes.

    Raises
    ------
    click.UsageError
    """
    if backtest:
        if given:
            raise click.UsageError(f"--backtest: expected no SCENARIO or FILE, found {' '.join(given)}")
        form = "backtest"
    elif not given:
        raise click.UsageError("expected a SCENARIO, a FILE or --backtest")
    elif any(Path(name).suffix.lower() in _SUFFIXES for name in given):
        if len(given) > 1:
            raise click.UsageError(f"expected one FILE, or scenarios only, found {' '.join(given)}")
        form = "file"
    else:
        form = "comparison" if len(given) > 1 or variants else "run"
    others = [
        option for name, option in _OPTIONS.items() if name not in _TAKEN[form] and not from_default(name)
    ]
    if others:
        raise click.UsageError(f"{', '.join(others)}: not for {_FORMS[form]}")
    return form


def _read(file: str) -> Any:
    from diamondsim.files import read_result_file

    try:
        return read_result_file(file)
    except (ImportError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror or error}") from None


def _former(file: str) -> Any:
    """Return the result of `--since`, once it is one, before minutes of work."""
    from diamondsim.html_report import require_former

    found = _read(file)
    try:
        require_former(found)
    except (TypeError, ValueError) as error:
        raise click.UsageError(f"--since: {file}: {error}") from None
    note_kept("former", found, file)
    return found


def _kept(file: str) -> _Result:
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
        return _Result(found)
    return _Result(found, scenario=read_scenario(str(found.attrs["scenario"]), name=f"scenario in {file}"))


def _compared(
    given: tuple[str, ...],
    variants: tuple[str, ...],
    changes: tuple[str, ...],
    replications: int,
    seed: int,
    workers: int | None,
    quiet: bool,
) -> _Result:
    loaded = load_compared(given, variants, changes)
    warn_of(loaded, marks_legal_states=True)
    from diamondsim.analysis import compare, failures_in
    from diamondsim.cli.console import progress

    with progress(quiet) as report_progress:
        found = ask(
            compare, loaded, replications=replications, seed=seed, workers=workers, progress=report_progress
        )
    return _Result(found, failures={} if script() is not None else failures_in(found.attrs))


def _run(
    given: str,
    baseline: str | None,
    changes: tuple[str, ...],
    replications: int,
    seed: int,
    workers: int | None,
    quiet: bool,
) -> _Result:
    scenario = load(given, changes)
    base, _ = choose_baseline(scenario, baseline, read_changes(changes))
    warn_of({given: scenario}, marks_legal_states=True)
    if script() is not None:
        runs = written_runs(scenario, base, replications=replications, seed=seed, workers=workers)
        return _Result(runs["scenario"], runs_beside(runs))
    from diamondsim.cli.console import progress
    from diamondsim.simulation import KeptFailures

    failures = KeptFailures(needed=["scenario"])
    with progress(quiet) as report_progress:
        sampled = Sampled(
            replications=replications,
            seed=seed,
            workers=workers,
            progress=report_progress,
            store=None,
            until=None,
        )
        runs = run_compared(scenario, base, sampled, None, failures)
    words = baseline_words(scenario, base, baseline, changes)
    return _Result(runs["scenario"], runs_beside(runs), failures.texts(), baseline_words=words)


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


def _write(page: Path, result: _Result, former: Any) -> None:
    from diamondsim.html_report import Beside, report_page
    from diamondsim.results import atomic_write

    command = click.get_current_context().find_object(str)
    with mistakes_of_usage():
        content = report_page(
            result.found,
            Beside(**result.beside),
            former=former,
            command=command,
            scenario=result.scenario,
            baseline_words=result.baseline_words,
        )
    try:
        atomic_write(page, content.encode())
    except OSError as error:
        raise click.ClickException(f"cannot write {page}: {error.strerror or error}") from None
