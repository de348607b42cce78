"""The option `--design` of the subcommand sensitivity: total indices of groups, from runs made for it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from diamondsim.cli.answers import answer, mistakes_of_usage
from diamondsim.cli.given_run import is_result_file
from diamondsim.cli.options import load
from diamondsim.cli.python_script import ask
from diamondsim.cli.scenario_warnings import warn_of
from diamondsim.cli.store_options import from_default


def design_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    name: str,
    asked: dict[str, str],
    groups: Sequence[str],
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run the design and print its indices.

    Raises
    ------
    click.UsageError
        If the command names a file of a run, or what is asked is not in the scenario.
    """
    if is_result_file(name):
        raise click.UsageError(
            f"--design: expected a SCENARIO, which is run anew; {name} holds a run already"
        )
    wanted = _read_groups(groups)
    scenario = load(name, changes)
    warn_of({name: scenario}, marks_legal_states=True)
    from diamondsim.analysis import DESIGN_REPLICATIONS, sobol_indices
    from diamondsim.cli.console import progress
    from diamondsim.reporting import design_renderable, json_design

    number = DESIGN_REPLICATIONS if from_default("replications") else replications
    with mistakes_of_usage(), progress(quiet) as report_progress:
        found = ask(
            sobol_indices,
            scenario,
            region=asked["region"],
            use=asked["use"],
            metric=asked["metric"],
            groups=wanted,
            replications=number,
            seed=seed,
            workers=workers,
            progress=report_progress,
        )
    answer(found, output, as_json=as_json, document=json_design, shown=design_renderable)


def _read_groups(texts: Sequence[str]) -> dict[str, list[str]] | None:
    groups: dict[str, list[str]] = {}
    for text in texts:
        name, equals, paths = (part.strip() for part in text.partition("="))
        if not (name and equals and paths):
            raise click.UsageError(
                f"--group expects NAME=PATH,..., as in stocks=inventory_policy.*, found {text!r}"
            )
        groups.setdefault(name, []).extend(path.strip() for path in paths.split(","))
    return groups or None
