"""The subcommand marginal: what a step of a number or a date of a scenario is worth."""

from __future__ import annotations

from typing import Any

import click

from diamondsim.cli.answers import answer, leave_if_failed
from diamondsim.cli.options import (
    json_option,
    load,
    output_option,
    quiet_option,
    read_changes,
    read_place,
    replications_option,
    scenario_argument,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.python_script import ask
from diamondsim.cli.scenario_warnings import warn_of
from diamondsim.cli.store_options import open_store, store_option

STEP = "--step"


@click.command("marginal")
@scenario_argument
@click.option(
    STEP,
    "steps",
    multiple=True,
    required=True,
    metavar="PATH=STEP",
    help="Change the number or date at PATH by STEP, such as '+1 day', '-1 month', or '1%' for both "
    "directions; repeatable.",
)
@click.option("--use", "place", metavar="REGION.USE", help="Show this use only; by default all that change.")
@replications_option(2048, "Number of replications of each run.")
@seed_option
@workers_option
@set_option
@store_option
@output_option
@json_option
@quiet_option
def marginal_command(  # noqa: PLR0913, PLR0917 - click passes each option separately
    scenario: str,
    steps: tuple[str, ...],
    place: str | None,
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    store: str | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Estimate what a step of a number of SCENARIO is worth: in shortage of each use, and in money.

    For example: diamondsim marginal lapse-2027 --step "inventory_policy.polishing.cover=1 day"
    """
    shown = None if place is None else dict(zip(("region", "use"), read_place(place), strict=True))
    wanted = {path: str(step) for path, step in read_changes(steps, STEP).items()}
    loaded = load(scenario, changes)
    warn_of({scenario: loaded}, marks_legal_states=True)
    from diamondsim.analysis import failures_in, marginal_value, require_use
    from diamondsim.cli.console import progress
    from diamondsim.reporting import json_marginal, marginal_renderable

    if shown is not None:
        require_use(loaded, **shown)
    with open_store(store) as opened_store, progress(quiet) as report_progress:
        found = ask(
            marginal_value,
            loaded,
            wanted,
            replications=replications,
            seed=seed,
            workers=workers,
            progress=report_progress,
            store=opened_store,
        )
    answer(
        found,
        output,
        as_json=as_json,
        document=lambda found: json_marginal(_at(found, shown)),
        shown=lambda found: marginal_renderable(_at(found, shown)),
    )
    leave_if_failed(failures_in(found.attrs))


def _at(found: Any, place: dict[str, str] | None) -> Any:
    """Return the part of one use; all of it without a place."""
    return found if place is None else found.sel({name: [label] for name, label in place.items()})
