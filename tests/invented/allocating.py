"""What weighs in the rationing of an invented scenario, rated orders, and limits that open."""

from __future__ import annotations

from tests.invented.outline import Outline
from tests.invented.selecting import Mapping, selectors


def add_allocation(scenario: Mapping, outline: Outline) -> None:
    """Add weights of contracts, value and nearness, rated orders, and times to qualify further sources."""
    dice = outline.dice("allocation")
    terms: Mapping = {
        "contract_weight": dice.share(0.05, 1.0),
        "value_exponent": dice.factor(0.0, 3.0),
        "home_preference": dice.factor(0.5, 3.0),
        "purchase_memory": dice.time(0.0, 30),
    }
    scenario["allocation"] = {key: terms[key] for key in dice.some(list(terms), 0.7)}
    if dice.often(0.6):
        for use in scenario["uses"].values():
            unit = scenario["grades"][next(iter(use["grades"]))]["unit"]
            use["value_added"] = f"{dice.factor(1.0, 90.0)} USD/{unit}"
    for policy in scenario["inventory_policy"].values():
        if dice.often(0.6):
            policy["qualification_time"] = dice.time(0.0, 0.3 * outline.ticks)
        if dice.often(0.4):
            policy["qualification_trigger"] = dice.share(0.5, 1.0)
    for seller in (*scenario["producers"].values(), *scenario.get("facilities", {}).values()):
        if dice.often(0.3):
            seller["rated_orders"] = selectors(dice, scenario, 2)
