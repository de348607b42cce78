"""The subcommands worst-start and reverse-stress: how bad it can get, and how little breaks a use."""

from __future__ import annotations

import datetime as dt

import click

from diamondsim.cli.answers import answer, leave_if_failed, mistakes_of_usage
from diamondsim.cli.options import (
    WHOLE_NUMBER,
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
from diamondsim.cli.python_script import ask
from diamondsim.cli.scenario_warnings import warn_of

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command("worst-start")
@scenario_argument
@click.argument("control")
@click.option("--use", "place", required=True, metavar="REGION.USE", help="Use that is asked about.")
@click.option(
    "--from", "first", type=_DATE, metavar="DATE", required=True, help="Earliest date, as 2027-01-11."
)
@click.option("--to", "last", type=_DATE, metavar="DATE", required=True, help="Latest date.")
@click.option(
    "--points",
    type=click.IntRange(2, 100),
    metavar=WHOLE_NUMBER,
    default=13,
    show_default=True,
    help="Number of dates, evenly spaced.",
)
@click.option(
    "--metric",
    type=click.Choice(["probability_of_shortage", "shortage_mean"]),
    metavar="METRIC",
    default="probability_of_shortage",
    show_default=True,
    help="What is to be worst: probability_of_shortage or shortage_mean.",
)
@replications_option(512, "Number of replications of each run.", most=1_000_000)
@seed_option
@set_option
@workers_option
@output_option
@json_option
@quiet_option
def worst_start_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    scenario: str,
    control: str,
    place: str,
    first: dt.datetime,
    last: dt.datetime,
    points: int,
    metric: str,
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    workers: int | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the date at which the beginning of CONTROL hurts a use most.

    For example: diamondsim worst-start lapse-2027 cn_55 --use US.polishing --from 2027-01-11 --to 2028-01-10
    """
    region, use = read_place(place)
    if first >= last:
        raise click.UsageError(f"--from: expected a date before {last:%Y-%m-%d}, found {first:%Y-%m-%d}")
    step = (last - first) / (points - 1)
    loaded = load(scenario, changes)
    warn_of({scenario: loaded}, marks_legal_states=True)
    from diamondsim.analysis import failures_in, worst_start
    from diamondsim.cli.console import progress
    from diamondsim.reporting import json_worst_start, worst_start_lines

    with mistakes_of_usage(), progress(quiet) as report_progress:
        found = ask(
            worst_start,
            loaded,
            control,
            starts=[(first + k * step).date() for k in range(points)],
            region=region,
            use=use,
            metric=metric,
            replications=replications,
            seed=seed,
            workers=workers,
            progress=report_progress,
        )
    answer(found, output, as_json=as_json, document=json_worst_start, shown=worst_start_lines)
    leave_if_failed(failures_in(found.attrs))


@click.command("reverse-stress")
@scenario_argument
@click.option("--use", "place", required=True, metavar="REGION.USE", help="Use that is asked about.")
@click.option(
    "--shock",
    "shocks",
    multiple=True,
    required=True,
    metavar="PATH=MILD..SEVERE",
    help="A number with its mild and its severe value, as in "
    "inventory_policy.polishing.cover='120 days..5 days'; repeatable.",
)
@click.option(
    "--chance",
    metavar="PROBABILITY",
    default="50%",
    show_default=True,
    help="Probability of a shortage above which the use counts as broken.",
)
@replications_option(512, "Number of replications of each run.", most=1_000_000)
@seed_option
@set_option
@workers_option
@output_option
@json_option
@quiet_option
def reverse_stress_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    scenario: str,
    place: str,
    shocks: tuple[str, ...],
    chance: str,
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    workers: int | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the smallest shock that breaks a use of SCENARIO: how far each number must move.

    For example: diamondsim reverse-stress lapse-2027 --use US.polishing
    --shock inventory_policy.polishing.cover='120 days..5 days'
    """
    region, use = read_place(place)
    asked = _read_shocks(shocks)
    loaded = load(scenario, changes)
    warn_of({scenario: loaded}, marks_legal_states=True)
    from diamondsim.analysis import failures_in, reverse_stress
    from diamondsim.cli.console import progress
    from diamondsim.reporting import json_reverse_stress, reverse_stress_lines

    with mistakes_of_usage(), progress(quiet) as report_progress:
        found = ask(
            reverse_stress,
            loaded,
            asked,
            region=region,
            use=use,
            chance=chance,
            replications=replications,
            seed=seed,
            workers=workers,
            progress=report_progress,
        )
    answer(found, output, as_json=as_json, document=json_reverse_stress, shown=reverse_stress_lines)
    leave_if_failed(failures_in(found.attrs))


def _read_shocks(texts: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    shocks: dict[str, tuple[str, str]] = {}
    for text in texts:
        path, equals, values = (part.strip() for part in text.partition("="))
        mild, dots, severe = (part.strip() for part in values.partition(".."))
        if not (path and equals and mild and dots and severe):
            raise click.UsageError(f"--shock expects PATH=MILD..SEVERE, found {text!r}")
        if path in shocks:
            raise click.UsageError(f"--shock: {path} is given twice")
        shocks[path] = mild, severe
    return shocks
