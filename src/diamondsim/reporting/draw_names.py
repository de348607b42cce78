"""Names of draws for people: the path at which a scenario states a number, instead of the name of its stream.

The two differ where a number is drawn anew on several occasions, where several licensing rules read one draw,
and where one number has several factors or terms.
"""

from __future__ import annotations

import re

from diamondsim.scenario import Licensing

_OCCASIONS = {
    "spell": "in the first spell",
    "run": "at the first announcement",
    "visit": "in the first stay",
}
_PARTS = {"factor": "factor", "term": "term", "part": "part of the mix"}
_NUMBERED = re.compile("([a-z]+)([0-9]+)")


def readable_draw(name: str, path: str) -> str:
    """Return the name of a draw for people.

    Parameters
    ----------
    name : str
        Name of its stream.
    path : str
        Where the scenario states the number; the first such place if there are several.

    Examples
    --------
    >>> readable_draw("cn_55/spell0/long_run_rate", "controls.cn_55.licensing.US.any.long_run_rate")
    'controls.cn_55.licensing.*.long_run_rate in the first spell'
    >>> readable_draw("inventory_policy.US.any.cover/factor1", "inventory_policy.US.any.cover")
    'inventory_policy.US.any.cover, factor 2'
    >>> readable_draw("facilities.georgia.cancelled/outcome", "facilities.georgia.cancelled")
    'facilities.georgia.cancelled'
    """
    first, *rest = name.split("/")
    text = path if first == path else _of_all_rules(path)
    for word in rest:
        numbered = _NUMBERED.fullmatch(word)
        kind, number = (numbered[1], int(numbered[2])) if numbered else (word, 0)
        if kind in _OCCASIONS:
            text += f" {_OCCASIONS[kind]}"
        elif numbered and kind in _PARTS:
            text += f", {_PARTS[kind]} {number + 1}"
    return text


def _of_all_rules(path: str) -> str:
    """Return the path of a number of one licensing rule as that of all: they read the same draw."""
    head, found, tail = path.partition(".licensing.")
    if not found:
        return path
    words = tail.split(".")
    own = next((k for k, word in enumerate(words) if word in Licensing.model_fields), 0)
    return ".".join([f"{head}.licensing.*", *words[own:]])
