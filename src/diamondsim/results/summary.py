"""From Ledgers to what is kept of them: metrics of each replication and bands over time.

Owns the list of Ledger fields that results need, and the merging of blocks.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.bands import Bands
from diamondsim.results.inflow import in_force, inflow_lost
from diamondsim.results.metrics import METRICS, PairPath, measure, over_time
from diamondsim.results.settings import Settings

FloatArray: TypeAlias = npt.NDArray[np.float64]

RECORDED = (
    *("demand", "used", "from_reserve", "shortage", "lost", "backlog", "stock", "tracked"),
    "output",
)
"""The fields of the Ledger that `Summary.add` may read."""


def recorded(plan: Plan, settings: Settings) -> tuple[str, ...]:
    """Return the fields of the Ledger that a summary reads of one scenario: each costs as much as a phase.

    Parameters
    ----------
    plan : Plan
    settings : Settings

    Returns
    -------
    tuple of str
        Of `RECORDED`: without what waits or is lost where neither has a price, without what reserves and
        facilities give where there are none.
    """
    uses = [settings.use(use) for use in plan.uses]
    needless = set()
    if not any(use.value for use in uses):
        needless.add("lost")
    if not any(use.delay_cost for use in uses):
        needless.add("backlog")
    if not plan.reserves:
        needless.add("from_reserve")
    if not plan.facilities:
        needless.add("output")
    return tuple(name for name in RECORDED if name not in needless)


class Summary:
    """What is kept of a run, grown block by block in the order of replications.

    Attributes
    ----------
    plan, settings
        Of the run.
    bands : Bands
    """

    def __init__(self, plan: Plan, settings: Settings) -> None:
        self.plan = plan
        self.settings = settings
        self.bands = Bands(plan)
        self._blocks: list[dict[str, FloatArray]] = []

    @property
    def replications(self) -> int:
        """How many replications were added."""
        return self.bands.replications

    def add(self, draws: Draws, ledger: Ledger) -> None:
        """Take in one block.

        Parameters
        ----------
        draws : Draws
            Those from which the Ledger was made.
        ledger : Ledger
            With the fields of `recorded`; not kept.
        """
        plan, bands = self.plan, self.bands
        force = in_force(plan, draws)
        lost = inflow_lost(plan, draws, force)
        block = {name: np.empty((len(bands.pairs), draws.n_replications)) for name in METRICS}
        for number, pair in enumerate(bands.pairs):
            path = PairPath.of(pair, ledger)
            values = measure(plan, ledger, self.settings, pair=pair, path=path, lost=lost)
            for name, array in block.items():
                array[number] = values[name]
            bands.add_pair(number, path.shortfall, ledger, draws)
        bands.add_rest(ledger, draws, force)
        self._blocks.append(block | _milestones(plan, draws) | _releases(plan, ledger))

    def merge(self, other: Summary) -> None:
        """Append the replications of another part of the same run."""
        self.bands.merge(other.bands)
        self._blocks += other._blocks

    def __getstate__(self) -> dict[str, object]:
        """Leave the Plan behind: what comes from another process is merged and nothing else."""
        return {name: value for name, value in self.__dict__.items() if name not in ("plan", "settings")}

    def metrics(self) -> dict[str, FloatArray]:
        """Return what was measured, by name.

        Returns
        -------
        dict of str to float array
            `METRICS`: (pair, R); `first_output` and `full_output`: (facility, R), ticks, NaN where not
            by the end; `reserve_released`: (reserve, R).
        """
        assert self._blocks, "nothing was added"
        return {
            name: np.concatenate([block[name] for block in self._blocks], axis=1) for name in self._blocks[0]
        }


def _milestones(plan: Plan, draws: Draws) -> dict[str, FloatArray]:
    first = np.full((len(plan.facilities), draws.n_replications), np.nan)
    full = first.copy()
    for row, milestones in enumerate(draws.milestones):
        first[row] = np.where(milestones[-2] < plan.n_ticks, milestones[-2], np.nan)
        full[row] = np.where(milestones[-1] < plan.n_ticks, milestones[-1], np.nan)
    return {"first_output": first, "full_output": full}


def _releases(plan: Plan, ledger: Ledger) -> dict[str, FloatArray]:
    replications = ledger["used"].shape[2]
    released = np.zeros((len(plan.reserves), replications))
    for row, reserve in enumerate(plan.reserves):
        released[row] = over_time(ledger["used"][:, reserve.node])
    return {"reserve_released": released}
