"""What the results of a scenario rest on, where an answer changes, and how scenarios compare."""

from diamondsim.analysis.break_even import FLIP_METRICS, NOT_STATED, flip
from diamondsim.analysis.chosen_metric import SHORTAGE, require_metric
from diamondsim.analysis.comparable import named
from diamondsim.analysis.comparison import compare
from diamondsim.analysis.gain import sampling_gain
from diamondsim.analysis.given_data import sensitivity
from diamondsim.analysis.home_supply import independence
from diamondsim.analysis.mixed_scenarios import mixture, require_probabilities
from diamondsim.analysis.scenario_discovery import discover
from diamondsim.analysis.sized_reserves import size_reserve
from diamondsim.analysis.sized_stock import size_stock
from diamondsim.analysis.sorted_replications import DecidingInput, deciding_inputs

__all__ = [
    "FLIP_METRICS",
    "NOT_STATED",
    "SHORTAGE",
    "DecidingInput",
    "compare",
    "deciding_inputs",
    "discover",
    "flip",
    "independence",
    "mixture",
    "named",
    "require_metric",
    "require_probabilities",
    "sampling_gain",
    "sensitivity",
    "size_reserve",
    "size_stock",
]
