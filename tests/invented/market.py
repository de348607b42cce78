"""The market of an invented scenario: demand by use and grade, and the sales of each producer.

The trade table is the sum of flows drawn beforehand, so it is feasible.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from diamondsim.units import Kind
from tests.invented.dice import Dice, central
from tests.invented.outline import Outline
from tests.invented.selecting import Mapping

REGIONS = ("CN", "US", "JP")
USES = ("polishing", "machining", "radar")


@dataclass
class Flows:
    """Sales per day by seller, grade and region."""

    sold: dict[tuple[str, str, str], float] = field(default_factory=lambda: defaultdict(float))

    def by(self, seller: str, grade: str) -> float:
        return sum(flow for (s, g, _), flow in self.sold.items() if (s, g) == (seller, grade))


def add_market(scenario: Mapping, outline: Outline) -> Flows:
    """Add regions, grades, uses and demand to a scenario, and draw the sales."""
    dice = outline.dice("market")
    scenario["regions"] = {name: {} for name in REGIONS[: outline.regions]}
    scenario["grades"] = {"micron": {"unit": "ct"}}
    if outline.second_grade is not None:
        scenario["grades"][outline.second_grade] = {
            "unit": "cm2" if outline.second_grade == "plate" else "ct"
        }
    scenario["uses"] = {name: _use(outline, name) for name in USES[: outline.uses]}
    scenario["demand"] = {}
    for region in scenario["regions"]:
        row = {use: _demand(dice, scenario, use) for use in scenario["uses"] if dice.often(0.75)}
        if row:
            scenario["demand"][region] = row
    if not scenario["demand"]:
        scenario["demand"]["US"] = {"polishing": _demand(dice, scenario, "polishing")}
    scenario["lanes"] = {}
    return _sell(outline, scenario)


def _use(outline: Outline, name: str) -> Mapping:
    dice = outline.dice(f"use {name}")
    use: Mapping = {"grades": {"micron": "100%"}}
    if outline.second_grade == "plate" and dice.often(0.4):
        use["grades"] = {"plate": "100%"}
    elif outline.second_grade == "mesh":
        use["grades"] = dice.one_of(
            {"micron": "100%"},
            {"mesh": "100%"},
            {"micron": "30%", "mesh": "70%"},
            {"mesh": "0%", "micron": "100%"},
        )
    if dice.often(0.6):
        use["class"] = dice.one_of("chip", "military", "civil")
    if dice.often(0.5):
        use["priority"] = int(dice.rng.integers(1, 4))
    if outline.has("growth"):
        use["growth"] = f"{dice.factor(0.0, 30.0)} %/yr" if dice.often(0.7) else "-20%/yr"
    if outline.has("substitution") and dice.often(0.7):
        use["substitution"] = {"share": dice.share(0.0, 0.6), "time": dice.time(0.0, outline.ticks / 2)}
        if dice.often(0.6):
            use["substitution"]["opens"] = dice.one_of("in_force", dice.date(-2, outline.ticks))
        if dice.often(0.4):
            use["substitution"]["qualification"] = dice.time(0.0, 4)
    return use


def _demand(dice: Dice, scenario: Mapping, use: str) -> Any:
    grades = scenario["uses"][use]["grades"]
    unit = scenario["grades"][next(iter(grades))]["unit"]
    flow = dice.flow(1.0, 900.0, unit)
    if "mesh" in scenario["grades"] and unit == "ct" and dice.often(0.25):
        return {"flow": flow, "grades": {"micron": "55%", "mesh": "45%"}}
    return flow


def wanted(scenario: Mapping) -> list[tuple[str, str, str, float]]:
    """Return the region, use, grade and flow of every node."""
    found = []
    for region, row in scenario["demand"].items():
        for use, demand in row.items():
            about = demand if isinstance(demand, dict) else {"flow": demand}
            for grade, share in about.get("grades", scenario["uses"][use]["grades"]).items():
                part = central(share, Kind.FRACTION)
                unit = scenario["grades"][grade]["unit"]
                if part > 0:
                    found.append((region, use, grade, part * central(about["flow"], Kind.FLOW, unit)))
    return found


def _sell(outline: Outline, scenario: Mapping) -> Flows:
    """Draw the sales of each producer by grade and region, including the feed of mills.

    A producer that sells in a region sells all its grades there, to every user. Otherwise the
    fit to the trade table would move a flow that the table allows towards zero without ever reaching it.
    """
    dice, flows, mills = outline.dice("sales"), Flows(), _mills(outline, scenario)
    grades = list(scenario["grades"])
    makes = {"mine": grades, "works": dice.one_of(grades, grades, grades[:1], grades[-1:])}
    if outline.has("recycling"):
        makes["recycling"] = dice.one_of(grades, grades[:1])
    makes |= {mill: ["micron"] for mill in mills}
    present = {
        r: ["mine", *(s for s in makes if s != "mine" and dice.often(0.7))] for r in scenario["regions"]
    }
    if len(mills) == 2:
        # Avoid a cycle of goods between the two mills.
        present[mills["mill"]["region"]] = [s for s in present[mills["mill"]["region"]] if s != "recut"]
    if outline.has("lanes"):
        for region, use, grade, _ in wanted(scenario):
            if "works" in present[region] and grade in makes["works"] and dice.often(0.3):
                scenario["lanes"][f"works -> {region}.{use}"] = {"share": dice.share(0.1, 0.6)}

    def sell(grade: str, region: str, flow: float, held: Mapping | None, but: str = "") -> None:
        share = 0.0 if held is None or grade not in makes["works"] else central(held["share"], Kind.FRACTION)
        sellers = [
            s for s in present[region] if grade in makes[s] and s != but and (s != "works" or not share)
        ]
        weights = {s: dice.number(0.1, 1.0) for s in sellers}
        if share:
            flows.sold["works", grade, region] += share * flow
        for seller, weight in weights.items():
            flows.sold[seller, grade, region] += (1.0 - share) * flow * weight / sum(weights.values())

    for region, use, grade, flow in wanted(scenario):
        sell(grade, region, flow, scenario["lanes"].get(f"works -> {region}.{use}"))
    for mill, about in mills.items():
        feed = about["feed"]["micron"]
        needed = flows.by(mill, "micron") / central(feed.get("yield", "100%"), Kind.FRACTION)
        sell(feed["grade"], about["region"], needed, None, but=mill)
    scenario["producers"] = {"mine": {"region": "CN"}, "works": {"region": "US"}}
    if "recycling" in makes:
        scenario["producers"]["recycling"] = {"region": list(scenario["regions"])[-1], "tracked_share": "30%"}
    scenario["producers"] |= mills
    return flows


def _mills(outline: Outline, scenario: Mapping) -> dict[str, Mapping]:
    """Draw up to two processors; `recut` may buy its feed from `mill`."""
    dice, mills = outline.dice("mills"), {}
    for name in ["recut"] * outline.has("second mill") + ["mill"] * outline.has("feed"):
        grade = dice.one_of(*(g for g, about in scenario["grades"].items() if about["unit"] == "ct"))
        feed: Mapping = {"grade": grade, "yield": dice.share(0.4, 1.0), "cover": dice.time(0.5, 6)}
        more = {
            "queue_weight": dice.share(0.0, 1.0),
            "fill_rate_memory": dice.time(0.5, 8),
            "max_order": dice.one_of("none", dice.factor(0.8, 3.0)),
            "max_share_factor": dice.one_of("none", dice.factor(1.0, 3.0)),
            "lead": dice.time(0.5, 3),
            "opening": dice.time(0.0, 6),
        }
        feed |= {key: more[key] for key in dice.some(list(more), 0.3)}
        region = dice.one_of(*scenario["regions"])
        mills[name] = {"region": region, "feed": {"micron": feed}}
    return mills


def add_trade(scenario: Mapping, outline: Outline, flows: Flows) -> None:
    """Write the sales as a trade table."""
    dice = outline.dice("trade")
    scenario["trade"] = {}
    for name, about in scenario["producers"].items():
        units = list(dict.fromkeys(scenario["grades"][grade]["unit"] for grade in about["capacity"]))
        for unit in units:
            row = {
                region: sum(
                    flow
                    for (seller, grade, to), flow in flows.sold.items()
                    if (seller, to) == (name, region) and scenario["grades"][grade]["unit"] == unit
                )
                for region in scenario["regions"]
            }
            plain = unit == units[0] and dice.often(0.7)
            key = name if plain and (unit == "ct" or len(units) == 1) else f"{name}@{unit}"
            written = {region: dice.exactly(flow, unit) for region, flow in row.items() if flow > 0}
            if written:
                scenario["trade"][key] = written
