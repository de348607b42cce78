"""Checks of what must hold between the parts of a scenario, beyond each single value."""

from diamondsim.scenario.checks.run import check_content

__all__ = ["check_content"]
