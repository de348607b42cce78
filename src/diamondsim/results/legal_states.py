"""How likely each named legal state is over time (docs/results.md, eq. R14).

A legal state says of some controls whether they are in effect, by their own state alone. Owns the counts,
which add up over blocks, and the variable that they become.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.draws import Draws
from diamondsim.plan import Plan
from diamondsim.results.estimates import probability
from diamondsim.results.frame import described
from diamondsim.results.inflow import in_effect
from diamondsim.results.settings import Settings

CountArray: TypeAlias = npt.NDArray[np.int64]


class LegalStates:
    """Counts over time of the replications in each legal state; blocks merge exactly, in any grouping.

    Parameters
    ----------
    plan : Plan
    settings : Settings
        Whose `legal_states` name controls of the Plan.

    Attributes
    ----------
    counts : (T, states) int array
        Replications in each legal state.
    replications : int
        How many were counted.
    """

    def __init__(self, plan: Plan, settings: Settings) -> None:
        row = {control.name: i for i, control in enumerate(plan.controls)}
        self._states = [
            [(row[control], effect) for control, effect in controls.items()]
            for controls in settings.legal_states.values()
        ]
        self.counts: CountArray = np.zeros((plan.n_ticks, len(self._states)), dtype=np.int64)
        self.replications = 0

    def add(self, draws: Draws) -> None:
        """Count the replications of one block."""
        effect = in_effect(draws)
        for state, controls in enumerate(self._states):
            holds = np.logical_and.reduce([effect[:, i] == wanted for i, wanted in controls])
            self.counts[:, state] += np.count_nonzero(holds, axis=1)
        self.replications += draws.n_replications

    def merge(self, other: LegalStates) -> None:
        """Add the counts of other replications of the same run."""
        self.counts += other.counts
        self.replications += other.replications

    def variables(self) -> dict[str, xr.Variable]:
        """Return `legal_state_probability` (time, legal_state, bound); nothing where no state is named."""
        if not self._states:
            return {}
        hits, where = np.unique(self.counts, return_inverse=True)
        estimates = [probability(int(n), self.replications) for n in hits]
        bounds = np.array([[e.value, e.low, e.high] for e in estimates])[where.reshape(self.counts.shape)]
        variable = xr.Variable(("time", "legal_state", "bound"), bounds)
        return {"legal_state_probability": described(variable, "probability of each legal state", "1")}
