"""How certain the results of a scenario are, what makes them uncertain, and where an answer changes."""

from diamondsim.analysis.break_even import FLIP_METRICS, flip
from diamondsim.analysis.chosen_metric import SHORTAGE, require_metric
from diamondsim.analysis.gain import sampling_gain
from diamondsim.analysis.given_data import sensitivity
from diamondsim.analysis.mixed_scenarios import mixture, require_probabilities
from diamondsim.analysis.sorted_replications import DecidingInput, deciding_inputs

__all__ = [
    "FLIP_METRICS",
    "SHORTAGE",
    "DecidingInput",
    "deciding_inputs",
    "flip",
    "mixture",
    "require_metric",
    "require_probabilities",
    "sampling_gain",
    "sensitivity",
]
