"""The parts of a page: tables, lines of text and charts, as the templates take them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xarray as xr
from rich.console import RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from diamondsim.results import Estimate

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
_MONTH = re.compile(r"(?<![\d-])(\d{4})-(0[1-9]|1[0-2])(?![\d-])")


def with_month_names(text: str) -> str:
    """Return a text with months as people write them, and no break before a percent sign.

    Examples
    --------
    >>> with_month_names("by 2027-04 (2027-03..2027-08), as of 2026-11-28")
    'by April 2027 (March 2027 to August 2027), as of 2026-11-28'
    """
    named = _MONTH.sub(lambda found: f"{_MONTHS[int(found[2]) - 1]} {found[1]}", text)
    return re.sub(r"(?<=\w)\.\.(?=\w)", " to ", named).replace(" %", "\N{NO-BREAK SPACE}%")


def month_writer(names: Iterable[str]) -> Callable[[str], str]:
    """Return `with_month_names` for sentences that hold names of a user, which stay as they are.

    Examples
    --------
    >>> month_writer(["Order 2027-04", "Home, a..b"])("order 2027-04 in home (a..b) by 2027-05")
    'order 2027-04 in home (a..b) by May 2027'
    """
    # Sentences write "Order, grit" as "order (grit)": the parts of a name are looked for, in any case.
    parts = {part for name in names for part in re.split(r", | \(|\)", name)}
    kept = sorted(
        (part for part in parts if with_month_names(part) != part), key=lambda part: (-len(part), part)
    )
    if not kept:
        return with_month_names
    pattern = re.compile(f"({'|'.join(map(re.escape, kept))})", re.IGNORECASE)

    def written(text: str) -> str:
        pieces = pattern.split(text)  # every second one is a name
        return "".join(
            piece if number % 2 else with_month_names(piece) for number, piece in enumerate(pieces)
        )

    return written


def names_in(*datasets: xr.Dataset) -> Iterator[str]:
    """Yield the names that Datasets hold: titles, and whatever a coordinate names."""
    for dataset in datasets:
        yield str(dataset.attrs.get("title", ""))
        for coordinate in dataset.coords.values():
            if coordinate.dtype.kind in "OU":
                yield from map(str, coordinate.values.ravel())


def long_day(day: dt.date) -> str:
    """Return a day as people write it.

    Examples
    --------
    >>> long_day(dt.date(2027, 8, 2))
    '2 August 2027'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class TableRow:
    """A row of a table; a heading has one cell for the whole width."""

    cells: tuple[str, ...]
    is_heading: bool = False


@dataclass(frozen=True)
class PageTable:
    """A table.

    Attributes
    ----------
    caption : str
    head : tuple of str
    rows : tuple of TableRow
        The first cell of each names the row.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[TableRow, ...]

    @classmethod
    def of(cls, caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> PageTable:
        """Return a table of rows of texts."""
        return cls(caption, tuple(head), tuple(TableRow(tuple(row)) for row in rows))


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes
    ----------
    key : str
        Letters and hyphens; unique on a page.
    title, note : str
    description : str
        What it shows, for somebody who does not see it.
    spec : dict
        In Vega-Lite, for a container of any width.
    svg : str
        The same as a picture.
    has_ramp : bool
        Whether shades stand for shares, and the page explains them.
    """

    key: str
    title: str
    note: str
    description: str
    spec: Mapping[str, Any]
    svg: str
    has_ramp: bool = False


@dataclass(frozen=True)
class Bar:
    """A probability as a bar with its interval.

    Attributes
    ----------
    value, low, high : float
        Shares between 0 and 1.
    text : str
        The probability as it is written.
    word : str
        Of the likelihood scale; empty if there is none.
    has_interval : bool
    """

    value: float
    low: float
    high: float
    text: str
    word: str = ""
    has_interval: bool = True

    @classmethod
    def of(cls, chance: Estimate, text: str, word: str = "", *, has_interval: bool = True) -> Bar:
        """Return the bar of an estimate."""
        return cls(chance.value, chance.low, chance.high, text, word, has_interval)


@dataclass(frozen=True)
class PagePart:
    """A part of a section: a heading, some sentences, or a table; one of them is given."""

    heading: str = ""
    text: str = ""
    table: PageTable | None = None


@dataclass(frozen=True)
class MadeWith:
    """What made a page, and what makes it again.

    Attributes
    ----------
    facts : tuple of (str, str)
    command : str
        As it was given; empty if the result was made in Python.
    scenario : str
        The resolved scenario, as a file; empty if there is none.
    again : tuple of str
        Commands that make the page again, the scenario above in a file.
    not_repeated : tuple of str
        Sentences on what they do not repeat, or why there are none.
    """

    facts: tuple[tuple[str, str], ...]
    command: str = ""
    scenario: str = ""
    again: tuple[str, ...] = field(default=())
    not_repeated: tuple[str, ...] = field(default=())


def blocks_of(
    parts: Iterable[RenderableType], caption: str = "", *, written: Callable[[str], str] = with_month_names
) -> Iterator[PagePart]:
    """Yield what is made for a terminal as parts of a page: bold lines become headings, empty ones vanish.

    Parameters
    ----------
    parts : iterable of rich renderables
        Texts and tables.
    caption : str
        Of a table before which there is no line.
    written : callable
        What writes months in a text, of `month_writer`.
    """
    for part in parts:
        if isinstance(part, RichTable):
            yield PagePart(table=page_table_of(part, caption, written=written))
        else:
            text = part.plain if isinstance(part, Text) else str(part)
            if isinstance(part, Text) and part.style == "bold":
                caption = text
                yield PagePart(heading=text)
            elif text:
                caption = text.partition(":")[0]
                yield PagePart(text=written(text))


def page_table_of(
    table: RichTable, caption: str, *, written: Callable[[str], str] = with_month_names
) -> PageTable:
    """Return a table that is made for a terminal; a row with only its first cell becomes a heading."""
    head = tuple(_plain(column.header, written) for column in table.columns)
    columns = [[_plain(cell, written) for cell in column.cells] for column in table.columns]
    # rich fills a short row with empty cells.
    rows = [
        TableRow(cells[:1], is_heading=True) if len(cells) > 1 and not any(cells[1:]) else TableRow(cells)
        for cells in zip(*columns, strict=True)
    ]
    return PageTable(caption, head, tuple(rows))


def _plain(cell: RenderableType, written: Callable[[str], str]) -> str:
    text = cell.plain if isinstance(cell, Text) else str(cell)
    return written(" ".join(text.split()))
