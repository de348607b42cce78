"""The reference of public names, by group, and links in docstrings: to these entries, and to pages.

A page that holds ``<!-- public names: GROUP -->`` gets the entries of a group in its place, one that holds
``<!-- public names -->`` a table of each group.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxRole

import diamondsim

if TYPE_CHECKING:
    from sphinx.application import Sphinx

GROUPS: Mapping[str, tuple[str, ...]] = {
    "scenarios": ("load_scenario", "check", "Scenario", "ScenarioError"),
    "runs": (
        *("monte_carlo", "simulate", "use_engine", "Precision"),
        *("write_paths", "open_paths", "paths_to_zarr", "sampling_gain"),
        *("StoreError", "StoreWarning", "EngineWarning"),
    ),
    "results": ("dates", "tables", "with_table_columns", "save", "write_report", "__version__"),
    "comparisons": (
        *("compare", "select_best", "marginal_value", "value_of_information"),
        *("mixture", "independence", "size_reserve", "size_stock"),
    ),
    "drivers": (
        *("sensitivity", "sobol_indices", "deciding_inputs", "DecidingInput", "discover"),
        *("flip", "flip_pairs", "worst_start", "reverse_stress"),
    ),
    "data": (
        *("read_trade", "episodes", "episode_shares", "backtest", "admitted_flow"),
        *("read_observations", "Observation", "condition", "ConditioningWarning"),
    ),
    "pictures": tuple(f"plot.{name}" for name in diamondsim.plot.__all__),
}
"""The public names on each page of docs/api, in the order of the page."""

SCENARIO_MEMBERS = ("override", "dump", "hash", "numbers", "changes", "outdated")
"""Members of a Scenario for users; the others serve the package, or are keys of the file."""

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


def tables() -> str:
    """Return, in Markdown, a table of each group: what each name is for."""
    parts = []
    for group, names in GROUPS.items():
        page = Path(__file__).resolve().parents[1] / "api" / f"{group}.md"
        title = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        parts.append(f"## [{title}](api/{group}.md)\n\n{_rst(_table(names))}")
    return "\n".join(parts)


def entries(group: str) -> str:
    """Return, in Markdown, the entries of a group, with a table of them where there are several."""
    lines = _table(GROUPS[group])
    for name in GROUPS[group]:
        lines += ["", *_entry(name)]
    return _rst(lines)


def _table(names: Iterable[str]) -> list[str]:
    listed = [f"   ~diamondsim.{name}" for name in names if name != "__version__"]
    return [".. autosummary::", "   :nosignatures:", "", *listed]


def _entry(name: str) -> list[str]:
    full = f"diamondsim.{name}"
    if name == "__version__":
        return [f".. py:data:: {full}", "", "   The version of the package, as text."]
    if name == "Scenario":
        return [f".. autoclass:: {full}()", f"   :members: {', '.join(SCENARIO_MEMBERS)}"]
    holder = diamondsim.plot if name.startswith("plot.") else diamondsim
    named = getattr(holder, name.rpartition(".")[2])
    is_error = inspect.isclass(named) and issubclass(named, Exception)
    kind = "exception" if is_error else "class" if inspect.isclass(named) else "function"
    return [f".. auto{kind}:: {full}"]


def _rst(lines: list[str]) -> str:
    text = "\n".join(lines)
    return f"```{{eval-rst}}\n{text}\n```\n"


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


def _insert(_app: Sphinx, _page: str, source: list[str]) -> None:
    text = source[0].replace(
        "<!-- public names -->", tables() if "<!-- public names -->" in source[0] else ""
    )
    source[0] = re.sub(r"<!-- public names: (\w+) -->", lambda mark: entries(mark[1]), text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role and the links."""
    app.add_role("public", PublicName())
    app.connect("source-read", _insert)
    app.connect("autodoc-process-docstring", _link_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
