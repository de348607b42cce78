"""The subcommand flip: the value of a number, or of pairs of them, at which an answer crosses a threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from diamondsim.cli.answers import answer
from diamondsim.cli.options import (
    WHOLE_NUMBER,
    json_option,
    load,
    output_option,
    quiet_option,
    read_place,
    replications_option,
    scenario_argument,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.python_script import ask
from diamondsim.cli.scenario_warnings import warn_of
from diamondsim.cli.store_options import from_default
from diamondsim.cli.streams import say

RANGE_FORM = "PATH=LOW..HIGH"


def _two_paths(
    _context: click.Context, _parameter: click.Parameter, pairs: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """Refuse two paths in one quoted text, which would take the next option for the second path."""
    for one, other in pairs:
        if len(one.split()) > 1 or other.startswith("-"):
            raise click.UsageError(
                f"--pair expects two paths, each a word of its own: --pair A B; found {one!r} and {other!r}"
            )
    return pairs


@click.command("flip")
@scenario_argument
@click.argument("path", metavar="[PATH]", required=False)
@click.option("--use", "place", required=True, metavar="REGION.USE", help="Use that is asked about.")
@click.option(
    "--threshold",
    required=True,
    metavar="NUMBER",
    help="Value of the metric that is crossed, such as '20%' of a probability or '3 Mct'.",
)
@click.option(
    "--metric",
    metavar="METRIC",
    default="probability_of_shortage",
    show_default=True,
    help="Estimate that is looked at.",
)
@click.option("--from", "low", metavar="VALUE", help="Lower end of PATH; default that of the distribution.")
@click.option("--to", "high", metavar="VALUE", help="Upper end of PATH; default that of the distribution.")
@click.option(
    "--pair",
    "pairs",
    nargs=2,
    multiple=True,
    metavar="A B",
    callback=_two_paths,
    help="Instead of PATH: the value of B that crosses, at several values of A; repeatable.",
)
@click.option(
    "--range",
    "ranges",
    multiple=True,
    metavar=RANGE_FORM,
    help="Lowest and highest value of a number of a pair; default those of the distribution; repeatable.",
)
@click.option(
    "--levels",
    type=click.IntRange(1, 20),
    metavar=WHOLE_NUMBER,
    default=5,
    show_default=True,
    help="Number of values of A: quantiles of its distribution, or evenly spaced over its --range.",
)
@replications_option(512, "Number of replications of each run.")
@seed_option
@set_option
@workers_option
@output_option
@json_option
@quiet_option
def flip_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    scenario: str,
    path: str | None,
    place: str,
    threshold: str,
    metric: str,
    low: str | None,
    high: str | None,
    pairs: tuple[tuple[str, str], ...],
    ranges: tuple[str, ...],
    levels: int,
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    workers: int | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the value of the number at PATH at which an answer of SCENARIO crosses a threshold.

    For example:
    diamondsim flip lapse-2027 inventory_policy.polishing.cover --use US.polishing --threshold 20%

    With --pair A B find the value of B at several values of A, for example:
    diamondsim flip lapse-2027 --pair allocation.value_exponent inventory_policy.polishing.cover
    --use US.polishing --threshold 20%
    """
    _require_one_kind(path, pairs)
    region, use = read_place(place)
    asked: dict[str, Any] = {
        "region": region,
        "use": use,
        "metric": metric,
        "threshold": threshold,
        "replications": replications,
        "seed": seed,
        "workers": workers,
    }
    bounds = _read_ranges(ranges)
    loaded = load(scenario, changes)
    warn_of({scenario: loaded}, marks_legal_states=True)
    from diamondsim.analysis import flip, flip_pairs
    from diamondsim.cli.console import progress
    from diamondsim.reporting import flip_lines, flip_pair_lines, json_flip, json_flip_pairs

    with progress(quiet) as shown_progress:
        asked["progress"] = _announced(shown_progress, replications, quiet)
        if path is not None:
            found = ask(flip, loaded, path, low=low, high=high, **asked)
        else:
            found = ask(flip_pairs, loaded, pairs, levels=levels, ranges=bounds, **asked)
    document, lines = (json_flip, flip_lines) if path is not None else (json_flip_pairs, flip_pair_lines)
    answer(found, output, as_json=as_json, document=document, shown=lines)


def _require_one_kind(path: str | None, pairs: Sequence[tuple[str, str]]) -> None:
    """Refuse options of one number beside those of pairs.

    Raises
    ------
    click.UsageError
        With all that does not go together.
    """
    of_path, of_pairs = {"low": "--from", "high": "--to"}, {"ranges": "--range", "levels": "--levels"}
    wrong = []
    if path is None and not pairs:
        wrong.append("expected the PATH of a number, or --pair A B; found neither")
    if path is not None and pairs:
        wrong.append(
            f"expected the PATH of a number or --pair, found both: {path} and --pair {' '.join(pairs[0])}"
        )
    if pairs:
        wrong += [
            f"{option} belongs to a PATH; for a number of a pair use --range {RANGE_FORM}"
            for name, option in of_path.items()
            if not from_default(name)
        ]
    elif path is not None:
        wrong += [
            f"{option} belongs to --pair" + ("; for a PATH use --from and --to" if name == "ranges" else "")
            for name, option in of_pairs.items()
            if not from_default(name)
        ]
    if wrong:
        raise click.UsageError("\n".join(wrong))


def _read_ranges(texts: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the ends of the range of each path.

    Raises
    ------
    click.UsageError
        With all that cannot be read or is given twice.
    """
    read: dict[str, tuple[str, str]] = {}
    wrong = []
    for text in texts:
        path, equals, values = (part.strip() for part in text.partition("="))
        low, dots, high = (part.strip() for part in values.partition(".."))
        if not (path and equals and low and dots and high):
            wrong.append(f"--range expects {RANGE_FORM}, found {text!r}")
        elif path in read:
            wrong.append(f"--range: {path} is given twice")
        read[path] = low, high
    if wrong:
        raise click.UsageError("\n".join(wrong))
    return read


def _announced(
    report: Callable[[int, int], None] | None, replications: int, quiet: bool
) -> Callable[[int, int], None]:
    """Return what prints the largest cost of a search before its first run, and passes progress on."""

    def progress(done: int, total: int) -> None:
        if done == 0 and not quiet:
            runs, each = total // replications, f"{replications:,}"
            say(f"diamondsim: up to {runs:,} runs of {each} replications, {total:,} in all", err=True)
        if report is not None:
            report(done, total)

    return progress
