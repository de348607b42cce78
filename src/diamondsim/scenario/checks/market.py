"""Checks of regions, grades, uses, demand, drivers, inventory policies, trade and lanes."""

from diamondsim.errors import shown
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.checks.names import ANY
from diamondsim.scenario.schema import Content
from diamondsim.units import Kind

LANE = "->"
_NAMED = 3
_MONEY = {
    "value": Kind.PRICE,
    "value_added": Kind.PRICE,
    "delay_cost": Kind.HOLDING_COST,
    "holding_cost": Kind.HOLDING_COST,
}


def check_words(content: Content, findings: Findings) -> None:
    """Check that regions, uses and classes have distinct names, and sellers distinct ids."""
    names = findings.names
    for word in dict.fromkeys([*names["regions"], *names["uses"]]):
        meanings = {
            "a region": word in names["regions"],
            "a use": word in names["uses"],
            "a class of use": word in names.classes,
            "everybody": word == ANY,
        }
        means = [meaning for meaning, so in meanings.items() if so]
        if len(means) > 1:
            why = f"{shown(word)} means {' and '.join(means)}; ids of regions, uses and classes must differ"
            places = [(section, word) for section in ("regions", "uses") if word in names[section]]
            findings.note(findings.last_written(places), why, on_key=True)
    for facility in names["facilities"]:
        if facility in names["producers"]:
            findings.note(
                ("facilities", facility), f"a producer has the id {shown(facility)} too", on_key=True
            )
    if content.tracked_origin is not None:
        findings.known(("tracked_origin",), content.tracked_origin, "region")


def check_uses(content: Content, findings: Findings) -> None:
    """Check the shares of grades, and amounts of money per unit."""
    for name, use in content.uses.items():
        path = ("uses", name)
        findings.known_keys((*path, "grades"), use.grades, "grade")
        findings.sum_to_one((*path, "grades"), use.grades.values())
        unit = findings.one_unit((*path, "grades"), use.grades)
        for key, kind in _MONEY.items():
            findings.unit((*path, key), kind, unit)


def check_demand(content: Content, findings: Findings) -> None:
    """Check the demand by region and use, and its drivers."""
    if "demand" in content.model_fields_set:
        demanded = [use for uses in content.demand.values() for use in uses]
        findings.at_least_one(("demand",), demanded, "the demand of at least one use", on_key=True)
    for region, uses in content.demand.items():
        findings.known(("demand", region), region, "region", on_key=True)
        for name, demand in uses.items():
            path = ("demand", region, name)
            if not findings.known(path, name, "use", on_key=True):
                continue
            use = content.uses.get(name)
            grades = demand.grades if demand.grades is not None else use.grades if use else {}
            if demand.grades is not None:
                findings.known_keys((*path, "grades"), demand.grades, "grade")
                findings.sum_to_one((*path, "grades"), demand.grades.values())
            unit = findings.one_unit((*path, "grades"), grades)
            findings.unit(path, Kind.FLOW, unit)
            findings.unit((*path, "flow"), Kind.FLOW, unit)
    for name, driver in content.drivers.items():
        for index, selector in enumerate(driver.uses):
            findings.selector(("drivers", name, "uses", index), selector)
        findings.at_least_one(("drivers", name, "points"), driver.points, "at least one date", on_key=True)


def check_inventory_policy(content: Content, findings: Findings) -> None:
    """Check the selectors of the inventory policies."""
    findings.selector_keys(("inventory_policy",), content.inventory_policy)


def check_covers(content: Content, findings: Findings) -> None:
    """Check that some inventory policy gives the cover of each buyer."""
    split = findings.names.split
    covered = [
        split(selector) for selector, policy in content.inventory_policy.items() if policy.cover is not None
    ]
    uncovered = []
    for region, uses in content.demand.items():
        for name in uses:
            use_class = content.uses[name].use_class if name in content.uses else ""
            if not any(r in (region, ANY) and u in (name, use_class, ANY) for r, u in covered):
                uncovered.append(f"{region}.{name}")
    if uncovered:
        more = f" and {len(uncovered) - _NAMED} more" if len(uncovered) > _NAMED else ""
        buyers = f"{', '.join(uncovered[:_NAMED])}{more}"
        why = f"no inventory policy gives the cover of {buyers}; 'any: {{cover: 60 days}}' sets it for all"
        findings.note(("inventory_policy",), why, on_key=True)


def check_trade(content: Content, findings: Findings) -> None:
    """Check the rows of the trade table: seller, or seller@unit, by region."""
    for row, flows in content.trade.items():
        path = ("trade", row)
        seller, at, row_unit = row.partition("@")
        if seller in findings.names["facilities"] and seller not in findings.names["producers"]:
            why = f"{shown(seller)} is a facility and has no row here; its 'contract_shares' name its buyers"
            findings.note(path, why, on_key=True)
        elif findings.known(path, seller, "producer", on_key=True):
            unit = _row_unit(content, findings, row)
            misread = bool(at) and unit is not None and unit != row_unit
            if misread:
                findings.note(path, f"{shown(seller)} makes nothing counted in {row_unit}", on_key=True)
            for region in () if misread else flows:
                findings.unit((*path, region), Kind.FLOW, unit)
        findings.known_keys(path, flows, "region")


def _row_unit(content: Content, findings: Findings, row: str) -> str | None:
    """Return the unit that a row is counted in; None where the seller or its grades are not known."""
    seller, _, written = row.partition("@")
    if seller not in content.producers:
        return None
    grade_units = [findings.names.grade_units.get(grade) for grade in content.producers[seller].capacity]
    units = list(dict.fromkeys(grade_units))
    if None in units or not units:
        return None
    first = written or findings.names.first_unit
    return first if first in units else units[0]


def check_lanes(content: Content, findings: Findings) -> None:
    """Check that each key names a seller and buyers, and that no two keys name the same lanes."""
    sellers = [*findings.names["producers"], *findings.names["facilities"]]
    first: dict[object, str] = {}
    for key in content.lanes:
        path = ("lanes", key)
        seller, arrow, selector = (part.strip() for part in key.partition(LANE))
        if not arrow:
            findings.note(
                path, f"expected a lane, found {shown(key)}", on_key=True, allowed="'SELLER -> REGION.USE'"
            )
        elif findings.known(path, seller, "seller", sellers, on_key=True):
            findings.selector(path, selector, on_key=True)
            same = first.setdefault((seller, findings.names.split(selector)), key)
            if same != key:
                findings.twice(path, "lanes", ("lanes", same))
