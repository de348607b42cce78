"""What a check expects: the names that may stand under `expect`."""

from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.content import Content

EXPECTED = ("P_short", "mean_shortage", "VaR95", "CVaR95", "cost_per_day")
"""Probability of a shortage; mean, 95 % quantile and mean beyond it of what is short; costs per day."""


def check_expected(content: Content, findings: Findings) -> None:
    """Check that only known numbers are expected: a metric, or what a use gets."""
    findings.known_keys(
        ("reference_values",), content.reference_values, "metric", [*EXPECTED, *findings.names["uses"]]
    )
