"""Smoothed purchases and belief in lanes (model.md, eq. 43-45)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.desks import Desks
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.state import EPS, TINY, State
from diamondsim.plan import Plan

FLOOR = 0.05
"""Least belief (model.md, eq. 45)."""


class Memory:
    """What buyers and sellers remember of the tick (phase 7)."""

    def __init__(self, plan: Plan, layout: Layout, draws: Draws) -> None:
        width = draws.n_replications
        self._layout = layout
        self._purchase_gain = plan.purchase_gain
        self._gain = draws.belief_gain[layout.node]
        self._measure = np.zeros((layout.n_lanes, width))
        self._ratio = np.zeros((layout.n_lanes, width))
        self._counts = np.zeros((layout.n_lanes, width))
        self._desk_ratio = np.zeros((len(layout.covered), width))
        self._buffer = np.zeros((len(layout.covered), width))

    def run(self, state: State, desks: Desks, terms: Terms) -> None:
        """Update `purchases` and `belief`."""
        allocated, measure, ratio = state.lanes_allocated, self._measure, self._ratio
        np.subtract(allocated, state.purchases, out=measure)
        measure *= self._purchase_gain
        state.purchases += measure

        np.minimum(state.wish, state.contract_flow, out=measure)
        np.multiply(state.flow_by_lane, EPS, out=ratio)
        measure *= np.greater(measure, ratio, out=self._counts)
        _ratio(allocated, measure, ratio)
        if terms.active:
            self._read_desks(desks, terms)
        ratio -= state.belief
        ratio *= self._gain
        state.belief += ratio
        np.maximum(state.belief, FLOOR, out=state.belief)

    def _read_desks(self, desks: Desks, terms: Terms) -> None:
        """Replace the ratio of controlled lanes by what the desk let pass."""
        passed, buffer, covered = self._desk_ratio, self._buffer, self._layout.covered
        np.copyto(buffer, desks.reference)
        _ratio(desks.admitted, buffer, passed)
        passed *= terms.controlled
        self._ratio.take(covered, axis=0, out=buffer, mode="clip")
        buffer *= terms.free
        passed += buffer
        self._ratio[covered] = passed


def _ratio(got: FloatArray, measure: FloatArray, out: FloatArray) -> None:
    """Write `min(1, got / measure)` into `out`, 1 where the measure is 0; overwrites `measure`."""
    np.maximum(measure, got, out=measure)
    measure += TINY
    np.add(got, TINY, out=out)
    out /= measure
