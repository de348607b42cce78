"""The producers of an invented scenario: capacity, sales rules and outages.

Capacities exceed the sales by the same factor for all grades of a producer.
"""

from __future__ import annotations

from tests.invented.dice import Dice
from tests.invented.market import Flows, wanted
from tests.invented.outline import Outline
from tests.invented.selecting import Mapping, selectors

RULES = ("proportional", "weighted", "max_min", "priority")


def add_producers(scenario: Mapping, outline: Outline, flows: Flows) -> None:
    """Give producers capacity above their sales, and drop those that sell nothing."""
    for name in list(scenario["producers"]):
        dice, about = outline.dice(f"producer {name}"), scenario["producers"][name]
        slack = dice.number(1.02, 1.9)
        about["capacity"] = {
            grade: dice.about(slack * flows.by(name, grade), kind["unit"])
            for grade, kind in scenario["grades"].items()
            if flows.by(name, grade) > 0
        }
        if not about["capacity"]:
            del scenario["producers"][name]
            continue
        if dice.often(0.7):
            about["finished_stock_ceiling"] = dice.time(0.0, 5)
            if dice.often(0.3):
                about["opening"] = dice.time(0.0, 8)
        about["lead"] = {"any": dice.time(0.5, 4)}
        if dice.often(0.6):
            about["lead"] = {
                region: dice.time(0.5, 4) for region in dice.some(list(scenario["regions"]), 0.5)
            }
        add_ways(outline, dice, scenario, about)
        if outline.has("growth") and dice.often(0.6):
            about["growth"] = f"{dice.factor(-10.0, 20.0)} %/yr"
        if outline.has("scheduled_outages") and dice.often(0.6):
            about["scheduled_outages"] = {"strike": _strike(outline, dice)}
    if "lanes" in outline.mechanisms:
        _exceptions(outline, scenario)


def add_ways(outline: Outline, dice: Dice, scenario: Mapping, seller: Mapping) -> None:
    """Add a seller's rationing rule, service priorities, sourcing limits and random outages."""
    if outline.has("rationing"):
        seller["rationing"] = dice.one_of(*RULES)
    if outline.has("serves") and dice.often(0.7):
        seller["serves"] = selectors(dice, scenario, 3)
    if outline.has("sourcing_limit") and dice.often(0.7):
        seller["sourcing_limit"] = {s: dice.share(0.05, 1.2) for s in selectors(dice, scenario, 2)}
    if outline.has("outages") and outline.chance and dice.often(0.6):
        often = {
            "rate": f"{dice.factor(5.0, 25.0)} /yr",
            "length": dice.time(0.5, 4),
            "loss": dice.share(0.0, 1.0),
        }
        seller["outages"] = (
            {"blackout": often}
            if dice.often(0.5)
            else {"blackout": often, "press": {**often, "loss": "100%"}}
        )


def _strike(outline: Outline, dice: Dice) -> Mapping:
    begin = dice.rng.uniform(-3, outline.ticks)
    end = begin + dice.rng.uniform(1.0, 8.0)
    strike: Mapping = {"begin": dice.date(begin, begin), "end": dice.date(end, end)}
    return strike | ({"loss": dice.share(0.2, 1.0)} if dice.often(0.7) else {})


def _exceptions(outline: Outline, scenario: Mapping) -> None:
    """Add sourcing limits and leads to lanes, and sometimes a producer that sells only on explicit lanes."""
    dice = outline.dice("lanes")
    for key in list(scenario["lanes"]):
        if dice.often(0.5):
            scenario["lanes"][key] |= {"sourcing_limit": dice.share(0.2, 1.0), "lead": dice.time(0.5, 5)}
    region = dice.one_of(*scenario["regions"])
    if dice.often(0.5):
        unit = {
            "region": region,
            "capacity": {"micron": dice.flow(1.0, 900.0, "ct")},
            "lead": {"any": dice.time(0.5, 4)},
        }
        takers = [(r, use) for r, use, grade, _ in wanted(scenario) if grade == "micron"]
        if takers:
            scenario["producers"]["spare"] = unit
            region, use = dice.one_of(*takers)
            scenario["lanes"][f"spare -> {dice.one_of(region, use, f'{region}.{use}', 'any')}"] = {
                "share": "0%",
                "sourcing_limit": dice.share(0.1, 0.8),
            }
