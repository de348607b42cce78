"""Hazards, expiries, spillovers and licences for the controls of an invented scenario."""

from __future__ import annotations

from typing import Any

from tests.invented.dice import Dice
from tests.invented.outline import Outline
from tests.invented.selecting import Mapping, lay_over, selectors

STATES = ("none", "announced", "licensing", "banned", "suspended")


def add_chances(scenario: Mapping, outline: Outline) -> None:
    """Add hazards, expiries, spillovers and licences to controls; each control has its own dice."""
    for name, control in scenario["controls"].items():
        if outline.has("hazards") and outline.chance:
            control["hazards"] = _hazards(outline.dice(f"hazards of {name}"))
        if outline.has("expiries"):
            control["expiries"] = _expiries(outline, outline.dice(f"expiries of {name}"))
        if outline.has("spillover"):
            control["spillover"] = _spillover(outline.dice(f"drag of {name}"), scenario)
        if outline.has("licences") and "licensing" in control:
            dice = outline.dice(f"licences of {name}")
            for selector in selectors(dice, scenario, 2):
                lay_over(scenario, control["licensing"], selector, _licences(dice))


def _hazards(dice: Dice) -> Mapping:
    return {
        state: {
            to: f"{dice.factor(0.5, 12.0)} /yr"
            for to in dice.one_or_more([other for other in STATES if other != state], 0.3)
        }
        for state in dice.one_or_more(STATES, 0.5)
    }


def _spillover(dice: Dice, scenario: Mapping) -> Mapping:
    sellers = [*dict.fromkeys(about["region"] for about in scenario["producers"].values())]
    covers = {
        "from": dice.one_or_more(sellers, 0.5),
        "to": "any" if dice.often(0.5) else selectors(dice, scenario, 2),
        "grades": dice.one_or_more(list(scenario["grades"]), 0.8),
    }
    return {"covers": covers, "lost": dice.share(0.0, 1.0), "time": dice.time(0.0, 8)}


def _licences(dice: Dice) -> Mapping:
    general: Mapping = {"share": dice.share(0.0, 1.0), "after": dice.time(0.0, 6)}
    watched: Mapping = {
        "initial_rate": dice.share(0.0, 0.5),
        "dead_time": dice.time(0.0, 6),
        "recovery_time": dice.time(0.0, 10),
        "long_run_rate": dice.share(0.0, 1.2),
    }
    maps: Mapping = {
        "general_licences": general | ({"time": dice.time(1, 10)} if dice.often(0.5) else {}),
        "licence": {"validity": dice.one_of("9 days", "2 weeks"), "renewal": dice.time(0.0, 5)},
        "watch_list": {"share": dice.share(0.0, 1.0)} | {k: watched[k] for k in dice.some([*watched], 0.5)},
    }
    return {key: maps[key] for key in dice.one_or_more([*maps], 0.5)}


def _expiries(outline: Outline, dice: Dice) -> Mapping:
    one, other = dice.one_of(*STATES), dice.one_of("unchanged", *STATES)
    then: Any = one
    if outline.chance and one != other:
        # The central values of uncertain probabilities must sum to 1.
        then = {one: "beta(3 2)", other: "40%"} if outline.uncertain else {one: "60%", other: "40%"}
    expiries: Mapping = {"first": dice.date(-6, 0.6 * outline.ticks), "then": then}
    if dice.often(0.7):
        expiries["every"] = f"{int(dice.rng.integers(1, 4 * outline.tick_days))} days"
    if dice.often(0.7):
        states = dice.one_or_more(STATES, 0.5)
        expiries["while"] = states[0] if len(states) == 1 else states
    return expiries
