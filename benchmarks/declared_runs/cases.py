"""Scenarios with changes, and changes that depend on the value that a scenario has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from typing import Any, TypeAlias

from ruamel.yaml import YAML

import diamondsim as ds
from diamondsim.scenario import Scenario

Change: TypeAlias = "str | int | float | Times | Mapping[str, Any] | None"


@dataclass(frozen=True)
class Times:
    """A multiple of a value, whatever the value is in the scenario; of a map, of each of its values.

    Attributes
    ----------
    factor : float
    of : str
        Dotted path of the value; empty for the path that is changed. It must hold no `*`.
    """

    factor: float
    of: str = ""


@dataclass(frozen=True)
class Case:
    """A shipped scenario with some values changed.

    Attributes
    ----------
    scenario : str
    changes : mapping of str to Change
        By dotted path, as for `Scenario.override`. With a `Times`, a `*` stands for every key of a map below
        which the rest of the path exists.
    """

    scenario: str
    changes: Mapping[str, Change] = field(default_factory=dict)

    def __or__(self, changes: Mapping[str, Change]) -> Case:
        """Return the case with further changes."""
        return Case(self.scenario, {**self.changes, **changes})

    @property
    def key(self) -> str:
        """The same for equal cases."""
        return repr((self.scenario, list(self.changes.items())))

    def load(self) -> Scenario:
        """Return the scenario, which is read once.

        Raises
        ------
        ScenarioError
            If there is no such scenario, or it does not have the values that are changed.
        """
        if self.key not in _LOADED:
            _LOADED[self.key] = self._read()
        return _LOADED[self.key]

    def _read(self) -> Scenario:
        scenario = _shipped(self.scenario)
        changes: dict[str, object] = {}
        for path, change in self.changes.items():
            if not isinstance(change, Times):
                changes[path] = change
                continue
            found = [*_values(_content(self.scenario), change.of or path, "")]
            assert found, f"{self.scenario} has no {change.of or path}"
            for where, value in found:
                changes[path if change.of else where] = _scaled(value, change.factor)
        return scenario.override(changes) if changes else scenario


_LOADED: dict[str, Scenario] = {}


@cache
def _shipped(name: str) -> Scenario:
    return ds.load_scenario(name)


@cache
def _content(name: str) -> Mapping[str, Any]:
    """Return the resolved file with its notation."""
    content: Mapping[str, Any] = YAML(typ="safe", pure=True).load(StringIO(_shipped(name).dump()))
    return content


def _values(node: Any, path: str, above: str) -> Iterator[tuple[str, Any]]:
    """Yield the paths that a pattern fits, with their values; a key may have dots in it."""
    if not path:
        yield above.removeprefix("."), node
        return
    if not isinstance(node, Mapping):
        return
    for key, value in node.items():
        word = str(key)
        step = next((s for s in (word, "*") if path == s or path.startswith(f"{s}.")), None)
        if step is not None and word not in ("source", "assumed"):
            yield from _values(value, path[len(step) + 1 :], f"{above}.{word}")


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, Mapping):
        notes = ("source", "assumed")
        return {str(key): _scaled(item, factor) for key, item in value.items() if key not in notes}
    return f"{value} * {factor:g}"
