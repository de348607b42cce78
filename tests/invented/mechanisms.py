"""Mechanisms of an invented scenario: inventory policies, drivers, controls, a plant, reserves."""

from __future__ import annotations

from typing import Any

from diamondsim.units import Kind
from tests.invented.dice import Dice, central
from tests.invented.market import Flows
from tests.invented.outline import Outline
from tests.invented.producers import add_ways
from tests.invented.selecting import Mapping, lay_over, selectors

STATES = ("none", "announced", "licensing", "licensing", "banned", "suspended")


def add_inventory_policies(scenario: Mapping, outline: Outline) -> None:
    """Add the inventory policies of buyers."""
    dice = outline.dice("inventory_policy")
    scenario["inventory_policy"] = {"any": {"cover": dice.time(0.0, 6), "lead": dice.time(0.5, 4)}}
    if outline.has("inventory_policy"):
        scenario["inventory_policy"]["any"] |= _inventory_policy(outline, dice)
        for selector in selectors(dice, scenario, 4):
            lay_over(scenario, scenario["inventory_policy"], selector, _inventory_policy(outline, dice))
    if outline.has("noise") and outline.chance:
        scenario["inventory_policy"]["any"]["noise"] = _noise(dice)
        for selector in selectors(dice, scenario, 2):
            lay_over(scenario, scenario["inventory_policy"], selector, {"noise": _noise(dice)})


def _inventory_policy(outline: Outline, dice: Dice) -> Mapping:
    keys: Mapping = {
        "cover": dice.time(0.0, 8),
        "opening": dice.time(0.0, 8),
        "lead": dice.time(0.0, 5),
        "queue_weight": dice.share(0.0, 1.0),
        "fill_rate_memory": dice.one_of("0 days", dice.time(0.5, 10)),
        "min_fill_rate": dice.share(0.001, 0.3),
        "backorder_share": dice.one_of("100%", dice.share(0.0, 1.0)),
        "backorder_lapse": dice.one_of("20%/month", "5%/day", "60%/yr"),
        "max_order": dice.one_of("none", dice.factor(0.7, 3.0)),
        "max_share_factor": dice.one_of("none", dice.factor(0.8, 3.0)),
        "lot": dice.one_of("0 days", dice.time(0.2, 6)),
    }
    return {key: keys[key] for key in dice.some(list(keys), 0.45)}


def _noise(dice: Dice) -> Mapping:
    noise: Mapping = {"cv": dice.factor(0.05, 0.8), "kind": dice.one_of("normal", "lognormal")}
    return noise | ({"memory": dice.time(0.5, 8)} if dice.often(0.6) else {})


def add_drivers(scenario: Mapping, outline: Outline) -> None:
    """Add dated demand events. They begin within the horizon: an earlier one would need extra capacity."""
    dice = outline.dice("drivers")
    scenario["drivers"] = {}
    for name in ("fab", "slump")[: dice.one_of(1, 2)]:
        dates = sorted({dice.date(1, outline.ticks) for _ in range(dice.one_of(1, 2, 3))})
        points = {date: dice.factor(0.0, 2.0) for date in dates}
        scenario["drivers"][name] = {"uses": selectors(dice, scenario, 2), "points": points}


def add_controls(scenario: Mapping, outline: Outline) -> None:
    """Draw one or two controls; the second may require the first, and may precede it in the file."""
    first = _control(outline, outline.dice("control"), scenario)
    scenario["controls"] = {"c55": first}
    if outline.has("second control"):
        dice = outline.dice("second control")
        second = _control(outline, dice, scenario)
        if dice.often(0.6):
            second["requires"] = "c55"
            if dice.often(0.5):
                second["overcompliance"] = {"lost": dice.share(0.0, 1.0)}
                if dice.often(0.7):
                    second["overcompliance"]["time"] = dice.time(1, 10)
        pair = {"c55": first, "c46": second}
        scenario["controls"] = {name: pair[name] for name in dice.one_of(["c55", "c46"], ["c46", "c55"])}
    if outline.chance:
        for name, control in scenario["controls"].items():
            _add_batches(outline.dice(f"batches of {name}"), control.get("licensing", {}))


def _add_batches(dice: Dice, licensing: Mapping) -> None:
    """Let the licences of some lines come in batches."""
    for rule in licensing.values():
        if dice.often(0.4):
            rule["batch"] = dice.time(0.0, 8)


def _control(outline: Outline, dice: Dice, scenario: Mapping) -> Mapping:
    sellers = {about["region"]: None for about in scenario["producers"].values()}
    control: Mapping = {
        "covers": {
            "from": next(iter(sellers)) if dice.often(0.6) else dice.one_or_more([*sellers], 0.5),
            "to": "any" if dice.often(0.6) else selectors(dice, scenario, 3),
            "grades": dice.one_or_more(list(scenario["grades"]), 0.8),
        },
        "start": dice.one_of(*STATES),
    }
    if dice.often(0.8):
        ticks = sorted({int(dice.rng.integers(-4, outline.ticks)) for _ in range(dice.one_of(1, 2, 3, 4))})
        control["timeline"] = {dice.date(t, t): _entry(outline, dice) for t in ticks}
    if dice.often(0.5):
        states = dice.one_or_more(["announced", "licensing", "banned", "suspended", "none"], 0.4)
        control["sojourn"] = {state: dice.time(1, 10) for state in states}
        control["transitions"] = {state: _branches(outline, dice, STATES) for state in states}
    if dice.often(0.7):
        control["front_loading"] = dice.factor(0.8, 3.5)
    if dice.often(0.5):
        control["release_factor"] = dice.factor(0.3, 5.0)
    if outline.chance and dice.often(0.5):
        control["relapse"] = {"rate": f"{dice.factor(2.0, 12.0)} /yr", "length": dice.time(0.5, 4)}
    if dice.often(0.9):
        control["licensing"] = {"any.any": _licensing_rule(dice)} if dice.often(0.7) else {}
        for selector in selectors(dice, scenario, 3):
            lay_over(scenario, control["licensing"], selector, _licensing_rule(dice))
    if dice.often(0.9):
        control["diversion"] = _leakage(dice, scenario, sellers)
    return control


def _entry(outline: Outline, dice: Dice) -> Any:
    if dice.often(0.6):
        return dice.one_of(*STATES)
    return _branches(outline, dice, (*STATES, "unchanged"))


def _branches(outline: Outline, dice: Dice, states: tuple[str, ...]) -> Any:
    one, other = dice.one_of(*states), dice.one_of(*states)
    if one == other or not outline.chance:
        return one if one != "unchanged" else {"unchanged": "100%"}
    return {one: "35%", other: "65%"}


def _licensing_rule(dice: Dice) -> Mapping:
    values: Mapping = {
        "initial_rate": dice.share(0.0, 1.0),
        "dead_time": dice.time(0.0, 4),
        "recovery_time": dice.time(0.0, 10),
        "long_run_rate": dice.share(0.0, 1.2),
        "ban": dice.share(0.0, 0.3),
        "denied_parties": dice.share(0.0, 0.5),
        "extra_review": dice.time(0.0, 4),
        "withdrawal_rate": dice.one_of("20%/month", "3%/day", "40%/yr"),
    }
    return {key: values[key] for key in dice.some(list(values), 0.5)}


def _leakage(dice: Dice, scenario: Mapping, sellers: Mapping) -> Mapping:
    leakage: Mapping = {"share": dice.share(0.0, 1.0), "delay": dice.time(0.5, 5)}
    if dice.often(0.7):
        wait = dice.time(1, 8)
        leakage |= {
            "crackdown_wait": wait,
            "after_crackdown": dice.share(0.0, 1.0),
            "seized": dice.share(0.0, 1.0),
        }
        if dice.often(0.5):
            leakage["fade"] = dice.time(1, 6)
    if dice.often(0.4):
        leakage["ramp"] = dice.time(1, 8)
    others = [region for region in scenario["regions"] if region not in sellers]
    some = [*(others if len(others) > 1 else ()), *(scenario["uses"] if len(scenario["uses"]) > 1 else ())]
    if some:
        leakage["via"] = [dice.one_of(*some)] if dice.often(0.8) else selectors(dice, scenario, 2)
        leakage["reading"] = "inside" if dice.often(0.8) else "beside"
        if dice.often(0.5):
            leakage["relay"] = dice.share(0.0, 1.0)
            leakage["relay_memory"] = leakage["delay"]  # another duration would move all that follows
    return leakage


def add_facility(scenario: Mapping, outline: Outline, flows: Flows) -> None:
    """Add a plant whose construction begins within the horizon."""
    dice, ticks = outline.dice("facility"), outline.ticks
    grades = [grade for grade, about in scenario["grades"].items() if about["unit"] == "ct"]
    market = sum(flow for (_, grade, _), flow in flows.sold.items() if grade in grades)
    makes = {"micron": "100%"} if len(grades) == 1 else {"mesh": "65%", "micron": "35%"}
    plant: Mapping = {
        "region": dice.one_of(*scenario["regions"]),
        "nameplate": dice.flow(0.05 * market + 1.0, 0.8 * market + 2.0, "ct"),
        "product_mix": makes,
        "decision": dice.date(-20, 1),
        "stages": {
            name: dice.time(1, 0.25 * ticks + 8) for name in ("money", "building")[: dice.one_of(1, 2)]
        },
        "ramp": dice.time(0.0, 0.4 * ticks),
        "contract_shares": {s: dice.share(0.0, 0.9) for s in selectors(dice, scenario, 3)},
        "lead": {"any": dice.time(0.5, 3)},
    }
    if outline.chance and dice.often(0.3):
        plant["cancelled"] = dice.share(0.0, 1.0)
    if dice.often(0.6):
        plant |= {"yield": {"start": dice.share(0.3, 0.9), "end": dice.share(0.6, 1.0)}}
        plant |= {"availability": dice.share(0.7, 1.0), "finished_stock_ceiling": dice.time(0.0, 4)}
    if dice.often(0.6):
        words = {"any": None, **scenario["uses"], "civil": None, "military": None}
        known = {about.get("class", "civil") for about in scenario["uses"].values()} | {
            "any",
            "civil",
            *scenario["uses"],
        }
        chosen = dice.one_or_more([word for word in words if word in known], 0.5)
        plant["qualification"] = {word: dice.time(0.0, 0.2 * ticks) for word in chosen}
    if dice.often(0.3):
        plant["qualification_starts"] = dice.date(0, ticks)
    if dice.often(0.4):
        plant["adoption"] = dice.time(0.0, 40)
    add_ways(outline, dice, scenario, plant)
    scenario["facilities"] = {"georgia": plant}
    takers = [f"{r}.{u}" for r, row in scenario["demand"].items() for u in row]
    lane = f"georgia -> {dice.one_of(*takers)}"
    micron = {"micron", "mesh"} & set(scenario["uses"][lane.rpartition(".")[2]]["grades"])
    if outline.has("lanes") and micron:
        scenario["lanes"][lane] = {
            "share": dice.share(0.1, 0.9),
            "sourcing_limit": dice.share(0.2, 1.0),
            "lead": "3 days",
        }


def add_reserves(scenario: Mapping, outline: Outline) -> None:
    """Add strategic reserves."""
    dice = outline.dice("reserves")
    scenario["reserves"] = {}
    for name in ("vault", "depot")[: dice.one_of(1, 2)]:
        region = dice.one_of(*scenario["demand"])
        use = dice.one_of(*scenario["demand"][region])
        grade = next(iter(_grades(scenario, region, use)))
        unit = scenario["grades"][grade]["unit"]
        served = [u for u in scenario["demand"][region] if grade in _grades(scenario, region, u)]
        need = sum(_flow(scenario, region, u, unit) for u in served) * outline.tick_days
        reserve: Mapping = {
            "region": region,
            "grade": grade,
            "opening": f"{dice.number(0.0, 6.0) * need:.6g} {unit}",
            "release": f"{dice.number(0.1, 1.5) * need / outline.tick_days:.6g} {unit}/day",
            "serves": dice.one_or_more(served, 0.8),
        }
        if dice.often(0.5):
            reserve["goal"] = f"{dice.number(0.0, 8.0) * need:.6g} {unit}"
        if dice.often(0.5):
            reserve["trigger"] = dice.share(0.0, 0.5)
        if dice.often(0.5):
            reserve["hold_back"] = dice.share(0.0, 0.8)
        if dice.often(0.7):
            reserve["refill"] = f"{dice.number(0.05, 0.8) * need / outline.tick_days:.6g} {unit}/day"
        if dice.often(0.5):
            reserve["lead"] = dice.time(0.5, 3)
        scenario["reserves"][name] = reserve


def _grades(scenario: Mapping, region: str, use: str) -> list[str]:
    demand = scenario["demand"][region][use]
    grades = demand.get("grades") if isinstance(demand, dict) else None
    shares = grades or scenario["uses"][use]["grades"]
    return [grade for grade, share in shares.items() if share != "0%"]


def _flow(scenario: Mapping, region: str, use: str, unit: str) -> float:
    demand = scenario["demand"][region][use]
    return central(demand["flow"] if isinstance(demand, dict) else demand, Kind.FLOW, unit)
