"""Runs conditioned on what is observed: replications weighted by the likelihood of published figures."""

from typing import TYPE_CHECKING

from diamondsim.lazy_imports import lazy_attributes

if TYPE_CHECKING:
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

_HOMES = {
    "conditioned_run": ("ConditioningWarning", "condition", "with_observations"),
    "observation": ("Observation",),
    "read": ("read_observations",),
    "weighing": ("Conditioning", "weigh"),
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_attributes(__name__, _HOMES)
