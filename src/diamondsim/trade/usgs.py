"""Data releases of the United States Geological Survey: the balance of industrial diamond.

Owns both forms of the Mineral Commodity Summaries: since 2026 one file for all commodities, a row for each
figure; before, a file for each commodity, a row for each year, and a unit at the end of each column's name.
The words in the rows differ from edition to edition, so a row is recognised by what they contain; a row that
is not recognised, or is about another mineral, is left out and listed.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from diamondsim.errors import NotationError, Problem, shown
from diamondsim.trade.areas import Area, area_of, nearest_area
from diamondsim.trade.csv_table import CsvRow, CsvTable, fold
from diamondsim.trade.figures import carats_per, read_figure
from diamondsim.trade.rows import Statistic, TradeRow

_POWDER = re.compile(r"bort|grit|dust|powder")
_STONES = re.compile(r"stone")
_SECONDARY = re.compile(r"second|recyc|recover")
_KINDS: tuple[tuple[re.Pattern[str], Statistic], ...] = (
    (re.compile(r"import source|import share"), "share"),
    (re.compile(r"reliance|nir\b|nir_"), "other"),
    (re.compile(r"price|value"), "other"),
    (re.compile(r"consum"), "other"),
    (re.compile(r"import"), "import"),
    (re.compile(r"export"), "export"),
    (re.compile(r"prod"), "production"),
)
_YEARS = re.compile(r"(\d{4})(?:\W+(\d{2,4}))?(?P<estimated>[\s_]*e(?:stimated)?)?")
"""A year, several (2021-24), or a year with the mark of an estimate (2025e, 2025_estimated)."""
_CODE = "710510"
"""The rows for bort, grit, dust and powder count what this code of the Harmonized System counts."""
_NOT_TRADE = "USGS: no quantity made or traded"
_ANOTHER = "USGS: another mineral"
SOURCE = "USGS Mineral Commodity Summaries"


def is_usgs(table: CsvTable) -> bool:
    """Return whether a file is a data release of the Geological Survey."""
    return table.has("MCS chapter", "Statistics", "Value") or table.has("DataSource", "Commodity", "Year")


def usgs_rows(table: CsvTable, problems: list[Problem]) -> Iterator[TradeRow]:
    """Yield a row for each figure; what cannot be read and is needed is added to `problems`."""
    yield from (_long_rows if table.has("MCS chapter") else _wide_rows)(table, problems)


def _long_rows(table: CsvTable, problems: list[Problem]) -> Iterator[TradeRow]:
    for row in table.rows:
        cell = row.cells.get
        if "diamond" not in f"{cell('mcs chapter')} {cell('commodity', '')}".casefold():
            yield _left_out(table, row, _ANOTHER)
            continue
        words = fold(" ".join(cell(key, "") for key in ("section", "statistics", "statistics_detail")))
        kind = _kind(fold(cell("statistics", "")), fold(cell("section", "")))
        country = cell("country", "") or "United States"
        area = area_of(country)
        skip = _why_not(kind, words, area, long=True)
        if skip:
            yield _left_out(table, row, skip)
        elif area is None:
            why, close = f"unknown area {shown(country)}", nearest_area(country)
            problems.append(table.problem(row, "Country", why, found=country, suggestion=close))
        else:
            noted = "estimat" in fold(cell("notes", ""))
            made = _made(table, row, "Value", kind, words, cell("unit", ""), area, problems)
            if made is not None:
                yield replace(made, estimated=made.estimated or noted)


def _wide_rows(table: CsvTable, problems: list[Problem]) -> Iterator[TradeRow]:
    for row in table.rows:
        if "diamond" not in row.cells["commodity"].casefold():
            yield _left_out(table, row, _ANOTHER)
            continue
        for column in table.columns[3:]:
            words, _, unit = fold(column).rpartition("_")
            words = words.replace("_", " ")
            kind = _kind(words, "")
            skip = _why_not(kind, words, _united_states(), long=False)
            if skip:
                yield _left_out(table, row, skip)
            else:
                made = _made(table, row, column, kind, words, unit, _united_states(), problems)
                if made is not None:
                    yield made


def _why_not(kind: Statistic, words: str, area: Area | None, *, long: bool) -> str:
    """Return why a figure is not used; empty where it is.

    Rows name the goods always, columns only where there are several.
    """
    powder = _POWDER.search(words)
    if kind == "other":
        consumption = "consum" in words and "reliance" not in words and powder
        return "USGS: consumption, which follows from the rest" if consumption else _NOT_TRADE
    if not powder and (long or _STONES.search(words)):
        return "USGS: stones, not powder" if _STONES.search(words) else _NOT_TRADE
    if kind != "share" and area != _united_states():
        return "USGS: a country other than the United States"
    return ""


def _left_out(table: CsvTable, row: CsvRow, why: str) -> TradeRow:
    years = _YEARS.fullmatch(row.cells.get("year", ""))
    return TradeRow(
        file=table.file,
        line=row.line,
        statistic="other",
        reporter=_united_states(),
        partner=None,
        year=_last_year(years) if years else 0,
        ct=None,
        source=SOURCE,
        skip=why,
    )


def _made(
    table: CsvTable,
    row: CsvRow,
    column: str,
    kind: Statistic,
    words: str,
    unit: str,
    area: Area,
    problems: list[Problem],
) -> TradeRow | None:
    try:
        figure = read_figure(row.cells.get(fold(column), ""), decimal_comma=table.decimal_comma)
        if figure.value is not None and figure.value < 0:
            raise NotationError(f"a negative number, {shown(row.cells[fold(column)])}")
    except NotationError as error:
        problems.append(table.problem(row, column, error.why, found=error.found, allowed=error.allowed))
        return None
    years = _YEARS.fullmatch(row.cells.get("year", ""))
    if years is None:
        why = f"expected a year, found {shown(row.cells.get('year', ''))}"
        problems.append(table.problem(row, "Year", why))
        return None
    ct, why_none = figure.value, figure.why_none
    percent = "percent" in unit.casefold() or unit in ("%", "pct")
    factor = Fraction(1, 100) if kind == "share" and percent else carats_per(unit)
    if ct is not None and factor is None:
        ct, why_none = None, f"USGS: unit {shown(unit)} is no mass"
    statistic: Statistic = "secondary" if kind == "production" and _SECONDARY.search(words) else kind
    world = area_of("World")
    own = statistic in ("production", "secondary")
    return TradeRow(
        file=table.file,
        line=row.line,
        statistic=statistic,
        reporter=_united_states(),
        partner=None if own else area if kind == "share" else world,
        year=_last_year(years),
        code=_CODE,
        ct=None if ct is None or factor is None else float(factor) * ct,
        estimated=figure.estimated or years["estimated"] is not None,
        no_quantity=why_none,
        source=SOURCE,
    )


def _united_states() -> Area:
    area = area_of("USA")
    assert area is not None, "the table of areas has it"
    return area


def _kind(statistics: str, section: str) -> Statistic:
    if "import source" in section:
        return "share"
    return next((kind for pattern, kind in _KINDS if pattern.search(statistics)), "other")


def _last_year(years: re.Match[str]) -> int:
    """Return the last of the years of a cell such as 2021-24."""
    if years[2] is None:
        return int(years[1])
    return int(years[1][: 4 - len(years[2])] + years[2])
