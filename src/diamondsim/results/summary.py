"""From Ledgers to what is kept of them: metrics of each replication and bands over time.

Owns the list of Ledger fields that results need, and the merging of blocks.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.draws import Draws
from diamondsim.ledger import Entity, Groups, Ledger
from diamondsim.plan import NodeKind, Plan
from diamondsim.results.bands import Bands
from diamondsim.results.columns import Columns
from diamondsim.results.holding import reserve_cost
from diamondsim.results.inflow import in_force, inflow_lost
from diamondsim.results.legal_states import LegalStates
from diamondsim.results.metrics import METRICS, PairPath, measure, over_time
from diamondsim.results.pairs import nodes_of_region
from diamondsim.results.places import places_of
from diamondsim.results.plants import plant_metrics
from diamondsim.results.prices import RECORDED_FOR_PRICES, market_metrics, purchase_metrics
from diamondsim.results.settings import Settings

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]

RECORDED = (
    *("demand", "used", "from_reserve", "shortage", "lost_sales", "backlog", "stock", "tracked"),
    "output",
)
"""The fields of the Ledger that `Summary.add` may read; with prices `RECORDED_FOR_PRICES` besides."""


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
        facilities give where there are none. Prices only where there are some.
    """
    uses = [settings.use(use) for use in plan.uses]
    needless = set()
    if not any(use.value for use in uses):
        needless.add("lost_sales")
    if not any(use.delay_cost for use in uses):
        needless.add("backlog")
    if not plan.reserves:
        needless.add("from_reserve")
    if not plan.facilities:
        needless.add("output")
    priced = () if plan.prices is None else RECORDED_FOR_PRICES
    return (*(name for name in RECORDED if name not in needless), *priced)


def read_of(plan: Plan) -> dict[Entity, IntArray]:
    """Return the nodes and sources of which a summary reads the Ledger: uses, reserves and facilities.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to (n,) int array
        For `Ledger.empty`.
    """
    made_by_facility = [source.facility is not None for source in plan.sources]
    return {
        "node": np.flatnonzero((plan.node_kind == NodeKind.USE) | (plan.node_kind == NodeKind.RESERVE)),
        "source": np.flatnonzero(made_by_facility),
    }


def summed(plan: Plan) -> dict[str, Groups]:
    """Return the fields of which a summary reads no more than sums over nodes, with these.

    What was consumed and where its crystal comes from is told by region. With prices every use pays its own.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to tuple of tuple of int
        For `Ledger.empty`.
    """
    regions = tuple(nodes for region in plan.regions if (nodes := nodes_of_region(plan, region)))
    released = tuple((reserve.node,) for reserve in plan.reserves)
    sums = {"tracked": regions, "from_reserve": regions}
    return sums if plan.prices else sums | {"used": regions + released}


class Summary:
    """What is kept of a run, grown block by block.

    Parameters
    ----------
    plan : Plan
    settings : Settings
    scratch : path, optional
        Folder for what does not fit the memory; that of the machine for temporary files by default.

    Attributes
    ----------
    plan, settings
        Of the run.
    bands : Bands
    legal_states : LegalStates
    columns : Columns
        The metrics of each replication, by the names of `metrics`.
    """

    def __init__(
        self, plan: Plan, settings: Settings, *, scratch: str | os.PathLike[str] | None = None
    ) -> None:
        self.plan = plan
        self.settings = settings
        self.bands = Bands(plan)
        self.legal_states = LegalStates(plan, settings)
        self.columns = Columns(places_of(plan), scratch=scratch)

    @property
    def replications(self) -> int:
        """How many replications were added."""
        return self.bands.replications

    def add(self, draws: Draws, ledger: Ledger) -> None:
        """Take in the replications that follow those added so far.

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
        self.legal_states.add(draws)
        block |= _milestones(plan, draws) | _releases(plan, ledger)
        block["reserve_cost"] = reserve_cost(plan, self.settings, draws, ledger)
        if plan.prices is not None:
            assert draws.prices is not None, "a plan with prices has draws with prices"
            block |= market_metrics(draws.prices, ledger)
            block |= purchase_metrics(plan, draws, ledger, bands.pairs)
            block |= plant_metrics(plan, draws, ledger, bands.facility_sources)
        self.columns.put(self.columns.count, block)

    def merge(self, other: Summary, *, first: int | None = None) -> None:
        """Take in another part of the same run.

        Parameters
        ----------
        other : Summary
        first : int, optional
            Number of its first replication; by default it follows what is here. In any order the result is
            the same, bit for bit, once there are no gaps.
        """
        self.columns.put(self.columns.count if first is None else first, other.columns.block())
        self.bands.merge(other.bands)
        self.legal_states.merge(other.legal_states)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything that is kept, by name; `restore` makes a Summary of it again."""
        counts = {"legal_states": self.legal_states.counts, "replications": np.array(self.replications)}
        return {**self.columns.block(), **self.bands.arrays(), **counts}

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> Summary:
        """Take in what `arrays` returned of a Summary of the same run, in place of all that is here.

        Returns
        -------
        Summary
            This one, to be merged into another; nothing can be added to it.
        """
        self.columns = Columns(places_of(self.plan))
        self.columns.put(0, {name: arrays[name] for name in self.columns})
        self.bands.restore(arrays)
        self.legal_states.counts = arrays["legal_states"]
        self.legal_states.replications = self.bands.replications
        return self

    def metrics(self) -> dict[str, FloatArray]:
        """Return what was measured, by name, in arrays of their own.

        Returns
        -------
        dict of str to float array
            `METRICS`: (pair, R); `first_output` and `full_output`: (facility, R), ticks, NaN where not
            by the end; `reserve_released` and `reserve_cost`: (reserve, R), the cost NaN where nothing is
            said of it. With prices also `PRICE_METRICS`: (market, R), (pair, R), (facility, R) and
            (facility * zone, R).
        """
        return self.columns.block()


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
        released[row] = over_time(ledger.of("used", reserve.node))
    return {"reserve_released": released}
