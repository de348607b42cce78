"""Selectors of buyers, as keys of a map (no two may name the same) and in lists."""

from __future__ import annotations

from typing import Any

from tests.invented.dice import Dice

Mapping = dict[str, Any]


def selectors(dice: Dice, scenario: Mapping, most: int) -> list[str]:
    """Draw selectors that name different buyers."""
    regions, uses = list(scenario["regions"]), list(scenario["uses"])
    classes = [*{about.get("class", "civil"): None for about in scenario["uses"].values()}, "civil"]
    found: dict[tuple[str, str], str] = {}
    for _ in range(int(dice.rng.integers(1, most + 1))):
        region, use = dice.one_of("any", *regions), dice.one_of("any", *uses, *classes)
        words = [f"{region}.{use}"]
        if region == "any":
            words.append(use)
        if use == "any":
            words.append(region)
        found.setdefault((region, use), dice.one_of(*words))
    return list(found.values())


def lay_over(scenario: Mapping, table: Mapping, selector: str, values: Mapping) -> None:
    """Add values to a table's entry for a selector, which may be under an equivalent selector."""
    names = {_buyers(scenario, key): key for key in table}
    table.setdefault(names.get(_buyers(scenario, selector), selector), {}).update(values)


def _buyers(scenario: Mapping, selector: str) -> tuple[str, str]:
    region, dot, use = selector.partition(".")
    if dot:
        return region, use
    return (selector, "any") if selector in scenario["regions"] else ("any", selector)
