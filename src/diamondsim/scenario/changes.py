"""Which change of a scenario a problem is put down to.

A scenario that was changed by paths had no problem before, so what is wrong with it now comes of the changes,
wherever in a file the other half of the contradiction stands.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from diamondsim.errors import Problem

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes made together.

    Attributes
    ----------
    paths
        Dotted, as they were given.
    name
        What messages call a change, such as ``override`` or ``--set``.
    """

    paths: tuple[str, ...]
    name: str

    def blamed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems as those of the changes nearest to them, in the place of a line of a file.

        Examples
        --------
        >>> made = Changes(("horizon.tick", "reserves.us.goal"), "--set")
        >>> print(*made.blamed([Problem(why="no tick fits", path="horizon", file="m.yaml", line=3)]))
        --set horizon.tick: horizon: no tick fits
        """
        return [replace(p, file=self._nearest(p.path), line=None, column=None) for p in problems]

    def named(self, top: str) -> str:
        """Return the names of the changes at and below one key at the top.

        Examples
        --------
        >>> Changes(("controls.cn_55.diversion", "horizon.tick"), "--set").named("controls")
        '--set controls.cn_55.diversion'
        """
        return self._told(path for path in self.paths if _shared(path, top))

    def _nearest(self, place: str) -> str:
        shared = {path: _shared(path, place) for path in self.paths}
        most = max(shared.values(), default=0)
        return self._told(path for path in self.paths if shared[path] == most)

    def _told(self, paths: Iterable[str]) -> str:
        named = [f"{self.name} {path}".strip() for path in paths]
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        return ", ".join(named[:_NAMED]) + more


def _shared(path: str, place: str) -> int:
    """Return how many steps two paths have in common from the top."""
    one, other = (re.split(r"[.\[]", text) for text in (path.replace('"', ""), place))
    count = 0
    for step, there in zip(one, other, strict=False):
        if step != there:
            break
        count += 1
    return count
