"""Paths on disk: the options of a run, and what it reports about them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diamondsim.cli.streams import say

if TYPE_CHECKING:
    from diamondsim.scenario import Scenario
    from diamondsim.simulation.paths import PathsFolder

F = TypeVar("F", bound=Callable[..., Any])

_VARIABLES = "--path-variables"


def paths_options(function: F) -> F:
    """Add the options that write paths."""
    folder = click.option(
        "--paths",
        "paths_folder",
        type=click.Path(),
        metavar="FOLDER",
        help="Also write every tick of each replication to NetCDF files in a folder; the same command "
        "resumes an interrupted one.",
    )
    variables = click.option(
        _VARIABLES,
        metavar="NAME,...",
        help="Variables to write, named as in a trace; default demand,shortage,stock.",
    )
    return folder(variables(function))


@contextmanager
def paths_in(
    folder: str | None, scenario: Scenario, variables: str | None, seed: int, replications: int
) -> Iterator[PathsFolder | None]:
    """Open a folder for paths before any work is done.

    Parameters
    ----------
    folder : str or None
        None for no paths.
    scenario : Scenario
    variables : str or None
        Names separated by commas; None for the default.
    seed, replications : int

    Yields
    ------
    PathsFolder or None

    Raises
    ------
    StoreError
        If the folder belongs to other paths.
    click.UsageError
        If a variable is unknown, or given without a folder.
    """
    names = named_variables(folder, variables)
    if folder is None:
        yield None
        return
    from diamondsim.simulation.paths import PathsFolder

    try:
        opened = PathsFolder(folder, scenario, variables=names, seed=seed, replications=replications)
    except ValueError as error:
        raise click.UsageError(f"{_VARIABLES}: {error}") from None
    with opened as paths:
        try:
            yield paths
        except (KeyboardInterrupt, OSError, BrokenExecutor):
            newline = "\n" if sys.stderr.isatty() else ""  # after the echoed keys
            say(
                f"{newline}Paths of {paths.finished():,} replications are finished and kept in "
                f"'{paths.folder}'; the same command resumes from there",
                err=True,
            )
            raise


def named_variables(folder: str | None, variables: str | None) -> list[str]:
    """Return the names of the variables to write, or the default.

    Raises
    ------
    click.UsageError
        If they are given without a folder.
    """
    if folder is None and variables is not None:
        raise click.UsageError(f"{_VARIABLES} needs --paths FOLDER")
    from diamondsim.simulation.paths import VARIABLES

    if variables is None:
        return [*VARIABLES]
    return [name.strip() for name in variables.split(",") if name.strip()]


def require_two_folders(store: str | None, paths: str | None) -> None:
    """Raise if a run and its paths share one folder: each would wait for the other's lock."""
    if store is not None and paths is not None and Path(store).resolve() == Path(paths).resolve():
        raise click.UsageError("--store and --paths need different folders")


def lines_of_paths(paths: PathsFolder | None) -> list[str]:
    """Return the lines that report on paths."""
    if paths is None:
        return []
    from rich.filesize import decimal

    names = ", ".join(paths.variables)
    return [
        f"Paths: {paths.folder}; {names} of {paths.finished():,} replications, {decimal(paths.nbytes)}; "
        f"{paths.found:,} found on disk"
    ]


def json_of_paths(paths: PathsFolder | None) -> dict[str, Any]:
    """Return the same for JSON; empty without paths."""
    if paths is None:
        return {}
    return {
        "paths": {
            "folder": str(paths.folder),
            "replications": paths.finished(),
            "variables": list(paths.variables),
            "bytes": paths.nbytes,
            "found": paths.found,
        }
    }
