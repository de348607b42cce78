"""The script of `diamondsim report --show-python`: the result, the runs beside it, and its page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from diamondsim.cli.compared_runs import BASELINE_REPLICATIONS, EFFECT_REPLICATIONS, scenarios_without
from diamondsim.cli.python_script import leave, script
from diamondsim.cli.python_text import CallText, text_of

if TYPE_CHECKING:
    from diamondsim.scenario import Scenario


def note_kept(name: str, found: object, file: str) -> None:
    """Note that a result was read from a file, if a script is written, and give it a name."""
    writing = script()
    if writing is None:
        return
    engine = {"engine": "zarr"} if Path(file).suffix.lower() == ".zarr" else {}
    if hasattr(found, "children"):  # a DataTree
        source = CallText("load", of=CallText("xr.open_datatree", (file,), engine))
    else:
        source = CallText("xr.load_dataset", (file,), engine)
    writing.note(found, source)
    writing.assign(name, found)


def written_runs(
    scenario: Scenario, baseline: Scenario | None, *, replications: int, seed: int, workers: int | None
) -> dict[str, Any]:
    """Write the calls that run a scenario and those beside it; return what stands for each as `run_compared`.

    Parameters
    ----------
    scenario, baseline : Scenario
        The baseline may be None.
    replications, seed, workers
        As for `monte_carlo`.
    """
    from diamondsim.simulation import monte_carlo

    writing = script()
    assert writing is not None, "runs that are made have no script"
    of_all = {"seed": seed, "workers": workers}
    fewer, few = min(replications, BASELINE_REPLICATIONS), min(replications, EFFECT_REPLICATIONS)
    writing.assign("scenario", scenario)
    run = writing.ask("run", monte_carlo, (scenario,), {"replications": replications, **of_all})
    runs = {"scenario": run}
    if baseline is not None:
        writing.assign("baseline", baseline)
        number = {"replications": fewer, **of_all}
        runs["baseline"] = writing.ask("baseline_run", monte_carlo, (baseline,), number)
    for name, other in scenarios_without(scenario).items():
        word = "_".join(name.split()[:2])
        writing.assign(word, other)
        runs[name] = writing.ask(f"run_{word}", monte_carlo, (other,), {"replications": few, **of_all})
    return runs


def finish_report(
    result: object,
    page: Path,
    *,
    beside: Mapping[str, Any],
    since: object,
    dataset: str | None,
) -> NoReturn:
    """Write the calls that keep a result and write its page, print the script, and leave the command.

    Parameters
    ----------
    result
        What stands for the result.
    page : pathlib.Path
    beside : mapping of str to object
        The runs beside it, as arguments of `write_report`.
    since
        The former result, or None.
    dataset : str or None
        File that the result is kept in.

    Raises
    ------
    click.exceptions.Exit
    """
    from diamondsim.html_report import write_report

    writing = script()
    assert writing is not None, "a report that is written has no script"
    if dataset is not None:
        writing.add(f"ds.save({writing.source_of(result).text}, {text_of(dataset)})")
    call = writing.call_of(write_report, (result, str(page)), {"since": since, **beside})
    writing.add(text_of(call))
    leave()
