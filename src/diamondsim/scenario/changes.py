"""Attribute the problems of a changed scenario to the changes.

The scenario had no problems before it was changed, so every problem is caused by a change, even if the other
half of a contradiction is in a file.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from diamondsim.errors import Problem, path_shown

_MOST_LISTED = 3


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes made together.

    Attributes
    ----------
    paths
        Dotted paths, as given.
    name
        Name of a change in messages, such as ``override`` or ``--set``.
    values
        The value at each path, as given.
    """

    paths: tuple[str, ...]
    name: str
    values: tuple[object, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Each change as ``path=value``, as ``--set`` takes it.

        Examples
        --------
        >>> Changes(("horizon.tick", "reserves.us"), "--set", ("1 day", None)).texts
        ('horizon.tick=1 day', 'reserves.us=null')
        """
        return tuple(f"{path}={_text(value)}" for path, value in zip(self.paths, self.values, strict=True))

    def blamed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems with the nearest changes as their place, instead of a line of a file.

        Examples
        --------
        >>> made = Changes(("horizon.tick", "reserves.us.goal"), "--set")
        >>> print(*made.blamed([Problem(why="no tick fits", path="horizon", file="m.yaml", line=3)]))
        --set horizon.tick: horizon: no tick fits
        """
        return [replace(p, file=self._nearest(p.path), line=None, column=None) for p in problems]

    def named(self, top: str) -> str:
        """Return the names of the changes at and below one top-level key.

        Examples
        --------
        >>> Changes(("controls.cn_55.diversion", "horizon.tick"), "--set").named("controls")
        '--set controls.cn_55.diversion'
        """
        return self._listed(path for path in self.paths if _shared(path, top))

    def _nearest(self, place: str) -> str:
        shared = {path: _shared(path, place) for path in self.paths}
        most = max(shared.values(), default=0)
        return self._listed(path for path in self.paths if shared[path] == most)

    def _listed(self, paths: Iterable[str]) -> str:
        named = [f"{self.name} {path_shown(path)}".strip() for path in paths]
        more = f" and {len(named) - _MOST_LISTED} more" if len(named) > _MOST_LISTED else ""
        return ", ".join(named[:_MOST_LISTED]) + more


def _shared(path: str, place: str) -> int:
    """Return how many steps two paths have in common from the top."""
    first, second = (re.split(r"[.\[]", text) for text in (path.replace('"', ""), place))
    count = 0
    for step, other in zip(first, second, strict=False):
        if step != other:
            break
        count += 1
    return count


def _text(value: object) -> str:
    # A text that would not stand on one line is quoted, as a reader takes each line for a change.
    if isinstance(value, str) and value.isprintable():
        return value
    return json.dumps(_with_text_keys(value), default=str, ensure_ascii=False)


def _with_text_keys(value: object) -> object:
    """Return a value with the keys of its maps as text: JSON refuses dates as keys, which timelines have."""
    if isinstance(value, Mapping):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_text_keys(item) for item in value]
    return value
