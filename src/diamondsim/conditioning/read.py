"""Observations from a CSV file: one row for each figure (docs/conditioning.md lists the columns)."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator

from diamondsim.conditioning.observation import ALL_DESTINATIONS, SHARE, FigureKind, Observation
from diamondsim.errors import NotationError, Problem, ScenarioError, nearest, shown
from diamondsim.trade import CsvRow, CsvTable, carats_per, fold, read_csv, read_figure

_NEEDED = ("month", "control", "quantity", "error", "source")
_OPTIONAL = ("destination", "measure", "unit", "decided", "note")
_MEASURES: dict[str, FigureKind] = {"": "exports", "exports": "exports", "licences": "licences"}
_EXPORTS = [name for name, measure in _MEASURES.items() if measure == "exports"]
_UNITS = "share or % of a normal month, ct, kct, Mct, kg, t, cm2, m2"
_EXAMPLE = "2027-03,cn_55,0.06,share,0.04,customs of China"
_AREAS = {"cm2": 1.0, "m2": 1e4}
_MONTH = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])")
_PERCENT = re.compile(r"(.*\S)\s*%")


def read_observations(path: str | os.PathLike[str]) -> tuple[Observation, ...]:
    r"""Read observations from a CSV file.

    Parameters
    ----------
    path : path
        A file with the columns of docs/conditioning.md.

    Returns
    -------
    tuple of Observation
        In the order of the rows.

    Raises
    ------
    ScenarioError
        With every problem of the file, each with its row and column. No row is left out.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import diamondsim as ds
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "published.csv"
    >>> _ = file.write_text(
    ...     "month,control,quantity,unit,error,source\n2027-03,cn_55,0.3,share,0.1,customs\n"
    ... )
    >>> [one] = ds.read_observations(file)
    >>> one.month.isoformat(), one.quantity, one.unit
    ('2027-03-01', 0.3, 'share')
    """
    table = read_csv(os.fspath(path))
    problems = [*_columns(table)]
    if problems:
        raise ScenarioError(problems)
    rows = [_Row(table, row) for row in table.rows]
    observations = [row.observation() for row in rows]
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise ScenarioError(problems)
    return tuple(each for each in observations if each is not None)


def _columns(table: CsvTable) -> Iterator[Problem]:
    known = (*_NEEDED, *_OPTIONAL)
    for place, column in enumerate(table.columns, 1):
        if column and fold(column) not in known:
            yield Problem(
                file=table.file,
                line=1,
                column=place,
                why=f"unknown column '{column}'",
                found=column,
                suggestion=nearest(fold(column), known),
                allowed=", ".join(known),
            )
    for name in _NEEDED:
        if not table.has(name):
            yield Problem(file=table.file, line=1, why=f"the column '{name}' is missing")
    if not table.has("unit") and any(row.cells.get("measure", "") in _EXPORTS for row in table.rows):
        why = "the column 'unit' is missing, which rows of exports need"
        allowed = f"{_UNITS}; such as month,control,quantity,unit,error,source and {_EXAMPLE}"
        yield Problem(file=table.file, line=1, why=why, allowed=allowed)


class _Row:
    """A row being read; `problems` holds what is wrong with it."""

    def __init__(self, table: CsvTable, row: CsvRow) -> None:
        self.problems: list[Problem] = []
        self._table = table
        self._row = row

    def observation(self) -> Observation | None:
        """Return the observation; None if there are problems."""
        month, measure = self._month(), self._measure()
        control, source = self._text("control"), self._text("source")
        licences = measure == "licences"
        unit, factor = ("", 1.0) if licences else self._unit()
        quantity = self._number("quantity")
        decided = self._decided(quantity) if licences else self._no_decided()
        error, relative = self._licence_error() if licences else self._error(quantity)
        if self.problems:
            return None
        assert month is not None, "a month that is not read is a problem"
        return Observation(
            month=month,
            control=control,
            destination=self._cell("destination") or ALL_DESTINATIONS,
            measure=measure,
            quantity=quantity * factor,
            unit=unit,
            error=error if relative or licences else error * factor,
            relative=relative,
            decided=decided,
            source=source,
            place=f"{self._table.file}:{self._row.line}",
        )

    def _cell(self, column: str) -> str:
        return self._row.cells.get(column, "")

    def _problem(self, column: str, why: str, allowed: str | None = None, close: str | None = None) -> None:
        found = self._cell(column)
        self.problems.append(
            self._table.problem(self._row, column, why, found=found, allowed=allowed, suggestion=close)
        )

    def _text(self, column: str) -> str:
        if not self._cell(column):
            self._problem(column, "this cell is empty")
        return self._cell(column)

    def _month(self) -> dt.date | None:
        match = _MONTH.fullmatch(self._cell("month"))
        if match is None:
            why = f"expected a month, found {shown(self._cell('month'))}"
            self._problem("month", why, "a month such as 2027-03")
            return None
        return dt.date(int(match[1]), int(match[2]), 1)

    def _measure(self) -> FigureKind:
        written = self._cell("measure").casefold()
        if written not in _MEASURES:
            names = [name for name in _MEASURES if name]
            why = f"unknown measure {shown(self._cell('measure'))}"
            self._problem("measure", why, ", ".join(names), nearest(written, names))
            return "exports"
        return _MEASURES[written]

    def _unit(self) -> tuple[str, float]:
        written = self._cell("unit")
        if written.casefold() == SHARE:
            return SHARE, 1.0
        if written == "%":
            return SHARE, 0.01
        if written in _AREAS:
            return "cm2", _AREAS[written]
        carats = carats_per(written) if written else None
        if carats is None:
            why = f"unknown unit {shown(written)}" if written else "this cell is empty"
            self._problem("unit", why, _UNITS)
            return SHARE, 1.0
        return "ct", float(carats)

    def _number(self, column: str, text: str | None = None) -> float:
        """Return a number of at least 0; 0 after a problem."""
        cell = self._cell(column) if text is None else text
        try:
            figure = read_figure(cell, decimal_comma=self._table.decimal_comma)
        except NotationError as error:
            self._problem(column, error.why, error.allowed)
            return 0.0
        if figure.value is None:
            self._problem(
                column, f"{figure.why_none}, so this is no observation", "a number; or leave the row out"
            )
            return 0.0
        if figure.value < 0:
            self._problem(column, f"{shown(cell)} is negative", "a number of at least 0")
            return 0.0
        return figure.value

    def _whole(self, column: str) -> int:
        value = self._number(column)
        if value != int(value):
            self._problem(column, f"{shown(self._cell(column))} is no whole number")
        return int(value)

    def _decided(self, granted: float) -> int:
        if not self._cell("decided"):
            self._problem("decided", "this cell is empty", "how many applications were decided")
            return 0
        decided = self._whole("decided")
        if self._whole("quantity") > decided or decided == 0:
            why = f"{granted:g} licences granted of {decided} decided"
            self._problem("decided", why, "at least one, and no fewer than were granted")
        if self._cell("unit"):
            self._problem("unit", "licences have no unit", "an empty cell")
        return decided

    def _no_decided(self) -> int:
        if self._cell("decided"):
            self._problem("decided", "only licences have a number of decisions", "an empty cell")
        return 0

    def _error(self, quantity: float) -> tuple[float, bool]:
        """Return the error of exports, and whether it is relative."""
        cell = self._text("error")
        if not cell:
            return 0.0, False
        percent = _PERCENT.fullmatch(cell)
        error = self._number("error", percent[1] if percent else cell) / (100 if percent else 1)
        if self.problems:
            return error, False
        if error == 0:
            self._problem("error", "an error of 0 excludes every replication", "a number above 0")
        if percent and quantity == 0:
            why = f"{shown(cell)} of 0 is no error"
            self._problem(
                "error", why, "a number in the unit of the row: what would have been too little to show"
            )
        return error, percent is not None

    def _licence_error(self) -> tuple[float, bool]:
        cell = self._text("error")
        if not cell:
            return 0.0, False
        percent = _PERCENT.fullmatch(cell)
        error = self._number("error", percent[1] if percent else cell) / (100 if percent else 1)
        if error >= 1:
            why = f"{shown(cell)} is no share of meaningless reports"
            self._problem("error", why, "at least 0, below 1 (or 100%)")
        return error, False
