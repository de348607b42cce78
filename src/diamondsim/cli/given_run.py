"""The run whose replications a command analyses: a file that is kept, or a scenario that is run first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diamondsim.cli.answers import mistakes_of_usage
from diamondsim.cli.options import TABLE_SUFFIXES, load
from diamondsim.cli.python_script import ask, script
from diamondsim.cli.python_text import CallText
from diamondsim.cli.scenario_warnings import warn_of
from diamondsim.cli.store_options import from_default

if TYPE_CHECKING:
    from diamondsim.scenario import Scenario

_OF_A_RUN = {"replications": "-n", "seed": "--seed", "changes": "--set", "workers": "--workers"}


def given_run(
    run: str,
    asked: dict[str, str],
    *,
    changes: tuple[str, ...],
    replications: int,
    seed: int,
    workers: int | None,
    quiet: bool,
    check: Callable[[Any], object] | None = None,
) -> Any:
    """Return the Dataset of a FILE, or of a scenario that is run for it.

    `check` raises ArgumentError or ValueError if what is asked does not fit a run, which it gets; with a
    single replication before a scenario is run.

    Raises
    ------
    click.UsageError
        If the file cannot be read or holds tables only, options of a run are given with one, or what is asked
        is not in the run.
    """
    if not is_result_file(run):
        refuse_tables(run)
        scenario = load(run, changes)
        warn_of({run: scenario}, marks_legal_states=True)
        return _run(scenario, asked, replications, seed, workers, quiet, check)
    refuse_options_of_a_run(run)
    return asked_result(run)


def is_result_file(word: str) -> bool:
    """Return whether a word names a file of a whole result, and no scenario.

    Examples
    --------
    >>> is_result_file("run.nc"), is_result_file("RUN.ZARR/"), is_result_file("calm")
    (True, True, False)
    """
    return Path(word).suffix.lower() in (".nc", ".zarr")


def refuse_tables(word: str) -> None:
    """Refuse a file of tables, which do not hold a whole result, where a scenario or a result is expected.

    Raises
    ------
    click.UsageError
    """
    if Path(word).suffix.lower() in TABLE_SUFFIXES:
        raise click.UsageError(
            f"expected a SCENARIO or a FILE that ends in .nc or .zarr, found {word!r}, which holds tables at "
            "most; keep a whole result with -o FILE.nc"
        )


def asked_result(file: str) -> Any:
    """Return the result in a file, or what stands for it in a script.

    Raises
    ------
    click.UsageError
        If it cannot be read.
    """
    found, writing = read_result(file), script()
    if writing is None:
        return found
    engine = {"engine": "zarr"} if Path(file).suffix.lower() == ".zarr" else {}
    writing.note(found, CallText("xr.load_dataset", (file,), engine))
    writing.assign("run", found)
    return found


def refuse_options_of_a_run(file: str) -> None:
    """Refuse options that change how a scenario is run, for a file in which a result is kept.

    Raises
    ------
    click.UsageError
    """
    given = [option for name, option in _OF_A_RUN.items() if not from_default(name)]
    if given:
        raise click.UsageError(f"{', '.join(given)}: only for a SCENARIO; {file} holds a run already")


def read_result(file: str) -> Any:
    """Return the Dataset of a file, of a DataTree its root.

    Raises
    ------
    click.UsageError
        If it cannot be read.
    """
    from diamondsim.files import read_result_file

    try:
        found = read_result_file(file)
    except ImportError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror or error}") from None
    return found.to_dataset() if hasattr(found, "children") else found


def _run(
    scenario: Scenario,
    asked: dict[str, str],
    replications: int,
    seed: int,
    workers: int | None,
    quiet: bool,
    check: Callable[[Any], object] | None,
) -> Any:
    from diamondsim.analysis import require_metric
    from diamondsim.cli.console import progress
    from diamondsim.simulation import monte_carlo

    if script() is not None:
        return ask(monte_carlo, scenario, replications=replications, seed=seed, workers=workers)
    # A wrong name is refused before minutes of work.
    one = monte_carlo(scenario, replications=1, seed=seed, workers=1)
    with mistakes_of_usage():
        require_metric(one, asked["metric"], region=asked["region"], use=asked["use"])
        if check is not None:
            check(one)
    with progress(quiet) as report_progress:
        return monte_carlo(
            scenario, replications=replications, seed=seed, workers=workers, progress=report_progress
        )
