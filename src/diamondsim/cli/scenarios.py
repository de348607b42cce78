"""`diamondsim scenarios` and `diamondsim dump`: what is shipped, and what a scenario says in full."""

from __future__ import annotations

import click

from diamondsim.cli.options import json_option, load, say_json, scenario_argument, set_option


@click.command("scenarios")
@json_option
def scenarios_command(as_json: bool) -> None:
    """List the scenarios that come with diamondsim."""
    from diamondsim.scenario import shipped_scenarios

    listings = [listing for listing in shipped_scenarios() if not listing.part]
    if as_json:
        say_json([{"name": listing.name, "title": listing.title} for listing in listings])
        return
    width = max((len(listing.name) for listing in listings), default=0)
    for listing in listings:
        click.echo(f"{listing.name:<{width}}  {listing.title}")


@click.command("dump")
@scenario_argument
@set_option
def dump_command(scenario: str, changes: tuple[str, ...]) -> None:
    """Print SCENARIO with everything it extends, as one YAML file."""
    loaded = load(scenario, changes)
    if loaded.sampling.method == "sobol":  # else there is no need to load what compiles it
        from diamondsim.plan import with_dimensions

        loaded = with_dimensions(loaded)
    click.echo(loaded.dump(), nl=False)
