"""Equivalent forms of a scenario: scaled, renamed, reordered, or with parts split in two."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from diamondsim.ledger import FIELDS, Ledger
from tests.engines.comparing import INDICES
from tests.engines.small_case import Case
from tests.invented.chances import STATES
from tests.invented.selecting import Mapping

_WORD = re.compile(r"[A-Za-z0-9_-]+")


def scaled(content: Mapping, factor: str) -> Mapping:
    """Return a scenario with all quantities multiplied by a factor."""

    def times(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: item if key == "grades" else times(item) for key, item in value.items()}
        return f"{value} * {factor}"

    other = copy.deepcopy(content)
    other["demand"], other["trade"] = times(other["demand"]), times(other["trade"])
    for about in other["producers"].values():
        about["capacity"] = times(about["capacity"])
    for about in other.get("facilities", {}).values():
        about["nameplate"] = times(about["nameplate"])
        if "cost" in about:
            about["cost"]["capital"] = times(about["cost"]["capital"])  # the cost of a unit stays
    for about in other.get("reserves", {}).values():
        about |= {key: times(about[key]) for key in ("opening", "goal", "release", "refill") if key in about}
    return other


def renamed(content: Mapping, names: dict[str, str]) -> Mapping:
    """Return a scenario with every id renamed wherever it occurs."""

    def other(value: Any) -> Any:
        match value:
            case dict():
                return {other(key): other(item) for key, item in value.items()}
            case list():
                return [other(item) for item in value]
            case str():
                return _WORD.sub(lambda word: names.get(word[0], word[0]), value)
        return value

    return other(content)


def reordered(content: Mapping, seed: int) -> Mapping:
    """Return a scenario with its maps in another order.

    Orders that have a meaning are kept: a plant's stages, branches, reserves. A trade row of a producer
    with two units gets an explicit unit, because the default is that of the first grade in the file.
    """
    rng = np.random.default_rng(seed)
    kept = {"stages", "reserves"}

    def shuffled(value: Any, key: str) -> Any:
        if not isinstance(value, dict):
            return value
        branches = not {"unchanged", *STATES}.isdisjoint(value)
        fixed = key in kept or (branches and key not in ("sojourn", "transitions"))
        keys = list(value) if fixed else [list(value)[i] for i in rng.permutation(len(value))]
        return {name: shuffled(value[name], name) for name in keys}

    other = copy.deepcopy(content)
    for name, about in other["producers"].items():
        units = {other["grades"][grade]["unit"] for grade in about["capacity"]}
        if name in other["trade"] and len(units) == 2:
            other["trade"][f"{name}@ct"] = other["trade"].pop(name)
    return shuffled(other, "")


def with_producer_in_two(content: Mapping, name: str, part: str, rest: str) -> Mapping:
    """Return a scenario with a producer split in two; the limits of its lanes are split like its output."""

    def share(value: Any, of: str) -> Any:
        if isinstance(value, dict):
            return {key: share(item, of) for key, item in value.items()}
        return f"{value} * {of}"

    other = copy.deepcopy(content)
    whole = other["producers"].pop(name)
    for half, of in ((name, part), (f"{name}-2", rest)):
        about = copy.deepcopy(whole)
        about["capacity"] = share(about["capacity"], of)
        if "sourcing_limit" in about:
            about["sourcing_limit"] = share(about["sourcing_limit"], of)
        other["producers"][half] = about
        for row, cells in content["trade"].items():
            seller, at, unit = row.partition("@")
            if seller == name:
                other["trade"][f"{half}{at}{unit}"] = share(cells, of)
        for lane, about in content.get("lanes", {}).items():
            seller, _, buyers = lane.partition(" -> ")
            if seller == name:
                parts = {key: share(about[key], of) for key in ("share", "sourcing_limit") if key in about}
                other["lanes"][f"{half} -> {buyers}"] = {**about, **parts}
    prices = other.get("prices", {})
    for about in (prices.get("supply", {}), *prices.get("surcharges", {}).values()):
        if name in about.get("from", ()):
            about["from"] = [*about["from"], f"{name}-2"]
        if name in about:
            about[f"{name}-2"] = copy.deepcopy(about[name])
    return other


def with_use_in_two(content: Mapping, name: str, part: str, rest: str) -> Mapping:
    """Return a scenario with a use split in two with the same policy; both are named wherever it was."""
    second = f"{name}-2"

    def twice(key: str) -> list[str]:
        return [key, re.sub(rf"\b{name}\b", second, key)] if re.search(rf"\b{name}\b", key) else [key]

    def both(value: Any) -> Any:
        match value:
            case dict():
                return {k: copy.deepcopy(both(item)) for key, item in value.items() for k in twice(key)}
            case list():
                return [word for item in value for word in twice(item)]
        return value

    other = {key: both(value) for key, value in content.items()}
    for region, row in other["demand"].items():
        for use, of in ((name, part), (second, rest)):
            if use in row:
                whole = content["demand"][region][name]
                flow = whole["flow"] if isinstance(whole, dict) else whole
                grades = {"grades": whole["grades"]} if isinstance(whole, dict) else {}
                row[use] = {"flow": f"{flow} * {of}", **grades}
    return other


def as_in(like: Case, case: Case, ledger: Ledger, name: Callable[[str], str] = str) -> Ledger:
    """Reorder the rows of a Ledger as in another scenario, and add up rows that share a name there.

    `name` maps the name of a node or source to its name there. Expected fill rates and prices are taken from
    the last part, because all parts have the same values.
    """
    merged = Ledger.empty(like.plan, like.draws.n_replications)
    here, there = _names(case), _names(like)
    for field, kind in FIELDS.items():
        rows = [tuple(name(word) for word in words) for words in here[kind.entity]]
        place = {words: row for row, words in enumerate(there[kind.entity])}
        assert set(rows) == set(place), set(rows) ^ set(place)
        for row, words in enumerate(rows):
            kept = 0.0 if field in INDICES else merged[field][:, place[words]]
            merged[field][:, place[words]] = kept + ledger[field][:, row]
    return merged


def _names(case: Case) -> dict[str, Sequence[tuple[str, ...]]]:
    plan = case.plan
    lanes = zip(plan.lane_source, plan.lane_node, strict=True)
    markets = () if plan.prices is None else plan.prices.markets
    return {
        "market": markets,
        "node": [(node.name,) for node in plan.nodes],
        "source": [(source.name,) for source in plan.sources],
        "lane": [(plan.sources[s].name, plan.nodes[n].name) for s, n in lanes],
    }
