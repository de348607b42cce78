"""The dimensions of quasi-random numbers. Names that nothing is drawn for keep theirs for later."""

from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.content import Content


def check_sampling(content: Content, findings: Findings) -> None:
    """Check that no two names have one dimension: they would be drawn alike."""
    first: dict[int, str] = {}
    for name, dimension in content.sampling.dimensions.items():
        other = first.setdefault(dimension, name)
        if other != name:
            why = f"dimension {dimension} is that of {other!r} too; each name has its own"
            findings.note(("sampling", "dimensions", name), why, found=str(dimension))
