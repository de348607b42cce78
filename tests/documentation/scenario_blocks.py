"""Scenarios of the documentation: whole files, and fragments that are laid over a shipped scenario.

The rule: a block of YAML with `extends` or `horizon` at its top is a whole file and is read as it stands. Any
other is a fragment, which shows some keys of a file: it is read as a file that extends `BASE` and has these
keys. Both must then pass what `diamondsim check` looks at. A name that a fragment uses must therefore be one
of `BASE` or of the fragment itself. Other tests find a block whose first line is a comment with nothing but a
file name, such as ``# mine.yaml``, under that name in the folder they run in, and a block of CSV under the
name after its language, as in ``csv mine.csv``.
"""

from __future__ import annotations

import re
from pathlib import Path

from diamondsim.scenario import Scenario, read_scenario
from tests.documentation.pages import Block, blocks, tokens

BASE = "priced-2027"
"""What a fragment extends: the shipped scenario with most sections, prices and controls among them."""

_TOP = re.compile(r"^(?:extends|horizon):", re.MULTILINE)
_NAMED = re.compile(r"# ?([\w-]+\.ya?ml)\n")


def is_whole_file(block: Block) -> bool:
    """Return whether a block of YAML is a file of its own, and not a fragment of one."""
    return bool(_TOP.search(block.text))


def as_file(block: Block) -> str:
    """Return the text of a file that holds the block, on the same lines as the page."""
    lines_before = block.line - 1
    if is_whole_file(block):
        return "\n" * lines_before + block.text
    head = f"extends: {BASE}\ntitle: A fragment\n"
    assert lines_before >= head.count("\n"), f"{block}: a fragment follows a heading and a fence"
    return head + "\n" * (lines_before - head.count("\n")) + block.text


def scenario_of(block: Block) -> Scenario:
    """Read the block; what is wrong with it is reported with the lines of the page."""
    return read_scenario(as_file(block), name=block.page)


def write_named_files(page: str, folder: Path) -> None:
    """Write the scenario files and tables that a page names into a folder."""
    for token in tokens(page):
        language, _, name = token.info.strip().partition(" ")
        if token.type == "fence" and language == "csv" and name:
            (folder / name).write_text(token.content, encoding="utf-8")
    for block in blocks(page):
        named = _NAMED.match(block.text) if block.language == "yaml" else None
        if named:
            (folder / named[1]).write_text(block.text, encoding="utf-8")
