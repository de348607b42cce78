"""What a facility waits for: money, its owner, presses."""

from diamondsim.scenario.building import Financing
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.sellers import Facility
from diamondsim.scenario.tree import Path


def check_building(path: Path, facility: Facility, findings: Findings) -> None:
    """Check the tranches of a facility, and the stages that its owner or its presses delay."""
    if facility.financing is not None:
        _check_financing((*path, "financing"), facility, facility.financing, findings)
    sale, presses = facility.ownership_change, facility.presses
    if sale is not None and sale.before is not None:
        findings.known((*path, "ownership_change", "before"), sale.before, "stage", facility.stages)
    if presses is not None:
        findings.known((*path, "presses", "stage"), presses.stage, "stage", facility.stages)
        findings.known((*path, "presses", "from"), presses.region, "region")
        if presses.region == facility.region:
            why = "presses from the facility's own region need no licence"
            findings.note((*path, "presses", "from"), why)


def _check_financing(path: Path, facility: Facility, money: Financing, findings: Findings) -> None:
    if not money.tranches:
        findings.note((*path, "tranches"), "at least one tranche is wanted")
    window = money.window_closes
    if window is not None and window <= facility.decision:
        findings.note((*path, "window_closes"), "the window closes before the decision is taken")
    if window is None and "if_missed" in money.model_fields_set:
        why = "without 'window_closes' there is nothing to miss"
        findings.note((*path, "if_missed"), why, on_key=True)
    if money.if_missed == "waits" and money.wait is None:
        findings.note((*path, "if_missed"), "'wait' does not say how long it waits after the window")
    stated = findings.is_whole((*path, "if_missed"))
    if stated and money.if_missed == "cancelled" and money.wait is not None:
        why = "a facility that is cancelled does not wait; 'if_missed: waits' is wanted"
        findings.note((*path, "wait"), why, on_key=True)
