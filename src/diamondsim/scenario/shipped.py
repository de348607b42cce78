"""Find the scenarios shipped with the library."""

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from diamondsim.errors import Problem, ScenarioError
from diamondsim.scenario.source import read_tree
from diamondsim.scenario.tree import Leaf, Table

_ENDING = ".yaml"


@dataclass(frozen=True, slots=True)
class Listing:
    """A shipped scenario in a listing.

    Attributes
    ----------
    name
        Name by which it is loaded and extended.
    title
        Its title; empty if it has none.
    component
        Whether it is a building block, which is extended but cannot be run.
    """

    name: str
    title: str
    component: bool


def shipped_files() -> dict[str, Traversable]:
    """Return the shipped files by name, in alphabetical order."""
    folder = _folder()
    # Sorted without the ending, whose dot comes after a hyphen.
    files = {
        file.name.removesuffix(_ENDING): file for file in folder.iterdir() if file.name.endswith(_ENDING)
    }
    return dict(sorted(files.items()))


def shipped_scenarios() -> tuple[Listing, ...]:
    """Return all shipped scenarios, building blocks included, in alphabetical order.

    Raises
    ------
    ScenarioError
        With all shipped files that are not readable YAML.

    Examples
    --------
    >>> "calm" in [listing.name for listing in shipped_scenarios() if not listing.component]
    True
    """
    listings: list[Listing] = []
    problems: list[Problem] = []
    for name, file in shipped_files().items():
        try:
            tree = read_tree(file, name + _ENDING)
        except ScenarioError as error:
            problems += error.problems
            continue
        title = _leaf(tree, "title")
        listings.append(
            Listing(name, title if isinstance(title, str) else "", _leaf(tree, "component") is True)
        )
    if problems:
        raise ScenarioError(problems)
    return tuple(listings)


def _folder() -> Traversable:
    package = files("diamondsim")
    inside = package / "scenarios"
    # In a checkout the scenarios are at the top level.
    return inside if inside.is_dir() else Path(str(package)).parent.parent / "scenarios"


def _leaf(tree: Table, key: str) -> str | bool | None:
    entry = tree.entries.get(key)
    return entry.node.value if entry and isinstance(entry.node, Leaf) else None
