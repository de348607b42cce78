"""The model of one block of replications: the order of phases in a tick (model.md, section 3)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws
from diamondsim.engines.batch.adaptation import Adaptation
from diamondsim.engines.batch.advance_buying import AdvanceBuying
from diamondsim.engines.batch.allocation import Allocation
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.consumption import Consumption
from diamondsim.engines.batch.contract_shares import ContractShares, exposure
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.delays import Pipeline
from diamondsim.engines.batch.diverted_flows import DivertedFlows
from diamondsim.engines.batch.licence_queues import LicenceQueues
from diamondsim.engines.batch.licensed_orders import LicensedOrders
from diamondsim.engines.batch.market_prices import MarketPrices
from diamondsim.engines.batch.ordering import Ordering
from diamondsim.engines.batch.state import opening_state, positive, write_normal_demand
from diamondsim.engines.batch.supplier_ratings import SupplierRatings
from diamondsim.engines.batch.topology import compile_topology
from diamondsim.engines.batch.tracked_origin import TrackedOrigin
from diamondsim.plan import Plan


class BatchModel:
    """All mechanisms of a block of replications; `tick` advances it by one tick.

    Parameters
    ----------
    track_origin, track_lanes : bool
        Whether to follow the origin of the crystal, and the pipeline lane by lane. Nothing else depends on
        them.
    """

    def __init__(self, plan: Plan, draws: Draws, *, track_origin: bool, track_lanes: bool) -> None:
        topology = compile_topology(plan)
        self._plan, self._draws = plan, draws
        self.topology = topology
        pool = ArrayPool(draws.n_replications)
        self._shares = ContractShares(plan, topology, draws, pool)
        opening_share = self._shares.opening_share
        self.state = opening_state(plan, topology, draws, opening_share, pool)
        lead_ticks = draws.lead_ticks
        self._fixed_lead_pipeline = Pipeline(lead_ticks, self.state.purchases, plan.n_ticks)
        self.lane_pipeline = self.state.purchases * lead_ticks if track_lanes else None
        self.terms = ControlTerms(plan, topology, draws, pool)
        self.queues = LicenceQueues(topology, draws, plan.n_ticks, pool)
        self.diverted_flows = DivertedFlows(plan, topology, draws, self.state, self.queues, self.terms, pool)
        self.origin = TrackedOrigin(topology, draws, pool) if track_origin else None
        self._consumption = Consumption(plan, topology, draws, pool)
        self._advance_buying = AdvanceBuying(
            plan, topology, draws, exposure(plan, topology, opening_share), pool
        )
        self.prices = (
            None if plan.prices is None else MarketPrices(plan, topology, draws, self.state, self._shares)
        )
        quotes = self.prices.quotes.of_lane if self.prices else np.zeros(topology.n_lanes, dtype=np.int64)
        licensed = LicensedOrders(topology, self.terms, self.queues, plan.tier, pool)
        self._ordering = Ordering(
            plan,
            topology,
            draws,
            self.state,
            self._shares,
            quotes,
            licensed,
            pool,
        )
        adapts = plan.conversions or plan.projects
        self._adaptation = Adaptation(plan, topology, draws, pool) if adapts else None
        self._allocation = Allocation(plan, topology, draws, self.state, self._shares, licensed, pool)
        self._supplier_ratings = SupplierRatings(topology, draws, self.state, self._shares, pool)
        self._from_free_lanes = pool.zeros(topology.n_nodes)
        self._covered_allocated = pool.zeros(len(topology.covered))

    def tick(self, t: int) -> None:
        """Run the seven phases of tick `t`."""
        state, terms, queues, prices = self.state, self.terms, self.queues, self.prices
        adaptation = self._adaptation
        write_normal_demand(self.topology, self._draws, self._plan, t, state.normal_demand)
        self._shares.update(t, state.expected_fill_rate)
        terms.update(t)
        if prices:
            prices.quote(t, state, terms)
        self._arrive(t)
        queues.grant(t, state, terms, self._shares.reference_share)
        self._consumption.run(t, state, self.origin.release if self.origin else None)
        self._advance_buying.update(t)
        self._ordering.weigh(state, prices.quotes.price_weight if prices else None)
        self._ordering.run(state, queues, terms, self._advance_buying)
        self._ordering.write_desired_orders(state, terms, self._advance_buying)
        self._allocation.run(t, state, prices.supply_factor if prices else None, adaptation)
        self._ship(t)
        self._allocation.make(state)
        self._follow_diverted()
        queues.enqueue(t, state.lanes_allocated, terms)
        self._supplier_ratings.run(t, state, queues, terms)
        if prices:
            prices.settle(t, state, terms, queues, self._shares)
        if adaptation:
            adaptation.update(t, self._allocation.asked, prices.conversion_profit() if prices else None)

    def _arrive(self, t: int) -> None:
        """Phase 2, step 1."""
        state = self.state
        arriving = self._fixed_lead_pipeline.due(t, state.arriving)
        self.diverted_flows.arrive(t, arriving)
        self.topology.slots.sum(arriving, state.arrived)
        if self.origin:
            self.origin.arrive(state)
        state.stock += state.arrived
        state.pipeline -= state.arrived

    def _ship(self, t: int) -> None:
        """Divert, and dispatch what was allocated on free lanes and what licence queues admitted.

        Meanwhile the rows of covered lanes in `allocated` hold what is dispatched, which saves a copy of all
        lanes; what was allocated is put back at the end.
        """
        state, terms, queues, covered = self.state, self.terms, self.queues, self.topology.covered
        dispatched = state.lanes_allocated
        allocated = dispatched.take(covered, axis=0, out=self._covered_allocated, mode="clip")
        if terms.active:
            dispatched[covered] = allocated * terms.free
        state.pipeline += self.topology.slots.sum(dispatched, self._from_free_lanes)
        if queues.has_grants:
            dispatched[covered] += queues.granted
        self.diverted_flows.run(t, self._from_free_lanes, dispatched)
        self._fixed_lead_pipeline.send(t, dispatched)
        if self.lane_pipeline is not None:
            self.lane_pipeline += dispatched
            self.lane_pipeline -= state.arriving
        if self.diverted_flows.relays is not None:
            self.diverted_flows.relays.restore(dispatched)
        dispatched[covered] = allocated

    def _follow_diverted(self) -> None:
        """Add diverted lots to the pipeline lane by lane."""
        if self.lane_pipeline is not None:
            self.lane_pipeline[self.topology.covered] += self.diverted_flows.sent
            positive(self.lane_pipeline)
