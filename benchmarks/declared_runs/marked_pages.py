"""Tables in Markdown, and the marks of a page between which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.declared_runs.declarations import DeclarationError


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of text."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_between_marks(name: str, text: str, page: Path) -> None:
    """Replace the text between the marks `<!-- NAME: begin -->` and `<!-- NAME: end -->` of a page.

    Raises
    ------
    DeclarationError
        If the page does not have both marks, begin before end.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, also_found, after = rest.partition(end)
    if not (found and also_found):
        raise DeclarationError(f"{page.name} does not have both marks of {name!r}")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def marks_of(page: Path) -> list[str]:
    """Return the names whose begin marks a page has, in its order."""
    return re.findall(r"<!-- (\S+): begin -->", page.read_text(encoding="utf-8"))
