"""Links in docstrings: from a public name to its entry, and from the path of a page to the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxRole

import diamondsim

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PAGE = re.compile(r"(?:``|`)?\bdocs/([\w-]+)\.md(?:``|`)?")
"""A page as docstrings name it, with or without signs of code around it."""


def public_name(text: str) -> str | None:
    """Return the full name of a public object that a docstring calls by its short name.

    Examples
    --------
    >>> public_name("monte_carlo"), public_name("ds.plot.tornado"), public_name("seed")
    ('diamondsim.monte_carlo', 'diamondsim.plot.tornado', None)
    """
    name = text.removeprefix("diamondsim.").removeprefix("ds.").removesuffix("()")
    holder, _, member = name.rpartition(".")
    if holder == "plot":
        return f"diamondsim.{name}" if member in diamondsim.plot.__all__ else None
    return f"diamondsim.{name}" if name in diamondsim.__all__ else None


def linked_pages(line: str) -> str:
    """Return a line of a docstring with links in place of the paths of pages.

    Examples
    --------
    >>> linked_pages("Formulas are in ``docs/results.md``.")
    'Formulas are in :doc:`docs/results.md </results>`.'
    """
    return PAGE.sub(r":doc:`docs/\1.md </\1>`", line)


class PublicName(SphinxRole):
    """The default role: code, and a link where it is a public name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        code = nodes.literal(self.rawtext, self.text, classes=["code"])
        name = public_name(self.text)
        if name is None or name == "diamondsim.plot":
            return [code], []
        link = addnodes.pending_xref(
            "", code, refdomain="py", reftype="obj", reftarget=name, refexplicit=True, refwarn=True
        )
        link["refdoc"] = self.env.docname
        return [link], []


def _link_pages(_app: Sphinx, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    lines[:] = [linked_pages(line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role and the links."""
    app.add_role("public", PublicName())
    app.connect("autodoc-process-docstring", _link_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
