"""What must hold between the parts of a scenario, beyond each value by itself."""

from diamondsim.scenario.checks.run import check

__all__ = ["check"]
