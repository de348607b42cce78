"""Checks of prices: zones, initial prices, responses, surcharges, and keys that require a price."""

from diamondsim.distributions import Constant, Distribution, Mixture, Product, Sum
from diamondsim.errors import shown
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.checks.names import ANY
from diamondsim.scenario.prices import ALWAYS, OUTSIDE, Prices, Surcharge
from diamondsim.scenario.schema import Content
from diamondsim.scenario.sellers import ASKS_MARKET_PRICE, Facility
from diamondsim.scenario.tree import Path
from diamondsim.units import Kind

_COSTS = {"power": Kind.POWER_USE, "other": Kind.PRICE}


def check_prices(content: Content, findings: Findings) -> None:
    """Check prices, and the costs and floor prices of facilities and reserves."""
    if content.prices is not None:
        _check_zones(content.prices, findings)
        _check_start(content.prices, findings)
        _check_limits(content.prices, findings)
        _check_responses(content.prices, findings)
        for name, surcharge in content.prices.surcharges.items():
            _check_surcharge(("prices", "surcharges", name), surcharge, findings)
    for name, facility in content.facilities.items():
        _check_facility(("facilities", name), facility, content.prices, findings)
    _check_reserves(content, findings)


def _check_zones(prices: Prices, findings: Findings) -> None:
    first: dict[str, str] = {}
    for zone, regions in prices.zones.items():
        path: Path = ("prices", "zones", zone)
        if zone == OUTSIDE:
            why = f"{shown(OUTSIDE)} is the zone of all regions in no other zone; choose another name"
            findings.note(path, why, on_key=True)
        findings.at_least_one(path, regions, "at least one region")
        for index, region in enumerate(regions):
            place = (*path, index)
            findings.known(place, region, "region")
            other = first.setdefault(region, zone)
            if other != zone:
                findings.note(place, f"{region} is already in the zone {shown(other)}")


def _check_start(prices: Prices, findings: Findings) -> None:
    path: Path = ("prices", "start")
    zones = [*prices.zones_of(findings.names["regions"])]
    findings.at_least_one(path, prices.start, "the price of at least one grade")
    for grade, starts in prices.start.items():
        place = (*path, grade)
        findings.known(place, grade, "grade", on_key=True)
        findings.known_keys(place, starts, "zone", zones)
        missing = [zone for zone in zones if zone not in starts]
        if missing and not set(starts) - set(zones) and findings.is_whole(place):
            words = ", ".join(map(shown, missing))
            why = f"{grade} has no price in {words}; a grade has a price in every zone, or in none"
            written = [("prices", "zones", zone) for zone in missing if zone in prices.zones]
            findings.note(findings.last_written([place, *written]), why, on_key=True)
        for zone, price in starts.items():
            findings.unit((*place, zone), Kind.PRICE, findings.names.grade_units.get(grade))
            _check_positive((*place, zone), price, "a price", findings)


def _check_limits(prices: Prices, findings: Findings) -> None:
    path: Path = ("prices", "limits")
    lowest, highest = prices.limits.lowest, prices.limits.highest
    if lowest.support()[1] >= 1:
        findings.note((*path, "lowest"), "the lowest multiple of the initial price must be below 1")
    _check_positive((*path, "lowest"), lowest, "a multiple", findings)
    if highest.support()[0] <= 1:
        findings.note((*path, "highest"), "the highest multiple of the initial price must be above 1")


def _check_responses(prices: Prices, findings: Findings) -> None:
    path: Path = ("prices", "demand")
    findings.known_keys(path, prices.demand, "use", [*findings.names["uses"], ANY])
    path = ("prices", "supply")
    sellers = [*findings.names["producers"], *findings.names["facilities"], ANY]
    findings.known_keys(path, prices.supply, "seller", sellers)
    for name, supply in prices.supply.items():
        for date, cost in (supply.cost or {}).items():
            _check_positive((*path, name, "cost", date.isoformat()), cost, "a cost", findings)


def _check_surcharge(path: Path, surcharge: Surcharge, findings: Findings) -> None:
    names = findings.names
    sellers = [*names["regions"], *names["producers"], *names["facilities"]]
    for index, word in enumerate(surcharge.sellers):
        findings.known((*path, "from", index), word, "region or seller", sellers)
    for index, region in enumerate(surcharge.to):
        findings.known((*path, "to", index), region, "region")
    for index, grade in enumerate(surcharge.grades or ()):
        findings.known((*path, "grades", index), grade, "grade")
    for since, rate in surcharge.rate.items():
        if rate.support()[0] <= -1:
            place = (*path, "rate") if since == ALWAYS else (*path, "rate", str(since))
            findings.note(place, "a rate must be above -100%")


def _check_facility(path: Path, facility: Facility, prices: Prices | None, findings: Findings) -> None:
    unit = (
        findings.one_unit((*path, "capacity"), facility.product_mix)
        if facility.cost or facility.floor_price
        else None
    )
    if facility.floor_price is not None:
        place = (*path, "floor_price")
        findings.unit(place, Kind.PRICE, unit)
        _check_positive(place, facility.floor_price, "a price", findings)
        _check_priced(
            place, list(facility.product_mix), prices, "nothing responds to a floor price", findings
        )
    cost, place = facility.cost, (*path, "cost")
    if cost is None:
        if facility.asks != ASKS_MARKET_PRICE:
            findings.note(
                (*path, "asks"), f"{shown(facility.asks)} requires the key 'cost', which is missing"
            )
        return
    for key, kind in _COSTS.items():
        findings.unit((*place, key), kind, unit)
    if cost.life is not None:
        _check_positive((*place, "life"), cost.life, "a life", findings)
    elif "capital" in cost.model_fields_set:
        findings.note(
            (*place, "capital"), "'capital' requires 'life', the time that the plant lasts", on_key=True
        )
    given = set(cost.model_fields_set)
    if facility.power is not None and facility.power.price:
        given.add("power_price")  # it has one by date
    for one, other in (("power", "power_price"), ("power_price", "power")):
        if one in cost.model_fields_set and other not in given:
            findings.note(
                (*place, one), f"{shown(one)} requires the key {shown(other)}, which is missing", on_key=True
            )
    if not cost.model_fields_set & {"capital", "power", "power_price", "other"} and findings.is_whole(place):
        findings.note(place, "expected 'capital', 'power' or 'other'", on_key=True)


def _check_reserves(content: Content, findings: Findings) -> None:
    for name, reserve in content.reserves.items():
        path: Path = ("reserves", name)
        findings.unit(
            (*path, "holding_cost"), Kind.HOLDING_COST, findings.names.grade_units.get(reserve.grade)
        )
        if reserve.interest is not None:
            why = "the value of the stock is unknown"
            _check_priced((*path, "interest"), [reserve.grade], content.prices, why, findings)


def _check_priced(
    path: Path, grades: list[str], prices: Prices | None, consequence: str, findings: Findings
) -> None:
    """Check that at least one of the grades has a price."""
    if not findings.is_whole(("prices",)):
        return
    if prices is None:
        findings.note(path, f"without 'prices' {consequence}", on_key=True)
    elif not set(grades) & set(prices.start):
        why = f"'prices.start' gives no price for {' or '.join(grades)}"
        findings.note(path, why, on_key=True)


def _check_positive(path: Path, value: Distribution, what: str, findings: Findings) -> None:
    if _may_be_zero(value):
        findings.note(path, f"{what} must be above 0")


def _may_be_zero(value: Distribution) -> bool:
    """Return whether a non-negative number is 0 with positive probability."""
    match value:
        case Constant(certain):
            return certain == 0
        case Mixture(weights, parts):
            return any(w > 0 and _may_be_zero(part) for w, part in zip(weights, parts, strict=True))
        case Product(factors):
            return any(map(_may_be_zero, factors))
        case Sum(terms):
            # It is never negative, so that it is 0 only if each term is at its least.
            return value.support()[0] <= 0 and all(map(_may_be_least, terms))
    return False


def _may_be_least(value: Distribution) -> bool:
    """Return whether a number has its least value with positive probability."""
    match value:
        case Constant():
            return True
        case Mixture(weights, parts):
            possible = [part for w, part in zip(weights, parts, strict=True) if w > 0]
            least = [part for part in possible if part.support()[0] == value.support()[0]]
            return any(map(_may_be_least, least))
        case Product(factors):
            return all(map(_may_be_least, factors)) or (value.support()[0] == 0 and _may_be_zero(value))
        case Sum(terms):
            return all(map(_may_be_least, terms))
    return False
