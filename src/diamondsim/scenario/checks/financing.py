"""Checks of a facility's financing (tranches, window, call for funds), and of its power."""

from diamondsim.errors import shown
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.financing import FAILURES, Financing, FundingCall, Tranche
from diamondsim.scenario.sellers import Facility
from diamondsim.scenario.tree import Path

_ROUNDING = 1e-9
_COMMON = {"closes", "kind", "amount", "rate", "fails", "if_fails"}
_KEYS = {
    "equity": _COMMON,
    "loan": _COMMON | {"tenor", "replacement", "premium"},
    "guarantee": _COMMON | {"loan", "covers"},
}
"""The keys that a tranche of each kind has."""
_ALL_KEYS = {key for keys in _KEYS.values() for key in keys}


def check_financing(path: Path, facility: Facility, financing: Financing, findings: Findings) -> None:
    """Check the tranches of a facility, the lender's window and the call for funds."""
    findings.at_least_one((*path, "tranches"), financing.tranches, "at least one tranche")
    for name, tranche in financing.tranches.items():
        _check_tranche((*path, "tranches", name), tranche, financing, findings)
    _check_cover((*path, "tranches"), financing, findings)
    if financing.call is not None:
        _check_call((*path, "call"), financing.call, findings)
    window = financing.window_closes
    if window is not None and window <= facility.decision:
        findings.note((*path, "window_closes"), "the window closes before the decision is taken")
    if window is None and "if_missed" in financing.model_fields_set:
        why = "without 'window_closes' there is nothing to miss"
        findings.note((*path, "if_missed"), why, on_key=True)
    if financing.if_missed == "waits" and financing.wait is None:
        findings.note(
            (*path, "if_missed"),
            "'if_missed: waits' requires 'wait', the time that it waits after the window",
        )
    readable = findings.is_whole((*path, "if_missed"))
    if readable and financing.if_missed == "cancelled" and financing.wait is not None:
        why = "a cancelled facility does not wait; 'wait' requires 'if_missed: waits'"
        findings.note((*path, "wait"), why, on_key=True)


def _check_tranche(path: Path, tranche: Tranche, financing: Financing, findings: Findings) -> None:
    written = tranche.model_fields_set & _ALL_KEYS
    if tranche.kind is None:
        for key in sorted(written - {"closes", "amount", "kind"}):
            if findings.is_whole((*path, "kind")):
                findings.note((*path, key), f"{shown(key)} requires 'kind'", on_key=True)
        return
    for key in sorted(written - _KEYS[tranche.kind]):
        kinds = " or ".join(kind for kind, keys in _KEYS.items() if key in keys)
        why = f"{shown(key)} belongs to a {kinds}, found {tranche.kind}"
        findings.note((*path, key), why, on_key=True)
    _check_failure(path, tranche, findings)
    if tranche.kind == "guarantee":
        loans = [name for name, other in financing.tranches.items() if other.kind == "loan"]
        if tranche.loan is None:
            findings.note((*path, "kind"), "a guarantee requires 'loan', the loan that it covers")
        elif findings.is_whole(path[:-1]):
            findings.known((*path, "loan"), tranche.loan, "loan", loans)


def _check_failure(path: Path, tranche: Tranche, findings: Findings) -> None:
    if tranche.kind is None or not findings.is_whole(path):
        return
    allowed, chosen = FAILURES[tranche.kind], tranche.if_fails
    if chosen is not None and chosen not in allowed:
        why = f"expected {' or '.join(allowed)} for {tranche.kind}, found {chosen}"
        findings.note((*path, "if_fails"), why)
    elif tranche.kind == "loan" and (chosen == "waits") != (tranche.replacement is not None):
        key = "if_fails" if tranche.replacement is None else "replacement"
        findings.note((*path, key), "'if_fails: waits' and 'replacement' require each other", on_key=True)


def _check_cover(path: Path, financing: Financing, findings: Findings) -> None:
    """Check that guarantees cover no loan more than once."""
    covered: dict[str, float] = {}
    for name, tranche in financing.tranches.items():
        if tranche.kind != "guarantee" or tranche.loan is None:
            continue
        before = covered.get(tranche.loan, 0.0)
        covered[tranche.loan] = total = before + tranche.covers.support()[1]
        if before <= 1 + _ROUNDING < total:
            why = f"expected guarantees of at most 100% of {tranche.loan}, found up to {total:.0%}"
            findings.note((*path, name), why, on_key=True)


def _check_call(path: Path, call: FundingCall, findings: Findings) -> None:
    surcharge, names, place = call.surcharge, findings.names, (*path, "surcharge")
    sellers = [*names["regions"], *names["producers"], *names["facilities"]]
    for index, word in enumerate(surcharge.sellers):
        findings.known((*place, "from", index), word, "region or seller", sellers)
    for index, region in enumerate(surcharge.to):
        findings.known((*place, "to", index), region, "region")
    for index, grade in enumerate(surcharge.grades or ()):
        findings.known((*place, "grades", index), grade, "grade")
    if surcharge.rate.support()[0] <= -1:
        findings.note((*place, "rate"), "a rate must be above -100%")


def check_power(path: Path, facility: Facility, findings: Findings) -> None:
    """Check what limits the power of a facility, its price, and a cost of capital from tranches."""
    power, cost, place = facility.power, facility.cost, (*path, "power")
    if power is not None and findings.is_whole(place):
        if not power.available and not power.price:
            findings.note(place, "expected 'available' or 'price'", on_key=True)
        if power.project is not None and not power.available:
            why = "without 'available' there is no limit that the project could end"
            findings.note((*place, "project"), why, on_key=True)
        if power.price and cost is not None and cost.power_price is not None:
            why = "expected one price of power, found 'power.price' too"
            findings.note((*path, "cost", "power_price"), why, on_key=True)
        elif power.price and (cost is None or "power" not in cost.model_fields_set):
            why = "'price' requires 'cost.power', the power for a unit"
            findings.note((*place, "price"), why, on_key=True)
    if cost is not None and cost.interest_from is not None:
        _check_capital(path, facility, findings)


def _check_capital(path: Path, facility: Facility, findings: Findings) -> None:
    """Check that the tranches say what capital costs."""
    cost, key = facility.cost, (*path, "cost", "interest_from")
    if cost is not None and "interest" in cost.model_fields_set:
        findings.note(key, "expected 'interest' or 'interest_from', found both", on_key=True)
    if facility.financing is None:
        findings.note(key, "'interest_from: financing' requires 'financing'", on_key=True)
        return
    place = (*path, "financing", "tranches")
    tranches = facility.financing.tranches
    paid = {name: tranche for name, tranche in tranches.items() if tranche.kind in ("equity", "loan")}
    if not paid and findings.is_whole(place):
        findings.note(key, "'interest_from: financing' requires a loan or equity", on_key=True)
    for name, tranche in paid.items():
        missing = [word for word in ("amount", "rate") if getattr(tranche, word) is None]
        if (missing or tranche.amount == 0) and findings.is_whole((*place, name)):
            words = " and ".join(map(shown, missing)) or "an amount above 0"
            why = f"'interest_from: financing' requires {words} of each loan and of equity"
            findings.note((*place, name), why, on_key=True)
