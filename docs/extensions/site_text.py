"""What a page says differently on the site: links, and what a git host needs but the site does not.

On a git host the text of a link is often the name of a file, and long pages begin with their contents. The
site shows the titles of pages, and the contents beside each page. Pages at the top of the repository become
pages of the site.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
SITE_PAGES = {"README.md": "index", "CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changelog"}
"""The page of the site that stands for a page at the top of the repository."""

SHOWN = {page: file for file, page in SITE_PAGES.items() if page != "index"}
"""Pages of the site of which the whole text is that of a file at the top of the repository."""

_CONTENTS = re.compile(r"^Contents: \[.*?\n\n", re.DOTALL | re.MULTILINE)
_CHECKOUT = re.compile(r"^In a checkout nothing is listed here\b.*?\n\n", re.DOTALL | re.MULTILINE)
"""What a page whose list is made for the site says to a reader of the file."""
_LINK = re.compile(r"\[(?P<text>[^]]+)\]\((?P<path>(?!https?:|#)[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")


def from_docs(text: str) -> str:
    """Return the text of a page of docs as the site shows it.

    Examples
    --------
    >>> from_docs("see [CHANGELOG.md](../CHANGELOG.md#unreleased) and [the model](../model.md)")
    'see [](changelog.md#unreleased) and [the model](../model.md)'
    """
    without_contents = _CHECKOUT.sub("", _CONTENTS.sub("", text, count=1), count=1)

    def led(link: re.Match[str]) -> str:
        above = link["path"].removeprefix("../")
        return _led(link, above if above in SITE_PAGES else link["path"])

    return _LINK.sub(led, without_contents)


def from_the_top(text: str) -> str:
    """Return the text of a page at the top of the repository as the site shows it.

    A link to a file that is no page becomes the name of the file.

    Examples
    --------
    >>> from_the_top("see [the model](docs/model.md#1-notation) and [CITATION.cff](CITATION.cff)")
    'see [the model](model.md#1-notation) and `CITATION.cff`'
    """

    def led(link: re.Match[str]) -> str:
        path = link["path"]
        is_page = path.startswith("docs/") or path in SITE_PAGES
        return _led(link, path.removeprefix("docs/")) if is_page else f"`{path}`"

    return _LINK.sub(led, text)


def _led(link: re.Match[str], path: str) -> str:
    """Return a link to a path from docs; without a text of its own it shows the title that it leads to."""
    text = "" if link["text"].endswith(".md") else link["text"]
    target = f"{SITE_PAGES[path]}.md" if path in SITE_PAGES else path
    return f"[{text}]({target}{link['anchor'] or ''})"


def _read(app: Sphinx, page: str, source: list[str]) -> None:
    if page in SHOWN:
        file = ROOT / SHOWN[page]
        app.env.note_dependency(str(file))
        source[0] = from_the_top(file.read_text(encoding="utf-8"))
    else:
        source[0] = from_docs(source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Change each page as it is read."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
