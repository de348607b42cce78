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
    said = (registry.queue_weight, registry.fill_rate_memory, registry.max_order)
    if all(value is None for value in said) and findings.is_whole(("registry",)):
        why = "a registry changes something: 'queue_weight', 'fill_rate_memory' or 'max_order' is wanted"
        findings.note(("registry",), why, on_key=True)
