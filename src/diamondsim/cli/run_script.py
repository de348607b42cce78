"""The script of `diamondsim run --show-python`: the run, and the runs beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from diamondsim.cli.compared_runs import BASELINE_REPLICATIONS, EFFECT_REPLICATIONS, Sampled
from diamondsim.cli.options import TABLE_SUFFIXES
from diamondsim.cli.path_options import named_variables
from diamondsim.cli.python_script import finish, script
from diamondsim.cli.python_text import NameText

if TYPE_CHECKING:
    from diamondsim.scenario import Scenario


def finish_run(
    scenario: Scenario,
    baseline: Scenario | None,
    sampled: Sampled,
    *,
    observed: str | None,
    store: str | None,
    paths: str | None,
    variables: str | None,
    output: str | None,
) -> NoReturn:
    """Write the calls of a run, print the script, and leave the command.

    Parameters
    ----------
    scenario, baseline : Scenario
        The baseline may be None.
    sampled : Sampled
        Without a store and progress, which a script does not have.
    observed, store, paths, variables, output : str or None
        As given to the command.

    Raises
    ------
    click.exceptions.Exit
    """
    from diamondsim.conditioning import condition
    from diamondsim.reporting import with_table_columns
    from diamondsim.simulation import monte_carlo
    from diamondsim.simulation.paths import write_paths

    writing = script()
    assert writing is not None, "a run that is made has no script"
    of_all: dict[str, Any] = {"seed": sampled.seed, "workers": sampled.workers}
    number: int | NameText = sampled.replications
    how: dict[str, Any] = {"replications": number} if sampled.until is None else {"until": sampled.until}
    run = writing.ask("run", monte_carlo, (scenario,), {**how, **of_all, "store": store})
    if scenario.facilities or scenario.reserves or scenario.controls:
        writing.add(
            "# The command also makes runs without facilities, diversion and each reserve, with at most",
            f"# {EFFECT_REPLICATIONS} replications, and tells what these change.",
        )
    if sampled.until is not None:
        number = NameText('run.attrs["replications"]')
    if observed is not None:
        with writing.with_engine_of(run):
            run = writing.ask("run", condition, (run, observed), {"workers": sampled.workers})
    names = named_variables(paths, variables)
    if paths is not None:
        written = {"replications": number, "variables": names, **of_all}
        with writing.with_engine_of(run):
            writing.ask("paths", write_paths, (scenario, paths), written)
    beside: object | None = None
    if baseline is not None:
        writing.assign("baseline", baseline)
        fewer = (
            min(number, BASELINE_REPLICATIONS)
            if isinstance(number, int)
            else NameText(f"min({number.text}, {BASELINE_REPLICATIONS:_})")
        )
        beside = writing.ask("baseline_run", monte_carlo, (baseline,), {"replications": fewer, **of_all})
        writing.add(f'print(ds.tables({writing.source_of(beside).text})["uses"])')
    if output is not None and Path(output).suffix.lower() in TABLE_SUFFIXES:
        run = writing.ask("run", with_table_columns, (run,), {"baseline": beside})
    finish(run, output)
