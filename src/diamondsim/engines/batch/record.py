"""Recording: which array of the world fills which field of the Ledger (model.md, eq. 46)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from diamondsim.draws import Draws, FloatArray, IntArray
from diamondsim.engines.batch.arrange import Arrangement
from diamondsim.engines.batch.segments import SegmentSum
from diamondsim.engines.batch.world import World
from diamondsim.ledger import Ledger

Writer = Callable[[FloatArray], object]


class Recorder:
    """Writes the end of a tick into the arrays of a Ledger, every entry of them, in the order of the Plan.

    What of a node or source is wanted is taken from where it lies in the arrays of the world.
    """

    def __init__(self, world: World, draws: Draws, arrangement: Arrangement, ledger: Ledger) -> None:
        self._world, self._draws, self._arrangement = world, draws, arrangement
        self._ledger = ledger
        self._source = ledger.kept.get("source", np.arange(world.layout.n_sources))
        writers = self._node_writers() | self._lane_writers() | self._source_writers() | self._price_writers()
        self._jobs = [(array, writers[name]) for name, array in ledger.arrays.items()]

    def record(self, t: int) -> None:
        """Fill tick `t`."""
        for array, write in self._jobs:
            write(array[t])

    def _node_writers(self) -> dict[str, Writer]:
        state, draws, origin = self._world.state, self._draws, self._world.origin
        not_waiting = 1.0 - draws.backorder_share
        buffer = np.empty_like(not_waiting)

        def lost() -> None:
            np.multiply(not_waiting, state.shortage, out=buffer)

        def tracked() -> None:
            assert origin is not None
            origin.consumed(state, buffer)

        names = (
            *("demand", "used", "substituted", "from_reserve", "shortage", "forgone"),
            *("backlog", "stock", "order", "arrived"),
        )
        return {name: self._nodes(name, getattr(state, name)) for name in names} | {
            "lost_sales": _after(lost, self._nodes("lost_sales", buffer)),
            "tracked": _after(tracked, self._nodes("tracked", buffer)),
        }

    def _nodes(self, name: str, values: FloatArray) -> Writer:
        """Write the rows of nodes that are wanted of a field, or their sums."""
        ledger, place = self._ledger, self._arrangement.place_of_node
        if name not in ledger.sums:
            return _rows(values, place[ledger.kept.get("node", slice(None))])
        groups = ledger.sums[name]
        rows = place[[node for group in groups for node in group]]
        row_of_node = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        add = SegmentSum(rows, row_of_node, len(groups), len(values))

        def write(out: FloatArray) -> None:
            out[:] = add(values)

        return write

    def _lane_writers(self) -> dict[str, Writer]:
        world, place = self._world, self._arrangement.place_of_lane
        covered = self._arrangement.lanes[world.layout.covered]
        writers = {
            "allocated": _rows(world.state.lanes_allocated, place),
            "expected_fill_rate": _rows(world.state.belief, place),
            "granted": _some(world.desks.admitted, covered),
            "withdrawn": _some(world.desks.withdrawn, covered),
            "queue": _some(world.desks.pending, covered),
            "diverted": _some(world.rerouting.leaked, covered),
            "seized": _some(world.rerouting.seized, covered),
            "shipped": self._shipped,
        }
        if world.transit is not None:
            writers["pipeline"] = _rows(world.transit, place)
        return writers

    def _source_writers(self) -> dict[str, Writer]:
        state = self._world.state
        return {
            "output": _rows(state.output, self._source),
            "finished_stock": _rows(state.finished, self._source),
        }

    def _price_writers(self) -> dict[str, Writer]:
        prices = self._world.prices
        if prices is None:
            ones = np.ones_like(self._world.state.flow)
            return {"paid": self._nodes("paid", ones), "price": lambda out: out.fill(1.0)}
        buffer = np.empty_like(prices.quotes.contract)

        paid = _after(partial(prices.write_paid, buffer), self._nodes("paid", buffer))
        return {"paid": paid, "price": prices.write_prices}

    def _shipped(self, out: FloatArray) -> None:
        world, arrangement = self._world, self._arrangement
        world.state.lanes_allocated.take(arrangement.place_of_lane, axis=0, out=out, mode="clip")
        if world.terms.active:
            out[arrangement.lanes[world.layout.covered]] *= world.terms.free


def _rows(values: FloatArray, place: IntArray) -> Writer:
    """Write all rows, each from its place."""

    def write(out: FloatArray) -> None:
        values.take(place, axis=0, out=out, mode="clip")

    return write


def _after(prepare: Callable[[], object], write: Writer) -> Writer:
    """Write what has to be worked out first."""

    def both(out: FloatArray) -> None:
        prepare()
        write(out)

    return both


def _some(values: FloatArray, rows: IntArray) -> Writer:
    """Write values to some rows, 0 elsewhere."""

    def write(out: FloatArray) -> None:
        out.fill(0.0)
        out[rows] = values

    return write
