"""From a file, a text or a mapping to a Scenario."""

from collections.abc import Mapping
from pathlib import Path

from diamondsim.arguments import require_mapping, require_path
from diamondsim.scenario.extends import Resolved, resolve_tolerantly, resolve_tree
from diamondsim.scenario.overrides import node_of
from diamondsim.scenario.scenario import Scenario, from_tree
from diamondsim.scenario.source import parse_tolerantly
from diamondsim.scenario.tree import Mark, Table


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Load a scenario, complete and checked.

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
    TypeError
        If it is neither a text nor a path.

    Examples
    --------
    >>> import diamondsim as ds
    >>> ds.load_scenario("baseline-2026").title
    'Baseline 2026, no control on grit or powder binds'
    """
    require_path("name_or_path", name_or_path, "the name of a shipped scenario or the path of a file")
    return _scenario(resolve_tolerantly(name_or_path))


def read_scenario(content: str | Mapping[str, object], *, name: str = "text") -> Scenario:
    """Read a scenario from text or Python values instead of a file.

    Parameters
    ----------
    content
        YAML as in a file, or maps, lists, text, numbers and dates. Paths in ``extends`` are relative to the
        working directory.
    name
        Its name in messages.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        As `load_scenario`.
    TypeError
        If it is neither a text nor a mapping.

    Examples
    --------
    >>> read_scenario({"extends": "calm", "title": "Another"}).title
    'Another'
    """
    if isinstance(content, str):
        tree, problems = parse_tolerantly(content.encode("utf-8", "surrogatepass"), name)
    else:
        require_mapping("content", content, "{'extends': 'baseline-2026', 'title': 'Mine'}, or a text")
        made, problems = node_of(content, Mark(name)), []
        assert isinstance(made, Table), "a mapping makes a map"
        tree = made
    return _scenario(resolve_tree(tree, Path(), earlier=problems))


def _scenario(resolved: Resolved) -> Scenario:
    return from_tree(resolved.tree, resolved.problems, resolved.dropped, resolved.lookalikes)
