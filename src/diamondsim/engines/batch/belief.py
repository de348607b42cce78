"""Smoothed purchases and belief in lanes (model.md, eq. 43-45)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.desks import Desks
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.shares import ContractShares
from diamondsim.engines.batch.state import EPS, State, at_least, divide
from diamondsim.plan import Plan

FLOOR = 0.05
"""Least belief (model.md, eq. 45)."""


class Memory:
    """What buyers and sellers remember of the tick (phase 7)."""

    def __init__(
        self, plan: Plan, layout: Layout, draws: Draws, state: State, shares: ContractShares
    ) -> None:
        width = draws.n_replications
        self._layout, self._purchase_gain = layout, plan.purchase_gain
        self._ratio = state.lane_buffer[:-1]
        self._negligible, self._buffer = np.zeros((2, layout.n_nodes, width))
        self._unused = np.zeros((layout.n_nodes, width), dtype=bool)
        self._desk_ratio, self._covered_buffer = np.zeros((2, len(layout.covered), width))
        views = layout.slots.views
        self._buying = views((state.allocated, state.purchases), (self._buffer,))
        self._comparing = views(
            (state.allocated, state.wish, shares.current, self._ratio),
            (state.flow, self._negligible, self._buffer, self._unused),
        )
        self._learning = views((state.belief, self._ratio), (draws.belief_gain,))

    def run(self, state: State, desks: Desks, terms: Terms) -> None:
        """Update `purchases` and `belief`."""
        gain = self._purchase_gain
        for got, purchases, step in self._buying:
            np.subtract(got, purchases, out=step)
            np.multiply(step, gain, out=step)
            np.add(purchases, step, out=purchases)
        np.multiply(state.flow, EPS, out=self._negligible)
        for got, wish, share, ratio, flow, negligible, expected, unused in self._comparing:
            np.multiply(share, flow, out=expected)
            np.minimum(expected, wish, out=expected)
            np.less_equal(expected, negligible, out=unused)
            _ratio(got, expected, ratio)
            np.putmask(ratio, unused, 1.0)
        if terms.active:
            self._read_desks(desks, terms)
        for belief, ratio, follow in self._learning:
            np.subtract(ratio, belief, out=ratio)
            np.multiply(ratio, follow, out=ratio)
            np.add(belief, ratio, out=belief)
        at_least(state.belief, FLOOR)

    def _read_desks(self, desks: Desks, terms: Terms) -> None:
        """Replace the ratio of controlled lanes by what the desk let pass."""
        passed, buffer, covered = self._desk_ratio, self._covered_buffer, self._layout.covered
        np.copyto(buffer, desks.reference)
        _ratio(desks.admitted, buffer, passed)
        np.putmask(passed, desks.reference <= 0.0, 1.0)
        passed *= terms.controlled
        self._ratio.take(covered, axis=0, out=buffer, mode="clip")
        buffer *= terms.free
        passed += buffer
        self._ratio[covered] = passed


def _ratio(got: FloatArray, measure: FloatArray, out: FloatArray) -> None:
    """Write `min(1, got / measure)` into `out`, 0 where both are 0; overwrites `measure`."""
    np.maximum(measure, got, out=measure)
    divide(got, measure, out)
