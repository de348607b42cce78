"""The pages of the documentation, as a Markdown parser sees them: blocks, inline code, links and headings."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    *sorted(path.name for path in ROOT.glob("*.md")),
    *sorted(f"docs/{path.relative_to(ROOT / 'docs').as_posix()}" for path in (ROOT / "docs").rglob("*.md")),
)
"""Every page, by its path from the root of the repository."""

RUN_PAGES = tuple(page for page in PAGES if page != "CHANGELOG.md")
"""Pages whose examples must work. Old entries of the changelog describe releases that are past."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced or indented block of a page.

    Attributes
    ----------
    page
        Path from the root of the repository.
    line
        Number of the line of the page on which the text begins, counted from 1.
    language
        What follows the fence, such as ``python``; empty where nothing does, and for an indented block.
    text
    """

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image: the page and line that hold it, and its target as written."""

    page: str
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.target}"


@functools.cache
def tokens(page: str) -> tuple[Token, ...]:
    """Return the tokens of a page; GitHub's tables are on, since links stand in them."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return tuple(MarkdownIt("commonmark").enable("table").parse(text))


@functools.cache
def blocks(page: str) -> tuple[Block, ...]:
    """Return the blocks of a page in the order of reading."""
    found = []
    for token in tokens(page):
        if token.type in ("fence", "code_block"):
            assert token.map is not None, "a block knows its lines"
            is_fence = token.type == "fence"
            language = (token.info.split() or [""])[0].lower()
            found.append(Block(page, token.map[0] + 1 + is_fence, language, token.content))
    return tuple(found)


def blocks_of_all_pages() -> tuple[Block, ...]:
    """Return the blocks of every page whose examples must work."""
    return tuple(block for page in RUN_PAGES for block in blocks(page))


def inline_code(page: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the text of every code span."""
    for line, token in _inline(page):
        if token.type == "code_inline":
            yield line, token.content


def inline_math(page: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line of each formula in a sentence, the formula, and its sentence as Markdown reads it."""
    for token in tokens(page):
        if token.type == "inline":
            assert token.map is not None, "a paragraph knows its lines"
            shown = "\0".join(part.content for part in token.children or () if part.type == "text")
            for formula in re.findall(r"\$[^$]+\$", re.sub(r"`[^`]*`", "", token.content)):
                yield token.map[0] + 1, formula, shown


def links(page: str) -> Iterator[Link]:
    """Yield every link and image of a page."""
    for line, token in _inline(page):
        target = {"link_open": "href", "image": "src"}.get(token.type)
        if target:
            yield Link(page, line, str(token.attrs[target]))


@functools.cache
def anchors(page: str) -> frozenset[str]:
    """Return the anchors that GitHub gives the headings of a page, and the ids of its HTML tags."""
    seen: dict[str, int] = {}
    found = set()
    previous: Token | None = None
    for token in tokens(page):
        if previous is not None and previous.type == "heading_open":
            anchor = anchor_of("".join(part.content for part in token.children or ()))
            number = seen.get(anchor, 0)
            seen[anchor] = number + 1
            found.add(f"{anchor}-{number}" if number else anchor)
        found |= set(re.findall(r"<a\s+(?:id|name)=\"([^\"]+)\"", token.content))
        previous = token
    return frozenset(found)


def anchor_of(heading: str) -> str:
    """Return the anchor that GitHub makes of the text of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _inline(page: str) -> Iterator[tuple[int, Token]]:
    """Yield the tokens within paragraphs, headings and cells, and the line on which that text begins."""
    for token in tokens(page):
        if token.type == "inline":
            assert token.map is not None, "a paragraph knows its lines"
            for part in token.children or ():
                yield token.map[0] + 1, part
