"""Collect the problems between the parts of a scenario, each with its place."""

from collections.abc import Iterable, Sequence, Sized
from functools import cached_property

from diamondsim.distributions import parse
from diamondsim.errors import ALIKE, NotationError, Problem, shown
from diamondsim.scenario.branches import DRAW
from diamondsim.scenario.checks.names import ANY, KnownNames
from diamondsim.scenario.messages import CLEAR_MATCH, unknown_word
from diamondsim.scenario.tree import (
    Leaf,
    Path,
    Table,
    key_mark,
    node_at,
    path_text,
    problem_at,
    value_mark,
)
from diamondsim.units import Kind

_SUM_TOLERANCE = 1e-6
_MOST_LISTED = _FEW = 8
_SECTIONS = {
    "selector": ("regions", "uses"),
    "use or class": ("uses",),
    "seller": ("producers", "facilities"),
    "region or seller": ("regions", "producers", "facilities"),
}
"""The sections that define the words, where it is not the section named after the noun."""


class Findings:
    """The problems found so far, and the checks that many parts share.

    Each method takes a path in the tree and adds a problem there if the check fails.
    """

    def __init__(
        self,
        tree: Table,
        names: KnownNames,
        unread: frozenset[Path] = frozenset(),
        left_out: Iterable[str] = (),
    ) -> None:
        self.problems: list[Problem] = []
        self.names = names
        self._tree = tree
        self._unread = unread
        self._left_out = [*left_out]
        self._misnamed: set[Path] = set()

    def note(self, path: Path, why: str, *, on_key: bool = False, **details: str | None) -> None:
        """Add a problem at the value of a path, or at its key."""
        mark = key_mark(self._tree, path) if on_key else value_mark(self._tree, path)
        self._add(path, problem_at(mark, path, why, **details))

    def last_written(self, paths: Sequence[Path]) -> Path:
        """Return the path written by the topmost file, or the one furthest down in that file."""
        marks = {path: key_mark(self._tree, path) for path in paths}
        return max(paths, key=lambda path: (marks[path].layer, marks[path].line or 0))

    def is_whole(self, path: Path) -> bool:
        """Whether everything that was written at a path and below it could be read."""
        text = path_text(path)
        return not any(hidden[: len(path)] == path for hidden in self._unread) and not any(
            place == text or place.startswith(f"{text}.") for place in self._left_out
        )

    def at_least_one(self, path: Path, given: Sized, what: str, *, on_key: bool = False) -> None:
        """Check that something is given at a path; what is given and cannot be read is a problem already."""
        if not given and self.is_whole(path):
            self.note(path, f"expected {what}", on_key=on_key)

    def _add(self, path: Path, problem: Problem) -> None:
        # A value that could not be read has been replaced; nothing is reported about the replacement.
        if not any(path[: len(hidden)] == hidden for hidden in self._unread):
            self.problems.append(problem)

    def known(
        self, path: Path, word: str, noun: str, allowed: Iterable[str] | None = None, *, on_key: bool = False
    ) -> bool:
        """Check that a word is allowed; by default, that it is an id of the section ``noun + s``."""
        sections = _SECTIONS.get(noun, (f"{noun}s",))
        if any(section in self._nameless or f"{section}.{word}" in self._left_out for section in sections):
            return True
        words = [*(self.names[f"{noun}s"] if allowed is None else allowed)]
        if word in words:
            return True
        mark = key_mark(self._tree, path) if on_key else value_mark(self._tree, path)
        named = self.names.id_of(word)
        meant = named if named in words else None
        cutoff = CLEAR_MATCH if len(words) <= _FEW else ALIKE
        self._add(path, unknown_word(mark, path, noun, word, words, meant=meant, cutoff=cutoff))
        self._misnamed |= {path[:-1]} if on_key else set()
        return False

    @cached_property
    def _nameless(self) -> frozenset[str]:
        """Sections without known ids, because their value is not a map."""
        return frozenset(str(path[0]) for path in self._unread if len(path) == 1)

    def known_keys(
        self, path: Path, keys: Iterable[str], noun: str, allowed: Iterable[str] | None = None
    ) -> None:
        """Check the keys of the map at a path as `known` does."""
        words = None if allowed is None else [*allowed]
        for key in keys:
            self.known((*path, key), key, noun, words, on_key=True)

    def no_demand(self, path: Path, region: str, use: str, served: Iterable[str], prefix: str = "") -> None:
        """Add the problem that a region lacks demand for a use, with those it has; `prefix` precedes each."""
        allowed = ", ".join(f"{prefix}{other}" for other in served) or f"none, {region} has no demand at all"
        self.note(path, f"{region} has no demand for {use}", allowed=allowed)

    def selector(self, path: Path, selector: str, *, on_key: bool = False) -> None:
        """Check that a selector names known buyers."""
        names = self.names
        uses = [*names["uses"], *names.classes, ANY]
        region, dot, use = selector.partition(".")
        if not dot:
            self.known(path, selector, "selector", [*uses, *names["regions"]], on_key=on_key)
        elif region in uses and use in (*names["regions"], ANY) and region != ANY:
            why = f"{shown(selector)} begins with a use; the region comes first"
            self.note(path, why, on_key=on_key, found=selector, suggestion=f"{use}.{region}")
        elif self.known(path, region, "region", [*names["regions"], ANY], on_key=on_key):
            self.known(path, use, "use or class", uses, on_key=on_key)

    def selector_keys(self, path: Path, selectors: Iterable[str]) -> None:
        """Check that the keys of the map at a path are selectors, and that no two name the same buyers."""
        first: dict[tuple[str, str], str] = {}
        for selector in selectors:
            self.selector((*path, selector), selector, on_key=True)
            same = first.setdefault(self.names.split(selector), selector)
            if same != selector:
                self.twice((*path, selector), "buyers", (*path, same))

    def twice(self, path: Path, what: str, first: Path) -> None:
        """Add the problem that a key names the same thing as another key of its map."""
        mark, own = (key_mark(self._tree, place) for place in (first, path))
        file = "" if mark.file == own.file else f" of {mark.file}"
        line = "" if mark.line is None else f" in line {mark.line}{file}"
        why = f"{shown(str(path[-1]))} names the same {what} as {shown(str(first[-1]))}{line}"
        self.note(path, why, on_key=True)

    def unit(self, path: Path, kind: Kind, grade_unit: str | None) -> None:
        """Check that the number at a path has the unit of its grade, if that is known."""
        node = node_at(self._tree, path)
        if grade_unit is None or not isinstance(node, Leaf) or not isinstance(node.value, str):
            return
        try:
            parse(node.value, kind, grade_unit)
        except NotationError as error:
            self.note(path, error.why, found=error.found, allowed=error.allowed, suggestion=error.suggestion)

    def sum_to_one(self, path: Path, shares: Iterable[float]) -> None:
        """Check that shares add up to 100 %."""
        total = sum(shares)
        known = self.is_whole(path) and path not in self._misnamed
        if known and abs(total - 1) > _SUM_TOLERANCE:
            why = f"these must add up to 100%, found {total * 100:.6g}%{self._parts(path)}"
            self.note(path, why, on_key=True)

    def _parts(self, path: Path) -> str:
        """Return the parts of a sum as text, since some of them may come from another file."""
        node = node_at(self._tree, path)
        if not isinstance(node, Table) or not 1 < len(node.entries) <= _MOST_LISTED:
            return ""
        texts = {key: entry.node.value for key, entry in node.entries.items() if isinstance(entry.node, Leaf)}
        texts.pop(DRAW, None)
        return f" ({', '.join(f'{key} {text}' for key, text in texts.items())})"

    def one_unit(self, path: Path, grades: Iterable[str]) -> str | None:
        """Check that grades are counted in one unit, and return it; None where it is unknown."""
        units = {self.names.grade_units.get(grade) for grade in grades} - {None}
        if len(units) > 1:
            self.note(path, "these grades are counted in different units, ct and cm2", on_key=True)
        return units.pop() if len(units) == 1 else None
