"""Controls on equipment."""

from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.content import Content
from diamondsim.scenario.equipment import ANYWHERE, Equipment
from diamondsim.scenario.tree import Path

_OF_GOODS = ("front_loading", "relapse", "licensing", "diversion")


def check_equipment(content: Content, findings: Findings) -> None:
    """Check that each control covers goods or equipment, and that regions and grades are known."""
    for name, control in content.controls.items():
        path: Path = ("controls", name)
        if control.equipment is not None:
            _check((*path, "equipment"), control.equipment, findings)
        elif control.covers is None:
            findings.note(path, "a control wants 'covers', 'equipment' or both", on_key=True)
        if control.covers is None and control.equipment is not None:
            for key in (key for key in _OF_GOODS if key in control.model_fields_set):
                findings.note((*path, key), f"this concerns goods, but {name} has no 'covers'", on_key=True)


def _check(path: Path, equipment: Equipment, findings: Findings) -> None:
    for place, region in enumerate(equipment.makers):
        findings.known((*path, "from", place), region, "region")
    for place, region in enumerate(equipment.to):
        findings.known((*path, "to", place), region, "region", [*findings.names["regions"], ANYWHERE])
    if equipment.presses is None and equipment.expansion is None:
        findings.note(path, "'presses', 'expansion' or both are wanted", on_key=True)
    if equipment.expansion is not None:
        for place, grade in enumerate(equipment.expansion.grades):
            findings.known((*path, "expansion", "grades", place), grade, "grade")
