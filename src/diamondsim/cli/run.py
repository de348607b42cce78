"""`diamondsim run`: many replications, their comparisons, and the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diamondsim.cli.answers import leave_if_failed
from diamondsim.cli.compared_runs import Sampled, one_engine, run_compared, runs_beside
from diamondsim.cli.comparisons import BASELINE, PRICED_BASELINE, choose_baseline
from diamondsim.cli.observed import observed_option, require_all_anew
from diamondsim.cli.options import (
    TABLE_SUFFIXES,
    json_option,
    keep,
    kept_line,
    load,
    output_option,
    quarters_option,
    quiet_option,
    read_changes,
    replications_option,
    say_json,
    scenario_argument,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.path_options import (
    json_of_paths,
    lines_of_paths,
    paths_in,
    paths_options,
    require_two_folders,
)
from diamondsim.cli.python_script import script
from diamondsim.cli.run_options import baseline_option
from diamondsim.cli.run_script import finish_run
from diamondsim.cli.store_options import (
    MOST,
    from_default,
    json_of_store,
    open_store,
    read_precision,
    store_lines,
    store_option,
    until_option,
)
from diamondsim.cli.streams import say, warn

if TYPE_CHECKING:
    from diamondsim.plan.check import CheckReport
    from diamondsim.reporting import Report


@click.command("run")
@scenario_argument
@replications_option(10_000, "Number of replications.")
@seed_option
@workers_option
@set_option
@baseline_option(
    f"Scenario to compare with; default {BASELINE}, or {PRICED_BASELINE} with prices, if it has the same "
    "uses and regions."
)
@observed_option
@store_option
@until_option
@paths_options
@output_option
@json_option
@quarters_option
@quiet_option
def run_command(  # noqa: PLR0913, PLR0917 - click passes each option separately
    scenario: str,
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    baseline: str | None,
    observed: str | None,
    store: str | None,
    until: str | None,
    paths_folder: str | None,
    path_variables: str | None,
    output: str | None,
    as_json: bool,
    quarters: bool,
    quiet: bool,
) -> None:
    """Simulate SCENARIO many times and estimate how likely, when and how deep shortages are.

    For example: diamondsim run lapse-2027 -n 2000 -o run.nc
    """
    if until is not None and from_default("replications"):
        replications = MOST
    require_two_folders(store, paths_folder)
    require_all_anew(observed, store=store, until=until)
    precision = read_precision(until, replications)
    loaded = load(scenario, changes)
    base, shared = choose_baseline(loaded, baseline, read_changes(changes))
    from diamondsim.cli.console import progress
    from diamondsim.conditioning import read_observations
    from diamondsim.plan.check import check
    from diamondsim.reporting import build_report, with_table_columns
    from diamondsim.simulation import KeptFailures

    checked = check(loaded)
    _warn(checked)
    if script() is not None:
        sampled = Sampled(
            replications=replications, seed=seed, workers=workers, progress=None, store=None, until=precision
        )
        folders = {"store": store, "paths": paths_folder, "variables": path_variables}
        finish_run(loaded, base, sampled, observed=observed, output=output, **folders)
    failures = KeptFailures(needed=["scenario"])
    figures = None if observed is None else read_observations(observed)
    with (
        open_store(store) as opened_store,
        one_engine(
            loaded,
            base,
            replications=replications,
            seed=seed,
            store=opened_store,
            others=paths_folder is not None or figures is not None,
        ),
        paths_in(paths_folder, loaded, path_variables, seed, replications) as paths,
        progress(quiet) as report_progress,
    ):
        sampled = Sampled(
            replications=replications,
            seed=seed,
            workers=workers,
            progress=report_progress,
            store=opened_store,
            until=precision,
        )
        runs = run_compared(loaded, base, sampled, figures, failures)
        if paths is not None:
            paths.write(runs["scenario"].attrs["replications"], workers=workers, progress=report_progress)
    extra = {
        "failures": ([], {"failures": failures.texts()} if failures.errors else {}),
        "store": (store_lines(runs["scenario"], opened_store), json_of_store(runs["scenario"], opened_store)),
        "paths": (lines_of_paths(paths), json_of_paths(paths)),
    }
    has_tables = output is not None and Path(output).suffix.lower() in TABLE_SUFFIXES
    dataset = None if output is None or has_tables else keep(runs["scenario"], output)
    report = build_report(
        loaded,
        runs["scenario"],
        check=checked,
        baseline_changes=shared,
        **runs_beside(runs),
    )
    if output is not None and has_tables:
        dataset = keep(with_table_columns(runs["scenario"], baseline=runs.get("baseline")), output)
    _print(report, extra, dataset, as_json=as_json, quarters=quarters)
    leave_if_failed(failures.texts())


def _print(
    report: Report,
    extra: Mapping[str, tuple[Sequence[str], Mapping[str, Any]]],
    dataset: str | None,
    *,
    as_json: bool,
    quarters: bool,
) -> None:
    """Print a report, and `extra` lines or parts of the document on the store and the paths."""
    from diamondsim.cli.console import page, show
    from diamondsim.reporting import json_report, renderable

    if as_json:
        document = json_report(report)
        for _, part in extra.values():
            document |= part
        say_json({**document, "dataset": dataset})
        return
    with page():
        show(renderable(report, by_quarter=quarters))
    for lines, _ in extra.values():
        for line in lines:
            say(line)
    if dataset:
        say(kept_line(dataset))


def _warn(checked: CheckReport) -> None:
    """Print warnings, except on the legal state, which the table marks."""
    marked = checked.legal_state_outdated
    for warning in checked.warnings:
        if marked is None or marked not in warning:
            warn(warning)
