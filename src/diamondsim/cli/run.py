"""`diamondsim run`: many replications, what to compare them with, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diamondsim.cli.beside import (
    BASELINE,
    BESIDE,
    PRICED_BASELINE,
    baseline_beside,
    without_facilities,
    without_leakage,
)
from diamondsim.cli.keeping import (
    MOST,
    from_default,
    json_kept,
    kept_in,
    lines_kept,
    read_precision,
    store_option,
    until_option,
)
from diamondsim.cli.options import (
    json_option,
    keep,
    load,
    output_option,
    read_changes,
    say_json,
    scenario_argument,
    seed_option,
    set_option,
)
from diamondsim.cli.paths import json_of_paths, lines_of_paths, paths_in, paths_options, require_two_folders

if TYPE_CHECKING:
    from diamondsim.plan.check import CheckReport


@click.command("run")
@scenario_argument
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(min=1, max=10_000_000),
    default=10_000,
    show_default=True,
    help="Number of replications.",
)
@seed_option
@click.option("--workers", type=click.IntRange(min=1), help="Processes; as many as processors by default.")
@set_option
@click.option(
    "--baseline",
    metavar="NAME|none",
    help=f"Scenario to put beside it; by default {BASELINE}, with prices {PRICED_BASELINE}, where it has the "
    "same uses and regions.",
)
@store_option
@until_option
@paths_options
@output_option
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def run_command(  # noqa: PLR0913, PLR0917 - click hands over each option by itself
    scenario: str,
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    baseline: str | None,
    store: str | None,
    until: str | None,
    paths_folder: str | None,
    path_variables: str | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate SCENARIO many times: which use runs short where, when, how badly, how likely."""
    if until is not None and from_default("replications"):
        replications = MOST
    require_two_folders(store, paths_folder)
    precision = read_precision(until, replications)
    loaded = load(scenario, changes)
    base, shared = baseline_beside(loaded, baseline, read_changes(changes))
    from diamondsim.cli.screen import progress, show
    from diamondsim.plan.check import check
    from diamondsim.reporting import json_report, make_report, renderable
    from diamondsim.simulation import monte_carlo_each

    checked = check(loaded)
    _warn(checked)
    few = min(replications, BESIDE)
    beside = {
        "baseline": base,
        "without facilities": without_facilities(loaded),
        "without leakage": without_leakage(loaded),
    }
    wanted = {"scenario": (loaded, replications)}
    wanted |= {what: (other, few) for what, other in beside.items() if other is not None}
    with (
        kept_in(store) as kept,
        paths_in(paths_folder, loaded, path_variables, seed) as paths,
        progress(quiet) as told,
    ):
        runs = monte_carlo_each(
            wanted, seed=seed, workers=workers, progress=told, store=kept, until=precision
        )
        if paths is not None:
            paths.write(runs["scenario"].attrs["replications"], workers=workers, progress=told)
    dataset = None if output is None else keep(runs["scenario"], output)
    report = make_report(
        loaded,
        runs["scenario"],
        check=checked,
        baseline=runs.get("baseline"),
        baseline_changes=shared,
        without_facilities=runs.get("without facilities"),
        without_leakage=runs.get("without leakage"),
    )
    if as_json:
        said = {**json_report(report), **json_kept(runs["scenario"], kept), **json_of_paths(paths)}
        say_json({**said, "dataset": dataset})
        return
    show(renderable(report))
    for line in (*lines_kept(runs["scenario"], kept), *lines_of_paths(paths)):
        click.echo(line)
    if dataset:
        click.echo(f"Dataset: {dataset}")


def _warn(checked: CheckReport) -> None:
    """Say what deserves a second look, but for the legal state, which the table marks."""
    marked = checked.legal_state_outdated
    for warning in checked.warnings:
        if marked is None or marked not in warning:
            click.echo(f"warning: {warning}", err=True)
