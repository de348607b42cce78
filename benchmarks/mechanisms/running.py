"""Run the cases of some tables, each once, and yield the figures of every cell, table by table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.declared_runs.running import Report, run_each
from benchmarks.mechanisms.declared import Cell, Table
from benchmarks.mechanisms.measuring import Figure, Values, figures_of, measure_case


@dataclass(frozen=True)
class Outcome:
    """The figures of one table.

    Attributes
    ----------
    name : str
        Of the table.
    replications : int
    figures : mapping of (str, str) to list of Figure
        By label and head.
    """

    name: str
    replications: int
    figures: Mapping[tuple[str, str], list[Figure]]


def run_tables(
    tables: Sequence[Table], replications: int, *, workers: int = 1, report: Report = lambda _text: None
) -> Iterator[Outcome]:
    """Run the cases of some tables with common random numbers; yield each table as soon as it is measured."""
    cases = {case.key: case for table in tables for case in table.cases.values()}
    hash_of = {key: case.load().hash for key, case in cases.items()}
    wanted: dict[str, dict[int, Cell]] = {}
    for table in tables:
        for cell in table.cells.values():
            for case in cell.cases:
                wanted.setdefault(hash_of[table.cases[case].key], {})[id(cell)] = cell
    by_hash = {content: [*cells.values()] for content, cells in wanted.items()}
    job = partial(measure_case, wanted=by_hash, replications=replications)
    coming = run_each([*cases.values()], job, workers=workers, report=report)
    values: dict[str, Values] = {}
    for table in tables:
        for own in table.cases.values():
            while own.key not in values:
                key, values[key] = next(coming)
        yield Outcome(table.name, replications, _figures(table, values))


def _figures(table: Table, values: Mapping[str, Values]) -> dict[tuple[str, str], list[Figure]]:
    of_case = {name: values[case.key] for name, case in table.cases.items()}
    return {
        place: figures_of(cell, of_case[cell.case], of_case[cell.other] if cell.other else None)
        for place, cell in table.cells.items()
    }
