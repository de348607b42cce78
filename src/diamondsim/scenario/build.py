"""Build a tree with places from the events of a YAML parser.

Anchors, aliases and tags are refused, and so are duplicate keys and keys without a value, because each of
them could hide a mistake. Events are read one at a time, so that a file of 40,000 brackets stops at the depth
limit instead of exhausting the stack.
"""

import re
from collections.abc import Iterable

from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from diamondsim.errors import Problem, ScenarioError, shown
from diamondsim.scenario.tree import Entry, Leaf, Mark, Path, Row, Table, TreeNode, problem_at, table

_MAX_DEPTH = 24
_EMPTY = "this key has no value: give one, {} for an empty map, or null to delete it"
_REST_OF_NUMBER = re.compile(r"[0-9]+(?:\s*[A-Za-z%/].*)?")
_TAG = "tag:yaml.org,2002:"
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~"), None),
}


class TreeBuilder:
    """Builds one tree from `events` and collects its problems in `problems`."""

    def __init__(self, events: Iterable[Event], file: str) -> None:
        self.problems: list[Problem] = []
        self._events = iter(events)
        self._file = file

    def document(self) -> Table | None:
        """Return the map at the top of the only document; None, with a problem added, if there is none.

        Raises
        ------
        ScenarioError
            If the nesting is too deep to continue.
        """
        top = Mark(self._file, 1, 1)
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            self._note(top, (), "the file is empty")
            return None
        root = self._node(next(self._events), (), 0)
        next(self._events)
        if not isinstance(second := next(self._events), StreamEndEvent):
            self._note(
                self._mark(second), (), "found a second document after '---'; a file holds one scenario"
            )
        if root is not None and not isinstance(root, Table):
            found = "a list" if isinstance(root, Row) else "a single value"
            self._note(root.mark, (), f"expected a map at the top level, found {found}")
            return None
        return root

    def _node(self, event: Event, path: Path, depth: int) -> TreeNode | None:
        mark = self._mark(event)
        if depth > _MAX_DEPTH:
            too_deep = problem_at(
                mark, path[:1], f"brackets or indents are nested more than {_MAX_DEPTH} deep"
            )
            raise ScenarioError([*self.problems, too_deep])
        if isinstance(event, AliasEvent):
            self._note(
                mark, path, f"the alias {shown(f'*{event.anchor}')} is not allowed; write the value out"
            )
            return None
        assert isinstance(event, NodeEvent), "a node follows"
        self._refuse_decoration(event, mark, path)
        if isinstance(event, MappingStartEvent):
            return self._table(event, path, depth)
        if isinstance(event, SequenceStartEvent):
            return self._row(event, path, depth)
        assert isinstance(event, ScalarEvent), "a node is a map, a list or a scalar"
        if event.style is not None:
            return Leaf(event.value, mark)
        if not event.value:
            self._note(mark, path, "expected a value, found nothing")
            return None
        return Leaf(_CONSTANTS.get(event.value, event.value), mark)

    def _refuse_decoration(self, event: NodeEvent, mark: Mark, path: Path) -> None:
        if event.anchor is not None:
            self._note(
                mark, path, f"the anchor {shown(f'&{event.anchor}')} is not allowed; write the value out"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            written = str(tag).replace(_TAG, "!!", 1)
            self._note(mark, path, f"the tag {shown(written)} is not allowed; remove it")

    def _row(self, start: SequenceStartEvent, path: Path, depth: int) -> Row:
        items: list[TreeNode] = []
        cut = False
        while not isinstance(event := next(self._events), SequenceEndEvent):
            item = self._node(event, (*path, len(items)), depth + 1)
            cut = cut or (bool(start.flow_style) and self._noted_cut(event, path))
            if item is not None:
                items.append(item)
        return Row(tuple(items), self._mark(start))

    def _table(self, start: MappingStartEvent, path: Path, depth: int) -> Table:
        entries: dict[str, Entry] = {}
        cut = False
        before: tuple[str, Event] | None = None
        while not isinstance(event := next(self._events), MappingEndEvent):
            key_mark = self._mark(event)
            key = self._key(event, path, depth)
            value = next(self._events)
            if cut and isinstance(value, ScalarEvent) and not value.value:
                continue  # This is the rest of a value that was cut at a comma, not a key.
            bare = isinstance(value, ScalarEvent) and value.style is None and not value.value
            key = key.removesuffix(":") if bare else key
            if start.flow_style and bare and self._noted_cut_number(before, key, path):
                continue
            before = (key, value)
            place = (*path, key or "?")
            if bare:
                self._note(key_mark, place, _EMPTY)
                continue
            node = self._node(value, place, depth + 1)
            cut = bool(start.flow_style) and self._noted_cut(value, place)
            if key in entries:
                first = entries[key].key_mark.line
                self._note(key_mark, place, f"duplicate key {shown(key)}, first defined in line {first}")
            elif key and node is not None:
                entries[key] = Entry(key_mark, node)
        return table(entries, self._mark(start))

    def _key(self, event: Event, path: Path, depth: int) -> str:
        if isinstance(event, ScalarEvent) and event.value:
            self._refuse_decoration(event, self._mark(event), (*path, event.value))
            return str(event.value)
        if not isinstance(event, ScalarEvent):
            self._node(event, path, depth + 1)
        self._note(self._mark(event), path, "a key must be a word")
        return ""

    def _noted_cut(self, event: Event, path: Path) -> bool:
        """Add a problem if a comma inside {...} or [...] has cut a distribution in two."""
        if not isinstance(event, ScalarEvent) or event.style is not None:
            return False
        if event.value.count("(") <= event.value.count(")"):
            return False
        reason = "because YAML splits values inside {...} and [...]"
        why = f"{shown(event.value)} was cut at a comma, {reason}; use spaces"
        allowed = "a value such as 'tri(10 30 60) %'"
        self.problems.append(problem_at(self._mark(event), path, why, allowed=allowed))
        return True

    def _noted_cut_number(self, before: tuple[str, Event] | None, rest: str, path: Path) -> bool:
        """Add a problem if a comma inside {...} has cut a number in two."""
        if before is None or not isinstance(before[1], ScalarEvent) or before[1].style is not None:
            return False
        key, value = before[0], before[1].value
        if not (value[-1:].isdigit() and _REST_OF_NUMBER.fullmatch(rest)):
            return False
        why = f"{shown(f'{value},{rest}')} was cut at the comma, because YAML splits values inside {{...}}"
        allowed = f"'{value}{rest}' or '{value}_{rest}', or a decimal point"
        self.problems.append(problem_at(self._mark(before[1]), (*path, key), why, allowed=allowed))
        return True

    def _note(self, mark: Mark, path: Path, why: str) -> None:
        self.problems.append(problem_at(mark, path, why))

    def _mark(self, event: Event) -> Mark:
        return Mark(self._file, event.start_mark.line + 1, event.start_mark.column + 1)
