"""The subcommand sensitivity: which inputs drive a metric, of a run that is kept or made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from diamondsim.cli.options import (
    json_option,
    keep,
    load,
    output_option,
    read_place,
    replications_option,
    say_json,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.store_options import from_default

if TYPE_CHECKING:
    from diamondsim.scenario import Scenario

_OF_A_RUN = {"replications": "-n", "seed": "--seed", "changes": "--set", "workers": "--workers"}


@click.command("sensitivity")
@click.argument("run", metavar="FILE.nc|SCENARIO")
@click.option(
    "--use", "place", required=True, metavar="REGION.USE", help="The use, for example US.polishing."
)
@click.option(
    "--metric",
    default="short",
    show_default=True,
    help="Whether the use goes short, or any metric of uses in docs/results.md, such as first_shortage.",
)
@click.option(
    "--most", type=click.IntRange(1), default=10, show_default=True, help="Number of inputs to show."
)
@replications_option(4096, "Number of replications, for a SCENARIO.", most=1_000_000)
@seed_option
@workers_option
@set_option
@output_option
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Show no progress bar.")
def sensitivity_command(  # noqa: PLR0913, PLR0917 - click passes each option separately
    run: str,
    place: str,
    metric: str,
    most: int,
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Estimate which uncertain inputs drive a metric.

    FILE.nc is a run that `diamondsim run ... -o FILE.nc` wrote; a SCENARIO is run first.
    """
    region, use = read_place(place)
    asked = {"metric": metric, "region": region, "use": use}
    if run.endswith(".nc"):
        given = [option for name, option in _OF_A_RUN.items() if not from_default(name)]
        if given:
            raise click.UsageError(f"{', '.join(given)}: only for a SCENARIO; {run} holds a run already")
        dataset = _read(run)
    else:
        dataset = _run(load(run, changes), asked, replications, seed, workers, quiet)
    from diamondsim.analysis import sensitivity
    from diamondsim.reporting import json_sensitivity, sensitivity_renderable

    try:
        found = sensitivity(dataset, **asked)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    written = None if output is None else keep(found, output)
    if as_json:
        say_json({**json_sensitivity(found), "dataset": written})
        return
    from diamondsim.cli.console import show

    show(sensitivity_renderable(found, most=most))
    if written:
        click.echo(f"Dataset: {written}")


def _read(file: str) -> Any:
    from diamondsim.results import read_netcdf

    try:
        return read_netcdf(file)
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror or error}") from None


def _run(
    scenario: Scenario, asked: dict[str, str], replications: int, seed: int, workers: int | None, quiet: bool
) -> Any:
    from diamondsim.analysis import require_metric
    from diamondsim.cli.console import progress
    from diamondsim.simulation import monte_carlo

    # A wrong name is refused before minutes of work.
    one = monte_carlo(scenario, replications=1, seed=seed, workers=1)
    try:
        require_metric(one, asked["metric"], region=asked["region"], use=asked["use"])
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with progress(quiet) as report_progress:
        return monte_carlo(
            scenario, replications=replications, seed=seed, workers=workers, progress=report_progress
        )
