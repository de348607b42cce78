"""Named legal states."""

from collections.abc import Mapping
from itertools import combinations

from diamondsim.errors import shown
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.content import Content
from diamondsim.scenario.tree import Path


def check_legal_states(content: Content, findings: Findings) -> None:
    """Check that each legal state speaks of controls that there are, and that no two can hold together."""
    for name, controls in content.legal_states.items():
        path: Path = ("legal_states", name)
        findings.known_keys(path, controls, "control")
        if not controls and findings.is_whole(path):
            findings.note(path, "at least one control is wanted", on_key=True)
    for (one, first), (other, second) in combinations(content.legal_states.items(), 2):
        both = [("legal_states", one), ("legal_states", other)]
        whole = all(findings.is_whole(path) for path in both)
        if whole and first and second and not _exclude(first, second):
            why = f"{shown(one)} and {shown(other)} may hold together: no control is in effect in one alone"
            findings.note(findings.last_written(both[::-1]), why, on_key=True)


def _exclude(first: Mapping[str, str], second: Mapping[str, str]) -> bool:
    return any(second.get(control, standing) != standing for control, standing in first.items())
