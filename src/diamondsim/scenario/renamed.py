"""Renamed keys and scenarios, and the refusal of the old names.

An old key is not an alias: it is a problem that names the new key. The tree is nevertheless read with the new
key, so that every other problem is reported at the same time.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from diamondsim.errors import Problem, shown
from diamondsim.scenario.merge import ANYWHERE, PROVENANCE
from diamondsim.scenario.sampling import TILDE, split_pair
from diamondsim.scenario.tree import Entry, Mark, Path, Table, TreeNode, problem_at, table

_ORDERING = {
    "trust": "queue_weight",
    "belief_time": "fill_rate_memory",
    "order_ceiling": "max_order",
    "room": "max_share_factor",
}
_POLICY = {**_ORDERING, "backlog": "backorder_share"}
_LANE = {"qualified": "sourcing_limit"}
_SELLER = {"stock": "finished_stock_ceiling", **_LANE}
_FORK = {"draw": "shared_draw"}
_RATES = {"trough": "initial_rate", "long_run": "long_run_rate"}

RENAMED: Mapping[str, Mapping[str, str]] = {
    "": {"part": "component", "habits": "inventory_policy", "expect": "reference_values"},
    "uses.*": {"willingness": "value_added", "allocation_weight": "value_added"},
    "inventory_policy.*": _POLICY,
    "producers.*": {
        "makes": "capacity",
        "origin": "tracked_share",
        "scripted": "scheduled_outages",
        **_SELLER,
    },
    "producers.*.feed.*": _ORDERING,
    "facilities.*": {
        "makes": "product_mix",
        "sells": "contract_shares",
        "sale_of_owner": "ownership_change",
        **_SELLER,
    },
    "facilities.*.feed.*": _ORDERING,
    "lanes.*": _LANE,
    "controls.*": {
        "stay": "sojourn",
        "next": "transitions",
        "desks": "licensing",
        "leakage": "diversion",
        "drag": "spillover",
    },
    "controls.*.timeline.*": _FORK,
    "controls.*.transitions.*": _FORK,
    "controls.*.expiries.then": _FORK,
    "controls.*.licensing.*": {
        "barred": "denied_parties",
        "watched": "watch_list",
        "withdrawal": "withdrawal_rate",
        **_RATES,
    },
    "controls.*.licensing.*.watch_list": _RATES,
    "buyers.*": {"of": "aggregate", "habits": "inventory_policy"},
    "buyers.*.inventory_policy": _POLICY,
    "buyers.*.suppliers.*": _LANE,
    "buyers.*.qualify.*": _LANE,
    "buyers.*.pre_buy": {"ceiling": "max_order"},
    "registry": {key: _ORDERING[key] for key in ("trust", "belief_time", "order_ceiling")},
    "prices": {
        "response": "adjustment_time",
        "link": "arbitrage_time",
        "sourcing": "supplier_elasticity",
    },
}
"""New keys by old key, by place: the path of their map in new keys, in which ``*`` stands for any id."""

RENAMED_SCENARIOS: Mapping[str, str] = {
    "leakage-none": "diversion-none",
    "leakage-no-crackdown": "diversion-no-crackdown",
}
"""New names of shipped scenarios by old name."""

_BY_INPUT = (("correlation",), ("sampling", "dimensions"))
"""Maps whose keys are names of inputs."""
_SELECTED = ("inventory_policy", "licensing", "lanes")
"""Maps whose ids may contain a dot."""


@lru_cache(maxsize=4096)  # asked for each key of a file, and files have many keys in one map
def renamed_at(path: Path) -> Mapping[str, str]:
    """Return the keys of the map at a path that were renamed, as new key by old key.

    Examples
    --------
    >>> renamed_at(("registry",))["trust"]
    'queue_weight'
    """
    path = _subject(path)
    return MappingProxyType(
        {old: new for place, keys in _PLACES if _is_at(place, path) for old, new in keys.items()}
    )


def _subject(path: Path) -> Path:
    """Return the path of the map that a map of notes is about, and whose keys it has."""
    return path[:-1] if path and path[-1] in PROVENANCE else path


def is_by_input(path: Path) -> bool:
    """Return whether the keys of the map at a path are names of inputs, or pairs of them."""
    return _subject(path) in _BY_INPUT


def renamed_input(name: str) -> str:
    """Return the name of an uncertain input with every old key in it replaced by the new one.

    Examples
    --------
    >>> renamed_input("habits.US.any.trust"), renamed_input("cn_55/spell0/trough")
    ('inventory_policy.US.any.queue_weight', 'cn_55/spell0/initial_rate')
    """
    current = _with_new_keys(name, _PATTERNS)
    if current == name:
        return name
    # The place of a key may be recognised only once the keys above it are the new ones.
    return renamed_input(_with_new_keys(current, _PATTERNS_OF_OLD_NAMES))


def _with_new_keys(name: str, patterns: Iterable[tuple[re.Pattern[str], Mapping[str, str]]]) -> str:
    for pattern, keys in patterns:
        match = pattern.match(name)
        if match:
            name = f"{match[1]}{keys[match[2]]}{name[match.end() :]}"
    return name


def new_key(path: Path, key: str) -> str:
    """Return the present name of a key in the map at a path; the key itself if it was not renamed.

    Keys that consist of names of inputs count as well: pairs in ``correlation``, and ``sampling.dimensions``.
    """
    path = _subject(path)
    if path == ("correlation",) and TILDE in key:
        pair = split_pair(key)
        current = tuple(map(renamed_input, pair))
        return key if current == pair else f" {TILDE} ".join(current)
    if path == ("sampling", "dimensions"):
        return renamed_input(key)
    return renamed_at(path).get(key, key)


def refusals(
    mark: Mark, path: Path, key: str, written: Path, *, beside_new: bool = False
) -> Iterator[Problem]:
    """Yield the problems of an old key, each of which names the new one; none if the key was not renamed.

    Parameters
    ----------
    mark
        Place of the key in the file.
    path
        Path of its map, in new keys.
    key
        The key.
    written
        Path of the key as it was written, for messages.
    beside_new
        Whether its map has the new key too, so that the value of the old one is not read.
    """
    path, current = _subject(path), new_key(path, key)
    if current == key:
        return
    names = split_pair(key) if path == ("correlation",) else (key,)
    is_input = path in _BY_INPUT
    for name in dict.fromkeys(names):
        now = renamed_input(name) if is_input else current
        if now != name:
            why = f"unknown {'input' if is_input else 'key'} {shown(name)}"
            if beside_new:
                why += " beside the new one, and its value is not checked: keep one of the two"
            yield problem_of_name(mark, written, why, name, now)


def problem_of_name(mark: Mark, written: Path, why: str, name: str, current: str) -> Problem:
    """Return a problem with a name that also gives its present name, if that is another one.

    Parameters
    ----------
    mark
        Place of the name in the file.
    written
        Path of the name as it was written.
    why
        What is wrong.
    name
        The name.
    current
        Its present name.
    """
    if name == current:
        return problem_at(mark, written, why, found=name)
    return replace(problem_at(mark, written, why, found=name, suggestion=current), renamed=True)


def rename_keys(
    node: TreeNode, path: Path = (), written: Path | None = None
) -> tuple[TreeNode, list[Problem]]:
    """Return a tree with its old keys replaced by the new ones, and a problem for each of them.

    Parameters
    ----------
    node
        A tree, or a part of one.
    path
        Path of `node` in the scenario, in new keys.
    written
        The same path as it was written; by default `path`.

    Returns
    -------
    node
        The tree in new keys, at the same marks. If both keys were written, the value of the new one.
    problems
        Every old key, in the order written.
    """
    if not isinstance(node, Table):
        return node, []
    written = path if written is None else written
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    for key, entry in node.entries.items():
        current = new_key(path, key)
        written_key = (*written, key)
        beside_new = current in node.entries
        problems += refusals(entry.key_mark, path, key, written_key, beside_new=beside_new)
        below = entry.node
        if key not in ANYWHERE or key in PROVENANCE:
            below, more = rename_keys(entry.node, (*path, current), written_key)
            problems += more
        if current == key or not beside_new:
            entries[current] = Entry(entry.key_mark, below)
    return (table(entries, node.mark), problems) if problems else (node, [])


def _is_at(place: tuple[str, ...], path: Path) -> bool:
    return len(place) == len(path) and all(
        step == key or (step == "*" and key not in ANYWHERE) for step, key in zip(place, path, strict=True)
    )


def _pattern(steps: tuple[str, ...], keys: Mapping[str, str]) -> re.Pattern[str]:
    """Return an expression for an old key at the end of a place in a dotted name."""
    written = ""
    for above, step in zip(["", *steps], steps, strict=False):
        name = re.escape(step) if step != "*" else r"[^./]+"
        written += name + (r"(?:\.[^./]+)??" if step == "*" and above in _SELECTED else "") + r"\."
    # A use or a control may bear an old word: a top key has a dot behind it, a key below a selector has none.
    below_selector = len(steps) > 1 and steps[-1] == "*" and steps[-2] in _SELECTED
    end = r"\." if not steps else "/|$" if below_selector else "[./]|$"
    return re.compile(f"({written})({'|'.join(map(re.escape, keys))})(?={end})")


_PLACES = [(tuple(place.split(".")) if place else (), keys) for place, keys in RENAMED.items()]
_RULE = RENAMED["controls.*.licensing.*"]
_PATTERNS = [
    *((_pattern(place, keys), keys) for place, keys in _PLACES),
    (re.compile(r"(controls\.[^./]+\.licensing\.[^./]+\.[^./]+\.)(watched)(?=\.)"), _RULE),
    (re.compile(r"(controls\.[^./]+\.licensing\.[^./]+\.)(watched)(?=\.share)"), _RULE),
    (re.compile(f"([^./]+/spell[0-9]+/)({'|'.join(_RULE)})(?=[./]|$)"), _RULE),
]
"""Expressions for the names of inputs: paths, or ``<control>/spell<j>/<key>``."""
_PATTERNS_OF_OLD_NAMES = [(re.compile(r"(controls\.[^./]+\.licensing\.[^./]+\.)(watched)(?=\.)"), _RULE)]
"""Expressions for names that hold another old key: in any other name, `watched` may also be a use."""
