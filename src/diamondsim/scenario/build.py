"""Build a tree with places from the events of a YAML parser.

Anchors, aliases and tags are refused, and so are duplicate keys and keys without a value, because each of
them could hide a mistake. Events are read one at a time, so that a file of 40,000 brackets stops at the depth
limit instead of exhausting the stack.
"""

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
from diamondsim.scenario.cut_values import CommaValue, comma_value
from diamondsim.scenario.tree import Entry, Leaf, Mark, Path, Row, Table, TreeNode, problem_at, table
from diamondsim.scenario.written_text import stray_character

_MAX_DEPTH = 24
_EMPTY = "this key has no value: give one, {} for an empty map, or null to delete it"
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
            # An escape in quotes can stand for a character that the file itself must not hold.
            stray = stray_character(event.value)
            if stray is None:
                return Leaf(event.value, mark)
            self._note(mark, path, stray[1])
            return None
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
        before: CommaValue | None = None
        while not isinstance(event := next(self._events), SequenceEndEvent):
            # In a list, numbers that follow one another are numbers.
            if before is not None and before.is_open and self._is_rest(before, event):
                continue
            item = self._node(event, (*path, len(items)), depth + 1)
            before = comma_value(event, self._mark(event), path) if start.flow_style else None
            if item is not None:
                items.append(item)
        return Row(tuple(items), self._mark(start))

    def _table(self, start: MappingStartEvent, path: Path, depth: int) -> Table:
        entries: dict[str, Entry] = {}
        before: CommaValue | None = None
        while not isinstance(event := next(self._events), MappingEndEvent):
            key_mark = self._mark(event)
            key = self._key(event, path, depth)
            value = next(self._events)
            bare = isinstance(value, ScalarEvent) and value.style is None and not value.value
            key = key.removesuffix(":") if bare else key
            if bare and before is not None and self._is_rest(before, event):
                continue
            place = (*path, key or "?")
            if bare:
                self._note(key_mark, place, _EMPTY)
                continue
            node = self._node(value, place, depth + 1)
            before = comma_value(value, self._mark(value), place) if start.flow_style else None
            if key in entries:
                first = entries[key].key_mark.line
                self._note(key_mark, place, f"duplicate key {shown(key)}, first defined in line {first}")
            elif key and node is not None:
                entries[key] = Entry(key_mark, node)
        return table(entries, self._mark(start))

    def _key(self, event: Event, path: Path, depth: int) -> str:
        if isinstance(event, ScalarEvent) and event.value:
            stray = stray_character(event.value)
            if stray is not None:
                self._note(self._mark(event), path, f"{stray[1]} in the key {shown(event.value)}")
                return ""
            self._refuse_decoration(event, self._mark(event), (*path, event.value))
            return str(event.value)
        if not isinstance(event, ScalarEvent):
            self._node(event, path, depth + 1)
        self._note(self._mark(event), path, "a key must be a word")
        return ""

    def _is_rest(self, before: CommaValue, event: Event) -> bool:
        """Return whether an event is the rest of the value before it, and if so report that value once."""
        earlier = before.problem() if before.is_cut else None
        if not before.takes(event):
            return False
        if earlier is not None:
            self.problems.remove(earlier)
        self.problems.append(before.problem())
        return True

    def _note(self, mark: Mark, path: Path, why: str) -> None:
        self.problems.append(problem_at(mark, path, why))

    def _mark(self, event: Event) -> Mark:
        return Mark(self._file, event.start_mark.line + 1, event.start_mark.column + 1)
