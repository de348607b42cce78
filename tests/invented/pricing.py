"""Prices of an invented scenario, and the responses to them."""

from __future__ import annotations

from diamondsim.units import Kind
from tests.invented.dice import Dice, central
from tests.invented.outline import Outline
from tests.invented.selecting import Mapping


def add_prices(scenario: Mapping, outline: Outline) -> None:
    """Give most grades a price; each kind of response is sometimes omitted."""
    dice, ticks = outline.dice("prices"), outline.ticks
    zones = dice.one_of({}, {"china": ["CN"]}, {"china": ["CN"]}, {"china": ["CN"], "atlantic": ["US"]})
    named = {region for zone in zones.values() for region in zone}
    rest = ["outside"] if set(scenario["regions"]) - named else []
    grades = dice.one_or_more(list(scenario["grades"]), 0.85)
    prices: Mapping = {
        "zones": zones,
        "start": {
            grade: {
                zone: f"{dice.factor(0.05, 0.3)} USD/{scenario['grades'][grade]['unit']}"
                for zone in (*zones, *rest)
            }
            for grade in grades
        },
        "adjustment_time": dice.time(3, 40),
    }
    sellers = [*scenario["producers"], *scenario.get("facilities", {})]
    more: Mapping = {
        "arbitrage_time": dice.one_of("0 days", dice.time(0.5, 12)),
        "planning_time": dice.one_of("0 days", dice.time(1, 30)),
        "limits": {"lowest": dice.factor(0.1, 0.9), "highest": dice.factor(1.2, 20.0)},
        "supplier_elasticity": dice.factor(0.0, 4.0),
        "demand": {use: dice.factor(0.0, 1.5) for use in dice.one_or_more(["any", *scenario["uses"]], 0.6)},
        "supply": {s: _supply(dice, ticks) for s in dice.one_or_more(["any", *sellers], 0.6)},
    }
    prices |= {key: more[key] for key in dice.some(list(more), 0.75)}
    scenario["prices"] = prices
    for plant in scenario.get("facilities", {}).values():
        _add_cost(scenario, plant, dice)
    for reserve in scenario.get("reserves", {}).values():
        unit = scenario["grades"][reserve["grade"]]["unit"]
        reserve |= {"holding_cost": f"0.01 USD/{unit}/yr"}
        if reserve["grade"] in grades:
            reserve["interest"] = "5 %/yr"


def _supply(dice: Dice, ticks: int) -> Mapping:
    keys: Mapping = {
        "elasticity": dice.factor(0.0, 3.0),
        "time": dice.one_of("0 days", dice.time(0.5, 20)),
        "cost": {dice.date(t, t): dice.share(0.5, 1.6) for t in (-2.0, 0.5 * ticks)[: dice.one_of(1, 2)]},
    }
    return {key: keys[key] for key in dice.one_or_more(list(keys), 0.7)}


def _add_cost(scenario: Mapping, plant: Mapping, dice: Dice) -> None:
    """Set a plant's cost close to its price, so that it may stop; sometimes add a floor price."""
    made = [grade for grade in plant["product_mix"] if grade in scenario["prices"]["start"]]
    if not made:
        return
    price = next(iter(scenario["prices"]["start"][made[0]].values()))
    start = central(price, Kind.PRICE)
    if dice.often(0.8):
        plant["cost"] = {
            "other": f"{dice.number(0.92, 1.04) * start:.4g} USD/ct",
            "capital": "1 MUSD",
            "life": "9 yr",
        }
        if dice.often(0.5):
            plant["cost"] |= {"interest": "8 %/yr", "power": "0.2 kWh/ct", "power_price": "0.07 USD/kWh"}
        plant["asks"] = dice.one_of("market", "market", "cash_cost", "unit_cost")
    if dice.often(0.3):
        plant["floor_price"] = f"{dice.number(0.5, 1.5) * start:.4g} USD/ct"


def add_surcharges(scenario: Mapping, outline: Outline) -> None:
    """Add surcharges on the prices of some sellers in some regions."""
    dice, ticks = outline.dice("surcharges"), outline.ticks
    sellers = [*scenario["regions"], *scenario["producers"], *scenario.get("facilities", {})]
    scenario["prices"]["surcharges"] = {}
    for name in ("duty", "freight")[: dice.one_of(1, 2)]:
        rates = {dice.date(t, t): dice.share(-0.3, 1.0) for t in (-2.0, 0.3 * ticks, 0.7 * ticks)}
        about: Mapping = {
            "from": dice.one_or_more(sellers, 0.4),
            "to": dice.one_or_more(list(scenario["regions"]), 0.6),
            "rate": dice.one_of(rates, rates, dice.share(0.0, 0.5)),
        }
        if dice.often(0.5):
            about["grades"] = dice.one_or_more(list(scenario["grades"]), 0.5)
        scenario["prices"]["surcharges"][name] = about
