"""Runs conditioned on what is observed: replications weighted by the likelihood of published figures."""

from diamondsim.conditioning.conditioned_run import ConditioningWarning, condition, with_observations
from diamondsim.conditioning.observation import Observation
from diamondsim.conditioning.read import read_observations
from diamondsim.conditioning.weighing import Conditioning, weigh

__all__ = [
    "Conditioning",
    "ConditioningWarning",
    "Observation",
    "condition",
    "read_observations",
    "weigh",
    "with_observations",
]
