"""Which layout a file has, and the rows of all files.

Owns the list of layouts, and how the problems of many rows are told as one.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from diamondsim.errors import Problem, ScenarioError
from diamondsim.trade.comtrade import comtrade_rows, is_comtrade
from diamondsim.trade.csv_table import CsvTable, read_csv
from diamondsim.trade.plain_layout import NEEDED, is_plain, plain_rows
from diamondsim.trade.rows import TradeRow
from diamondsim.trade.usgs import is_usgs, usgs_rows

USGS: Final = "USGS data release"
_LAYOUTS = (
    ("UN Comtrade", is_comtrade, comtrade_rows),
    (USGS, is_usgs, usgs_rows),
    ("plain", is_plain, plain_rows),
)


def read_files(files: Sequence[str | Path]) -> tuple[list[CsvTable], list[str], list[TradeRow]]:
    """Read files, each in the layout that its columns show.

    Returns
    -------
    tables, layouts
        The files, and the name of the layout of each.
    rows
        Of all files, in their order.

    Raises
    ------
    ScenarioError
        With all problems of all files.
    """
    tables: list[CsvTable] = []
    layouts: list[str] = []
    rows: list[TradeRow] = []
    problems: list[Problem] = []
    for path in files:
        try:
            table = read_csv(path)
        except ScenarioError as error:
            problems += error.problems
            continue
        if any(table.sha256 == other.sha256 for other in tables):
            problems.append(Problem(file=table.file, why="this file is given twice"))
            continue
        layout = next(((name, read) for name, fits, read in _LAYOUTS if fits(table)), None)
        if layout is None:
            problems.append(_unknown_layout(table))
            continue
        tables.append(table)
        layouts.append(layout[0])
        found: list[Problem] = []
        rows += layout[1](table, found)
        problems += found
    if problems:
        raise ScenarioError(_grouped(problems))
    return tables, layouts, rows


def _grouped(problems: Sequence[Problem]) -> list[Problem]:
    """Return the first problem of each kind in each column; it says in how many more rows it occurs."""
    first: dict[tuple[object, ...], Problem] = {}
    more: dict[tuple[object, ...], int] = {}
    for place, problem in enumerate(problems):
        key = (problem.file, problem.column, problem.path, problem.why) if problem.path else (place,)
        more[key] = more.get(key, -1) + 1
        first.setdefault(key, problem)
    return [
        replace(problem, why=f"{problem.why} (and in {more[key]:,} more rows)") if more[key] else problem
        for key, problem in first.items()
    ]


def _unknown_layout(table: CsvTable) -> Problem:
    columns = ", ".join(table.columns[:6]) + (", ..." if len(table.columns) > 6 else "")
    why = f"these columns are none of UN Comtrade, USGS or the plain layout: {columns}"
    return Problem(file=table.file, line=1, why=why, allowed=f"at least {', '.join(NEEDED)}")
