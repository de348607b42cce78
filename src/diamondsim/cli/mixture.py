"""The subcommand mixture: several scenarios with probabilities as one answer."""

from __future__ import annotations

import click

from diamondsim.cli.answers import answer
from diamondsim.cli.options import (
    json_option,
    load,
    output_option,
    quiet_option,
    replications_option,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.python_script import ask, finish, script
from diamondsim.cli.scenario_warnings import warn_of


@click.command("mixture")
@click.argument("parts", nargs=-1, required=True, metavar="SCENARIO=PROBABILITY...")
@replications_option(1024, "Number of replications of each scenario.")
@seed_option
@set_option
@workers_option
@output_option
@json_option
@quiet_option
def mixture_command(
    parts: tuple[str, ...],
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    workers: int | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Join scenarios, of which one will hold, with the probability of each.

    For example: diamondsim mixture lapse-2027=60% rollover=40%
    """
    probabilities = _probabilities(parts)
    scenarios = {name: load(name, changes) for name in probabilities}
    from diamondsim.analysis import mixture, require_probabilities
    from diamondsim.cli.console import progress
    from diamondsim.reporting import json_mixture, mixture_lines
    from diamondsim.simulation import monte_carlo, monte_carlo_each

    require_probabilities([*scenarios], probabilities)
    warn_of(scenarios)
    if script() is not None:
        runs = {
            name: ask(monte_carlo, scenario, replications=replications, seed=seed, workers=workers)
            for name, scenario in scenarios.items()
        }
        finish(ask(mixture, runs, probabilities), output)
    with progress(quiet) as report_progress:
        runs = monte_carlo_each(
            {name: (scenario, replications) for name, scenario in scenarios.items()},
            seed=seed,
            workers=workers,
            progress=report_progress,
        )
    found = mixture(runs, probabilities)
    answer(
        found,
        output,
        as_json=as_json,
        document=lambda found: {**json_mixture(found), "replications": replications, "seed": seed},
        shown=lambda found: mixture_lines(
            found,
            [scenario.title for scenario in scenarios.values()],
            number=replications,
            seed=seed,
            changes=changes,
        ),
    )


def _probabilities(parts: tuple[str, ...]) -> dict[str, float]:
    """Return the probability of each scenario."""
    from diamondsim.errors import NotationError, Problem, ScenarioError
    from diamondsim.units import Kind, parse_quantity

    probabilities: dict[str, float] = {}
    problems = []
    for part in parts:
        name, equals, text = (piece.strip() for piece in part.rpartition("="))
        if not equals or not name:
            raise click.UsageError(f"expected SCENARIO=PROBABILITY, as in lapse-2027=60%, found {part!r}")
        if name in probabilities:
            problems.append(Problem(why=f"{name!r} is there twice: expected each scenario once"))
        try:
            probabilities[name] = parse_quantity(text, Kind.FRACTION)
        except NotationError as error:
            problems.append(Problem(path=name, why=error.why, suggestion=error.suggestion))
    if problems:
        raise ScenarioError(problems)
    return probabilities
