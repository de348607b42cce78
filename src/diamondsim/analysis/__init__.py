"""How certain the results of a scenario are, and what makes them uncertain."""

from diamondsim.analysis.gain import sampling_gain
from diamondsim.analysis.mixed_scenarios import mixture, require_probabilities
from diamondsim.analysis.sorted_replications import DecidingInput, deciding_inputs

__all__ = ["DecidingInput", "deciding_inputs", "mixture", "require_probabilities", "sampling_gain"]
