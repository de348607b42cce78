"""The subcommand information: what knowing an input before a choice of scenarios is worth."""

from __future__ import annotations

from collections.abc import Sequence

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

COST = "--cost"


@click.command("information")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@variant_option("An alternative: the first SCENARIO with these changes, under this name")
@click.option("--use", "place", required=True, metavar="REGION.USE", help="Use that is asked about.")
@click.option(
    "--metric",
    metavar="METRIC",
    default="shortage_mean",
    show_default=True,
    help="Estimate that is to be low.",
)
@click.option(
    COST,
    "costs",
    multiple=True,
    metavar="NAME=NUMBER",
    help="What a scenario costs in the unit of the metric, such as '3 Mct'; default 0; repeatable.",
)
@click.option(
    "--most",
    type=click.IntRange(1),
    metavar=WHOLE_NUMBER,
    default=10,
    show_default=True,
    help="Number of inputs to show.",
)
@replications_option(4096, "Number of replications of each scenario.")
@seed_option
@workers_option
@set_option
@store_option
@output_option
@json_option
@quiet_option
def information_command(  # noqa: PLR0913, PLR0917 - click passes each option separately
    scenarios: tuple[str, ...],
    variants: tuple[str, ...],
    place: str,
    metric: str,
    costs: tuple[str, ...],
    most: int,
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    store: str | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Estimate what knowing an uncertain input is worth before one SCENARIO is chosen.

    All use the same random numbers. --set changes every SCENARIO.

    For example: diamondsim information lapse-2027 lapse-2027-notice --use US.polishing
    """
    region, use = read_place(place)
    given = _costs(costs)
    loaded = load_compared(scenarios, variants, changes)
    warn_of(loaded, marks_legal_states=True)
    from diamondsim.analysis import compare, failures_in, require_decision, value_of_information
    from diamondsim.cli.console import progress
    from diamondsim.reporting import information_renderable, json_information

    # A mistake is refused before minutes of work.
    require_decision(loaded, region=region, use=use, metric=metric, costs=given)
    with open_store(store) as opened_store, progress(quiet) as report_progress:
        compared = ask(
            compare,
            loaded,
            replications=replications,
            seed=seed,
            workers=workers,
            progress=report_progress,
            store=opened_store,
        )
    with mistakes_of_usage():
        found = ask(value_of_information, compared, region=region, use=use, metric=metric, costs=given)
    answer(
        found,
        output,
        as_json=as_json,
        document=json_information,
        shown=lambda found: information_renderable(found, most=most),
    )
    leave_if_failed(failures_in(found.attrs))


def _costs(costs: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in costs:
        name, equals, number = (part.strip() for part in text.rpartition("="))
        if not (name and equals):
            raise click.UsageError(f"{COST} expects NAME=NUMBER, found {text!r}")
        found[name] = number
    return found
