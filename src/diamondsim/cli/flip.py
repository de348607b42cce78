"""The subcommand flip: the value of an assumption at which an answer crosses a threshold."""

from __future__ import annotations

import click

from diamondsim.cli.answers import answer
from diamondsim.cli.options import (
    json_option,
    load,
    output_option,
    quiet_option,
    read_place,
    replications_option,
    scenario_argument,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.scenario_warnings import warn_of


@click.command("flip")
@scenario_argument
@click.argument("path", metavar="PATH")
@click.option("--use", "place", required=True, metavar="REGION.USE", help="Use that is asked about.")
@click.option(
    "--threshold",
    required=True,
    metavar="NUMBER",
    help="Value of the metric that is crossed, such as '20%' of a probability or '3 Mct'.",
)
@click.option(
    "--metric", default="probability_of_shortage", show_default=True, help="Estimate that is looked at."
)
@click.option("--from", "low", metavar="VALUE", help="Lower end; default that of the distribution.")
@click.option("--to", "high", metavar="VALUE", help="Upper end; default that of the distribution.")
@replications_option(512, "Number of replications of each run.")
@seed_option
@set_option
@workers_option
@output_option
@json_option
@quiet_option
def flip_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    scenario: str,
    path: str,
    place: str,
    threshold: str,
    metric: str,
    low: str | None,
    high: str | None,
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    workers: int | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the value of the number at PATH at which an answer of SCENARIO crosses a threshold.

    For example: diamondsim flip calm inventory_policy.any.cover --use US.polishing --threshold 20%
    """
    region, use = read_place(place)
    loaded = load(scenario, changes)
    warn_of({scenario: loaded}, marks_legal_states=True)
    from diamondsim.analysis import flip
    from diamondsim.cli.console import progress
    from diamondsim.reporting import flip_lines, json_flip

    with progress(quiet or as_json) as report_progress:
        found = flip(
            loaded,
            path,
            region=region,
            use=use,
            threshold=threshold,
            metric=metric,
            low=low,
            high=high,
            replications=replications,
            seed=seed,
            workers=workers,
            progress=report_progress,
        )
    answer(found, output, as_json=as_json, document=json_flip, shown=flip_lines)
