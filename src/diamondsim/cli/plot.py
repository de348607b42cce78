"""The subcommand plot: a picture of a run or of another result, as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from diamondsim.cli.answers import mistakes_of_usage
from diamondsim.cli.given_run import asked_result, is_result_file, refuse_options_of_a_run, refuse_tables
from diamondsim.cli.options import (
    LARGEST_NUMBER,
    OptionOfLargeNumbers,
    json_option,
    load,
    read_place,
    replications_option,
    say_json,
)
from diamondsim.cli.python_script import ask, leave, script
from diamondsim.cli.python_text import text_of
from diamondsim.cli.run_options import RunOptions, run_options
from diamondsim.cli.scenario_warnings import warn_of
from diamondsim.cli.streams import say

_OF_RUNS = {
    "shortfall-fan": ("region", "use"),
    "cover-fan": ("region", "use"),
    "shortage-heat-map": ("region", "use"),
    "control-timeline": (),
    "facility-ramp": (),
    "supply-origin": ("region",),
}
"""Pictures of a run, with the options of a place that each takes."""
_OF_FILES = {
    "paired-differences": ("compare", ("region", "use")),
    "tornado": ("sensitivity", ()),
    "sobol-bars": ("sensitivity --design", ()),
    "reserve-frontier": ("size-reserve", ()),
    "episode-bands": ("backtest", ()),
}
"""Pictures of other results, with the command that writes their file, and the same options."""
_TIMELINE = "replication-timeline"
KINDS = (*_OF_RUNS, _TIMELINE, *_OF_FILES)


def _target(_context: click.Context, _parameter: click.Parameter, path: Path) -> Path:
    """Refuse a file that cannot be written, before any work is done."""
    from diamondsim.plot.picture_file import require_suffix
    from diamondsim.results import check_place

    try:
        require_suffix(path)
        check_place(path)
    except (ValueError, OSError) as error:
        raise click.BadParameter(str(error)) from None
    return path


@click.command("plot")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("given", metavar="SCENARIO|FILE")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=_target,
    required=True,
    metavar="PICTURE",
    help="File of the picture: .png, .svg or .pdf.",
)
@click.option(
    "--size",
    type=click.Choice(["report", "slide"]),
    default="report",
    show_default=True,
    help="16 cm wide for a report, or 16:9 for a slide.",
)
@click.option("--region", metavar="REGION", help="Only uses of this region.")
@click.option("--use", "place", metavar="REGION.USE", help="Only this use.")
@click.option(
    "--replication",
    cls=OptionOfLargeNumbers,
    type=click.IntRange(0, LARGEST_NUMBER),
    metavar="K",
    help="Number of the replication of a replication-timeline; default 0.",
)
@json_option
@run_options(replications_option(2000, "Number of replications of a SCENARIO."))
def plot_command(  # noqa: PLR0913 - click passes each option separately
    *,
    kind: str,
    given: str,
    output: Path,
    size: str,
    region: str | None,
    place: str | None,
    replication: int | None,
    as_json: bool,
    how: RunOptions,
) -> None:
    """Draw a picture of SCENARIO, which is run for it, or of a FILE that another command kept with -o.

    FILE ends in .nc or .zarr.

    \b
    KIND is one of:
      of a run:        shortfall-fan, cover-fan, shortage-heat-map,
                       control-timeline, facility-ramp, supply-origin
      of a scenario:   replication-timeline
      of other files:  paired-differences (compare), tornado (sensitivity),
                       sobol-bars (sensitivity --design),
                       reserve-frontier (size-reserve), episode-bands (backtest)

    For example: diamondsim plot shortage-heat-map lapse-2027 -o shortages.png
    """  # noqa: D301 - click reads the backspace
    asked = _asked(kind, region, place, replication)
    refuse_tables(given)
    draw = _drawing(kind)
    if kind == _TIMELINE:
        found = _trace(given, how, replication or 0)
    elif is_result_file(given):
        refuse_options_of_a_run(given)
        found = asked_result(given)
    elif kind in _OF_FILES:
        command = f"diamondsim {_OF_FILES[kind][0]} ... -o FILE.nc"
        raise click.UsageError(f"{kind}: expected a file that '{command}' wrote, found {given!r}")
    else:
        found = _run(given, how)
    with mistakes_of_usage():
        axes = ask(draw, found, size=size, **asked)
    _finish_script(axes, output, size)
    _write(axes, output, size)
    if as_json:
        say_json({"written": str(output), "kind": kind})
    else:
        say(f"Picture: {output}")


def _drawing(kind: str) -> Callable[..., Any]:
    """Return the function of a kind of picture, once matplotlib is there, and no window can open."""
    from diamondsim import plot
    from diamondsim.plot.canvas import matplotlib_part

    try:
        matplotlib_part().use("agg")
    except ModuleNotFoundError as error:
        raise click.UsageError(str(error)) from None
    draw: Callable[..., Any] = getattr(plot, kind.replace("-", "_"))
    return draw


def _asked(kind: str, region: str | None, place: str | None, replication: int | None) -> dict[str, Any]:
    """Return the arguments of a drawing that its options gave."""
    if place is not None:
        if region is not None:
            raise click.UsageError("--region: not together with --use, which names a region")
        region, use = read_place(place)
    else:
        use = None
    given = {"region": region, "use": use}
    takes = ("region",) if kind == _TIMELINE else _OF_RUNS.get(kind) or _OF_FILES.get(kind, ("", ()))[1]
    if use is not None and "use" not in takes:
        raise click.UsageError(f"--use: not for {kind}")
    if region is not None and "region" not in takes:
        raise click.UsageError(f"--region: not for {kind}")
    if replication is not None and kind != _TIMELINE:
        raise click.UsageError(f"--replication: only for {_TIMELINE}")
    if kind == "supply-origin" and region is None:
        raise click.UsageError("supply-origin: expected --region, such as --region US")
    return {name: value for name, value in given.items() if value is not None}


def _trace(given: str, how: RunOptions, replication: int) -> Any:
    if is_result_file(given):
        raise click.UsageError(
            f"{_TIMELINE}: expected a SCENARIO, as no file holds the events, found {given!r}"
        )
    scenario = load(given, how.changes)
    warn_of({given: scenario}, marks_legal_states=True)
    from diamondsim.simulation import simulate

    return ask(simulate, scenario, seed=how.seed, replication=replication)


def _run(given: str, how: RunOptions) -> Any:
    scenario = load(given, how.changes)
    warn_of({given: scenario}, marks_legal_states=True)
    from diamondsim.cli.console import progress
    from diamondsim.simulation import monte_carlo

    with progress(how.quiet) as report_progress:
        return ask(
            monte_carlo,
            scenario,
            replications=how.number,
            seed=how.seed,
            workers=how.workers,
            progress=report_progress,
        )


def _finish_script(axes: Any, output: Path, size: str) -> None:
    """Print the script of `--show-python`, if one is written, and leave the command."""
    writing = script()
    if writing is not None:
        from diamondsim.plot.canvas import DPI

        name = writing.source_of(axes).text
        writing.add(f"{name}.figure.savefig({text_of(str(output))}, dpi={DPI[size]})")
        leave()


def _write(axes: Any, output: Path, size: str) -> None:
    from diamondsim.plot.canvas import matplotlib_part
    from diamondsim.plot.picture_file import picture_content
    from diamondsim.results import atomic_write

    content = picture_content(axes, output.suffix, size=size)
    matplotlib_part("matplotlib.pyplot").close(axes.figure)
    try:
        atomic_write(output, content)
    except OSError as error:
        raise click.ClickException(f"cannot write {output}: {error.strerror or error}") from None
