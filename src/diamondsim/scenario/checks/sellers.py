"""Checks of producers, facilities and reserves."""

from collections.abc import Mapping

from diamondsim.scenario.checks.financing import check_financing, check_power
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.checks.names import ANY
from diamondsim.scenario.schema import Content
from diamondsim.scenario.sellers import Facility, Producer, Seller
from diamondsim.scenario.tree import Path
from diamondsim.units import Kind

_ROUNDING = 1e-9


def check_producers(content: Content, findings: Findings) -> None:
    """Check the capacity, feed, outages and swing capacity of producers."""
    for name, producer in content.producers.items():
        path = ("producers", name)
        _check_seller(path, producer, findings)
        for grade in producer.capacity:
            findings.unit((*path, "capacity", grade), Kind.FLOW, findings.names.grade_units.get(grade))
        _check_feed(path, producer, findings)
        _check_dates(path, producer, findings)
        _check_swing(path, producer, findings)
        _check_expansion(path, producer, findings)


def _check_feed(path: Path, seller: Producer | Facility, findings: Findings) -> None:
    for grade, feed in seller.feed.items():
        findings.known((*path, "feed", grade), grade, "output", _outputs(seller), on_key=True)
        if findings.known((*path, "feed", grade, "grade"), feed.grade, "grade"):
            findings.one_unit((*path, "feed", grade), [grade, feed.grade])
        if feed.feed_yield.support()[0] <= 0:
            findings.note((*path, "feed", grade, "yield"), "a yield must be above 0")
        if feed.opening is not None and isinstance(seller, Facility):
            why = "a facility has no feed before it starts"
            findings.note((*path, "feed", grade, "opening"), why, on_key=True)


def _check_dates(path: Path, producer: Producer, findings: Findings) -> None:
    for name, outage in producer.scheduled_outages.items():
        place = (*path, "scheduled_outages", name)
        if outage.begin >= outage.end and findings.is_whole(place):
            findings.note(place, "the outage ends before it begins", on_key=True)


def _check_expansion(path: Path, producer: Producer, findings: Findings) -> None:
    for name, project in producer.expansion.items():
        if project.times < 1:
            findings.note((*path, "expansion", name, "times"), "expected at least 1")


def _check_conversion(path: Path, seller: Producer | Facility, findings: Findings) -> None:
    converted: dict[str, float] = {}
    for name, conversion in seller.conversion.items():
        place = (*path, "conversion", name)
        grades = {"from": conversion.from_grade, "to": conversion.to_grade}
        for key, grade in grades.items():
            findings.known((*place, key), grade, "output", _outputs(seller))
            if grade in seller.feed:
                findings.note((*place, key), f"{grade} is made from feed, which sets what can be made of it")
        if conversion.from_grade == conversion.to_grade:
            findings.note(place, "a grade is not converted into itself", on_key=True)
        elif set(grades.values()) <= set(_outputs(seller)):
            findings.unit((*place, "cost"), Kind.PRICE, findings.one_unit(place, grades.values()))
        total = converted.get(conversion.from_grade, 0.0) + conversion.limit.support()[1]
        converted[conversion.from_grade] = total
        if total > 1 + _ROUNDING:
            why = f"conversions may take {total:.0%} of the capacity for {conversion.from_grade}"
            findings.note((*place, "limit"), f"{why}, more than all of it", on_key=True)


def _check_swing(path: Path, producer: Producer, findings: Findings) -> None:
    for name, swing in producer.swing.items():
        if isinstance(swing.opens, str):
            findings.known((*path, "swing", name, "opens"), swing.opens, "control")


def check_facilities(content: Content, findings: Findings) -> None:
    """Check the product mix, stages and contracts of facilities."""
    for name, facility in content.facilities.items():
        path = ("facilities", name)
        _check_seller(path, facility, findings)
        findings.sum_to_one((*path, "product_mix"), facility.product_mix.values())
        findings.unit(
            (*path, "nameplate"), Kind.FLOW, findings.one_unit((*path, "product_mix"), facility.product_mix)
        )
        findings.at_least_one((*path, "stages"), facility.stages, "at least one stage")
        _check_feed(path, facility, findings)
        _check_building(path, facility, findings)
        findings.selector_keys((*path, "contract_shares"), facility.contract_shares)
        _check_offtake((*path, "offtake"), facility, findings)
        _check_qualification(path, facility, findings)


def _check_offtake(path: Path, facility: Facility, findings: Findings) -> None:
    findings.selector_keys(path, facility.offtake)
    promised = sum(facility.offtake.values())
    if promised > 1 + _ROUNDING:
        findings.note(
            path,
            f"the offtake contracts promise {promised:.0%} of the output, more than all of it",
            on_key=True,
        )


def _check_qualification(path: Path, facility: Facility, findings: Findings) -> None:
    uses = [*findings.names["uses"], *findings.names.classes, ANY]
    findings.known_keys((*path, "qualification"), facility.qualification, "use or class", uses)
    if facility.yields.end.support()[0] <= 0:
        findings.note((*path, "yield", "end"), "a yield must be above 0")


def _check_seller(path: Path, seller: Seller, findings: Findings) -> None:
    findings.known((*path, "region"), seller.region, "region")
    assert isinstance(seller, Producer | Facility), "there are two kinds of sellers"
    key = "capacity" if isinstance(seller, Producer) else "product_mix"
    findings.known_keys((*path, key), _outputs(seller), "grade")
    findings.known_keys((*path, "lead"), seller.lead, "region", [*findings.names["regions"], ANY])
    findings.selector_keys((*path, "sourcing_limit"), seller.sourcing_limit)
    _check_conversion(path, seller, findings)
    for index, selector in enumerate(seller.serves):
        findings.selector((*path, "serves", index), selector)
    for index, selector in enumerate(seller.rated_orders):
        findings.selector((*path, "rated_orders", index), selector)


def check_reserves(content: Content, findings: Findings) -> None:
    """Check the grade, units and served uses of reserves."""
    for name, reserve in content.reserves.items():
        path = ("reserves", name)
        findings.known((*path, "region"), reserve.region, "region")
        if findings.known((*path, "grade"), reserve.grade, "grade"):
            unit = findings.names.grade_units.get(reserve.grade)
            for key, kind in (("opening", Kind.QUANTITY), ("goal", Kind.QUANTITY)):
                findings.unit((*path, key), kind, unit)
            for key in ("release", "refill"):
                findings.unit((*path, key), Kind.FLOW, unit)
        served = content.demand.get(reserve.region, {})
        for index, use in enumerate(reserve.serves):
            place = (*path, "serves", index)
            if findings.known(place, use, "use") and served and use not in served:
                findings.no_demand(place, reserve.region, use, served)


def _outputs(seller: Producer | Facility) -> Mapping[str, object]:
    """Return the capacity of a producer, or the product mix of a facility, by grade."""
    return seller.capacity if isinstance(seller, Producer) else seller.product_mix


def _check_building(path: Path, facility: Facility, findings: Findings) -> None:
    """Check the tranches of a facility, and the stages delayed by its owner or its presses."""
    if facility.financing is not None:
        check_financing((*path, "financing"), facility, facility.financing, findings)
    check_power(path, facility, findings)
    change, presses = facility.ownership_change, facility.presses
    if change is not None and change.before is not None:
        findings.known((*path, "ownership_change", "before"), change.before, "stage", facility.stages)
    if presses is not None:
        findings.known((*path, "presses", "stage"), presses.stage, "stage", facility.stages)
        findings.known((*path, "presses", "from"), presses.region, "region")
        if presses.region == facility.region:
            why = "presses from the facility's own region need no licence"
            findings.note((*path, "presses", "from"), why)
