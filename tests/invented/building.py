"""Conditions on building a plant, capacity of producers that adapts, and controls on equipment."""

from __future__ import annotations

from typing import Any

from tests.invented.dice import Dice
from tests.invented.outline import Outline
from tests.invented.selecting import Mapping, selectors


def add_building(scenario: Mapping, outline: Outline) -> None:
    """Make the plant depend on financing, an ownership change, offtake, feed and presses."""
    dice, ticks = outline.dice("building"), outline.ticks
    plant = scenario["facilities"]["georgia"]
    plant["decision"] = dice.date(-4, 1)
    if dice.often(0.8):
        money: Mapping = {
            "tranches": {
                name: {"closes": dice.time(0, 0.5 * ticks)}
                for name in ("loan", "equity")[: dice.one_of(1, 2)]
            },
            "funding_clock": dice.time(0, 6),
        }
        if dice.often(0.8):
            money["window_closes"] = dice.date(2, 3 + 0.2 * ticks)
            if dice.often(0.6):
                money |= {"if_missed": "waits", "wait": dice.time(0, 6)}
        plant["financing"] = money
    if dice.often(0.5):
        plant["ownership_change"] = {
            "probability": _chance(outline, dice),
            "delay": dice.time(0, 0.3 * ticks),
            "before": dice.one_of(*plant["stages"]),
        }
    if dice.often(0.5):
        chosen = selectors(dice, scenario, 2)
        plant["offtake"] = {buyers: f"{dice.number(5.0, 45.0)}%" for buyers in chosen}
    if dice.often(0.4):
        plant["feed"] = {dice.one_of(*plant["product_mix"]): _feed(scenario, dice)}
    elsewhere = [region for region in scenario["regions"] if region != plant["region"]]
    if dice.often(0.9):
        plant["presses"] = {
            "from": dice.one_of(*elsewhere),
            **({"probability": _chance(outline, dice)} if dice.often(0.4) else {}),
            "stage": dice.one_of(*plant["stages"]),
            "delay": dice.time(0, 0.3 * ticks),
        }


def add_terms(scenario: Mapping, outline: Outline) -> None:
    """Give the tranches of a plant a kind, with failures, a guarantee and a call; limit its power, price it.

    It comes after the prices, since the cost may follow from the tranches.
    """
    if not (outline.has("facility") and outline.has("building")):
        return
    dice, ticks = outline.dice("terms"), outline.ticks
    plant = scenario["facilities"]["georgia"]
    money, cost = plant.get("financing"), plant.get("cost")
    if money is not None and dice.often(0.8):
        loan, equity = money["tranches"]["loan"], money["tranches"].get("equity")
        loan |= {"kind": "loan", "amount": "300 MUSD", "rate": "4 %/yr", "fails": _risk(outline, dice)}
        if dice.often(0.8):
            loan |= {"if_fails": "waits", "replacement": dice.time(0, 0.2 * ticks), "premium": "2 %/yr"}
        if equity is not None:
            equity |= {"kind": "equity", "amount": "90 MUSD", "rate": "12 %/yr"}
            equity |= {"fails": _risk(outline, dice)} if dice.often(0.2) else {}
        if dice.often(0.8):
            money["tranches"]["cover"] = {
                "kind": "guarantee",
                "closes": dice.time(0, 0.3 * ticks),
                "loan": "loan",
                "covers": dice.share(0.2, 1.0),
                "fails": _risk(outline, dice),
                "if_fails": dice.one_of("dearer", "dearer", "dearer", "loan_fails"),
            }
        if cost is not None and dice.often(0.6):
            cost.pop("interest", None)
            cost["interest_from"] = "financing"
        money["delay_borne_by"] = dice.one_of("owner", "lender")
    if money is not None and dice.often(0.6):
        money["call"] = {
            "date": dice.date(-4, 0.5 * ticks),
            "answer_within": dice.time(0, 0.2 * ticks),
            "missed": _chance(outline, dice),
            "surcharge": {
                "from": dice.one_or_more(list(scenario["regions"]), 0.5),
                "to": dice.one_or_more(list(scenario["regions"]), 0.6),
                "rate": dice.share(0.0, 1.0),
                **({"length": dice.time(1, 0.5 * ticks)} if dice.often(0.5) else {}),
            },
        }
    if dice.often(0.85):
        limit: Mapping = {dice.date(t, t): dice.share(0.1, 1.0) for t in (-2.0, 0.4 * ticks)}
        plant["power"] = {"available": dice.one_of(limit, dice.share(0.1, 1.0))}
        if dice.often(0.9):
            project = {"delivers": dice.date(0, 0.6 * ticks), "delay": dice.time(0, 0.1 * ticks)}
            plant["power"]["project"] = project | {"cancelled": _chance(outline, dice)}
    if cost is not None and "power_price" in cost and dice.often(0.6):
        cost.pop("power_price")
        prices = {dice.date(t, t): f"{dice.factor(0.03, 0.2)} USD/kWh" for t in (-2.0, 0.4 * ticks)}
        plant.setdefault("power", {})["price"] = prices


def _feed(scenario: Mapping, dice: Dice) -> Mapping:
    grade = dice.one_of(*(name for name, about in scenario["grades"].items() if about["unit"] == "ct"))
    return {
        "grade": grade,
        "yield": dice.share(0.3, 1.0),
        "cover": dice.time(0.5, 8),
        "lead": dice.time(0.5, 3),
    }


def add_swings(scenario: Mapping, outline: Outline) -> None:
    """Give some producers swing capacity that opens on a date or with a control."""
    dice = outline.dice("swing")
    for about in (scenario["producers"][name] for name in dice.one_or_more(list(scenario["producers"]), 0.5)):
        about["swing"] = {
            name: _swing(scenario, outline, dice) for name in ("shifts", "hall")[: dice.one_of(1, 2)]
        }


def _swing(scenario: Mapping, outline: Outline, dice: Dice) -> Mapping:
    swing: Mapping = {
        "share": dice.share(0.05, 0.9),
        "opens": dice.one_of(dice.date(-4, 0.8 * outline.ticks), *scenario.get("controls", {})),
    }
    return swing | {key: dice.time(0, 0.3 * outline.ticks) for key in dice.some(["delay", "time"], 0.6)}


def add_adaptation(scenario: Mapping, outline: Outline) -> None:
    """Let some sellers convert between their grades, and some producers add capacity."""
    dice = outline.dice("adaptation")
    plants = scenario.get("facilities", {}).values()
    makers = scenario["producers"].values()
    for about in (*makers, *plants):
        outputs = about.get("capacity") or about["product_mix"]
        able = [
            g for g in outputs if scenario["grades"][g]["unit"] == "ct" and g not in about.get("feed", {})
        ]
        if len(able) > 1 and dice.often(0.7):
            pairs = [(able[0], able[1]), (able[1], able[0])][: dice.one_of(1, 2)]
            about["conversion"] = {
                f"to_{into}": {
                    "from": of,
                    "to": into,
                    "limit": dice.share(0.05, 0.9),
                    "time": dice.time(0, 0.2 * outline.ticks),
                    **({"yield": dice.share(0.4, 1.0)} if dice.often(0.6) else {}),
                    **({"qualification": dice.time(0, 0.2 * outline.ticks)} if dice.often(0.6) else {}),
                    **({"cost": f"{dice.factor(0.0, 0.1)} USD/ct"} if dice.often(0.4) else {}),
                }
                for of, into in pairs
            }
    for about in makers:
        if dice.often(0.6):
            names = ("shifts", "works")[: dice.one_of(1, 2)]
            about["expansion"] = {name: _project(outline, dice) for name in names}


def _project(outline: Outline, dice: Dice) -> Mapping:
    project: Mapping = {
        "trigger": dice.share(0.0, 0.4),
        "lasting": dice.time(0, 0.1 * outline.ticks),
        "delay": dice.time(0, 0.3 * outline.ticks),
        "size": dice.share(0.05, 0.9),
    }
    if dice.often(0.5):
        project["times"] = dice.one_of(1, 2)
    return project | ({"ramp": dice.time(0, 0.3 * outline.ticks)} if dice.often(0.5) else {})


def add_equipment(scenario: Mapping, outline: Outline) -> None:
    """Add controls on equipment: one that covers no goods, and sometimes one that also covers goods."""
    dice = outline.dice("equipment")
    controls = scenario.setdefault("controls", {})
    if controls and dice.often(0.5):
        controls["c55"]["equipment"] = _equipment(scenario, outline, dice)
    begin, end = sorted(dice.date(low, outline.ticks) for low in (-4, 2))
    alone: Mapping = {
        "start": dice.one_of("licensing", "banned"),
        "equipment": _equipment(scenario, outline, dice),
        "timeline": {begin: dice.one_of("licensing", "banned"), end: dice.one_of("none", "licensing")},
    }
    if "c55" in controls and dice.often(0.3):
        alone["requires"] = "c55"
    controls["c33"] = alone


def _equipment(scenario: Mapping, outline: Outline, dice: Dice) -> Mapping:
    regions = list(scenario["regions"])
    presses = scenario.get("facilities", {}).get("georgia", {}).get("presses")
    makers = [presses["from"]] if presses and dice.often(0.9) else dice.one_or_more(regions, 0.4)
    equipment: Mapping = {"from": makers}
    if dice.often(0.15):
        equipment["to"] = dice.one_or_more(regions, 0.6)
    if presses or dice.often(0.6):
        equipment["presses"] = {} if dice.often(0.6) else {"granted": _chance(outline, dice)}
    if dice.often(0.7) or "presses" not in equipment:
        grades: Any = dice.one_or_more(list(scenario["grades"]), 0.7)
        equipment["expansion"] = {"grades": grades, "kept": dice.share(0.0, 1.0)}
    return equipment


def _risk(outline: Outline, dice: Dice) -> str:
    """Draw the probability of a failure, rather a small one, so that most plants are built."""
    return dice.share(0.0, 0.5) if outline.chance else dice.one_of("0%", "0%", "100%")


def _chance(outline: Outline, dice: Dice) -> str:
    """Draw a probability; 0% or 100% if the outline has no chance events."""
    return dice.share(0.0, 1.0) if outline.chance else dice.one_of("0%", "100%")
