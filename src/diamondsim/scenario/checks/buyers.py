"""Buyers that are carved out of an aggregate."""

from collections import defaultdict

from diamondsim.errors import shown
from diamondsim.scenario.buyers import Buyer
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.content import Content
from diamondsim.scenario.tree import Path


def check_buyers(content: Content, findings: Findings) -> None:
    """Check whom buyers are part of, from whom they buy, and their dates."""
    taken: dict[str, float] = defaultdict(float)
    for name, buyer in content.buyers.items():
        path = ("buyers", name)
        if _check_aggregate(path, buyer, content, findings):
            before = taken[buyer.aggregate]
            taken[buyer.aggregate] += buyer.share
            if before < 1 <= taken[buyer.aggregate]:
                why = f"the buyers of {buyer.aggregate} take {100 * taken[buyer.aggregate]:.6g}% of it; some must be left"
                findings.note((*path, "share"), why)
            _check_grades(path, buyer, content, findings)
        if buyer.share <= 0:
            findings.note((*path, "share"), "a buyer takes a share above 0%")
        _check_sellers(path, buyer, findings)
        ahead = buyer.pre_buy
        if ahead is not None and ahead.date >= ahead.until and findings.is_whole((*path, "pre_buy")):
            findings.note((*path, "pre_buy"), "the pre-buy ends before it begins", on_key=True)


def _check_aggregate(path: Path, buyer: Buyer, content: Content, findings: Findings) -> bool:
    here = (*path, "aggregate")
    if not buyer.use:
        findings.note(here, f"{shown(buyer.aggregate)} is no aggregate", allowed="one REGION.USE")
        return False
    if not findings.known(here, buyer.region, "region"):
        return False
    if not findings.known(here, buyer.use, "use"):
        return False
    if buyer.use not in content.demand.get(buyer.region, {}):
        if findings.is_whole(("demand",)):
            findings.note(here, f"{buyer.region} has no demand for {buyer.use}")
        return False
    return True


def _check_grades(path: Path, buyer: Buyer, content: Content, findings: Findings) -> None:
    """Check that each seller named makes something that the buyer takes."""
    demand = content.demand[buyer.region][buyer.use]
    use = content.uses.get(buyer.use)
    grades = demand.grades if demand.grades is not None else use.grades if use else {}
    for key, sellers in (("suppliers", buyer.suppliers), ("qualify", buyer.qualify)):
        for seller in sellers:
            producer = content.producers.get(seller)
            if producer is not None and grades and not set(producer.capacity) & set(grades):
                why = f"{shown(seller)} makes nothing that {buyer.aggregate} takes"
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
            why = f"{shown(seller)} is a supplier already; only a new source is qualified"
            findings.note((*path, "qualify", seller), why, on_key=True)
