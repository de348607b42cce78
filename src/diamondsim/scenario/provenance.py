"""Where the numbers of a scenario come from: what ``source``, ``assumed`` and ``note`` say.

Any map may carry these keys. Owns taking them out before the rest is read, and finding what holds for a
number: the nearest that is said, upwards from the number; at each step a text under the number's own key
before one for the whole map.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from diamondsim.distributions import Constant, Distribution
from diamondsim.errors import Problem
from diamondsim.scenario.frozen import FrozenMap
from diamondsim.scenario.merge import PROVENANCE
from diamondsim.scenario.messages import unknown_word
from diamondsim.scenario.tree import Entry, Leaf, Node, Path, Row, Table, path_text, problem_at, table

NOTE = "note"
_SAID = (*PROVENANCE, NOTE)
_CHOICES = frozenset({"as_of", "horizon", "metrics", "expect"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number or a date that a scenario gives, with where it comes from.

    Attributes
    ----------
    path
        Where it stands; the name of its stream where it is uncertain.
    value
        In canonical units.
    source, assumed
        What is said of it; None where nothing is said. A number may have both.
    """

    path: str
    value: Distribution | float | dt.date
    source: str | None
    assumed: str | None

    @property
    def uncertain(self) -> bool:
        """Whether it is drawn anew in each replication."""
        return isinstance(self.value, Distribution) and not isinstance(self.value, Constant)


Said = Mapping[str, str | Mapping[str, str]]
"""What one map says: ``source`` and ``assumed``, a text for all of it or texts by key."""


def take_out(tree: Table) -> tuple[Table, Mapping[Path, Said], list[Problem]]:
    """Separate what is said of numbers from the numbers.

    Returns
    -------
    tree
        Without ``source``, ``assumed`` and ``note``.
    said
        By the path of the map that said it.
    problems
        Where one of these is neither a text nor a map of texts, or speaks of a key that is not there.
    """
    said: dict[Path, Said] = {}
    problems: list[Problem] = []
    bare = _without(tree, (), said, problems)
    assert isinstance(bare, Table), "a map stays a map"
    return bare, FrozenMap(said), problems


def _without(node: Node, path: Path, said: dict[Path, Said], problems: list[Problem]) -> Node:
    if isinstance(node, Row):
        items = [_without(item, (*path, place), said, problems) for place, item in enumerate(node.items)]
        return Row(tuple(items), node.mark)
    if isinstance(node, Leaf):
        return node
    here: dict[str, str | Mapping[str, str]] = {}
    rest: dict[str, Entry] = {}
    for key, entry in node.entries.items():
        if key not in _SAID:
            rest[key] = Entry(entry.key_mark, _without(entry.node, (*path, key), said, problems))
            continue
        read = _read(entry.node, (*path, key), node, problems)
        if read is not None and key != NOTE:
            here[key] = read
    if here:
        said[path] = FrozenMap(here)
    return table(rest, node.mark)


def _read(node: Node, path: Path, about: Table, problems: list[Problem]) -> str | Mapping[str, str] | None:
    if isinstance(node, Leaf) and isinstance(node.value, str):
        return node.value
    if isinstance(node, Table) and path[-1] != NOTE:
        texts: dict[str, str] = {}
        for key, entry in node.entries.items():
            if key not in about.entries:
                keys = [known for known in about.entries if known not in _SAID]
                problems.append(unknown_word(entry.key_mark, (*path, key), "key", key, keys))
            elif isinstance(entry.node, Leaf) and isinstance(entry.node.value, str):
                texts[key] = entry.node.value
            else:
                problems.append(problem_at(entry.node.mark, (*path, key), "a text is wanted"))
        return FrozenMap(texts)
    wanted = "a text" if path[-1] == NOTE else "a text, or a map from a key to a text,"
    problems.append(problem_at(node.mark, path, f"{wanted} is wanted"))
    return None


def numbers(content: BaseModel, said: Mapping[Path, Said]) -> Iterator[Number]:
    """Yield the numbers and dates that a scenario gives, in the order written.

    Left out are those that choose what to compute rather than say how the world is: the horizon, the metrics,
    and what a check expects.
    """
    for path, value in _values(content, ()):
        if path[0] not in _CHOICES:
            source, assumed = _nearest(path, said)
            yield Number(path_text(path), value, source, assumed)


def _values(item: object, path: Path) -> Iterator[tuple[Path, Distribution | float | dt.date]]:
    if isinstance(item, Distribution | float | dt.date):
        yield path, item
    elif isinstance(item, BaseModel):
        for name, field in type(item).model_fields.items():
            if name in item.model_fields_set:
                yield from _values(getattr(item, name), (*path, field.alias or name))
    elif isinstance(item, Mapping):
        for key, value in item.items():
            place = (*path, key.isoformat() if isinstance(key, dt.date) else key)
            if isinstance(key, dt.date) and isinstance(value, Mapping):
                yield place, key
                if len(value) == 1:
                    continue  # A state alone under a date is a branch with 100 %, which nobody has written.
            yield from _values(value, place)


def _nearest(path: Path, said: Mapping[Path, Said]) -> tuple[str | None, str | None]:
    for length in range(len(path) - 1, -1, -1):
        here = said.get(path[:length], {})
        key = str(path[length])
        by_key = {
            name: texts[key] for name, texts in here.items() if not isinstance(texts, str) and key in texts
        }
        found = by_key or {name: text for name, text in here.items() if isinstance(text, str)}
        if found:
            return found.get("source"), found.get("assumed")
    return None, None
