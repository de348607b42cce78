"""The command that `python3 dev.py mechanisms` calls: measure tables, print them, put them into the page."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.declared_runs.declarations import DeclarationError, rows_named
from benchmarks.declared_runs.marked_pages import write_between_marks
from benchmarks.declared_runs.options import REPLICATIONS, add_run_options, tell
from benchmarks.mechanisms.declared import Table, tables
from benchmarks.mechanisms.measuring import Figure
from benchmarks.mechanisms.rendering import text_of
from benchmarks.mechanisms.running import Outcome, run_tables

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mechanisms.md"


def main(arguments: Sequence[str]) -> int:
    """Run the command and return the exit code."""
    asked = parser().parse_args(arguments)
    finished: list[Outcome] = []
    try:
        chosen = chosen_tables(asked.names, asked.since)
        if asked.list:
            print("\n".join(table.name for table in chosen))
            return 0
        if asked.read:
            kept = read(asked.read)
            for table in chosen:
                if table.name in kept:
                    show(table, kept[table.name], page=asked.page)
            return 0
        if asked.page:
            refuse_for_page(asked.n)
        measured = run_tables(chosen, asked.n, workers=asked.workers, report=tell)
        for table, outcome in zip(chosen, measured, strict=True):
            show(table, outcome, page=asked.page)
            finished.append(outcome)
            if asked.json:
                asked.json.write_text(json.dumps([written(each) for each in finished], indent=1) + "\n")
    except (DeclarationError, OSError) as error:
        print(f"mechanisms: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        tell(f"mechanisms: stopped; to measure the other tables: --from {chosen[len(finished)].name}")
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="dev.py mechanisms",
        description="Measure what each mechanism does to the results: run the cases of the tables of "
        "docs/mechanisms.md with common random numbers, each case once. A table is printed, kept and put "
        "into the page as soon as it is measured.",
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="tables to measure; by default all")
    made.add_argument("--from", dest="since", metavar="NAME", help="this table and those after it")
    add_run_options(made, page="docs/mechanisms.md")
    return made


def chosen_tables(names: Sequence[str], since: str | None) -> list[Table]:
    """Return the tables of some names (of none: all), from one of them on."""
    chosen = rows_named(tables(), names, what="table")
    if since is None:
        return chosen
    (first,) = rows_named(chosen, [since], what="table")
    return chosen[chosen.index(first) :]


def written(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as `--json` writes it."""
    cells = [
        {"row": label, "column": head, "figures": [dataclasses.asdict(figure) for figure in figures]}
        for (label, head), figures in outcome.figures.items()
    ]
    return {"name": outcome.name, "replications": outcome.replications, "cells": cells}


def read(files: Sequence[Path]) -> dict[str, Outcome]:
    """Return the outcomes of files by table; of two of one table the later one counts."""
    found = {}
    for file in files:
        try:
            for row in json.loads(file.read_text(encoding="utf-8")):
                found[row["name"]] = _outcome(row)
        except (ValueError, KeyError, TypeError) as error:
            raise DeclarationError(f"{file} does not hold figures of this command") from error
    return found


def _outcome(row: dict[str, Any]) -> Outcome:
    figures = {(cell["row"], cell["column"]): [*map(_figure, cell["figures"])] for cell in row["cells"]}
    return Outcome(row["name"], row["replications"], figures)


def _figure(row: dict[str, Any]) -> Figure:
    apart = row["difference"]
    return Figure(row["value"], row["before"], None if apart is None else (apart[0], apart[1], apart[2]))


def refuse_for_page(replications: int) -> None:
    """Refuse another number of replications than the page states."""
    if replications != REPLICATIONS:
        raise DeclarationError(f"the page holds runs of {REPLICATIONS} replications, not of {replications}")


def show(table: Table, outcome: Outcome, *, page: bool) -> None:
    """Print a table and, on demand, put it into the page."""
    text = text_of(table, outcome)
    print(f"## {table.name}\n\n{text}\n", flush=True)
    if page:
        refuse_for_page(outcome.replications)
        write_between_marks(table.name, text, PAGE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
