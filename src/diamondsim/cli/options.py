"""Options that several commands share, and how a scenario is loaded from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diamondsim.cli.python_script import made, overridden, script
from diamondsim.cli.streams import say
from diamondsim.constants import MAX_REPLICATIONS

if TYPE_CHECKING:
    from diamondsim.errors import Problem
    from diamondsim.scenario import Scenario

F = TypeVar("F", bound=Callable[..., Any])

LARGEST_NUMBER = 2**63 - 1
"""The largest seed, and the largest number of a replication."""
WHOLE_NUMBER = "N"
"""How the help names a whole number."""
SET = "--set"
"""Name of a change in messages."""


class OptionOfLargeNumbers(click.Option):
    """An option whose limits are so far apart that the help leaves them out; messages name them."""

    def get_help_extra(self, ctx: click.Context) -> click.types.OptionHelpExtra:
        """Return what the help says behind the sentence."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


def scenario_argument(function: F) -> F:
    """Add the scenario argument."""
    return click.argument("scenario", metavar="SCENARIO")(function)


def set_option(function: F) -> F:
    """Add the option that changes the scenario."""
    return click.option(
        "--set",
        "changes",
        multiple=True,
        metavar="PATH=VALUE",
        help="Change a value of the scenario, for example inventory_policy.polishing.cover='90 days'; "
        "null deletes, {...} and [...] are maps and lists as in a file; repeatable.",
    )(function)


def replications_option(
    default: int, sentence: str, *, most: int = MAX_REPLICATIONS, name: str = "replications"
) -> Callable[[F], F]:
    """Return what adds the number of replications, from 1 to `most`, as the parameter `name`."""
    return click.option(
        "-n",
        "--replications",
        name,
        type=click.IntRange(1, most),
        metavar=WHOLE_NUMBER,
        default=default,
        show_default=True,
        help=sentence,
    )


def seed_option(function: F) -> F:
    """Add the seed option."""
    return click.option(
        "--seed",
        cls=OptionOfLargeNumbers,
        type=click.IntRange(0, LARGEST_NUMBER),
        metavar=WHOLE_NUMBER,
        default=0,
        show_default=True,
        help="Seed of all random numbers.",
    )(function)


def workers_option(function: F) -> F:
    """Add the number of processes and the engine."""
    return engine_option(
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            metavar=WHOLE_NUMBER,
            help="Number of processes; default the number of processors.",
        )(function)
    )


def engine_option(function: F) -> F:
    """Add the engine, which is in use as long as the command runs."""
    return click.option(
        "--engine",
        type=click.Choice(["auto", "batch", "compiled"]),
        default="auto",
        show_default=True,
        expose_value=False,
        callback=_choose_engine,
        help="What simulates; compiled is the fastest and needs numba, auto takes it for long runs.",
    )(function)


def _choose_engine(context: click.Context, _option: click.Parameter, engine: str) -> None:
    if context.resilient_parsing:
        return
    writing = script()
    if writing is not None:
        writing.engine = engine
        return
    from diamondsim.simulation import use_engine

    def note() -> None:
        say("diamondsim: compiling the engine, once on this machine (half a minute)", err=True)

    try:
        context.with_resource(use_engine(engine, on_compile=note))
    except ImportError as error:
        raise click.UsageError(f"--engine {engine}: {error}") from None


def read_place(text: str) -> tuple[str, str]:
    """Return region and use of ``--use REGION.USE``.

    Raises
    ------
    click.UsageError
        If it is not of that form.
    """
    region, dot, use = text.partition(".")
    if not (region and dot and use):
        raise click.UsageError(f"--use expects REGION.USE, as in US.polishing, found {text!r}")
    return region, use


def json_option(function: F) -> F:
    """Add the JSON option."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(
        function
    )


TABLE_SUFFIXES = (".csv", ".parquet", ".xlsx")
"""Ends of the names of files that hold the tables of a result, and not all of it."""


def output_option(function: F) -> F:
    """Add the output option."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(),
        callback=writable_file,
        metavar="FILE",
        help="Write the answer to a file: .nc or .zarr (all of it), .csv, .parquet or .xlsx (its tables).",
    )(function)


def quarters_option(function: F) -> F:
    """Add the option that prints tables by quarter."""
    return click.option(
        "--quarters", is_flag=True, help="Also print tables by calendar quarter; --json always has them."
    )(function)


def quiet_option(function: F) -> F:
    """Add the option without a progress bar."""
    return click.option("-q", "--quiet", is_flag=True, help="Show no progress bar.")(function)


def load(name: str, changes: Sequence[str] = ()) -> Scenario:
    """Load a scenario and apply the changes of `--set`.

    Raises
    ------
    ScenarioError
        With all problems.
    click.UsageError
        If a change has no ``=``.
    """
    from diamondsim.scenario import load_scenario

    values = read_changes(changes)
    scenario = made(load_scenario, name)
    return overridden(scenario, values, name=SET) if values else scenario


def read_changes(changes: Sequence[str], option: str = SET) -> dict[str, object]:
    """Return the values of an option by path: a text, None for ``null``, a map or list for {...} and [...].

    Raises
    ------
    ScenarioError
        If a map or a list cannot be read.
    click.UsageError
        If a change has no ``=``.
    """
    from diamondsim.errors import ScenarioError
    from diamondsim.scenario import parse_value

    values: dict[str, object] = {}
    problems: list[Problem] = []
    for change in changes:
        path, equals, value = (part.strip() for part in change.partition("="))
        if not equals or not path:
            raise click.UsageError(f"{option} expects PATH=VALUE, found {change!r}")
        if path in values:
            raise click.UsageError(f"{option}: {path} is given twice, last as {value!r}")
        values[path] = None if value == "null" else value
        if value.startswith(("{", "[")):
            try:
                values[path] = parse_value(value, f"{option} {path}", path)
            except ScenarioError as error:
                problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return values


def keep(result: Any, path: str) -> str:
    """Write a result to a file of the format that its name asks for, and return where it lies.

    Raises
    ------
    click.ClickException
        Where the machine does not let it, such as a full disk, or the format cannot hold the result; leaves
        with exit code 1.
    """
    from diamondsim.files import save

    try:
        return str(save(_with_command(result), path))
    except ValueError as error:
        raise click.ClickException(f"cannot write {path}: {error}") from None
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from None


def kept_line(path: str, kind: str = "Dataset") -> str:
    """Return the line that says where a result lies; `kind` is what NetCDF and Zarr hold.

    Examples
    --------
    >>> kept_line("out.nc"), kept_line("out.csv")
    ('Dataset: out.nc', 'Tables: out.csv, and out-*.csv beside it')
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix == ".xlsx":
        return f"Workbook: {path}"
    if suffix in (".csv", ".parquet"):
        return f"Tables: {path}, and {target.stem}-*{target.suffix} beside it"
    return f"{kind}: {path}"


def _with_command(result: Any) -> Any:
    """Return a result with the command that made it among its attributes; the given one keeps its own."""
    from dataclasses import replace

    from diamondsim.simulation import Trace

    command = click.get_current_context().find_object(str)
    if command is None:
        return result
    if isinstance(result, Trace):
        return replace(result, dataset=_with_command(result.dataset))
    made = result.copy(deep=False)
    made.attrs = {**made.attrs, "command": command}
    return made


def say_json(document: object) -> None:
    """Print a JSON document."""
    # The same escapes stand for the same characters in JSON, so that nothing is lost.
    say(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def writable_file(_context: click.Context, _parameter: click.Parameter, path: str | None) -> str | None:
    """Refuse a file that cannot be written, before any work is done."""
    if path is not None:
        from diamondsim.files import check_file

        try:
            check_file(path)
        except (ImportError, OSError, ValueError) as error:
            raise click.BadParameter(str(error)) from None
    return path
