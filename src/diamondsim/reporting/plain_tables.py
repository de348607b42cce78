"""Tables without lines, and how their cells and columns fit a narrow terminal."""

from __future__ import annotations

import textwrap

from rich.console import JustifyMethod
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from diamondsim.reporting.page_layout import WIDTH, page_width

_NARROWEST = 80
"""On a page of fewer columns, even a figure may have to be broken."""
_HEADING = len("[95 % interval]")
"""Columns of a heading on a narrow page; figures that stand above their intervals take no more."""


def bare_table(*, header_style: str = "bold") -> Table:
    """Return a table without lines, and without columns."""
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=header_style)


def new_table(*columns: str, numbers: int) -> Table:
    """Return a table whose last `numbers` columns hold numbers."""
    table = bare_table(header_style="dim")
    for place, column in enumerate(columns):
        if place < len(columns) - numbers:
            table.add_column(column, overflow="fold")
        else:
            add_figures(table, column, justify="right")
    return table


def is_narrow() -> bool:
    """Return whether the page has fewer columns than a report takes."""
    return page_width() < WIDTH


def add_figures(
    table: Table,
    title: str,
    *,
    max_width: int | None = None,
    justify: JustifyMethod = "left",
    width: int | None = None,
) -> None:
    """Add a column of figures to a table; where the page is narrow, the columns of texts shrink for it.

    Parameters
    ----------
    table : rich.table.Table
    title : str
    max_width, width : int, optional
        For a page that is not narrow.
    justify : str
        As for rich.
    """
    if is_narrow():
        no_wrap = page_width() >= _NARROWEST
        lines = (textwrap.fill(line, _HEADING) for line in stacked(title).splitlines())
        table.add_column("\n".join(lines), justify=justify, no_wrap=no_wrap, overflow="fold")
    else:
        table.add_column(title, justify=justify, max_width=max_width, width=width, overflow="fold")


def stacked(cell: str) -> str:
    """Return a cell with what stands in brackets on a line of its own, where the page is narrow.

    Examples
    --------
    >>> stacked("38.2 % [37.2, 39.1]")
    '38.2 % [37.2, 39.1]'
    >>> from diamondsim.reporting.page_layout import page_of
    >>> with page_of(80):
    ...     print(stacked("38.2 % [37.2, 39.1]"))
    38.2 %
    [37.2, 39.1]
    """
    return cell.replace(" [", "\n[").replace(" (", "\n(") if is_narrow() else cell


def set_in(label: str, columns: int) -> Padding:
    """Return the label of a row set in by some columns, also where it takes several lines."""
    return Padding(Text(label, overflow="fold"), (0, 0, 0, columns))
