"""`diamondsim compare`: several scenarios on common random numbers, and the table of their differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from diamondsim.cli.answers import answer, leave_if_failed
from diamondsim.cli.options import (
    SET,
    json_option,
    output_option,
    quarters_option,
    quiet_option,
    read_changes,
    replications_option,
    seed_option,
    set_option,
    workers_option,
)
from diamondsim.cli.python_script import ask, made, overridden
from diamondsim.cli.run_options import VARIANT, VARIANT_FORM, variant_option
from diamondsim.cli.scenario_warnings import warn_of
from diamondsim.cli.store_options import open_store, store_option

if TYPE_CHECKING:
    from diamondsim.errors import Problem
    from diamondsim.scenario import Scenario

_OPENING, _CLOSING, _QUOTES = "{[", "}]", "\"'"


@click.command("compare")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@variant_option("Compare also the first SCENARIO with these changes, under this name")
@replications_option(4096, "Number of replications of each scenario.")
@seed_option
@workers_option
@set_option
@store_option
@output_option
@json_option
@quarters_option
@quiet_option
def compare_command(  # noqa: PLR0913, PLR0917 - click passes each option separately
    scenarios: tuple[str, ...],
    variants: tuple[str, ...],
    replications: int,
    seed: int,
    workers: int | None,
    changes: tuple[str, ...],
    store: str | None,
    output: str | None,
    as_json: bool,
    quarters: bool,
    quiet: bool,
) -> None:
    """Compare each SCENARIO with the first: chance of shortage, difference, and which is best.

    All use the same random numbers. --set changes every SCENARIO.

    For example: diamondsim compare lapse-2027 rollover us-reserve
    """
    loaded = load_compared(scenarios, variants, changes)
    warn_of(loaded, marks_legal_states=True)
    from diamondsim.analysis import compare, failures_in
    from diamondsim.cli.console import progress
    from diamondsim.reporting import comparison_renderable, json_comparison

    with open_store(store) as opened_store, progress(quiet) as report_progress:
        found = ask(
            compare,
            loaded,
            replications=replications,
            seed=seed,
            workers=workers,
            progress=report_progress,
            store=opened_store,
        )
    answer(
        found,
        output,
        as_json=as_json,
        document=json_comparison,
        shown=partial(comparison_renderable, by_quarter=quarters),
        kind="DataTree",
    )
    leave_if_failed(failures_in(found.attrs))


def load_compared(
    scenarios: Sequence[str], variants: Sequence[str], changes: Sequence[str]
) -> dict[str, Scenario]:
    """Load scenarios and variants of the first.

    Parameters
    ----------
    scenarios : sequence of str
        Names of shipped scenarios or paths of files; a file is called by its name without folder and suffix.
    variants : sequence of str
        Each ``NAME: PATH=VALUE; PATH=VALUE``: changes of the first.
    changes : sequence of str
        Changes of all, ``PATH=VALUE``.

    Returns
    -------
    dict of str to Scenario

    Raises
    ------
    ScenarioError
        With the problems of all scenarios, each with its name, and names that are given twice.
    click.UsageError
        If a variant or a change does not have its form.
    """
    from diamondsim.analysis import named
    from diamondsim.errors import Problem, ScenarioError, shown
    from diamondsim.scenario import load_scenario

    common, read = read_changes(changes), _read_variants(variants)
    loaded: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for text in scenarios:
        name = _name_of(text)
        if name in loaded:
            problems.append(
                Problem(why=f"expected each scenario once, found {shown(name)} again", found=name)
            )
            continue
        try:
            scenario = made(load_scenario, text)
        except ScenarioError as error:
            problems += error.problems
            continue
        try:
            loaded[name] = overridden(scenario, common, name=SET) if common else scenario
        except ScenarioError as error:
            problems += named(name, error)
    first = loaded.get(_name_of(scenarios[0]))
    for name, own in read:
        if name in loaded:
            why = f"expected a name of its own for each variant, found {shown(name)} again"
            problems.append(Problem(why=why, file=VARIANT, found=name))
        elif first is not None:
            try:
                option = f"{VARIANT} {name}"
                loaded[name] = overridden(first, read_changes(own, option), name=option)
            except ScenarioError as error:
                problems += named(name, error)
    if problems:
        raise ScenarioError(problems)
    return loaded


def _name_of(scenario: str) -> str:
    """Return the name under which a scenario is compared."""
    path = PurePath(scenario)
    return path.stem if path.suffix.lower() in (".yaml", ".yml") else scenario


def _read_variants(variants: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return the name of each variant and its changes.

    Raises
    ------
    click.UsageError
        With all that cannot be read.
    """
    read, wrong = [], []
    for text in variants:
        name, colon, rest = text.partition(":")
        changes = [part.strip() for part in _split(rest) if part.strip()]
        if not (colon and name.strip() and changes) or not all("=" in each for each in changes):
            wrong.append(repr(text))
        read.append((name.strip(), changes))
    if wrong:
        raise click.UsageError(f"{VARIANT} expects {VARIANT_FORM}, found {', '.join(wrong)}")
    return read


def _split(text: str) -> Iterator[str]:
    """Yield what stands between semicolons, except those in quotes or brackets."""
    part, depth, quote = "", 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES:
            quote = letter
        else:
            depth += (letter in _OPENING) - (letter in _CLOSING)
        if letter == ";" and not quote and depth <= 0:
            yield part
            part = ""
        else:
            part += letter
    yield part
