"""`diamondsim trace`: one replication as a story."""

from __future__ import annotations

import click

from diamondsim.cli.options import (
    json_option,
    keep,
    load,
    output_option,
    say_json,
    scenario_argument,
    seed_option,
    set_option,
)


@click.command("trace")
@scenario_argument
@click.option(
    "--replication",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="K",
    help="Which: the replication of that number of a run with the same seed.",
)
@seed_option
@set_option
@output_option
@json_option
def trace_command(
    scenario: str, replication: int, seed: int, changes: tuple[str, ...], output: str | None, as_json: bool
) -> None:
    """Tell one replication of SCENARIO as a story: who did what when, and why."""
    loaded = load(scenario, changes)
    from diamondsim.reporting import json_story, story_lines
    from diamondsim.simulation import simulate

    trace = simulate(loaded, seed=seed, replication=replication)
    kept = None if output is None else keep(trace.dataset, output)
    if as_json:
        say_json({**json_story(trace.dataset, trace.events), "dataset": kept})
        return
    for line in story_lines(trace.dataset, trace.events):
        click.echo(line)
    if kept:
        click.echo(f"Dataset: {kept}")
