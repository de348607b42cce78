"""`diamondsim check`: is the scenario sound, what was derived from it, what is merely assumed."""

from __future__ import annotations

import click

from diamondsim.cli.options import json_option, load, say_json, scenario_argument, set_option


@click.command("check")
@scenario_argument
@set_option
@click.option("--lanes", is_flag=True, help="List every derived lane.")
@json_option
def check_command(scenario: str, changes: tuple[str, ...], lanes: bool, as_json: bool) -> None:
    """Check SCENARIO: the balance at the start, what the fit leaves over, the derived lanes."""
    loaded = load(scenario, changes)
    from diamondsim.plan.check import check
    from diamondsim.reporting import check_renderable, plain

    report = check(loaded)
    if as_json:
        say_json(plain(report.as_dict()))
        return
    from diamondsim.cli.screen import show

    show(check_renderable(report, lanes=lanes))
