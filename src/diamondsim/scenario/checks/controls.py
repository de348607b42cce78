"""Checks of export controls on goods and on equipment."""

import re

from diamondsim.errors import shown
from diamondsim.scenario.branches import DRAW, ForkMap
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.controls import ANY_REGION, Control, Covers, Diversion, Equipment
from diamondsim.scenario.fields import ID_PATTERN
from diamondsim.scenario.schema import Content, Horizon
from diamondsim.scenario.tree import Path

_UNCHANGED = "unchanged"
_MOST_EXPIRIES = 10_000
"""Above this the first date is a slip: each expiry is drawn on its own."""


def check_controls(content: Content, findings: Findings) -> None:
    """Check what controls cover, their states in time, and the selectors of their licensing rules."""
    for name, control in content.controls.items():
        path = ("controls", name)
        _check_cover((*path, "covers"), control.covers, findings)
        if control.spillover is not None:
            _check_cover((*path, "spillover", "covers"), control.spillover.covers, findings)
        _check_diversion((*path, "diversion"), control.diversion, findings)
        _check_states(path, control, findings)
        _check_chance(path, control, content.horizon, findings)
        findings.selector_keys((*path, "licensing"), control.licensing)
        if control.requires is not None:
            findings.known((*path, "requires"), control.requires, "control")
        elif control.overcompliance is not None:
            why = f"this applies while another control is not in force, but {name} has no 'requires'"
            findings.note((*path, "overcompliance"), why, on_key=True)
    _check_circles(content, findings)


def _check_cover(path: Path, covers: Covers | None, findings: Findings) -> None:
    if covers is None:
        return
    for index, region in enumerate(covers.sellers):
        findings.known((*path, "from", index), region, "region")
    for index, grade in enumerate(covers.grades):
        findings.known((*path, "grades", index), grade, "grade")
    for index, selector in enumerate(covers.to):
        findings.selector((*path, "to", index), selector)


def _check_diversion(path: Path, diversion: Diversion | None, findings: Findings) -> None:
    if diversion is None:
        return
    for index, selector in enumerate(diversion.via):
        findings.selector((*path, "via", index), selector)
    if not diversion.via:
        if diversion.relay is not None:
            why = "this limits what third countries pass on, but no 'via' names them"
            findings.note((*path, "relay"), why, on_key=True)
        if diversion.reading == "inside":
            why = "goods can be inside what third countries are sent only where 'via' names them"
            findings.note((*path, "reading"), why)


def _check_states(path: Path, control: Control, findings: Findings) -> None:
    for date, fork in control.timeline.items():
        _check_fork((*path, "timeline", date.isoformat()), fork, findings)
    for state, fork in control.transitions.items():
        place = (*path, "transitions", state)
        findings.sum_to_one(place, [share.central() for share in fork.values()])
        if fork.shared_draw is not None:
            why = "each sojourn has a draw of its own; only dates and expiries can share a draw"
            findings.note((*place, DRAW), why, on_key=True)
        if _UNCHANGED in fork:
            findings.note(place, "a sojourn that ends must lead to a state other than 'unchanged'")
        if state not in control.sojourn and findings.is_whole((*path, "sojourn")):
            findings.note(place, f"'sojourn' does not define how long {shown(state)} lasts", on_key=True)
    for state in control.sojourn:
        if state not in control.transitions and findings.is_whole((*path, "transitions")):
            findings.note(
                (*path, "sojourn", state),
                f"'transitions' does not define what follows {shown(state)}",
                on_key=True,
            )


def _check_fork(path: Path, fork: ForkMap, findings: Findings) -> None:
    findings.sum_to_one(path, [share.central() for share in fork.values()])
    if fork.shared_draw is not None and not re.fullmatch(ID_PATTERN, fork.shared_draw):
        found = f", found {shown(fork.shared_draw)}" if fork.shared_draw else ""
        findings.note((*path, DRAW), f"expected the name of a draw (letters, digits, _ and -){found}")


def _check_chance(path: Path, control: Control, horizon: Horizon | None, findings: Findings) -> None:
    for state, hazards in control.hazards.items():
        if state in hazards:
            why = "a hazard must lead to another state"
            findings.note((*path, "hazards", state, state), why, on_key=True)
    for selector, rule in control.licensing.items():
        if rule.licence is not None and rule.licence.validity.support()[0] <= 0:
            findings.note((*path, "licensing", selector, "licence", "validity"), "a validity must be above 0")
    expiries = control.expiries
    if expiries is None:
        return
    place = (*path, "expiries")
    _check_fork((*place, "then"), expiries.then, findings)
    if expiries.every is not None and expiries.every < 1:
        findings.note((*place, "every"), "expiries must be at least one day apart")
    elif expiries.every is not None and horizon is not None:
        number = ((horizon.start - expiries.first).days + horizon.days) / expiries.every
        if number > _MOST_EXPIRIES:
            why = f"expected at most {_MOST_EXPIRIES:,} expiries until the horizon ends, found {number:,.0f}"
            findings.note((*place, "first"), why)
    findings.at_least_one((*place, "while"), expiries.during, "at least one state")


def _check_circles(content: Content, findings: Findings) -> None:
    reported: set[str] = set()
    for name in content.controls:
        chain = [name]
        while (
            required := content.controls[chain[-1]].requires
        ) in content.controls and required not in chain:
            assert required is not None, "None is no control"
            chain.append(required)
        if required == name and name not in reported:
            reported |= {*chain}
            why = f"circular requirement: {' -> '.join([*chain, name])}"
            findings.note(findings.last_written([("controls", one, "requires") for one in chain]), why)


_OF_GOODS = ("front_loading", "relapse", "licensing", "diversion", "overcompliance")


def check_equipment(content: Content, findings: Findings) -> None:
    """Check that each control covers goods or equipment, with known regions and grades."""
    for name, control in content.controls.items():
        path: Path = ("controls", name)
        if control.equipment is not None:
            _check_equipment((*path, "equipment"), control.equipment, findings)
        elif control.covers is None:
            findings.note(path, "a control needs 'covers', 'equipment' or both", on_key=True)
        if control.covers is None and control.equipment is not None:
            for key in (key for key in _OF_GOODS if key in control.model_fields_set):
                findings.note((*path, key), f"this applies to goods, but {name} has no 'covers'", on_key=True)


def _check_equipment(path: Path, equipment: Equipment, findings: Findings) -> None:
    for index, region in enumerate(equipment.makers):
        findings.known((*path, "from", index), region, "region")
    for index, region in enumerate(equipment.to):
        findings.known((*path, "to", index), region, "region", [*findings.names["regions"], ANY_REGION])
    if equipment.presses is None and equipment.expansion is None:
        findings.note(path, "expected 'presses', 'expansion' or both", on_key=True)
    if equipment.expansion is not None:
        for index, grade in enumerate(equipment.expansion.grades):
            findings.known((*path, "expansion", "grades", index), grade, "grade")
