"""The right scenarios from which wrong ones are made: shipped, textbook and invented ones."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from diamondsim.scenario import shipped_scenarios
from diamondsim.scenario.extends import resolve
from diamondsim.scenario.shipped import shipped_files
from diamondsim.scenario.source import read_tree
from diamondsim.scenario.tree import plain
from tests.invented.outline import MECHANISMS, Outline
from tests.invented.strategies import invent

RUNNABLE = [listing.name for listing in shipped_scenarios() if not listing.component]
FILES = sorted(shipped_files())
TEXTBOOKS = sorted((Path(__file__).parents[1] / "theory").glob("exponential-ban.yaml"))
STARTS = ("2026-11-30", "2027-01-04", "2027-03-01")
"""First days of shipped scenarios, so that little time passes before or after a control takes effect."""


def world(rng: Random) -> dict[str, Any]:
    """Return a scenario as maps, lists and text; the caller may change it."""
    make = rng.choices([_invented, _whole, _layer, _overlays, _textbook], weights=[13, 2, 2, 1, 2])[0]
    return make(rng)


def donor(rng: Random) -> dict[str, Any]:
    """Return a scenario from which values are taken for another; not to be changed."""
    return _shipped(rng.choice(RUNNABLE))


def _invented(rng: Random) -> dict[str, Any]:
    numbers = np.random.default_rng(rng.getrandbits(32))
    outline = Outline(
        seed=rng.randrange(2**20),
        ticks=rng.randint(8, 14),
        tick_days=rng.choice([1, 7]),
        regions=rng.randint(2, 3),
        uses=rng.randint(1, 3),
        second_grade=rng.choice([None, "mesh", "plate"]),
        mechanisms=frozenset(name for name in MECHANISMS if numbers.random() < 2 / 3),
    )
    return copy.deepcopy(dict(invent(outline)))


def _whole(rng: Random) -> dict[str, Any]:
    return _cut(copy.deepcopy(_shipped(rng.choice(RUNNABLE))), rng)


def _layer(rng: Random) -> dict[str, Any]:
    return _cut(copy.deepcopy(_file(rng.choice(RUNNABLE))), rng)


def _overlays(rng: Random) -> dict[str, Any]:
    """Return a scenario that extends several shipped ones, which share ancestors."""
    names = rng.sample(FILES, rng.randint(2, 4))
    return _cut({"extends": names, "title": "Overlays"}, rng)


def _textbook(rng: Random) -> dict[str, Any]:
    made = plain(read_tree(rng.choice(TEXTBOOKS), "textbook.yaml"))
    assert isinstance(made, dict)
    return _cut(made, rng)


def _cut(content: dict[str, Any], rng: Random) -> dict[str, Any]:
    horizon: dict[str, Any] = {"start": rng.choice(STARTS), "length": "70 days", "tick": "7 days"}
    if "extends" in content:
        horizon["end"] = None
    return {**content, "horizon": horizon}


@cache
def _shipped(name: str) -> dict[str, Any]:
    whole = plain(resolve(name))
    assert isinstance(whole, dict)
    return whole


@cache
def _file(name: str) -> dict[str, Any]:
    layer = plain(read_tree(shipped_files()[name], f"{name}.yaml"))
    assert isinstance(layer, dict)
    return layer
