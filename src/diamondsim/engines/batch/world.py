"""One block of replications and the order of the phases in a tick (model.md, section 3)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws
from diamondsim.engines.batch.allocate import Allocation
from diamondsim.engines.batch.belief import Memory
from diamondsim.engines.batch.consume import Consumption
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.delays import Pipeline
from diamondsim.engines.batch.desks import Desks
from diamondsim.engines.batch.frontload import FrontLoading
from diamondsim.engines.batch.layout import compile_layout
from diamondsim.engines.batch.order import Ordering
from diamondsim.engines.batch.origin import Origin
from diamondsim.engines.batch.prices import Prices
from diamondsim.engines.batch.reroute import Rerouting
from diamondsim.engines.batch.shares import ContractShares, contract_lead, exposure, normal_flow
from diamondsim.engines.batch.state import opening_state, positive
from diamondsim.plan import Plan


class World:
    """All mechanisms of a block; `tick` moves it on by one.

    Parameters
    ----------
    track_origin, track_lanes : bool
        Whether to follow the origin of crystal, and what is under way lane by lane: nothing else depends
        on them.
    """

    def __init__(self, plan: Plan, draws: Draws, *, track_origin: bool, track_lanes: bool) -> None:
        layout = compile_layout(plan)
        self._plan, self._draws = plan, draws
        self.layout = layout
        self._shares = ContractShares(layout, draws)
        opening = self._shares.opening
        self.state = opening_state(plan, layout, draws, opening)
        lead_ticks = draws.lead_ticks
        self._pipeline = Pipeline(lead_ticks, self.state.purchases, plan.n_ticks)
        self.transit = self.state.purchases * lead_ticks if track_lanes else None
        self.terms = Terms(plan, layout, draws)
        self.desks = Desks(layout, draws, plan.n_ticks)
        self.rerouting = Rerouting(layout, draws, plan.n_ticks)
        self.origin = Origin(layout, draws) if track_origin else None
        self._consumption = Consumption(plan, layout, draws)
        self._rush = FrontLoading(plan, layout, draws, exposure(plan, layout, opening))
        self.prices = None if plan.prices is None else Prices(plan, layout, draws, self.state, self._shares)
        quotes = self.prices.quotes.of_lane if self.prices else np.zeros(layout.n_lanes, dtype=np.int64)
        self._ordering = Ordering(
            plan, layout, draws, contract_lead(layout, draws, opening), self.state, self._shares, quotes
        )
        self._allocation = Allocation(plan, layout, draws, self.state, self._shares)
        self._memory = Memory(plan, layout, draws, self.state, self._shares)
        self._from_free = np.zeros((layout.n_nodes, draws.n_replications))
        self._aside = np.zeros((len(layout.covered), draws.n_replications))

    def tick(self, t: int) -> None:
        """Run the seven phases of tick `t`."""
        state, terms, desks, prices = self.state, self.terms, self.desks, self.prices
        normal_flow(self.layout, self._draws, self._plan, t, state.normal)
        self._shares.update(t)
        terms.update(t)
        if prices:
            prices.quote(t, state, terms)
        self._arrive(t)
        desks.grant(t, state, terms, self._shares.reference)
        self._consumption.run(t, state, self.origin.release if self.origin else None)
        self._rush.update(t)
        self._ordering.run(t, state, desks, terms, self._rush)
        self._ordering.wishes(state, self._rush, prices.quotes.appeal if prices else None)
        self._allocation.run(t, state, prices.rise if prices else None)
        self._ship(t)
        self.rerouting.run(t, state, desks, terms, self._from_free)
        self._allocation.make(state)
        self._follow_lanes()
        desks.join(t, state.lanes_allocated, terms)
        self._memory.run(state, desks, terms)
        if prices:
            prices.settle(t, state, terms, self._shares)

    def _arrive(self, t: int) -> None:
        """Phase 2, step 1."""
        state = self.state
        arriving = self._pipeline.due(t, state.arriving)
        self.rerouting.arrive(t, arriving)
        self.layout.slots.sum(arriving, state.arrived)
        if self.origin:
            self.origin.arrive(state)
        state.stock += state.arrived
        state.transit -= state.arrived

    def _ship(self, t: int) -> None:
        """Send what was allocated on free lanes; what desks admitted sails with it.

        In the rows of covered lanes `allocated` is meanwhile what sails: one copy of all lanes less.
        """
        state, terms, desks, covered = self.state, self.terms, self.desks, self.layout.covered
        sailing = state.lanes_allocated
        allocated = sailing.take(covered, axis=0, out=self._aside, mode="clip")
        if terms.active:
            sailing[covered] = allocated * terms.free
        state.transit += self.layout.slots.sum(sailing, self._from_free)
        if desks.granted:
            sailing[covered] += desks.admitted
        self._pipeline.send(t, sailing)
        if self.transit is not None:
            self.transit += sailing
            self.transit -= state.arriving
        sailing[covered] = allocated

    def _follow_lanes(self) -> None:
        """Add what is on a detour to what is under way lane by lane."""
        if self.transit is not None:
            self.transit[self.layout.covered] += self.rerouting.sent
            positive(self.transit)
