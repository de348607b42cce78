"""The subcommand independence: by when supply without the tracked origin covers demand."""

from __future__ import annotations

import click

from diamondsim.cli.answers import answer, mistakes_of_usage
from diamondsim.cli.options import (
    json_option,
    load,
    output_option,
    quiet_option,
    replications_option,
    scenario_argument,
    seed_option,
    set_option,
)
from diamondsim.cli.python_script import ask


@click.command("independence")
@scenario_argument
@click.option(
    "--area",
    "areas",
    multiple=True,
    metavar="NAME=REGION,...",
    help="Regions to take together, for example allies=US,JP,KR,OA; by default each region for itself.",
)
@replications_option(4096, "Number of replications.", most=20_000)
@seed_option
@set_option
@output_option
@json_option
@quiet_option
def independence_command(
    scenario: str,
    areas: tuple[str, ...],
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compare what a region can make without the tracked origin with what it uses, by quarter and grade.

    For example: diamondsim independence lapse-2027 --area allies=US,JP,KR,OA
    """
    chosen = _areas(areas)
    loaded = load(scenario, changes)
    from diamondsim.analysis import independence
    from diamondsim.cli.console import progress
    from diamondsim.reporting import independence_lines, json_independence

    with mistakes_of_usage(), progress(quiet) as report_progress:
        found = ask(
            independence, loaded, areas=chosen, replications=replications, seed=seed, progress=report_progress
        )
    answer(found, output, as_json=as_json, document=json_independence, shown=independence_lines)


def _areas(texts: tuple[str, ...]) -> dict[str, tuple[str, ...]] | None:
    areas: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, equals, regions = text.partition("=")
        if not (name.strip() and equals):
            raise click.UsageError(f"--area: expected NAME=REGION,..., found '{text}'")
        if name.strip() in areas:
            raise click.UsageError(f"--area: '{name.strip()}' is given twice")
        areas[name.strip()] = tuple(region.strip() for region in regions.split(",") if region.strip())
    return areas or None
