"""What the results of a scenario rest on, where an answer changes, and how scenarios compare."""

from diamondsim.analysis.best_scenarios import select_best
from diamondsim.analysis.break_even import flip
from diamondsim.analysis.break_even_pairs import MOST_LEVELS, flip_pairs
from diamondsim.analysis.breaking_shocks import reverse_stress
from diamondsim.analysis.cases_of_interest import choose_cases
from diamondsim.analysis.chosen_metric import SHORTAGE, require_metric
from diamondsim.analysis.comparable import named
from diamondsim.analysis.comparison import compare
from diamondsim.analysis.designed_indices import (
    DESIGN_REPLICATIONS,
    MOST_DESIGN_REPLICATIONS,
    sobol_indices,
)
from diamondsim.analysis.failed_scenarios import failures_in
from diamondsim.analysis.gain import sampling_gain
from diamondsim.analysis.given_data import sensitivity
from diamondsim.analysis.home_supply import independence
from diamondsim.analysis.information import require_decision, value_of_information
from diamondsim.analysis.mixed_scenarios import mixture, require_probabilities
from diamondsim.analysis.question import require_use
from diamondsim.analysis.scenario_discovery import discover
from diamondsim.analysis.sized_reserves import size_reserve
from diamondsim.analysis.sized_stock import size_stock
from diamondsim.analysis.sorted_replications import DecidingInput, deciding_inputs
from diamondsim.analysis.stated_numbers import NOT_STATED
from diamondsim.analysis.steps_of_inputs import marginal_value
from diamondsim.analysis.threshold_question import FLIP_METRICS
from diamondsim.analysis.worst_date import STRESS_METRICS, worst_start

__all__ = [
    "DESIGN_REPLICATIONS",
    "FLIP_METRICS",
    "MOST_DESIGN_REPLICATIONS",
    "MOST_LEVELS",
    "NOT_STATED",
    "SHORTAGE",
    "STRESS_METRICS",
    "DecidingInput",
    "choose_cases",
    "compare",
    "deciding_inputs",
    "discover",
    "failures_in",
    "flip",
    "flip_pairs",
    "independence",
    "marginal_value",
    "mixture",
    "named",
    "require_decision",
    "require_metric",
    "require_probabilities",
    "require_use",
    "reverse_stress",
    "sampling_gain",
    "select_best",
    "sensitivity",
    "size_reserve",
    "size_stock",
    "sobol_indices",
    "value_of_information",
    "worst_start",
]
