"""The Ledger: the outcome of a run, as arrays `(tick, entity, replication)`, replication last.

Owns the list of recorded quantities, their storage, and the mass balance as a method of the result. Both
engines fill one; this module does not depend on them. See `docs/model.md`, eq. 47.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.plan import NodeKind, Plan

EntityKind: TypeAlias = Literal["node", "lane", "source", "market"]
NodeGroups: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Field:
    """A recorded quantity: the entity it belongs to and its meaning, per tick or at the end of the tick."""

    entity: EntityKind
    meaning: str


FIELDS: Mapping[str, Field] = {
    "demand": Field("node", "new demand"),
    "used": Field("node", "taken from own stock: consumption, feed used, or release of a reserve"),
    "substituted": Field("node", "demand met without the grade"),
    "from_reserve": Field("node", "demand met from reserves"),
    "shortage": Field("node", "new demand not met in its tick"),
    "lost_sales": Field("node", "demand lost for good"),
    "backlog": Field("node", "demand that waits, end of tick"),
    "stock": Field("node", "stock on hand, end of tick"),
    "order": Field("node", "quantity ordered"),
    "arrived": Field("node", "quantity that arrived"),
    "tracked": Field("node", "consumption whose crystal has the tracked origin"),
    "paid": Field("node", "mean price on the contracts of a node, 1 at the start and without prices"),
    "forgone": Field("node", "demand given up for its price, negative where it is cheap"),
    "allocated": Field("lane", "quantity allocated by the source"),
    "granted": Field("lane", "quantity admitted or released from the licence queue"),
    "withdrawn": Field("lane", "quantity withdrawn from the queue to finished stock"),
    "shipped": Field("lane", "quantity dispatched on a free lane"),
    "diverted": Field("lane", "quantity diverted, seized part included"),
    "seized": Field("lane", "quantity seized"),
    "relayed": Field("lane", "part of what was granted or shipped that went on to other countries instead"),
    "queue": Field("lane", "quantity in the licence queue, extra review included, end of tick"),
    "pipeline": Field(
        "lane", "quantity dispatched but not yet arrived, diverted goods included, end of tick"
    ),
    "expected_fill_rate": Field("lane", "fraction the buyer expects the lane to deliver, end of tick"),
    "capacity": Field("source", "most it can make, whatever feed it has"),
    "output": Field("source", "quantity made"),
    "finished_stock": Field("source", "finished stock, end of tick"),
    "relay_drawdown": Field(
        "source", "quantity that other countries passed on out of stock and have not replaced, end of tick"
    ),
    "price": Field("market", "price, 1 at the start, end of tick"),
}
"""Every quantity an engine records, in the order of the Ledger."""


@dataclass(frozen=True)
class Ledger:
    """Recorded arrays of one block of replications.

    Attributes
    ----------
    arrays : mapping of str to (T, entity, R) float array
        Keyed by the names in `FIELDS`; only the names asked for.
    kept : mapping of str to (n,) int array
        Numbers of the nodes or sources that are kept, ascending: the rows of the arrays. All are kept for an
        entity that is not named.
    sums : mapping of str to tuple of tuple of int
        Fields of which only sums are kept: the numbers that each row adds up, ascending.
    """

    arrays: Mapping[str, FloatArray]
    kept: Mapping[EntityKind, IntArray] = field(default_factory=dict)
    sums: Mapping[str, NodeGroups] = field(default_factory=dict)

    @classmethod
    def empty(
        cls,
        plan: Plan,
        n_replications: int,
        record: Collection[str] | None = None,
        kept: Mapping[EntityKind, IntArray] | None = None,
        sums: Mapping[str, NodeGroups] | None = None,
    ) -> Ledger:
        """Return a ledger of zeros for a run.

        Parameters
        ----------
        plan : Plan
            Gives the number of ticks, nodes, lanes and sources.
        n_replications : int
            Length of the last axis.
        record : collection of str, optional
            Names in `FIELDS` to keep; all by default.
        kept : mapping of str to (n,) int array, optional
            Nodes and sources to keep them of, as in `kept`; all by default.
        sums : mapping of str to tuple of tuple of int, optional
            Fields of nodes of which to keep sums instead, as in `sums`; none by default.

        Returns
        -------
        Ledger
            Zero-filled.
        """
        rows: dict[EntityKind, int] = {
            "node": plan.n_nodes,
            "lane": plan.n_lanes,
            "source": plan.n_sources,
            "market": plan.n_markets,
        }
        kept = {} if kept is None else kept
        assert kept.keys() <= {"node", "source"}, "of lanes and markets all are kept"
        rows |= {entity: len(numbers) for entity, numbers in kept.items()}
        names = FIELDS if record is None else record
        unknown = set(names) - set(FIELDS)
        assert not unknown, f"not a ledger field: {sorted(unknown)}"
        sums = {} if sums is None else {name: groups for name, groups in sums.items() if name in names}
        assert all(FIELDS[name].entity == "node" for name in sums), "sums are those of nodes"

        def zeros(name: str) -> FloatArray:
            n_rows = len(sums[name]) if name in sums else rows[FIELDS[name].entity]
            return np.zeros((plan.n_ticks, n_rows, n_replications))

        return cls({name: zeros(name) for name in FIELDS if name in names}, kept, sums)

    def __getitem__(self, name: str) -> FloatArray:
        """Return the array `(tick, entity, replication)` of one recorded quantity."""
        return self.arrays[name]

    def of(self, name: str, number: int) -> FloatArray:
        """Return the path (tick, replication) of one recorded quantity of one entity.

        Parameters
        ----------
        name : str
            In `FIELDS`.
        number : int
            Of the node, lane, source or market in the Plan.

        Returns
        -------
        (T, R) float array
            A view.
        """
        if name in self.sums:
            return self.added(name, (number,))
        kept = self.kept.get(FIELDS[name].entity)
        if kept is None:
            return self.arrays[name][:, number]
        row = int(np.searchsorted(kept, number))
        assert number in kept[row : row + 1], f"{name} of {number} is not kept"
        return self.arrays[name][:, row]

    def added(self, name: str, numbers: Collection[int]) -> FloatArray:
        """Return the sum of the paths of some entities, (tick, replication), added in ascending order.

        Parameters
        ----------
        name : str
            In `FIELDS`.
        numbers : collection of int
            At least one; of a field of which there are only sums, one of these.

        Returns
        -------
        (T, R) float array
            Perhaps a view.
        """
        group = tuple(sorted(numbers))
        if name in self.sums:
            assert group in self.sums[name], f"{name} of {group} is not kept"
            return self.arrays[name][:, self.sums[name].index(group)]
        first, *others = group
        if not others:
            return self.of(name, first)
        total = self.of(name, first).copy()
        for other in others:
            total += self.of(name, other)
        return total

    def mass_balance(self, plan: Plan, draws: Draws) -> FloatArray:
        """Return the quantity unaccounted for, relative to all that there ever was; everything must be kept.

        Output of sources without feed + opening - consumption - seized - conversion loss - closing stocks,
        summed over all grades of one unit; 0 but for rounding.

        Returns
        -------
        (T, U, R) float array
            One row per unit of the Plan's grades, in sorted order; relative to all that was ever there.
        """
        assert not self.kept, "mass is balanced over all nodes and sources"
        assert not self.sums, "mass is balanced node by node"
        units = sorted(set(plan.grade_units))
        unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
        node_unit = [unit_of[n.grade] for n in plan.nodes]
        source_unit = [unit_of[s.grade] for s in plan.sources]
        lane_unit = [source_unit[s] for s in plan.lane_source]
        residual = np.empty((plan.n_ticks, len(units), draws.n_replications))
        for row, unit in enumerate(units):
            nodes = np.array([u == unit for u in node_unit], dtype=bool)
            sources = np.array([u == unit for u in source_unit], dtype=bool)
            lanes = np.array([u == unit for u in lane_unit], dtype=bool)
            residual[:, row] = self._residual(plan, draws, nodes, sources, lanes)
        return residual

    def _residual(
        self,
        plan: Plan,
        draws: Draws,
        nodes: BoolArray,
        sources: BoolArray,
        lanes: BoolArray,
    ) -> FloatArray:
        primary = sources & (plan.source_feed < 0)
        processed = sources & (plan.source_feed >= 0)
        uses = nodes & (plan.node_kind == NodeKind.USE)
        feeds = nodes & (plan.node_kind == NodeKind.FEED)
        opening = (
            draws.opening_stock[nodes].sum(axis=0)
            + draws.opening_finished[sources].sum(axis=0)
            + opening_pipeline(plan, draws)[lanes].sum(axis=0)
        )
        made = np.cumsum(self["output"][:, primary].sum(axis=1), axis=0)
        loss = np.cumsum(
            self["used"][:, feeds].sum(axis=1) - self["output"][:, processed].sum(axis=1), axis=0
        )
        consumed = np.cumsum((self["used"] + self["from_reserve"])[:, uses].sum(axis=1), axis=0)
        seized = np.cumsum(self["seized"][:, lanes].sum(axis=1), axis=0)
        closing = (
            self["stock"][:, nodes].sum(axis=1)
            + self["finished_stock"][:, sources].sum(axis=1)
            + (self["queue"] + self["pipeline"])[:, lanes].sum(axis=1)
            # It came out of stocks in third countries, which are outside the model.
            - self["relay_drawdown"][:, sources].sum(axis=1)
        )
        supplied = opening + made
        # Where goods are converted from another unit the "loss" of this one is a gain, and part of the total.
        total = supplied + np.maximum(-loss, 0.0)
        return np.asarray((supplied - consumed - seized - loss - closing) / np.maximum(total, 1e-300))


def opening_pipeline(plan: Plan, draws: Draws) -> FloatArray:
    """Return the pipeline of each lane before tick 0, (L, R) (model.md, eq. 6)."""
    # A driver that began before the horizon has moved the first expected demand.
    expected = draws.base_flow * draws.growth[0, plan.node_growth]
    flow = draws.contract_share * expected[plan.lane_node]
    return np.asarray(np.where(plan.entrant[:, None], 0.0, flow * draws.lead_ticks))
