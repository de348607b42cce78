"""How certain the results of a scenario are, what makes them uncertain, and where an answer changes."""

from diamondsim.analysis.break_even import FLIP_METRICS, flip
from diamondsim.analysis.gain import sampling_gain
from diamondsim.analysis.mixed_scenarios import mixture, require_probabilities
from diamondsim.analysis.sorted_replications import DecidingInput, deciding_inputs

__all__ = [
    "FLIP_METRICS",
    "DecidingInput",
    "deciding_inputs",
    "flip",
    "mixture",
    "require_probabilities",
    "sampling_gain",
]
