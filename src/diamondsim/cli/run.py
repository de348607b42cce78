"""`diamondsim run`: many replications, the baseline beside them, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from diamondsim.scenario import Scenario

BASELINE = "baseline-2026"
BESIDE = 1024
"""At most this many replications of the baseline, and of the same without facilities, go beside a run."""


@click.command("run")
@scenario_argument
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Number of replications.",
)
@seed_option
@click.option("--workers", type=click.IntRange(min=1), help="Processes; as many as processors by default.")
@set_option
@click.option(
    "--baseline",
    metavar="NAME|none",
    help=f"Scenario to put beside it; {BASELINE} by default where it has the same uses and regions.",
)
@output_option
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def run_command(  # noqa: PLR0913, PLR0917 - click hands over each option by itself
    scenario: str,
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    baseline: str | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate SCENARIO many times: which use runs short where, when, how badly, how likely."""
    loaded = load(scenario, changes)
    beside = _baseline(loaded, baseline)
    from diamondsim.cli.screen import progress, show
    from diamondsim.plan.check import check
    from diamondsim.reporting import json_report, make_report, renderable
    from diamondsim.simulation import monte_carlo_each

    checked = check(loaded)
    few = min(replications, BESIDE)
    wanted = {"scenario": (loaded, replications)}
    for what, other in (("baseline", beside), ("without facilities", _without_facilities(loaded))):
        if other is not None:
            wanted[what] = (other, few)
    with progress(quiet) as told:
        runs = monte_carlo_each(wanted, seed=seed, workers=workers, progress=told)
    kept = None if output is None else keep(runs["scenario"], output)
    report = make_report(
        loaded,
        runs["scenario"],
        check=checked,
        baseline=runs.get("baseline"),
        without_facilities=runs.get("without facilities"),
    )
    if as_json:
        say_json({**json_report(report), "dataset": kept})
        return
    show(renderable(report))
    if kept:
        click.echo(f"Dataset: {kept}")


def _baseline(scenario: Scenario, name: str | None) -> Scenario | None:
    """Return the scenario to put beside another one; None for no other."""
    if name == "none":
        return None
    other = load(name or BASELINE)
    same_world = set(other.uses) == set(scenario.uses) and set(other.regions) == set(scenario.regions)
    if name is None and not same_world:
        return None
    other = _seen_alike(other, scenario)
    return None if other.hash == scenario.hash else other


def _seen_alike(scenario: Scenario, other: Scenario) -> Scenario:
    """Return a scenario over the horizon of another one, and with its notion of a shortage."""
    old, new = scenario.horizon, other.horizon
    changes: dict[str, object] = {
        "horizon.start": new.start,
        "horizon.tick": f"{new.tick} days",
        "metrics.threshold": str(other.metrics.threshold),
        "metrics.window": f"{other.metrics.window} days",
    }
    if new.length is not None:
        changes |= {"horizon.length": f"{new.length} days"} | (
            {} if old.end is None else {"horizon.end": None}
        )
    else:
        changes |= {"horizon.end": new.end} | ({} if old.length is None else {"horizon.length": None})
    return scenario.override(changes)


def _without_facilities(scenario: Scenario) -> Scenario | None:
    """Return the scenario with every facility cancelled; None where there is none."""
    if not scenario.facilities:
        return None
    return scenario.override({f"facilities.{name}.cancelled": "100%" for name in scenario.facilities})
