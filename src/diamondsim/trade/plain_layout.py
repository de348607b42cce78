"""The plain layout: the columns in which anybody can write trade figures.

Owns its columns; docs/trade-data.md lists them.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TypeVar

from diamondsim.errors import NotationError, Problem, nearest, shown
from diamondsim.trade.areas import Area, area_of, nearest_area
from diamondsim.trade.csv_table import CsvRow, CsvTable, fold
from diamondsim.trade.figures import CellFigure, carats_per, digits_of, read_figure, read_period
from diamondsim.trade.rows import Statistic, TradeRow

NEEDED = ("period", "origin", "quantity", "unit")
OPTIONAL = (
    "destination",
    "reporter",
    "statistic",
    "code",
    "grade",
    "value_usd",
    "imputed",
    "estimated",
    "source",
)
_STATISTICS: dict[str, Statistic | None] = {
    "trade": None,  # imports or exports, depending on who reports
    "re-export": "re-export",
    "production": "production",
    "secondary": "secondary",
}
_Value = TypeVar("_Value")
_FLAGS = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}


def is_plain(table: CsvTable) -> bool:
    """Return whether a file is meant to have the plain layout: it has most of the columns that it needs."""
    return sum(table.has(name) for name in NEEDED) >= len(NEEDED) - 1


def plain_rows(table: CsvTable, problems: list[Problem]) -> Iterator[TradeRow]:
    """Yield the rows of a plain file; what cannot be read is added to `problems`."""
    found = [*_unknown_columns(table), *_missing_columns(table)]
    problems += found
    if found:
        return
    for row in table.rows:
        reading = _Reading(table, row)
        made = _row(reading)
        problems += reading.problems
        if made is not None and not reading.problems:
            yield made


def _unknown_columns(table: CsvTable) -> Iterator[Problem]:
    known = (*NEEDED, *OPTIONAL, "note")
    for place, column in enumerate(table.columns, 1):
        if column and fold(column) not in known:
            close, allowed = nearest(fold(column), known), ", ".join(known)
            why = f"unknown column '{column}'"
            yield Problem(
                file=table.file,
                line=1,
                column=place,
                why=why,
                found=column,
                suggestion=close,
                allowed=allowed,
            )


def _missing_columns(table: CsvTable) -> Iterator[Problem]:
    missing = [name for name in NEEDED if not table.has(name)]
    statistics = {row.cells.get("statistic", "").casefold() for row in table.rows}
    if not table.has("destination") and not statistics <= {"production", "secondary"}:
        missing.append("destination")
    for name in missing:
        yield Problem(file=table.file, line=1, why=f"the column '{name}' is missing")


class _Reading:
    """One row of a plain file while its cells are read, and the problems with them."""

    def __init__(self, table: CsvTable, row: CsvRow) -> None:
        self.table, self.row = table, row
        self.problems: list[Problem] = []

    def text(self, column: str) -> str:
        """Return the text of a cell; empty where the file has no such column."""
        return self.row.cells.get(column, "")

    def refuse(
        self, column: str, why: str, allowed: str | None = None, suggestion: str | None = None
    ) -> None:
        """Keep a problem with a cell."""
        found = self.text(column)
        self.problems.append(
            self.table.problem(self.row, column, why, found=found, allowed=allowed, suggestion=suggestion)
        )

    def read(self, column: str, how: Callable[[str], _Value], default: _Value) -> _Value:
        """Return what a function makes of a cell; the default where it refuses it."""
        try:
            return how(self.text(column))
        except NotationError as error:
            self.refuse(column, error.why, error.allowed, error.suggestion)
            return default

    def area(self, column: str) -> Area | None:
        """Return the area that a cell names; None, with a problem, where it names none."""
        word = self.text(column)
        area = area_of(word) if word else None
        if area is None:
            why = f"unknown area {shown(word)}" if word else "expected an area, found nothing"
            allowed = "letters of ISO 3166 (JPN or JP), a number of M49 (392), or a name (Japan)"
            self.refuse(column, why, allowed, nearest_area(word) if word else None)
        return area

    def figure(self, column: str) -> CellFigure:
        """Return the figure in a cell, which is not negative."""

        def read(text: str) -> CellFigure:
            figure = read_figure(text, decimal_comma=self.table.decimal_comma)
            if figure.value is not None and figure.value < 0:
                raise NotationError(f"a negative number, {shown(text)}", found=text, allowed="0 or more")
            return figure

        return self.read(column, read, CellFigure(None))


def _row(cells: _Reading) -> TradeRow | None:
    nowhen: tuple[int, int | None] = (0, None)
    year, month = cells.read("period", read_period, nowhen)
    factor = cells.read("unit", _carats, Fraction(1))
    figure, value = cells.figure("quantity"), cells.figure("value_usd")
    imputed, estimated = (cells.read(name, _yes_or_no, False) for name in ("imputed", "estimated"))
    code = cells.read("code", _code, "")
    if cells.text("code") and cells.text("grade"):
        cells.refuse("grade", "a row has a code or a grade, not both")
    word = cells.read("statistic", _statistic, "trade")
    own = word in ("production", "secondary")
    origin = cells.area("origin")
    destination = None if own and not cells.text("destination") else cells.area("destination")
    reporter = cells.area("reporter") if cells.text("reporter") else _reporter(origin, destination)
    if cells.problems or origin is None or reporter is None or (destination is None and not own):
        return None
    if reporter not in (origin, destination):
        why = f"the reporter {shown(cells.text('reporter'))} is neither the origin nor the destination"
        cells.refuse("reporter", why)
        return None
    imports = not own and reporter == destination and reporter != origin
    trade: Statistic = "import" if imports else "export"
    return TradeRow(
        file=cells.table.file,
        line=cells.row.line,
        statistic=_STATISTICS[word] or trade,
        reporter=reporter,
        partner=None if own else origin if imports else destination,
        year=year,
        month=month,
        code=code,
        ct=None if figure.value is None else float(factor) * figure.value,
        usd=value.value,
        imputed=imputed,
        estimated=estimated or figure.estimated,
        no_quantity=figure.why_none,
        grade=cells.text("grade"),
        source=cells.text("source"),
    )


def _reporter(origin: Area | None, destination: Area | None) -> Area | None:
    """Return who reports a row that does not say so: the origin, or the destination if only it can."""
    if origin is not None and destination is not None and origin.kind != "country":
        return destination if destination.kind == "country" else origin
    return origin


def _carats(unit: str) -> Fraction:
    factor = carats_per(unit) if unit else None
    if factor is None:
        why = f"unknown unit {shown(unit)}" if unit else "expected a unit, found nothing"
        allowed = "ct, kct, Mct, g, kg, t, or a longer name of these"
        raise NotationError(why, found=unit, allowed=allowed)
    return factor


def _code(text: str) -> str:
    digits = digits_of(text)
    if digits is None or len(digits) % 2 or len(digits) > 10:
        why = f"expected a commodity code of an even number of digits up to 10, found {shown(text)}"
        allowed = "710510 or 7105.10.20; mind that spreadsheets drop zeros at the end"
        raise NotationError(why, found=text, allowed=allowed)
    return digits


def _statistic(text: str) -> str:
    word = text.casefold() or "trade"
    if word not in _STATISTICS:
        why = f"unknown statistic {shown(text)}"
        close = nearest(word, _STATISTICS)
        raise NotationError(why, found=text, suggestion=close, allowed=", ".join(_STATISTICS))
    return word


def _yes_or_no(text: str) -> bool:
    if text.casefold() not in _FLAGS:
        raise NotationError(f"expected yes or no, found {shown(text)}", found=text, allowed="yes, no")
    return _FLAGS[text.casefold()]
