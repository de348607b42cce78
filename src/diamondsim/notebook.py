"""Tables for the notebooks that show a value as HTML: escaped, and in the colours of the page around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_CELL = "text-align:left;vertical-align:top;padding:0.1em 0.8em 0.1em 0;font-weight:normal"
_HEAD = f"{_CELL};opacity:0.7"


def html_facts(title: str, facts: Iterable[tuple[str, str]]) -> str:
    """Return a title and a line for each fact, as HTML.

    Parameters
    ----------
    title : str
    facts : iterable of (str, str)
        What it is, and its value; one without a value is left out.

    Returns
    -------
    str

    Examples
    --------
    >>> "a &lt; b" in html_facts("Scenario", [("title", "a < b"), ("changes", "")])
    True
    """
    rows = "".join(
        f'<tr><th scope="row" style="{_HEAD}">{escape(name)}</th>'
        f'<td style="{_CELL}">{_lines(value)}</td></tr>'
        for name, value in facts
        if value
    )
    return f"<div><strong>{escape(title)}</strong><table><tbody>{rows}</tbody></table></div>"


def html_rows(summary: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table that opens on a click, as HTML.

    Parameters
    ----------
    summary : str
        The line that is seen before.
    head : sequence of str
    rows : iterable of sequence of str

    Returns
    -------
    str
    """
    titles = "".join(f'<th scope="col" style="{_HEAD}">{escape(name)}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{_lines(cell)}</td>' for cell in row) + "</tr>" for row in rows
    )
    table = f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"
    return (
        f"<details><summary>{escape(summary)}</summary>"
        f'<div style="max-height:24em;overflow:auto">{table}</div></details>'
    )


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.splitlines()))
