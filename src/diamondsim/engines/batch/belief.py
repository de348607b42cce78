"""Smoothed purchases and belief in lanes (model.md, eq. 43-45)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.desks import Desks
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.shares import ContractShares
from diamondsim.engines.batch.state import State, at_least, narrow
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
        self._buffer = np.zeros((layout.n_nodes, width))
        self._unused = np.zeros((layout.n_nodes, width), dtype=bool)
        self._before, self._after, self._passed = np.zeros((3, len(layout.covered), width))
        gain = narrow(draws.fill_rate_gain)
        self._covered_gain = gain[layout.node[layout.covered]]
        self._views = layout.slots.views(
            (state.allocated, state.purchases, state.wish, shares.current, state.belief),
            (state.flow, state.grain, gain, self._buffer, self._unused),
        )

    def run(self, state: State, desks: Desks, terms: Terms) -> None:
        """Update `purchases` and `belief`; as if no lane were controlled, then again those that are."""
        if terms.active:
            state.belief.take(self._layout.covered, axis=0, out=self._before, mode="clip")
        with np.errstate(invalid="ignore"):  # 0 / 0 where a lane was not used, which then counts as 1
            self._read_lanes()
            if terms.active:
                self._read_desks(state.belief, desks, terms)

    def _read_lanes(self) -> None:
        """Let `purchases` and `belief` follow what every lane got."""
        gain = self._purchase_gain
        for got, purchases, wish, share, belief, flow, grain, follow, buffer, unused in self._views:
            np.subtract(got, purchases, out=buffer)
            np.multiply(buffer, gain, out=buffer)
            np.add(purchases, buffer, out=purchases)
            np.multiply(share, flow, out=buffer)
            np.minimum(buffer, wish, out=buffer)
            np.less_equal(buffer, grain, out=unused)
            _ratio(got, buffer)
            np.putmask(buffer, unused, 1.0)
            _follow(belief, buffer, follow)

    def _read_desks(self, belief: FloatArray, desks: Desks, terms: Terms) -> None:
        """Replace the belief in controlled lanes: it follows what the desk lets pass."""
        covered, before, after, passed = self._layout.covered, self._before, self._after, self._passed
        np.copyto(passed, desks.reference)
        _ratio(desks.admitted, passed)
        np.putmask(passed, desks.reference <= 0.0, 1.0)
        _follow(before, passed, self._covered_gain)
        before *= terms.controlled
        belief.take(covered, axis=0, out=after, mode="clip")
        after *= terms.free
        after += before
        belief[covered] = after


def _ratio(got: FloatArray, measure: FloatArray) -> None:
    """Turn `measure` into `min(1, got / measure)`, not a number where both are 0."""
    np.maximum(measure, got, out=measure)
    np.divide(got, measure, out=measure)


def _follow(belief: FloatArray, ratio: FloatArray, gain: FloatArray) -> None:
    """Let the belief follow a ratio (eq. 45), which it spoils."""
    np.subtract(ratio, belief, out=ratio)
    np.multiply(ratio, gain, out=ratio)
    np.add(belief, ratio, out=belief)
    at_least(belief, FLOOR)
