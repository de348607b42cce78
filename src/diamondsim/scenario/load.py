"""From a file, a text or a mapping to a Scenario."""

from collections.abc import Mapping
from pathlib import Path

from diamondsim.scenario.extends import resolve_tree, resolve_what_can_be
from diamondsim.scenario.overrides import node_of
from diamondsim.scenario.scenario import Scenario, from_tree
from diamondsim.scenario.source import parse_what_can_be
from diamondsim.scenario.tree import Mark, Table


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Load a scenario that can be run.

    Parameters
    ----------
    name_or_path
        Name of a shipped scenario, such as ``"baseline-2026"``, or path of a file, such as ``"./mine.yaml"``.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every problem of the file and of those it extends.

    Examples
    --------
    >>> load_scenario("baseline-2026").title
    'Baseline 2026, no control binds'
    """
    return from_tree(*resolve_what_can_be(name_or_path))


def read_scenario(text: str, *, name: str = "text") -> Scenario:
    """Read a scenario from text instead of a file.

    Parameters
    ----------
    text
        YAML, as a file would hold it; paths in ``extends`` are relative to the working directory.
    name
        What messages call it.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        As `load_scenario`.
    """
    tree, problems = parse_what_can_be(text.encode("utf-8", "surrogatepass"), name)
    return from_tree(*resolve_tree(tree, Path(), earlier=problems))


def make_scenario(content: Mapping[str, object], *, name: str = "mapping") -> Scenario:
    """Make a scenario from Python values instead of a file.

    Parameters
    ----------
    content
        Maps, lists, texts, numbers and dates as a file would hold them.
    name
        What messages call it.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        As `load_scenario`.

    Examples
    --------
    >>> make_scenario({"extends": "calm", "title": "Another"}).title
    'Another'
    """
    tree = node_of(content, Mark(name))
    assert isinstance(tree, Table), "a mapping makes a map"
    return from_tree(*resolve_tree(tree, Path()))
