"""The registry."""

from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.content import Content


def check_registry(content: Content, findings: Findings) -> None:
    """Check which regions take part, and that something is said of them."""
    registry = content.registry
    if registry is None:
        return
    for place, region in enumerate(registry.regions):
        findings.known(("registry", "regions", place), region, "region")
    if not registry.regions and findings.is_whole(("registry", "regions")):
        findings.note(("registry", "regions"), "at least one region is wanted")
    said = (registry.trust, registry.belief_time, registry.order_ceiling)
    if all(value is None for value in said) and findings.is_whole(("registry",)):
        why = "a registry changes something: 'trust', 'belief_time' or 'order_ceiling' is wanted"
        findings.note(("registry",), why, on_key=True)
