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
    before, _, after = _parts(name, page)
    page.write_text(f"{before}\n\n{text}\n\n{after}", encoding="utf-8")


def read_between_marks(name: str, page: Path) -> str:
    """Return the text between the marks of a name, as it was written.

    Raises
    ------
    DeclarationError
        If the page does not have both marks, begin before end.
    """
    return _parts(name, page)[1].strip("\n")


def marks_of(page: Path) -> list[str]:
    """Return the names whose begin marks a page has, in its order."""
    return re.findall(r"<!-- (\S+): begin -->", page.read_text(encoding="utf-8"))


def _parts(name: str, page: Path) -> tuple[str, str, str]:
    """Return a page up to the end of the begin mark, what follows, and the rest from the end mark on."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    between, also_found, after = rest.partition(end)
    if not (found and also_found):
        raise DeclarationError(f"{page.name} does not have both marks of {name!r}")
    return before + begin, between, end + after
