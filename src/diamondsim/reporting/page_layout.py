"""How texts and tables of lines fit the width of a page: a report, or a narrower terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

WIDTH = 110
"""The longest line of a report."""
_page: ContextVar[int] = ContextVar("page", default=WIDTH)
_wraps: ContextVar[bool] = ContextVar("wraps", default=True)


@contextmanager
def page_of(columns: int) -> Iterator[None]:
    """Wrap texts at fewer columns than `WIDTH`, for a narrow terminal.

    Examples
    --------
    >>> with page_of(40):
    ...     [len(line) for line in wrapped("word " * 12)]
    [39, 19]
    """
    token = _page.set(min(WIDTH, columns))
    try:
        yield
    finally:
        _page.reset(token)


@contextmanager
def unwrapped() -> Iterator[None]:
    """Leave each text on one line, for a page of HTML, which the browser wraps.

    Examples
    --------
    >>> with unwrapped():
    ...     len(wrapped("word " * 30))
    1
    """
    token = _wraps.set(False)
    try:
        yield
    finally:
        _wraps.reset(token)


def page_width() -> int:
    """Return the number of columns at which texts are wrapped.

    Examples
    --------
    >>> with page_of(80):
    ...     page_width()
    80
    """
    return _page.get()


def wrapped(text: str, *, indent: int = 0) -> list[str]:
    """Return a text as lines that are not longer than those of a report, set in by `indent` columns.

    A number and its % are not parted.

    Examples
    --------
    >>> wrapped("short"), [len(line) for line in wrapped("word " * 30)]
    (['short'], [109, 39])
    >>> with page_of(20):
    ...     wrapped("short in less than 5 % of them")
    ['short in less than', '5 % of them']
    """
    space = " " * indent
    if not _wraps.get():
        return [space + " ".join(text.split())]
    lines = textwrap.wrap(
        text.replace(" %", "\xa0%"),
        _page.get(),
        initial_indent=space,
        subsequent_indent=space,
        break_on_hyphens=False,
    )
    return [line.replace("\xa0%", " %") for line in lines] or [""]


def label_width(labels: Iterable[str], *, gap: int, beside: int) -> int:
    """Return the width of the first column of a table, as far as the page has room for it.

    Parameters
    ----------
    labels : iterable of str
    gap : int
        Columns between the longest label and what follows.
    beside : int
        Columns that the rest of a row takes.

    Examples
    --------
    >>> label_width(["use", "a long name of a use"], gap=2, beside=60)
    22
    >>> with page_of(80):
    ...     label_width(["use", "a long name of a use"], gap=2, beside=60)
    20
    """
    return min(max(map(len, labels), default=0) + gap, _page.get() - beside)


def labelled_row(label: str, cells: str, width: int) -> list[str]:
    """Return a row of a table; a label that its column has no room for has lines of its own.

    Examples
    --------
    >>> labelled_row("  use", "1 %", 8), labelled_row("  a longer name", "1 %", 8)
    (['  use   1 %'], ['  a longer name', '        1 %'])
    """
    if len(label) < width:
        return [f"{label:<{width}}{cells}".rstrip()]
    indent = len(label) - len(label.lstrip())
    return [*wrapped(label.strip(), indent=indent), f"{'':<{width}}{cells}".rstrip()]


def marked_name(mark: str, name: str, width: int) -> str:
    """Return a name behind a mark of one letter, on as many lines of a cell as it takes.

    Examples
    --------
    >>> print(marked_name("*", "more-stock-of-fabs", 14))
    * more-stock-
      of-fabs
    """
    lines = "\n  ".join(textwrap.wrap(name, width - len("* ")))
    return f"{mark} {lines}"
