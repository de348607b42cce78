"""The subcommand select: the best of several scenarios with few replications."""

from __future__ import annotations

import click

from diamondsim.cli.answers import answer, leave_if_failed, mistakes_of_usage
from diamondsim.cli.compare import load_compared
from diamondsim.cli.options import (
    WHOLE_NUMBER,
    json_option,
    output_option,
    quiet_option,
    read_place,
    replications_option,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.python_script import ask
from diamondsim.cli.run_options import variant_option
from diamondsim.cli.scenario_warnings import warn_of
from diamondsim.cli.store_options import open_store, store_option


@click.command("select")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@variant_option("Compare also the first SCENARIO with these changes, under this name")
@click.option("--use", "place", required=True, metavar="REGION.USE", help="Use that is asked about.")
@click.option(
    "--indifference",
    required=True,
    metavar="NUMBER",
    help="Smallest difference of the metric that matters, such as '1%' of a probability or '3 Mct'.",
)
@click.option(
    "--metric",
    metavar="METRIC",
    default="probability_of_shortage",
    show_default=True,
    help="Estimate that is to be low.",
)
@click.option(
    "--best",
    type=click.IntRange(1),
    metavar=WHOLE_NUMBER,
    default=1,
    show_default=True,
    help="Number of scenarios to select.",
)
@click.option(
    "--confidence",
    metavar="PROBABILITY",
    default="95%",
    show_default=True,
    help="Probability that the selection is right.",
)
@replications_option(102_400, "Largest number of replications of each scenario.", name="most")
@seed_option
@workers_option
@set_option
@store_option
@output_option
@json_option
@quiet_option
def select_command(  # noqa: PLR0913, PLR0917 - click passes each option separately
    scenarios: tuple[str, ...],
    variants: tuple[str, ...],
    place: str,
    indifference: str,
    metric: str,
    best: int,
    confidence: str,
    most: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    store: str | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Select the best SCENARIO, or the best few, with no more replications than that takes.

    All use the same random numbers; one that is clearly worse, or clearly among the best, gets no more
    replications. --set changes every SCENARIO.

    For example: diamondsim select lapse-2027 rollover us-reserve --use US.polishing --indifference 1%
    """
    region, use = read_place(place)
    loaded = load_compared(scenarios, variants, changes)
    warn_of(loaded, marks_legal_states=True)
    from diamondsim.analysis import select_best
    from diamondsim.cli.console import progress
    from diamondsim.reporting import json_selection, selection_renderable

    with (
        open_store(store) as opened_store,
        progress(quiet) as report_progress,
        mistakes_of_usage(),
    ):
        found = ask(
            select_best,
            loaded,
            region=region,
            use=use,
            indifference=indifference,
            metric=metric,
            best=best,
            confidence=confidence,
            most=most,
            seed=seed,
            workers=workers,
            progress=report_progress,
            store=opened_store,
        )
    answer(found, output, as_json=as_json, document=json_selection, shown=selection_renderable)
    failures = found["failure"].to_series()
    leave_if_failed(failures[failures != ""].to_dict())
