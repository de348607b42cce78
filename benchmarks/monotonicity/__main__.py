"""The command that `python3 dev.py monotonicity` calls: run rows, print their table, put it into the page."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.declared_runs.declarations import DeclarationError, rows_named
from benchmarks.declared_runs.marked_pages import read_between_marks, write_between_marks
from benchmarks.declared_runs.options import add_run_options, tell
from benchmarks.monotonicity import tables
from benchmarks.monotonicity.comparing import Outcome, UseChange
from benchmarks.monotonicity.declared import flips, pairs
from benchmarks.monotonicity.running import FlipOutcome, run_flips, run_pairs
from diamondsim.plan import compile_plan


def main(arguments: Sequence[str]) -> int:
    """Run the command and return the exit code."""
    asked = parser().parse_args(arguments)
    try:
        if asked.reasons:
            return renew()
        return show(asked) if asked.read else run(asked)
    except DeclarationError as error:
        print(f"monotonicity: {error}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="dev.py monotonicity",
        description="Run pairs of scenarios of which the second should make nobody served worse off, with "
        "common random numbers; or, with --flips, single changes to the main question.",
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="rows to run; by default all")
    made.add_argument("--flips", action="store_true", help="run the flip table instead of the pairs")
    made.add_argument(
        "--reasons", action="store_true", help="run nothing; put the reasons of pairs.yaml into the page"
    )
    add_run_options(made, page="docs/monotonicity.md")
    return made


def run(asked: argparse.Namespace) -> int:
    """Run some rows and show their outcomes."""
    chosen_pairs = [] if asked.flips else rows_named(pairs(), asked.names)
    chosen_flips = rows_named(flips(), asked.names) if asked.flips else []
    if asked.list:
        named = [(row.name, row.what) for row in chosen_pairs] + [
            (row.name, row.what) for row in chosen_flips
        ]
        print("\n".join(f"{name:28} {what}" for name, what in named))
        return 0
    for case in [*(pair.before for pair in chosen_pairs), *(pair.after for pair in chosen_pairs)] + [
        flip.case for flip in chosen_flips
    ]:
        compile_plan(case.load())  # a row that cannot start is told before the first one runs
    together: dict[str, Any] = {"workers": asked.workers, "report": tell}
    outcomes: list[Outcome | FlipOutcome] = [
        *run_pairs(chosen_pairs, asked.n, **together),
        *run_flips(chosen_flips, asked.n, **together),
    ]
    if asked.json:
        asked.json.write_text(json.dumps([dataclasses.asdict(o) for o in outcomes], indent=1) + "\n")
    put(outcomes, page=asked.page)
    return 0


def show(asked: argparse.Namespace) -> int:
    """Show the outcomes of files; of two outcomes of one row the later one counts."""
    outcomes = [outcome_of(row) for file in asked.read for row in json.loads(file.read_text())]
    # A pair and a flip may have the same name.
    put([*{(type(outcome), outcome.name): outcome for outcome in outcomes}.values()], page=asked.page)
    return 0


def renew() -> int:
    """Give the pairs on the page the reasons of pairs.yaml, beside the figures that stand there."""
    table = read_between_marks("pairs", tables.PAGE)
    write_between_marks("pairs", tables.renew_reasons(table, pairs()), tables.PAGE)
    return 0


def outcome_of(row: dict[str, Any]) -> Outcome | FlipOutcome:
    """Return an outcome as written by `--json`."""
    if "figures" in row:
        return FlipOutcome(**(row | {"figures": tuple(row["figures"])}))
    changes = {use: UseChange(**change) for use, change in row.pop("changes").items()}
    return Outcome(**(row | {"served": tuple(row["served"])}), changes=changes)


def put(outcomes: Sequence[Outcome | FlipOutcome], *, page: bool) -> None:
    """Print the tables of some outcomes and, on demand, put them into the page."""
    of_pairs = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    of_flips = [outcome for outcome in outcomes if isinstance(outcome, FlipOutcome)]
    made = {}
    if of_pairs:
        made["pairs"] = f"{tables.pair_summary(of_pairs)}\n\n{tables.pair_table(pairs(), of_pairs)}"
    if of_flips:
        made["flips"] = tables.flip_table(flips(), of_flips)
    for name, text in made.items():
        print(text)
        if page:
            write_between_marks(name, text, tables.PAGE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
