"""Merge a scenario file over the files that it extends.

Each file is merged once, where it is first needed: after all files that it extends and before those that
extend it. Of two files in one list the later wins, unless the earlier one extends it. So two overlays on one
baseline can be combined, and neither undoes the other.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from pathlib import Path

from diamondsim.errors import Problem, ScenarioError, found_text, nearest, shown
from diamondsim.scenario.dropped import Dropped, dropped, still_dropped
from diamondsim.scenario.legal import mark_outdated
from diamondsim.scenario.lookalikes import Lookalike, lookalikes, still_alike
from diamondsim.scenario.merge import deletions, forgotten_dates, idle_deletions, merge
from diamondsim.scenario.renamed import RENAMED_SCENARIOS, rename_keys
from diamondsim.scenario.shipped import shipped_files
from diamondsim.scenario.source import FILE_SUFFIXES, read_tolerantly
from diamondsim.scenario.tree import Leaf, Mark, Row, Table, in_layer, plain, problem_at, table

_MAX_CHAIN = 16
_RESULT_SUFFIXES = (".nc", ".zarr", ".csv", ".parquet", ".xlsx")
"""Ends of names of files that hold no scenario; such a word means a file, not a shipped scenario."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A tree merged over all files that it extends.

    Attributes
    ----------
    tree
        The merged tree.
    problems
        What is wrong with the files and their merging.
    dropped
        What files replace without naming it.
    lookalikes
        Ids that files add beside one that they resemble.
    """

    tree: Table
    problems: tuple[Problem, ...]
    dropped: tuple[Dropped, ...]
    lookalikes: tuple[Lookalike, ...]


def resolve(name_or_path: str | Path) -> Table:
    """Read a scenario and all files that it extends.

    Parameters
    ----------
    name_or_path
        Name of a shipped scenario, or path of a file. Text with a ``/`` or the extension ``.yaml`` is a path.

    Returns
    -------
    Table
        The merged tree, without ``extends``; each key and value keeps the place in its file.

    Raises
    ------
    ScenarioError
        With all problems of all files.
    """
    resolved = resolve_tolerantly(name_or_path)
    if resolved.problems:
        raise ScenarioError(resolved.problems)
    return resolved.tree


def resolve_tolerantly(name_or_path: str | Path) -> Resolved:
    """Return what can be read of a scenario and of all files that it extends, and the problems of the rest.

    Raises
    ------
    ScenarioError
        If nothing could be read.
    """
    reference = _find(name_or_path, Path())
    if isinstance(reference, Problem):
        raise ScenarioError([reference])
    tree, problems = read_tolerantly(reference.file, reference.name)
    return resolve_tree(tree, reference.folder, reference, earlier=problems)


@dataclass(frozen=True, slots=True)
class _Reference:
    """A file: its `name` in messages, a `key` that is the same for every way to refer to it, its folder."""

    file: Traversable
    name: str
    key: str
    folder: Path


def resolve_tree(
    tree: Table,
    folder: Path,
    reference: _Reference | None = None,
    *,
    earlier: Sequence[Problem] = (),
) -> Resolved:
    """Merge a tree over all files that it extends.

    Parameters
    ----------
    tree
        The tree as read.
    folder
        The folder to which paths in its ``extends`` are relative.
    reference
        The file from which it was read, if any.
    earlier
        Problems found while it was read.

    Returns
    -------
    Resolved
        As from `resolve`, of what could be read; the earlier problems and those of all extended files.

    Raises
    ------
    ScenarioError
        With the problems, if an extended file cannot be read at all.
    """
    layers = _Layers(earlier)
    layers.add(tree, folder, (reference,) if reference else ())
    return layers.merged()


class _Layers:
    """Trees in the order in which they are merged, and the problems found while reading them."""

    def __init__(self, earlier: Sequence[Problem]) -> None:
        self._trees: list[Table] = []
        self._problems: list[Problem] = list(earlier)
        self._seen: set[str] = set()
        self._missing = False

    def add(self, tree: Table, folder: Path, chain: tuple[_Reference, ...]) -> None:
        """Add a tree after all files that it extends; `chain` leads from the first file to it."""
        current, renamed = rename_keys(tree)
        assert isinstance(current, Table), "a map stays a map"
        self._problems += renamed
        for text, mark in self._extended(current):
            self._add_base(text, mark, folder, chain)
        self._trees.append(current)

    def merged(self) -> Resolved:
        """Return all layers merged, and the problems found.

        Raises
        ------
        ScenarioError
            If a whole layer is missing, because all names that it defines would be reported as unknown.
        """
        if self._missing:
            raise ScenarioError(self._problems)
        joined: Table | None = None
        gone: tuple[Dropped, ...] = ()
        alike: tuple[Lookalike, ...] = ()
        deleted: set[tuple[str | int, ...]] = set()
        for number, tree in enumerate(self._trees):
            # `component` is not inherited, and `extends` has been resolved.
            left_out = {"extends"} if tree is self._trees[-1] else {"extends", "component"}
            kept = {key: entry for key, entry in tree.entries.items() if key not in left_out}
            layer = in_layer(table(kept, tree.mark), number)
            self._problems += idle_deletions(joined, layer, deleted=deleted)
            self._problems += forgotten_dates(joined, layer)
            deleted.update(deletions(layer))
            gone = (*still_dropped(gone, layer), *dropped(joined, layer))
            alike = (*still_alike(alike, layer), *lookalikes(joined, layer))
            merged = merge(joined, layer)
            assert isinstance(merged, Table), "merging two maps gives a map"
            by = tree.mark.file.removesuffix(".yaml")
            joined = merged if joined is None else mark_outdated(joined, merged, by)
        assert joined is not None, "there is at least the tree itself"
        return Resolved(joined, tuple(self._problems), gone, alike)

    def _add_base(self, text: str, mark: Mark, folder: Path, chain: tuple[_Reference, ...]) -> None:
        base = _find(text, folder, mark)
        if isinstance(base, Problem):
            self._missing = True
            self._problems.append(base)
            return
        route = " -> ".join([*(link.name for link in chain), base.name])
        if base.key in [link.key for link in chain]:
            self._missing = True
            self._problems.append(problem_at(mark, ("extends",), f"circular reference: {route}"))
        elif len(chain) >= _MAX_CHAIN:
            self._missing = True
            self._problems.append(
                problem_at(mark, ("extends",), f"more than {_MAX_CHAIN} files extend one another: {route}")
            )
        elif base.key not in self._seen:
            self._seen.add(base.key)
            self._read(base, mark, chain)

    def _read(self, base: _Reference, mark: Mark, chain: tuple[_Reference, ...]) -> None:
        try:
            tree, problems = read_tolerantly(base.file, base.name)
        except ScenarioError as error:
            self._missing = True
            self._problems += [_seen_from(mark, problem) for problem in error.problems]
            return
        self._problems += problems
        self.add(tree, base.folder, (*chain, base))

    def _extended(self, tree: Table) -> list[tuple[str, Mark]]:
        entry = tree.entries.get("extends")
        if entry is None:
            return []
        items = entry.node.items if isinstance(entry.node, Row) else (entry.node,)
        leaves = [item for item in items if isinstance(item, Leaf)]
        texts = [(leaf.value, leaf.mark) for leaf in leaves if isinstance(leaf.value, str)]
        others = [item for item in items if not (isinstance(item, Leaf) and isinstance(item.value, str))]
        if others:
            self._missing = True
            within = " in a list" if isinstance(entry.node, Row) else ""
            found = f"{found_text(plain(others[0]))}{within}"
            why = f"expected the name of a scenario, a path or a list of them, found {found}"
            self._problems.append(problem_at(entry.node.mark, ("extends",), why))
        return texts


def _seen_from(mark: Mark, problem: Problem) -> Problem:
    """Return a problem of a whole file as a problem of the line that refers to the file."""
    if problem.line is not None:
        return problem
    return problem_at(mark, ("extends",), f"{problem.file}: {problem.why}", suggestion=problem.suggestion)


def _find(name_or_path: str | Path, folder: Path, mark: Mark | None = None) -> _Reference | Problem:
    """Return the file referred to, or the problem that there is no such shipped scenario."""
    text = str(name_or_path)
    shipped = shipped_files()
    has_suffix = text.lower().endswith((*FILE_SUFFIXES, *_RESULT_SUFFIXES))
    is_path = isinstance(name_or_path, Path) or "/" in text or os.sep in text or has_suffix
    if is_path:
        path = folder / name_or_path
        named = next((word for word in (path.stem, path.name) if word in shipped), None)
        if named is None or _is_there(path):
            return _Reference(path, os.path.normpath(path), os.path.realpath(path), path.parent)
        why = f"there is no file {shown(text)}; a shipped scenario is named without a folder or an extension"
        return _placed(Problem(why=why, found=text, suggestion=named), mark)
    if text in shipped:
        return _Reference(shipped[text], f"{text}.yaml", f"shipped {text}", Path())
    return _placed(_unknown_scenario(text, [*shipped], folder), mark)


def _unknown_scenario(text: str, shipped: Sequence[str], folder: Path) -> Problem:
    """Return the problem that no shipped scenario has a name, with those that it may mean."""
    beside = [f"./{text}{suffix}" for suffix in FILE_SUFFIXES if _is_there(folder / f"{text}{suffix}")]
    why = f"there is no shipped scenario {shown(text)}"
    if text in RENAMED_SCENARIOS and not beside:
        return Problem(why=why, found=text, suggestion=RENAMED_SCENARIOS[text], renamed=True)
    # The beginning of a name is nearer to it than another name that looks alike.
    begun = [name for name in sorted(shipped) if name.startswith(f"{text}-")]
    allowed = "a name that 'diamondsim scenarios' lists"
    if len(begun) > 1:
        suggestion, allowed = next(iter(beside), None), ", ".join(begun)
    else:
        suggestion = next(iter([*beside, *begun]), None) or nearest(text, shipped)
    why = f"{why}; a file name needs its extension, as in './mine.yaml'"
    return Problem(why=why, found=text, allowed=allowed, suggestion=suggestion)


def _placed(problem: Problem, mark: Mark | None) -> Problem:
    """Return a problem of a name at the place where it is written, if it is in a file."""
    if mark is None:
        return problem
    return replace(problem, path="extends", file=mark.file, line=mark.line, column=mark.column)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # The name is too long for one, or holds a zero byte.
        return False
