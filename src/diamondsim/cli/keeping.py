"""Runs that are kept on disk, and runs that end when they know enough: options, and what is said of them."""

from __future__ import annotations

import math
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from diamondsim.simulation import Precision, Store

F = TypeVar("F", bound=Callable[..., Any])

CHANCE = "probability_of_shortage"
MOST = 100_000
"""Replications at which a run that ends by itself ends in any case, unless told otherwise."""
_UNTIL = re.compile(
    r"(?P<region>[^.\s]+)\.(?P<use>[^.\s]+)(\.(?P<metric>\w+))?\s+(?P<width>\S+?)\s*(?P<percent>%?)"
    r"(?P<relative>\s+of\s+(the\s+)?(estimate|mean))?"
)
_RELATIVE = "of the estimate"


def store_option(function: F) -> F:
    """Let a command keep what it has finished."""
    return click.option(
        "--store",
        type=click.Path(),
        metavar="FOLDER",
        help="Keep what is finished in a folder, and go on from what is there: the same command after an "
        "interruption, or one with more replications.",
    )(function)


def until_option(function: F) -> F:
    """Let a command end when it knows enough."""
    return click.option(
        "--until",
        metavar="'REGION.USE WIDTH'",
        help="Go on until the chance of shortage is known to within WIDTH, such as 'US.polishing 1%', or to "
        f"-n replications, then {MOST:,} by default. REGION.USE.METRIC names another metric; WIDTH is in its "
        f"unit, or such as '2% {_RELATIVE}'.",
    )(function)


def read_precision(text: str | None, most: int) -> Precision | None:
    """Return what `--until` says.

    Raises
    ------
    click.UsageError
        Where it cannot be read.
    """
    if text is None:
        return None
    from diamondsim.simulation import Precision

    said = _UNTIL.fullmatch(text.strip())
    try:
        if said is None:
            raise ValueError(
                "wanted is 'REGION.USE WIDTH' or 'REGION.USE.METRIC WIDTH', WIDTH a number or a per cent"
            )
        width = float(said["width"]) / (100 if said["percent"] else 1)
        return Precision(
            said["metric"] or CHANCE,
            region=said["region"],
            use=said["use"],
            half_width=width,
            most=most,
            relative=said["relative"] is not None,
            share=bool(said["percent"]),
        )
    except ValueError as error:
        raise click.UsageError(f"--until wants such as 'US.polishing 1%', found {text!r}: {error}") from None


@contextmanager
def kept_in(folder: str | None) -> Iterator[Store | None]:
    """Open a store for a run, and answer what can go wrong in the run.

    Parameters
    ----------
    folder : str or None
        None for a run that is not kept.

    Yields
    ------
    Store or None

    Raises
    ------
    StoreError
        Where the folder is no place for this run.
    click.UsageError
        Where the scenario has no such metric as `--until` says.
    click.ClickException
        Where the machine fails, such as a full disk; leaves with exit code 1.
    """
    from diamondsim.simulation import Store, StoreWarning, UnknownMetricError
    from diamondsim.simulation.precision import NoShareError

    with warnings.catch_warnings():
        warnings.simplefilter("always", StoreWarning)
        warnings.showwarning = _say
        try:
            with nullcontext() if folder is None else Store(folder) as store:
                try:
                    yield store
                except (KeyboardInterrupt, OSError, BrokenExecutor):
                    if store is not None:
                        click.echo(_where_to_go_on(store), err=True)
                    raise
        except NoShareError as error:
            said = f"{click.get_current_context().params['until']}".strip()
            raise click.UsageError(
                f"--until: {error}; say the width as a number of {error.unit}, or '{said} {_RELATIVE}'"
            ) from None
        except UnknownMetricError as error:
            raise click.UsageError(f"--until: {error}") from None
        except OSError as error:
            raise click.ClickException(error.strerror or str(error)) from None
        except BrokenExecutor:
            raise click.ClickException(
                "the system ended a process that ran blocks, most likely for want of memory: "
                "the same command with fewer --workers takes less"
            ) from None


def from_default(name: str) -> bool:
    """Return whether an option of the command at work was left as it is by default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.DEFAULT


def lines_kept(dataset: Any, store: Store | None) -> list[str]:
    """Return what to say of a run's precision and of where it is kept, line by line."""
    said = []
    if "until" in dataset.attrs:
        reached = "reached" if dataset.attrs["until_reached"] else "not reached"
        said.append(
            f"Until: {dataset.attrs['until']}: {reached}, {dataset.attrs['until_half_width']:.3g} after "
            f"{dataset.attrs['replications']:,} replications"
        )
    if store is not None:
        said.append(f"Store: {store.folder}; {store.found:,} replications of the scenario were there already")
    return said


def json_kept(dataset: Any, store: Store | None) -> dict[str, Any]:
    """Return the same for machines; nothing where nothing was asked for."""
    said: dict[str, Any] = {}
    if "until" in dataset.attrs:
        width = dataset.attrs["until_half_width"]
        said["until"] = {
            "wanted": dataset.attrs["until"],
            "half_width": width if math.isfinite(width) else None,
            "reached": bool(dataset.attrs["until_reached"]),
        }
    if store is not None:
        said["store"] = {"folder": str(store.folder), "found": store.found}
    return said


def _where_to_go_on(store: Store) -> str:
    newline = "\n" if sys.stderr.isatty() else ""  # after the echoed keys
    return (
        f"{newline}{store.finished():,} replications are finished and kept in '{store.folder}': "
        "the same command goes on from there"
    )


def _say(
    message: Warning | str,
    category: type[Warning],  # noqa: ARG001
    filename: str,  # noqa: ARG001
    lineno: int,  # noqa: ARG001
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    """Say a warning without its place in our code, which helps nobody."""
    click.echo(f"warning: {message}", err=True)
