"""Structural mutants: right scenarios in which keys and values are deleted, moved, renamed or replaced."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, TypeAlias

from tests.fuzz import extremes
from tests.fuzz.worlds import RUNNABLE, donor, world

Step: TypeAlias = str | int
Place: TypeAlias = tuple[Step, ...]
Container: TypeAlias = Any
"""A map or a list."""


def structural_mutant(number: int) -> dict[str, Any]:
    """Return a mutant as maps, lists and scalars; the same for a number at any time."""
    rng = Random(f"structure {number}")
    content = world(rng)
    for _ in range(rng.choices([1, 2, 3, 5], weights=[10, 5, 3, 1])[0]):
        change = rng.choices(list(CHANGES), weights=list(CHANGES.values()))[0]
        change(content, rng)
    return content


def places(node: Container, above: Place = ()) -> Iterator[Place]:
    """Yield the place of every value below a map or a list, in order."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from places(value, (*above, key))


def at(content: Container, place: Place) -> Any:
    for step in place:
        content = content[step]
    return content


def put(content: Container, place: Place, value: Any) -> None:
    at(content, place[:-1])[place[-1]] = value


def _choose(content: Container, rng: Random, wanted: Callable[[Any], bool] = lambda _: True) -> Place | None:
    """Return the place of a value of some kind; top sections and leaves are about as likely."""
    fitting = [place for place in places(content) if wanted(at(content, place))]
    if not fitting:
        return None
    depth = rng.choice(sorted({len(place) for place in fitting}))
    return rng.choice([place for place in fitting if len(place) == depth])


def _delete(content: Container, rng: Random) -> None:
    place = _choose(content, rng)
    if place:
        del at(content, place[:-1])[place[-1]]


def _duplicate(content: Container, rng: Random) -> None:
    place = _choose(content, rng)
    if place:
        above, value = at(content, place[:-1]), copy.deepcopy(at(content, place))
        if isinstance(above, list):
            above.append(value)
        else:
            above[rng.choice([f"{place[-1]}2", *extremes.NAMES])] = value


def _rename(content: Container, rng: Random) -> None:
    place = _choose(content, rng)
    if place and isinstance(place[-1], str):
        above = at(content, place[:-1])
        key = place[-1]
        others = [other[-1] for other in places(content) if isinstance(other[-1], str)]
        new = rng.choice([key[:-1], key.upper(), key[::-1], rng.choice(others), rng.choice(extremes.NAMES)])
        renamed = {new if old == key else old: value for old, value in above.items()}
        above.clear()
        above.update(renamed)


def _rename_everywhere(content: Container, rng: Random) -> None:
    """Give an id another name wherever it occurs."""
    section = rng.choice(["regions", "grades", "uses", "producers", "facilities", "controls", "reserves"])
    ids = [key for key in (content.get(section) or {}) if isinstance(key, str)]
    if not ids:
        return
    old = rng.choice(ids)
    new = rng.choice([f"{old}-2", "a" * 200, "x_y", "any-1", "0", "-", "A", rng.choice(extremes.NAMES)])

    def renamed(node: Any) -> Any:
        match node:
            case str():
                parts = node.replace(" -> ", ".").split(".")
                return node.replace(old, new) if old in parts else node
            case list():
                return [renamed(item) for item in node]
            case dict():
                return {renamed(key): renamed(value) for key, value in node.items()}
        return node

    changed = renamed(content)
    content.clear()
    content.update(changed)


def _move(content: Container, rng: Random) -> None:
    place, target = _choose(content, rng), _choose(content, rng, lambda value: isinstance(value, dict))
    if place and target and target[: len(place)] != place:
        value = at(content, place)
        at(content, target)[str(place[-1])] = value
        if place[-1] in (at(content, place[:-1]) if isinstance(place[-1], str) else ()):
            del at(content, place[:-1])[place[-1]]


def _retype(content: Container, rng: Random) -> None:
    place = _choose(content, rng)
    if place:
        value = at(content, place)
        others = [
            [value],
            {"a": value},
            {str(value)[:20]: value},
            [value, value],
            str(value)[:300],
            None,
            True,
        ]
        put(content, place, rng.choice(others))


def _replace(content: Container, rng: Random) -> None:
    place = _choose(content, rng)
    if place:
        put(content, place, extremes.anything(rng))


def _renumber(content: Container, rng: Random) -> None:
    place = _choose(content, rng, extremes.numeric)
    if place:
        put(content, place, extremes.another_number(at(content, place), rng))


def _change_unit(content: Container, rng: Random) -> None:
    place = _choose(content, rng, extremes.numeric)
    if place:
        put(content, place, extremes.another_unit(at(content, place), rng))


def _make_uncertain(content: Container, rng: Random) -> None:
    place = _choose(content, rng, extremes.numeric)
    if place:
        put(content, place, extremes.distributed(at(content, place), rng))


def _redate(content: Container, rng: Random) -> None:
    place = _choose(content, rng, extremes.dated)
    if place:
        put(content, place, extremes.another_date(rng))


def _redate_key(content: Container, rng: Random) -> None:
    dates = [place for place in places(content) if extremes.dated(place[-1])]
    if dates:
        place = rng.choice(dates)
        at(content, place[:-1])[extremes.another_date(rng)] = at(content, place[:-1]).pop(place[-1])


def _swap(content: Container, rng: Random) -> None:
    one, other = _choose(content, rng), _choose(content, rng)
    if one and other and one[: len(other)] != other and other[: len(one)] != one:
        a, b = at(content, one), at(content, other)
        put(content, one, b)
        put(content, other, a)


def _splice(content: Container, rng: Random) -> None:
    """Put what stands at a place of another scenario there, or somewhere else."""
    other = donor(rng)
    place = _choose(other, rng)
    target = place if rng.random() < 0.6 else _choose(content, rng)
    if not place or not target:
        return
    node = content
    for step in target[:-1]:
        below = node.get(step) if isinstance(node, dict) else None
        if not isinstance(below, dict):
            return
        node = below
    if isinstance(node, dict):
        node[target[-1]] = copy.deepcopy(at(other, place))


def _empty(content: Container, rng: Random) -> None:
    place = _choose(content, rng, lambda value: isinstance(value, (dict, list)))
    if place:
        put(content, place, type(at(content, place))())


def _keep_one(content: Container, rng: Random) -> None:
    """Keep one entry of a map: one region, one seller, one use."""
    place = _choose(content, rng, lambda value: isinstance(value, dict) and len(value) > 1)
    if place:
        value = at(content, place)
        key = rng.choice(list(value))
        put(content, place, {key: value[key]})


def _correlate(content: Container, rng: Random) -> None:
    numbers = [".".join(map(str, place)) for place in places(content) if extremes.numeric(at(content, place))]
    if len(numbers) > 1 and isinstance(content.setdefault("correlation", {}), dict):
        pair = " ~ ".join(rng.sample(numbers, 2))
        content["correlation"][pair] = rng.choice(["0.5", "-0.5", "1", "-1", "0", "0.999999", "2", "nan"])


def _extend(content: Container, rng: Random) -> None:
    names: list[Any] = [
        *rng.sample(RUNNABLE, 2),
        "",
        "a" * 300,
        "./no.yaml",
        "a\x00b",
        3,
        None,
        "../../",
        "/",
    ]
    content["extends"] = rng.choice([rng.choice(names), rng.sample(names, 2), [], {}])


CHANGES: dict[Callable[[Container, Random], None], int] = {
    _renumber: 30,
    _make_uncertain: 10,
    _delete: 12,
    _keep_one: 5,
    _empty: 5,
    _splice: 10,
    _replace: 8,
    _rename: 5,
    _rename_everywhere: 5,
    _swap: 5,
    _move: 4,
    _retype: 4,
    _duplicate: 5,
    _redate: 8,
    _redate_key: 6,
    _correlate: 6,
    _change_unit: 4,
    _extend: 1,
}
"""Every kind of change with its weight."""
