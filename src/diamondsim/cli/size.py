"""The subcommands size-reserve and size-stock: the smallest stock that meets a target."""

from __future__ import annotations

from typing import Any

import click

from diamondsim.cli.answers import answer
from diamondsim.cli.options import (
    F,
    json_option,
    load,
    output_option,
    quiet_option,
    read_changes,
    read_place,
    replications_option,
    scenario_argument,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.python_script import ask
from diamondsim.cli.scenario_warnings import warn_of

_SECOND_SOURCE = "--second-source"
_COST = "--cost"


def _target_options(function: F) -> F:
    """Add the three targets, of which one is given."""
    for name, sentence in (
        ("--survive", "Target: median time to survive a loss of inflow at least this, such as '6 months'."),
        (
            "--cvar",
            "Target: mean shortage in the worst 5 % of replications at most this, such as '2%' of demand "
            "or '3 Mct'.",
        ),
        ("--chance", "Target: probability of a shortage at most this, such as '10%'."),
    ):
        function = click.option(name, metavar="VALUE", help=sentence)(function)
    return function


@click.command("size-reserve")
@scenario_argument
@click.argument("reserves", metavar="[RESERVE]...", nargs=-1)
@click.option("--use", "place", required=True, metavar="REGION.USE", help="Use that has to meet the target.")
@_target_options
@click.option("--grade", metavar="GRADE", help="Add a reserve of this grade; with --serves.")
@click.option("--serves", metavar="USE,USE", help="Uses that the new reserve serves, in order.")
@click.option("--release", metavar="FLOW", help="The most that the new reserve releases; default no limit.")
@click.option("--most", "most", multiple=True, metavar="[RESERVE=]SIZE", help="Largest opening stock.")
@click.option(
    _COST,
    "unit_costs",
    multiple=True,
    metavar="RESERVE=PRICE",
    help="Cost of a unit, such as us=0.2 USD/ct; several reserves need one each.",
)
@replications_option(1024, "Number of replications of each size.")
@seed_option
@set_option
@workers_option
@output_option
@json_option
@quiet_option
def size_reserve_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    scenario: str,
    reserves: tuple[str, ...],
    place: str,
    chance: str | None,
    cvar: str | None,
    survive: str | None,
    grade: str | None,
    serves: str | None,
    release: str | None,
    most: tuple[str, ...],
    unit_costs: tuple[str, ...],
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    workers: int | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the smallest opening stock of RESERVE, by default those that serve the use, that meets a target.

    For example: diamondsim size-reserve us-reserve us_micron --use US.polishing --chance 10%
    """
    region, use = read_place(place)
    sizes = _by_name(most, "--most")
    question: dict[str, Any] = {
        "region": region,
        "use": use,
        "chance": chance,
        "cvar": cvar,
        "survive": survive,
        "grade": grade,
        "serves": _words(serves),
        "release": release,
        "most": most[0] if sizes is None and most else sizes,
        "unit_costs": _by_name(unit_costs, _COST),
        "replications": replications,
        "seed": seed,
        "workers": workers,
    }
    loaded = load(scenario, changes)
    warn_of({scenario: loaded}, marks_legal_states=True)
    from diamondsim.analysis import size_reserve
    from diamondsim.cli.console import progress
    from diamondsim.reporting import json_reserve_size, reserve_size_lines

    with progress(quiet) as report_progress:
        found = ask(size_reserve, loaded, reserves, progress=report_progress, **question)
    answer(found, output, as_json=as_json, document=json_reserve_size, shown=reserve_size_lines)


@click.command("size-stock")
@scenario_argument
@click.argument("buyer", metavar="BUYER")
@_target_options
@click.option(
    "--vary",
    metavar="cover|opening",
    default="cover",
    show_default=True,
    help="What is sized: cover, which is held from the start, or opening, the stock at the start alone.",
)
@click.option(
    _SECOND_SOURCE,
    "second_source",
    multiple=True,
    metavar="PRODUCER={...}",
    help="Second source to qualify, such as oa_makers='{from: 2027-01-04, time: 12 months, share: 50%}'; "
    "default those of the scenario; repeatable.",
)
@click.option("--most", default="2 yr", show_default=True, metavar="DURATION", help="Largest stock.")
@replications_option(512, "Number of replications of each stock.")
@seed_option
@set_option
@workers_option
@output_option
@json_option
@quiet_option
def size_stock_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    scenario: str,
    buyer: str,
    chance: str | None,
    cvar: str | None,
    survive: str | None,
    vary: str,
    second_source: tuple[str, ...],
    most: str,
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    workers: int | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the smallest stock with which BUYER meets a target, without and with a second source.

    BUYER is one of the buyers of SCENARIO, or a whole use as REGION.USE. For example: diamondsim size-stock
    one-toolmaker toolmaker_a --chance 50%
    """
    entries = read_changes(second_source, _SECOND_SOURCE)
    if wrong := [name for name, entry in entries.items() if not isinstance(entry, dict)]:
        raise click.UsageError(f"{_SECOND_SOURCE} expects PRODUCER={{...}}, found no map for {wrong[0]!r}")
    question: dict[str, Any] = {
        "chance": chance,
        "cvar": cvar,
        "survive": survive,
        "vary": vary,
        "most": most,
        "second_source": entries or None,
        "replications": replications,
        "seed": seed,
        "workers": workers,
    }
    loaded = load(scenario, changes)
    warn_of({scenario: loaded}, marks_legal_states=True)
    from diamondsim.analysis import size_stock
    from diamondsim.cli.console import progress
    from diamondsim.reporting import json_stock_size, stock_size_lines

    with progress(quiet) as report_progress:
        found = ask(size_stock, loaded, buyer, progress=report_progress, **question)
    answer(found, output, as_json=as_json, document=json_stock_size, shown=stock_size_lines)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


def _by_name(texts: tuple[str, ...], option: str) -> dict[str, str] | None:
    """Return the values of NAME=VALUE; None for a single value without a name, and for none."""
    if not any("=" in text for text in texts) and len(texts) <= (option != _COST):
        return None
    found = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise click.UsageError(f"{option} expects RESERVE=VALUE, found {text!r}")
        found[name] = value
    return found or None
