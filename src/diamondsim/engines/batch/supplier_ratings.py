"""Smoothed purchases and expected fill rates of lanes (model.md, eq. 44-46)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.contract_shares import ContractShares
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.licence_queues import LicenceQueues
from diamondsim.engines.batch.state import EngineState, at_least, narrow
from diamondsim.engines.batch.topology import Topology


class SupplierRatings:
    """Smoothed purchases and expected fill rates (phase 7)."""

    def __init__(
        self, topology: Topology, draws: Draws, state: EngineState, shares: ContractShares, pool: ArrayPool
    ) -> None:
        n_covered = len(topology.covered)
        self._topology, self._purchase_gain = topology, narrow(draws.purchase_gain)
        self._buffer, self._is_unused = pool.zeros(topology.n_nodes), pool.masks(topology.n_nodes)
        # What licences let pass on covered lanes; on those that are free, the expected fill rate.
        self._mean_admission, self._updated, self._ratio = (pool.zeros(n_covered) for _ in range(3))
        self._is_current = False
        gain, least = narrow(draws.fill_rate_gain), draws.min_fill_rate
        node_of_covered = topology.node[topology.covered]
        self._covered_gain = narrow(draws.fill_rate_gain[node_of_covered])
        self._covered_least = least[node_of_covered]
        self._untried = topology.untried
        self._open_tick = draws.open_tick[topology.untried]
        self._last_opening = int(self._open_tick.max(initial=0))
        self._untried_least = narrow(least[topology.node[topology.untried]])
        # One number for all needs no array as large as that of the lanes.
        self._same_least = float(least.min()) if least.size and least.min() == least.max() else None
        self._views = topology.slots.views(
            (
                state.allocated,
                state.purchases,
                state.desired_order,
                shares.contract_share,
                state.expected_fill_rate,
            ),
            (state.expected_demand, state.negligible, gain, least, self._buffer, self._is_unused),
        )

    def run(self, t: int, state: EngineState, queues: LicenceQueues, terms: ControlTerms) -> None:
        """Update `purchases` and `expected_fill_rate`.

        First as if all lanes were free; then the fill rates of controlled lanes are replaced.
        """
        if terms.active and not self._is_current:
            state.expected_fill_rate.take(
                self._topology.covered, axis=0, out=self._mean_admission, mode="clip"
            )
        self._is_current = terms.active
        # On a lane that was not used the ratio is 0 / 0; a mask replaces it by 1 afterwards.
        with np.errstate(invalid="ignore"):
            self._follow_lanes()
            if t < self._last_opening:
                self._await_opening(t, state.expected_fill_rate)
            if terms.active:
                self._follow_queues(state.expected_fill_rate, queues, terms)

    def _follow_lanes(self) -> None:
        """Update all lanes from what was allocated on them (eq. 44-46)."""
        purchase_gain = self._purchase_gain
        for arrays in self._views:
            allocated, purchases, desired, contract_share, fill_rate = arrays[:5]
            expected_demand, negligible, gain, least, buffer, is_unused = arrays[5:]
            np.subtract(allocated, purchases, out=buffer)
            np.multiply(buffer, purchase_gain, out=buffer)
            np.add(purchases, buffer, out=purchases)
            np.multiply(contract_share, expected_demand, out=buffer)
            np.minimum(buffer, desired, out=buffer)
            np.less_equal(buffer, negligible, out=is_unused)
            _min_one_ratio(allocated, buffer)
            np.putmask(buffer, is_unused, 1.0)
            self._smooth(fill_rate, buffer, gain, least)

    def _await_opening(self, t: int, fill_rate: FloatArray) -> None:
        """Expect the least of a facility until its lane opens (eq. 45a)."""
        is_closed = self._open_tick > t
        fill_rate[self._untried] = np.where(is_closed, self._untried_least, fill_rate[self._untried])

    def _follow_queues(self, fill_rate: FloatArray, queues: LicenceQueues, terms: ControlTerms) -> None:
        """Replace the fill rates of controlled lanes: they follow what is admitted (eq. 45).

        A batch counts in full, and the cap of 1 is laid on the mean: so a mean of batches and of ticks
        without one is not taken for less than it is.
        """
        covered, mean, updated, ratio = (
            self._topology.covered,
            self._mean_admission,
            self._updated,
            self._ratio,
        )
        np.divide(queues.granted, queues.reference_flow, out=ratio)
        np.putmask(ratio, queues.reference_flow <= 0.0, 1.0)
        self._smooth(mean, ratio, self._covered_gain, self._covered_least)
        mean *= terms.controlled
        fill_rate.take(covered, axis=0, out=updated, mode="clip")
        updated *= terms.free
        mean += updated
        fill_rate[covered] = np.minimum(mean, 1.0, out=updated)

    def _smooth(self, fill_rate: FloatArray, ratio: FloatArray, gain: FloatArray, least: FloatArray) -> None:
        """Smooth an expected fill rate towards a ratio (eq. 46); overwrites `ratio`."""
        np.subtract(ratio, fill_rate, out=ratio)
        np.multiply(ratio, gain, out=ratio)
        np.add(fill_rate, ratio, out=fill_rate)
        if self._same_least is None:
            np.maximum(fill_rate, least, out=fill_rate)
        else:
            at_least(fill_rate, self._same_least)


def _min_one_ratio(allocated: FloatArray, measure: FloatArray) -> None:
    """Turn `measure` into `min(1, allocated / measure)`, not a number where both are 0.

    The divisor is raised to the dividend, so that nothing but 0 is ever divided by 0.
    """
    np.maximum(measure, allocated, out=measure)
    np.divide(allocated, measure, out=measure)
