"""Export controls."""

import re

from diamondsim.errors import shown
from diamondsim.scenario.branches import DRAW, ForkMap
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.content import Content
from diamondsim.scenario.controls import Control, Covers
from diamondsim.scenario.fields import ID_PATTERN
from diamondsim.scenario.tree import Path

_UNCHANGED = "unchanged"


def check_controls(content: Content, findings: Findings) -> None:
    """Check what controls cover, how they change, and whom their desks serve."""
    for name, control in content.controls.items():
        path = ("controls", name)
        _check_cover((*path, "covers"), control.covers, findings)
        if control.spillover is not None:
            _check_cover((*path, "spillover", "covers"), control.spillover.covers, findings)
        _check_states(path, control, findings)
        _check_chance(path, control, findings)
        findings.selector_keys((*path, "licensing"), control.licensing)
        if control.requires is not None:
            findings.known((*path, "requires"), control.requires, "control")
    _check_circles(content, findings)


def _check_cover(path: Path, covers: Covers | None, findings: Findings) -> None:
    if covers is None:
        return
    for place, region in enumerate(covers.sellers):
        findings.known((*path, "from", place), region, "region")
    for place, grade in enumerate(covers.grades):
        findings.known((*path, "grades", place), grade, "grade")
    for place, selector in enumerate(covers.to):
        findings.selector((*path, "to", place), selector)


def _check_states(path: Path, control: Control, findings: Findings) -> None:
    for date, fork in control.timeline.items():
        _check_fork((*path, "timeline", date.isoformat()), fork, findings)
    for state, fork in control.transitions.items():
        here = (*path, "transitions", state)
        findings.sum_to_one(here, [share.central() for share in fork.values()])
        if fork.shared_draw is not None:
            why = "every stay has a coin of its own; a draw is shared by dates, or by expiries"
            findings.note((*here, DRAW), why, on_key=True)
        if _UNCHANGED in fork:
            findings.note(here, "a stay that ends must lead to another state than 'unchanged'")
        if state not in control.sojourn and findings.is_whole((*path, "sojourn")):
            findings.note(here, f"'sojourn' does not say how long {shown(state)} lasts", on_key=True)
    for state in control.sojourn:
        if state not in control.transitions and findings.is_whole((*path, "transitions")):
            findings.note(
                (*path, "sojourn", state), f"'next' does not say what follows {shown(state)}", on_key=True
            )


def _check_fork(path: Path, fork: ForkMap, findings: Findings) -> None:
    findings.sum_to_one(path, [share.central() for share in fork.values()])
    if fork.shared_draw is not None and not re.fullmatch(ID_PATTERN, fork.shared_draw):
        found = (
            f"{shown(fork.shared_draw)} is no name of a draw"
            if fork.shared_draw
            else "the name of a draw is wanted"
        )
        findings.note((*path, DRAW), f"{found}; it is made of letters, digits, _ and -")


def _check_chance(path: Path, control: Control, findings: Findings) -> None:
    for state, hazards in control.hazards.items():
        if state in hazards:
            why = "a hazard must lead to another state"
            findings.note((*path, "hazards", state, state), why, on_key=True)
    for selector, desk in control.licensing.items():
        if desk.licence is not None and desk.licence.validity.support()[0] <= 0:
            findings.note((*path, "licensing", selector, "licence", "validity"), "a validity must be above 0")
    expiries = control.expiries
    if expiries is None:
        return
    here = (*path, "expiries")
    _check_fork((*here, "then"), expiries.then, findings)
    if expiries.every is not None and expiries.every < 1:
        findings.note((*here, "every"), "expiries must be a day apart at least")
    if not expiries.during:
        findings.note((*here, "while"), "at least one state is wanted")


def _check_circles(content: Content, findings: Findings) -> None:
    told: set[str] = set()
    for name in content.controls:
        way = [name]
        while (required := content.controls[way[-1]].requires) in content.controls and required not in way:
            assert required is not None, "None is no control"
            way.append(required)
        if required == name and name not in told:
            told |= {*way}
            why = f"goes round in a circle: {' -> '.join([*way, name])}"
            findings.note(findings.last_written([("controls", one, "requires") for one in way]), why)
