"""Tables as an Excel workbook: where they come from first, then what the columns are, then a sheet each.

Before them stands a summary of a run or a comparison, on which the workbook opens; otherwise it opens on the
main table.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diamondsim.files.about_tables import ColumnNote, Fact, columns_of, provenance_facts, scenario_texts
from diamondsim.files.result_tables import Result, ResultTables
from diamondsim.files.summary_table import summary_table
from diamondsim.results import DataFrame, atomic_write

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS = 2**20 - 1
"""Rows of a sheet below its header."""
MAX_COLUMNS = 2**14
MAX_CELL_CHARS = 32_767
MAX_NAME_CHARS = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")
"""What no name of a sheet has."""
_MADE = dt.datetime(1980, 1, 1)
"""When a workbook says that it was made; with the true time two files of one result would differ."""
_FORMATS: Mapping[str, str] = {
    "1": "0.000",
    "tick": "#,##0.0",
    "day": "#,##0.0",
    "days": "#,##0.0",
    "USD/carat": "#,##0.00",
    "unit of the input": "General",
}
"""Number formats by unit; quantities and money have `_QUANTITY`."""
_QUANTITY, _PROBABILITY, _DATE, _TIME = "#,##0.0", "0.0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_FIRST_SHEETS = ("summary", "provenance", "columns")
_WIDEST = 40
"""Width of a column at most, in characters."""


def write_workbook(
    result: Result,
    found: ResultTables,
    names: Sequence[str],
    left_out: Sequence[str],
    target: Path,
) -> Path:
    """Write tables to an Excel workbook.

    Texts are texts, also those that begin like a formula. A missing number is an empty cell, and an infinite
    one, which a cell cannot hold, the text ``inf`` or ``-inf``.

    Parameters
    ----------
    result : xarray.Dataset, xarray.DataTree or Trace
    found : ResultTables
        Its tables.
    names : sequence of str
        Which of them to write.
    left_out : sequence of str
        Which of them are not written.
    target : pathlib.Path

    Returns
    -------
    pathlib.Path
        `target`.

    Raises
    ------
    ValueError
        If a table has more rows or columns than a sheet, or a text more characters than a cell; the message
        names all of these tables.
    OSError
        If the machine fails; an existing file is then unchanged.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - an extra

    frames = {name: found[name] for name in names}
    frames = {name: frame for name, frame in frames.items() if len(frame) or name == names[0]}
    _require_sheets(frames)
    texts = scenario_texts(result)
    of_scenarios = {node: f"scenario {node}" if node else "scenario" for node in texts}
    summary = summary_table(frames)
    sheets = sheet_names([*_FIRST_SHEETS, *frames, *of_scenarios.values()])
    content = io.BytesIO()
    with Workbook(content, {"constant_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _MADE})
        if summary is not None:
            _write_table(book, sheets["summary"], *summary, share_format=_PROBABILITY)
        facts = [piece for fact in provenance_facts(result, left_out) for piece in _in_cells(fact)]
        _write_rows(book, sheets["provenance"], Fact._fields, facts)
        columns = [line for name, frame in frames.items() for line in columns_of(name, frame, sheets[name])]
        head = ["sheet", *ColumnNote._fields[1:]]
        _write_rows(book, sheets["columns"], head, columns)
        for name, frame in frames.items():
            _write_table(book, sheets[name], frame)
        for node, text in texts.items():
            lines = [(line,) for line in text.splitlines()]
            _write_rows(book, sheets[of_scenarios[node]], (of_scenarios[node],), lines)
        if frames:
            main = found.main if found.main in frames else next(iter(frames))
            opened = main if summary is None else "summary"
            book.get_worksheet_by_name(sheets[str(opened)]).activate()
    atomic_write(target, content.getvalue())
    return target


def sheet_names(names: Iterable[str]) -> dict[str, str]:
    """Return the name of the sheet of each table: at most 31 characters, none forbidden, no two alike.

    Examples
    --------
    >>> list(sheet_names(["a/b", "A_b", "form_by_weights_by_series_by_month_by_level"]).values())
    ['a_b', 'A_b~2', 'form_by_weights_by_series_by_mo']
    """
    taken: dict[str, str] = {}
    for name in names:
        plain = _FORBIDDEN.sub("_", name) or "_"
        made, number = plain[:MAX_NAME_CHARS], 1
        # Excel does not tell capitals, and keeps History for itself.
        while made.casefold() in {each.casefold() for each in taken.values()} | {"history"}:
            number += 1
            end = f"~{number}"
            made = plain[: MAX_NAME_CHARS - len(end)] + end
        taken[name] = made
    return taken


def _require_sheets(frames: Mapping[str, DataFrame]) -> None:
    problems = []
    for name, frame in frames.items():
        rows, columns = frame.shape
        if rows > MAX_ROWS:
            problems.append(f"table '{name}' has {rows:,} rows, and a sheet holds {MAX_ROWS:,}")
        if columns > MAX_COLUMNS:
            problems.append(f"table '{name}' has {columns:,} columns, and a sheet holds {MAX_COLUMNS:,}")
        for column in frame.columns:
            if frame[column].dtype.kind not in "biufM":
                longest = max((len(str(text)) for text in frame[column].unique()), default=0)
                if longest > MAX_CELL_CHARS:
                    problems.append(
                        f"column '{column}' of table '{name}' has a text of {longest:,} characters, "
                        f"and a cell holds {MAX_CELL_CHARS:,}"
                    )
    if problems:
        raise ValueError("; ".join(problems) + ": write a .parquet or .csv file, or choose other tables")


def _in_cells(fact: Fact) -> Iterator[tuple[str, str, str | int | float]]:
    """Yield a fact, in several rows if it has several lines or more text than a cell holds."""
    if not isinstance(fact.value, str):
        yield fact
        return
    lines = fact.value.splitlines() or [""]
    size = MAX_CELL_CHARS
    pieces = (line[k : k + size] for line in lines for k in range(0, max(len(line), 1), size))
    for piece in pieces:
        yield fact.scenario, fact.name, piece


def _write_rows(
    book: Workbook, name: str, head: Sequence[str], rows: Iterable[tuple[str | int | float, ...]]
) -> None:
    """Write a sheet of texts and plain numbers."""
    rows = [*rows]
    sheet = book.add_worksheet(name)
    for k, title in enumerate(head):
        longest = max((len(str(row[k])) for row in rows), default=0)
        sheet.set_column(k, k, min(max(longest, len(title)) + 2, 2 * _WIDEST))
    _write_head(book, sheet, head, 0)
    for i, row in enumerate(rows, start=1):
        for k, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(i, k, cell)
            else:
                _write_number(sheet, i, k, float(cell), None)


def _write_head(book: Workbook, sheet: Worksheet, titles: Sequence[str], labels: int) -> None:
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, labels)
    for k, title in enumerate(titles):
        sheet.write_string(0, k, title, bold)


def _write_table(
    book: Workbook,
    name: str,
    frame: DataFrame,
    titles: Sequence[str] | None = None,
    share_format: str | None = None,
) -> None:
    """Write a table with the units in its header, frozen above and left of its numbers.

    `titles` are the names of the columns by default; `share_format` is for numbers without a unit.
    """
    sheet, has_titles = book.add_worksheet(name), titles is not None
    units = frame.attrs["units"]
    titles = [
        f"{title} [{units[column]}]" if units.get(column, "1") != "1" else title
        for column, title in zip(frame.columns, titles or frame.columns, strict=True)
    ]
    columns = [
        _column(frame[column], column, units.get(column, ""), share_format) for column in frame.columns
    ]
    for k, (title, (_, _, width)) in enumerate(zip(titles, columns, strict=True)):
        # Titles are words, and break; the name of a column is one.
        longest = max(map(len, title.split())) if has_titles else len(title)
        sheet.set_column(k, k, min(max(width, longest) + 2, _WIDEST))
    _write_head(book, sheet, titles, len(frame.attrs["labels"]))
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(titles) - 1)
    formats = {text: book.add_format({"num_format": text}) for _, text, _ in columns if text}
    write = [(cells, formats.get(text)) for cells, text, _ in columns]
    for i in range(len(frame)):
        for k, (cells, number_format) in enumerate(write):
            cell = cells[i]
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(i + 1, k, cell)
            elif isinstance(cell, bool):
                sheet.write_boolean(i + 1, k, cell)
            elif isinstance(cell, dt.datetime):
                sheet.write_datetime(i + 1, k, cell, number_format)
            elif cell is not None:
                _write_number(sheet, i + 1, k, cell, number_format)


def _write_number(sheet: Worksheet, row: int, column: int, value: float, number_format: object) -> None:
    if math.isfinite(value):
        sheet.write_number(row, column, value, number_format)
    elif not math.isnan(value):
        sheet.write_string(row, column, "inf" if value > 0 else "-inf")


def _column(series: Any, name: str, unit: str, share_format: str | None = None) -> tuple[list[Any], str, int]:
    """Return the cells of a column, its number format, and its width in characters without the header."""
    kind = series.dtype.kind
    if kind == "M":
        dates = series.to_numpy().astype("datetime64[s]")
        whole = bool((dates == dates.astype("datetime64[D]")).all())
        return [*dates.astype(object)], _DATE if whole else _TIME, 10 if whole else 16
    if kind == "b":
        return series.tolist(), "", 5
    if kind in "iu":
        return series.tolist(), "0", 6
    if kind == "f":
        number_format = _PROBABILITY if "probability" in name else _FORMATS.get(unit, _QUANTITY)
        if share_format is not None and unit == "1":
            number_format = share_format
        return series.tolist(), number_format, 10
    texts = [
        "" if none else str(cell) for cell, none in zip(series.astype(object), series.isna(), strict=True)
    ]
    return texts, "", max(map(len, {*texts}), default=0)
