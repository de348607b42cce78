"""Recording: which array of the world fills which field of the Ledger (model.md, eq. 46)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.world import World
from diamondsim.ledger import Ledger

Writer = Callable[[FloatArray], None]


class Recorder:
    """Writes the end of a tick into the arrays of a Ledger, every entry of them."""

    def __init__(self, world: World, draws: Draws, ledger: Ledger) -> None:
        self._world, self._draws = world, draws
        writers = self._node_writers() | self._lane_writers() | self._source_writers()
        self._jobs = [(array, writers[name]) for name, array in ledger.arrays.items()]

    def record(self, t: int) -> None:
        """Fill tick `t`."""
        for array, write in self._jobs:
            write(array[t])

    def _node_writers(self) -> dict[str, Writer]:
        state, draws, origin = self._world.state, self._draws, self._world.origin
        not_waiting = 1.0 - draws.backlog_share

        def lost(out: FloatArray) -> None:
            np.multiply(not_waiting, state.shortage, out=out)

        names = (
            *("demand", "used", "substituted", "from_reserve", "shortage"),
            *("backlog", "stock", "order", "arrived"),
        )
        writers = {name: _copy(getattr(state, name)) for name in names} | {"lost": lost}
        if origin is not None:
            writers["tracked"] = lambda out: origin.consumed(state, out)
        return writers

    def _lane_writers(self) -> dict[str, Writer]:
        world, layout = self._world, self._world.layout
        writers = {
            "allocated": _lanes(layout, world.state.lanes_allocated),
            "belief": _lanes(layout, world.state.belief),
            "granted": _covered(layout, world.desks.admitted),
            "withdrawn": _covered(layout, world.desks.withdrawn),
            "queue": _covered(layout, world.desks.pending),
            "leaked": _covered(layout, world.rerouting.leaked),
            "seized": _covered(layout, world.rerouting.seized),
            "shipped": self._shipped,
        }
        if world.transit is not None:
            writers["transit"] = _lanes(layout, world.transit)
        return writers

    def _source_writers(self) -> dict[str, Writer]:
        state = self._world.state
        return {"output": _copy(state.output), "finished": _copy(state.finished)}

    def _shipped(self, out: FloatArray) -> None:
        world, layout = self._world, self._world.layout
        world.state.lanes_allocated.take(layout.lane_of_plan, axis=0, out=out, mode="clip")
        if world.terms.active:
            out[layout.plan_of_lane[layout.covered]] *= world.terms.free


def _copy(values: FloatArray) -> Writer:
    return lambda out: np.copyto(out, values)


def _lanes(layout: Layout, values: FloatArray) -> Writer:
    """Write lanes in the order of the Plan."""

    def write(out: FloatArray) -> None:
        values.take(layout.lane_of_plan, axis=0, out=out, mode="clip")

    return write


def _covered(layout: Layout, values: FloatArray) -> Writer:
    """Write the covered lanes, 0 elsewhere."""
    rows = layout.plan_of_lane[layout.covered]

    def write(out: FloatArray) -> None:
        out.fill(0.0)
        out[rows] = values

    return write
