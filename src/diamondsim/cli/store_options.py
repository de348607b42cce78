"""Runs kept on disk and runs with a target precision: their options, and what is reported about them."""

from __future__ import annotations

import math
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from diamondsim.arguments import ArgumentError
from diamondsim.cli.python_script import made, script
from diamondsim.cli.streams import say

if TYPE_CHECKING:
    from diamondsim.simulation import Precision, RunStore

F = TypeVar("F", bound=Callable[..., Any])

CHANCE = "probability_of_shortage"
MOST = 100_000
"""Default largest number of replications of a run with a target precision."""
_UNTIL = re.compile(
    r"(?P<region>[^.\s]+)\.(?P<use>[^.\s]+)(\.(?P<metric>\w+))?\s+(?P<width>\S.*?)"
    r"(?P<relative>\s+of\s+(the\s+)?(estimate|mean))?"
)
_RELATIVE = "of the estimate"


def store_option(function: F) -> F:
    """Add the option that keeps finished replications."""
    return click.option(
        "--store",
        type=click.Path(),
        metavar="FOLDER",
        help="Keep finished replications in a folder and resume from it: repeat the command after an "
        "interruption, or with more replications.",
    )(function)


def until_option(function: F) -> F:
    """Add the option that sets a target precision."""
    return click.option(
        "--until",
        metavar="'REGION.USE WIDTH'",
        help="Run until the probability of shortage is known to within WIDTH, for example 'US.polishing 1%', "
        f"or until -n replications (default then {MOST:,}). REGION.USE.METRIC names another metric; WIDTH "
        f"is in its unit (or has one, such as 3 Mct), or relative: '2% {_RELATIVE}'.",
    )(function)


def read_precision(text: str | None, most: int) -> Precision | None:
    """Return the precision that `--until` asks for.

    Raises
    ------
    click.UsageError
        If it cannot be read.
    """
    if text is None:
        return None
    from diamondsim.simulation import Precision

    match = _UNTIL.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(
                "expected 'REGION.USE WIDTH' or 'REGION.USE.METRIC WIDTH', WIDTH a number, if need be with "
                "its unit"
            )
        return made(
            Precision,
            match["metric"] or CHANCE,
            region=match["region"],
            use=match["use"],
            half_width=match["width"],
            most=most,
            relative=match["relative"] is not None,
        )
    except ValueError as error:
        why = error.why if isinstance(error, ArgumentError) else error
        raise click.UsageError(
            f"--until expects, for example, 'US.polishing 1%', found {text!r}: {why}"
        ) from None


@contextmanager
def open_store(folder: str | None) -> Iterator[RunStore | None]:
    """Open the store of a run, and report what goes wrong in the run.

    Parameters
    ----------
    folder : str or None
        None for a run that is not stored.

    Yields
    ------
    RunStore or None

    Raises
    ------
    StoreError
        If the folder belongs to another run.
    click.UsageError
        If the scenario does not have the metric of `--until`.
    click.ClickException
        If the machine fails, for example with a full disk or a worker process that ends; the exit code is 1.
    """
    writing = script()
    if writing is not None and folder is not None:
        named: Any = object()
        writing.note(named, folder)
        yield named
        return
    from diamondsim.simulation import RunStore, StoreWarning, UnknownMetricError
    from diamondsim.simulation.precision import NoShareError

    with warnings.catch_warnings():
        warnings.simplefilter("always", StoreWarning)
        try:
            with nullcontext() if folder is None else RunStore(folder) as store:
                try:
                    yield store
                except (KeyboardInterrupt, OSError, BrokenExecutor):
                    if store is not None:
                        say(_how_to_resume(store), err=True)
                    raise
        except NoShareError as error:
            until = f"{click.get_current_context().params['until']}".strip()
            raise click.UsageError(
                f"--until: {error}; give the width in {error.unit}, or '{until} {_RELATIVE}'"
            ) from None
        except ArgumentError as error:
            if error.argument != "half_width":
                raise
            raise click.UsageError(f"--until: {error.why}") from None
        except UnknownMetricError as error:
            raise click.UsageError(f"--until: {error}") from None
        except OSError as error:
            raise click.ClickException(error.strerror or str(error)) from None
        except BrokenExecutor as error:
            raise click.ClickException(str(error)) from None


def from_default(name: str) -> bool:
    """Return whether an option of the current command has its default value."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.DEFAULT


def store_lines(dataset: Any, store: RunStore | None) -> list[str]:
    """Return the lines that report on the precision of a run and on its store."""
    lines: list[str] = []
    if "until" in dataset.attrs:
        reached = "reached" if dataset.attrs["until_reached"] else "not reached"
        lines.append(
            f"Until: {dataset.attrs['until']}: {reached}, {dataset.attrs['until_half_width']:.3g} after "
            f"{dataset.attrs['replications']:,} replications"
        )
    if store is not None:
        lines.append(f"Store: {store.folder}; {store.found:,} replications of the scenario found on disk")
    return lines


def json_of_store(dataset: Any, store: RunStore | None) -> dict[str, Any]:
    """Return the same for JSON; empty without these options."""
    document: dict[str, Any] = {}
    if "until" in dataset.attrs:
        width = dataset.attrs["until_half_width"]
        document["until"] = {
            "wanted": dataset.attrs["until"],
            "half_width": width if math.isfinite(width) else None,
            "reached": bool(dataset.attrs["until_reached"]),
        }
    if store is not None:
        document["store"] = {"folder": str(store.folder), "found": store.found}
    return document


def _how_to_resume(store: RunStore) -> str:
    newline = "\n" if sys.stderr.isatty() else ""  # after the echoed keys
    return (
        f"{newline}{store.finished():,} replications are finished and kept in '{store.folder}'; "
        "the same command resumes from there"
    )
