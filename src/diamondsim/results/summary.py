"""What is kept of a run: the metrics of each replication and distributions over time, merged over blocks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.bands import Bands
from diamondsim.results.columns import Columns
from diamondsim.results.inflow import LegalStates
from diamondsim.results.metric import MetricInputs, measure
from diamondsim.results.metrics import BLOCK_METRICS, metric_layouts
from diamondsim.results.quarters import Quarters
from diamondsim.results.settings import Settings
from diamondsim.results.use_metrics import USE_METRICS, UsePath


class Summary:
    """What is kept of a run, added block by block.

    Parameters
    ----------
    plan : Plan
    settings : Settings
    scratch : path, optional
        Folder for metrics that do not fit in memory; the system's folder for temporary files by default.

    Attributes
    ----------
    plan, settings
        Of the run.
    bands : Bands
    quarters : Quarters
    legal_states : LegalStates
    columns : Columns
        The metrics of each replication, by name.
    """

    def __init__(
        self, plan: Plan, settings: Settings, *, scratch: str | os.PathLike[str] | None = None
    ) -> None:
        self.plan = plan
        self.settings = settings
        self.bands = Bands(plan)
        self.quarters = Quarters(plan, settings, self.bands.region_uses, self.bands.facility_sources)
        self.legal_states = LegalStates(plan, settings)
        self.columns = Columns(metric_layouts(plan, settings), scratch=scratch)

    @property
    def replications(self) -> int:
        """Number of replications added."""
        return self.columns.count

    # What is too small for a float is 0, whatever the caller has numpy do about it.
    @np.errstate(under="ignore")
    def add(self, draws: Draws, ledger: Ledger, counts: IntArray | None = None) -> None:
        """Add the replications that follow those added so far.

        Parameters
        ----------
        draws : Draws
            The draws from which the Ledger was computed.
        ledger : Ledger
            With the fields of `metrics.recorded`; not kept.
        counts : (R,) int array, optional
            What each replication counts over time, `ReplicationWeights.counts`; one by default.
        """
        plan, settings, bands = self.plan, self.settings, self.bands
        inputs = MetricInputs(plan, settings, draws, ledger, bands.region_uses, bands.facility_sources)
        metrics = [metric for metric in USE_METRICS if metric.exists(plan, settings)]
        shape = (len(bands.region_uses), draws.n_replications)
        block = {metric.name: np.empty(shape) for metric in metrics}
        totals = self.quarters.totals(ledger)
        for row, region_use in enumerate(bands.region_uses):
            path = UsePath(plan, settings, ledger, region_use, inputs.inflow_lost)
            for name, values in measure(metrics, path).items():
                block[name][row] = values
            bands.add_use(row, path.shortfall, ledger, draws, counts)
            self.quarters.add_use(row, path, totals, counts)
        bands.add_rest(ledger, draws, inputs.in_force, counts)
        self.quarters.add_rest(ledger, draws.n_replications, counts)
        self.legal_states.add(draws, counts)
        block |= measure([metric for metric in BLOCK_METRICS if metric.exists(plan, settings)], inputs)
        self.columns.put(self.columns.count, block)

    def merge(self, other: Summary, *, first: int | None = None) -> None:
        """Add another part of the same run.

        Parameters
        ----------
        other : Summary
        first : int, optional
            Number of its first replication; by default it follows those already added. The result is the
            same, bit for bit, whatever the order, once there are no gaps.
        """
        self.columns.put(self.columns.count if first is None else first, other.columns.block())
        self.bands.merge(other.bands)
        self.quarters.merge(other.quarters)
        self.legal_states.merge(other.legal_states)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything that is kept, by name, some of it without a copy; `restore` is the inverse."""
        counts = {"legal_states": self.legal_states.counts, "replications": np.array(self.bands.replications)}
        return {**self.columns.block(), **self.bands.arrays(), **self.quarters.arrays(), **counts}

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> Summary:
        """Replace the content by what `arrays` returned for a Summary of the same run.

        Returns
        -------
        Summary
            This one. It can be merged into another; nothing can be added to it.
        """
        self.columns = Columns(metric_layouts(self.plan, self.settings))
        self.columns.put(0, {name: arrays[name] for name in self.columns})
        self.bands.restore(arrays)
        self.quarters.restore(arrays)
        self.legal_states.counts = arrays["legal_states"]
        self.legal_states.replications = self.bands.replications
        return self

    def metrics(self) -> dict[str, FloatArray]:
        """Return copies of the metrics by name.

        Returns
        -------
        dict of str to float array
            (entity, R) for each metric that the scenario has; zones run faster than facilities.
        """
        return self.columns.block()
