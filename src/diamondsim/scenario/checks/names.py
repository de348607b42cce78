"""The names that a scenario defines, and the meaning of selectors."""

from dataclasses import dataclass

from diamondsim.scenario.readers import GRADE_UNITS
from diamondsim.scenario.tree import Leaf, Table, node_at

ANY = "any"
"""Selector of every region, use and class."""
CIVIL = "civil"
"""Class of a use that names none, and of buyers other than uses: feed stocks and reserves."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Ids by section, read from the tree, so that an entity with errors in it is still known.

    Attributes
    ----------
    sections
        Ids by section, in the order written.
    classes
        Classes of use.
    grade_units
        Unit of each grade whose unit is known.
    ids_by_name
        Ids by the name given in the file, in lower case: ``{"china": "CN"}``.
    """

    sections: dict[str, tuple[str, ...]]
    classes: tuple[str, ...]
    grade_units: dict[str, str]
    ids_by_name: dict[str, str]

    def __getitem__(self, section: str) -> tuple[str, ...]:
        return self.sections.get(section, ())

    @property
    def first_unit(self) -> str:
        """Unit of the first grade of the file; carats where there is none."""
        return next(iter(self.grade_units.values()), "ct")

    def id_of(self, word: str) -> str | None:
        """Return the id of the entity with this name."""
        return self.ids_by_name.get(word.casefold())

    def split(self, selector: str) -> tuple[str, str]:
        """Return the region part and the use part of a selector."""
        region, dot, use = selector.partition(".")
        if dot:
            return region, use
        return (selector, ANY) if selector in self["regions"] else (ANY, selector)


def names_of(tree: Table) -> KnownNames:
    """Return the names defined by a tree."""
    sections = {key: tuple(e.node.entries) for key, e in tree.entries.items() if isinstance(e.node, Table)}
    classes = [_text(tree, ("uses", use, "class")) or CIVIL for use in sections.get("uses", ())]
    units = {grade: _text(tree, ("grades", grade, "unit")) for grade in sections.get("grades", ())}
    known = {grade: unit for grade, unit in units.items() if unit in GRADE_UNITS}
    named = [(section, key) for section in ("regions", "uses", "grades") for key in sections.get(section, ())]
    ids_by_name = {_text(tree, (*path, "name")).casefold(): path[1] for path in reversed(named)}
    ids_by_name.pop("", None)
    return KnownNames(sections, tuple(dict.fromkeys([*classes, CIVIL])), known, ids_by_name)


def _text(tree: Table, path: tuple[str, ...]) -> str:
    node = node_at(tree, path)
    return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else ""
