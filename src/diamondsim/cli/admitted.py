"""`diamondsim admitted`: what passes a control month by month, beside precedents."""

from __future__ import annotations

import click

from diamondsim.cli.options import json_option, load, say_json, scenario_argument, seed_option, set_option


@click.command("admitted")
@scenario_argument
@click.option("--control", metavar="ID", default="cn_55", show_default=True, help="Which control.")
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(min=1),
    default=1024,
    show_default=True,
    help="Number of replications.",
)
@seed_option
@set_option
@json_option
def admitted_command(
    scenario: str, control: str, replications: int, seed: int, changes: tuple[str, ...], as_json: bool
) -> None:
    """Show what passes a control of SCENARIO month by month, beside what was seen after earlier controls."""
    loaded = load(scenario, changes)
    from diamondsim.reporting import admitted_lines, json_admitted, outdated_lines
    from diamondsim.simulation import admitted_flow

    flow = admitted_flow(loaded, control=control, replications=replications, seed=seed)
    if as_json:
        say_json(json_admitted(flow))
        return
    click.echo(loaded.title)
    click.echo(f"as of {loaded.as_of or 'not given'}; legal state: {loaded.legal_state or 'not given'}")
    for line in outdated_lines(loaded.outdated):
        click.echo(line)
    click.echo(f"{control}: flow out of the controlled region over its contract flow, by month from effect;")
    click.echo(f"quantiles of {replications:,} replication{'' if replications == 1 else 's'}, seed {seed}")
    for destination in flow["destination"].values:
        click.echo("")
        click.echo(f"To {'all destinations' if destination == 'all' else destination}")
        for line in admitted_lines(flow, destination=str(destination)):
            click.echo(line)
    click.echo("")
    click.echo("Precedents: customs exports to all destinations over those before, see docs/evidence.md.")
