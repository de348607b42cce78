"""The subcommand discover: limits of inputs within which a use usually goes short."""

from __future__ import annotations

import click

from diamondsim.cli.answers import answer, mistakes_of_usage
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


@click.command("discover")
@click.argument("run", metavar="FILE|SCENARIO")
@click.option(
    "--use", "place", required=True, metavar="REGION.USE", help="The use, for example US.polishing."
)
@click.option(
    "--metric",
    metavar="METRIC",
    default="short",
    show_default=True,
    help="Whether the use goes short, or any metric of uses in docs/results.md, with --above or --below.",
)
@click.option(
    "--above", metavar="NUMBER", help="A replication counts if its metric is above this, such as '3 Mct'."
)
@click.option(
    "--below", metavar="NUMBER", help="A replication counts if its metric is below this, such as '45 days'."
)
@click.option(
    "--boxes",
    type=click.IntRange(1, 10),
    metavar=WHOLE_NUMBER,
    default=2,
    show_default=True,
    help="Largest number of boxes.",
)
@click.option(
    "--density",
    metavar="SHARE",
    help="Share of cases that a box is to have, such as 80%; default the best compromise with coverage.",
)
@replications_option(4096, "Number of replications, for a SCENARIO.", most=1_000_000)
@seed_option
@workers_option
@set_option
@output_option
@json_option
@quiet_option
def discover_command(  # noqa: PLR0913, PLR0917 - click passes each option separately
    run: str,
    place: str,
    metric: str,
    above: str | None,
    below: str | None,
    boxes: int,
    density: str | None,
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find limits of uncertain inputs within which a use usually goes short.

    FILE (.nc or .zarr) is a run that `diamondsim run ... -o FILE` wrote; a SCENARIO is run first.

    For example: diamondsim discover lapse-2027 --use US.polishing
    """
    region, use = read_place(place)
    given = sum(limit is not None for limit in (above, below))
    if given != (metric != "short"):
        expected = "no --above and no --below" if metric == "short" else "--above or --below, and not both"
        raise click.UsageError(f"--metric {metric}: expected {expected}")
    asked = {"metric": metric, "region": region, "use": use}
    from diamondsim.analysis import choose_cases, discover

    dataset = given_run(
        run,
        asked,
        changes=changes,
        replications=replications,
        seed=seed,
        workers=workers,
        quiet=quiet,
        check=lambda one: choose_cases(one, **asked, above=above, below=below),
    )
    from diamondsim.reporting import discover_lines, json_discover

    with mistakes_of_usage():
        found = ask(discover, dataset, **asked, above=above, below=below, boxes=boxes, density=density)
    answer(found, output, as_json=as_json, document=json_discover, shown=discover_lines)
