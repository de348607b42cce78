"""Checks of buyers that are carved out of an aggregate, and of the registry."""

from collections import defaultdict

from diamondsim.errors import shown
from diamondsim.scenario.buyers import Buyer
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Path


def check_buyers(content: Content, findings: Findings) -> None:
    """Check the aggregate, share, suppliers and dates of each buyer."""
    parts: dict[str, dict[str, float]] = defaultdict(dict)
    for name, buyer in content.buyers.items():
        path = ("buyers", name)
        if _check_aggregate(path, buyer, content, findings):
            before = sum(parts[buyer.aggregate].values())
            parts[buyer.aggregate][name] = buyer.share
            if before < 1 <= before + buyer.share:
                percent = f"{100 * (before + buyer.share):.6g}%"
                parted = ", ".join(f"{one} {100 * part:.6g}%" for one, part in parts[buyer.aggregate].items())
                why = f"the buyers of {buyer.aggregate} take {percent} of it ({parted}); some must remain"
                findings.note((*path, "share"), why)
            _check_grades(path, buyer, content, findings)
        if buyer.share <= 0:
            findings.note((*path, "share"), "the share of a buyer must be above 0%")
        _check_sellers(path, buyer, findings)
        purchase = buyer.pre_buy
        if purchase is not None and purchase.date >= purchase.until and findings.is_whole((*path, "pre_buy")):
            findings.note((*path, "pre_buy"), "the pre-buy ends before it begins", on_key=True)


def _check_aggregate(path: Path, buyer: Buyer, content: Content, findings: Findings) -> bool:
    place = (*path, "aggregate")
    if not buyer.use:
        findings.note(
            place, f"expected an aggregate, found {shown(buyer.aggregate)}", allowed="one REGION.USE"
        )
        return False
    if not findings.known(place, buyer.region, "region"):
        return False
    if not findings.known(place, buyer.use, "use"):
        return False
    if buyer.use not in content.demand.get(buyer.region, {}):
        if findings.is_whole(("demand",)):
            served = content.demand.get(buyer.region, {})
            findings.no_demand(place, buyer.region, buyer.use, served, prefix=f"{buyer.region}.")
        return False
    return True


def _check_grades(path: Path, buyer: Buyer, content: Content, findings: Findings) -> None:
    """Check that each named seller makes a grade that the buyer uses."""
    demand = content.demand[buyer.region][buyer.use]
    use = content.uses.get(buyer.use)
    grades = demand.grades if demand.grades is not None else use.grades if use else {}
    for key, sellers in (("suppliers", buyer.suppliers), ("qualify", buyer.qualify)):
        for seller in sellers:
            producer = content.producers.get(seller)
            if producer is not None and grades and not set(producer.capacity) & set(grades):
                why = f"{shown(seller)} makes nothing that {buyer.aggregate} uses"
                findings.note(
                    (*path, key, seller), why, on_key=True, allowed=f"a maker of {', '.join(grades)}"
                )


def _check_sellers(path: Path, buyer: Buyer, findings: Findings) -> None:
    findings.known_keys((*path, "suppliers"), buyer.suppliers, "producer")
    findings.known_keys((*path, "qualify"), buyer.qualify, "producer")
    for seller, lane in buyer.suppliers.items():
        if lane.share is None and findings.is_whole((*path, "suppliers", seller)):
            findings.note((*path, "suppliers", seller), "the key 'share' is missing", on_key=True)
    for seller in buyer.qualify:
        if seller in buyer.suppliers:
            why = f"{shown(seller)} is already a supplier; only a new source can be qualified"
            findings.note((*path, "qualify", seller), why, on_key=True)


def check_registry(content: Content, findings: Findings) -> None:
    """Check the regions of the registry, and that it sets at least one value."""
    registry = content.registry
    if registry is None:
        return
    for index, region in enumerate(registry.regions):
        findings.known(("registry", "regions", index), region, "region")
    findings.at_least_one(("registry", "regions"), registry.regions, "at least one region")
    values = (registry.queue_weight, registry.fill_rate_memory, registry.max_order)
    if all(value is None for value in values) and findings.is_whole(("registry",)):
        why = "a registry must set 'queue_weight', 'fill_rate_memory' or 'max_order'"
        findings.note(("registry",), why, on_key=True)
