"""The subcommand sensitivity: which inputs drive a metric, of a run that is kept or made."""

from __future__ import annotations

import click

from diamondsim.cli.answers import answer, mistakes_of_usage
from diamondsim.cli.design import design_command
from diamondsim.cli.given_run import given_run
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


@click.command("sensitivity")
@click.argument("run", metavar="FILE|SCENARIO")
@click.option(
    "--use", "place", required=True, metavar="REGION.USE", help="The use, for example US.polishing."
)
@click.option(
    "--metric",
    metavar="METRIC",
    default="short",
    show_default=True,
    help="Whether the use goes short, or any metric of uses in docs/results.md, such as first_shortage.",
)
@click.option(
    "--most",
    type=click.IntRange(1),
    metavar=WHOLE_NUMBER,
    default=10,
    show_default=True,
    help="Number of inputs to show.",
)
@click.option(
    "--design",
    is_flag=True,
    help="Of a SCENARIO: total indices of groups of inputs, by runs made for it (1,024 replications each).",
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="NAME=PATH,...",
    help="Inputs of one group, with * for any characters; default a group for each section; repeatable.",
)
@replications_option(4096, "Number of replications, for a SCENARIO.", most=1_000_000)
@seed_option
@workers_option
@set_option
@output_option
@json_option
@quiet_option
def sensitivity_command(  # noqa: PLR0913, PLR0917 - click passes each option separately
    run: str,
    place: str,
    metric: str,
    most: int,
    design: bool,
    groups: tuple[str, ...],
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Estimate which uncertain inputs drive a metric.

    FILE (.nc or .zarr) is a run that `diamondsim run ... -o FILE` wrote; a SCENARIO is run first.

    For example: diamondsim sensitivity lapse-2027 --use US.polishing
    """
    region, use = read_place(place)
    asked = {"metric": metric, "region": region, "use": use}
    if design:
        design_command(run, asked, groups, replications, seed, workers, changes, output, as_json, quiet)
        return
    if groups:
        raise click.UsageError("--group: only with --design")
    dataset = given_run(
        run, asked, changes=changes, replications=replications, seed=seed, workers=workers, quiet=quiet
    )
    from diamondsim.analysis import sensitivity
    from diamondsim.reporting import json_sensitivity, sensitivity_renderable

    with mistakes_of_usage():
        found = ask(sensitivity, dataset, **asked)
    answer(
        found,
        output,
        as_json=as_json,
        document=json_sensitivity,
        shown=lambda found: sensitivity_renderable(found, most=most),
    )
