"""The subcommand report: a run, a comparison or a backtest as one HTML file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from diamondsim.cli.answers import leave_if_failed, mistakes_of_usage
from diamondsim.cli.options import WHOLE_NUMBER, json_option, keep, kept_line, say_json, writable_file
from diamondsim.cli.python_script import script
from diamondsim.cli.report_results import (
    Reported,
    backtest_result,
    compared_result,
    former_result,
    kept_result,
    run_result,
)
from diamondsim.cli.report_script import finish_report
from diamondsim.cli.run_options import VARIANT, RunOptions, baseline_option, run_options, variant_option
from diamondsim.cli.store_options import from_default
from diamondsim.cli.streams import say

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
@baseline_option("Scenario to compare a run with, as for run.")
@json_option
@variant_option("Compare also the first SCENARIO with these changes, under this name, as for compare")
@run_options(
    click.option(
        "-n",
        "--replications",
        type=click.IntRange(1),
        metavar=WHOLE_NUMBER,
        help="Number of replications; default 10,000 of a run, 4,096 of each scenario compared, 8,192 draws "
        "of a backtest.",
    )
)
def report_command(  # noqa: PLR0913 - click passes each option separately
    *,
    given: tuple[str, ...],
    page: Path,
    backtest: bool,
    since: str | None,
    dataset: str | None,
    baseline: str | None,
    variants: tuple[str, ...],
    as_json: bool,
    how: RunOptions,
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
    former = None if since is None else former_result(since)
    how = replace(how, replications=how.replications or _REPLICATIONS.get(form))
    if form == "file":
        result = kept_result(given[0])
    elif form == "backtest":
        result = backtest_result(how)
    elif form == "comparison":
        result = compared_result(given, variants, how)
    else:
        result = run_result(given[0], baseline, how)
    if script() is not None:
        finish_report(result.found, page, beside=result.beside, since=former, dataset=dataset)
    kept = None if dataset is None else keep(result.found, dataset)
    _write(page, result, former)
    if as_json:
        failures = dict(result.failures)
        say_json({"written": str(page), "kind": form, "dataset": kept, "failures": failures})
    else:
        say(f"Report: {page}")
        if kept is not None:
            say(kept_line(kept))
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


def _write(page: Path, result: Reported, former: Any) -> None:
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
