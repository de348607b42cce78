"""A lane: what a node buys from a source, the licence queue and pipeline of these goods, and their price.

Owns eq. 2, 9-10b, 16-19, 39, 43-46 and 55.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from diamondsim.constants import EPS, MIN_WEIGHT
from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.control_process import ControlProcess, LicensingProcess
from diamondsim.engines.event.market_price import LanePrice
from diamondsim.engines.event.shipment import LanePipeline, LicenceQueue
from diamondsim.plan import NO_CEILING, Rationing, Relay


@dataclass(frozen=True)
class LaneInputs:
    """What Plan and Draws give for a lane.

    `contract_share` is `c0` of the page: that of an incumbent, or what an entrant takes over.
    `is_facility` says whether the source is a facility; other entrants are not. On a lane that `is_untried`
    the buyer expects `min_fill_rate` until it opens (eq. 7b). `adoption_ticks` is the time
    over which it is taken over, in steps of `adoption_step_ticks`; 0: at once.
    """

    contract_share: float
    sourcing_limit: float
    lead_ticks: int
    open_tick: int
    adoption_ticks: float
    adoption_step_ticks: int
    is_entrant: bool
    is_facility: bool
    is_untried: bool
    min_fill_rate: float
    tier: int
    allocation_weight: float
    contract_weight: float
    purchase_gain: float


class LaneState:
    """A lane from source number `source` to node number `node`.

    Attributes with the name of a Ledger field are what the Ledger takes. Quantities are per tick.

    Attributes
    ----------
    opening_flow : float
        `f[l]`, the contract flow at the start; 0 on an entrant lane.
    is_open : bool
        Whether the lane can be used in this tick.
    contract_share : float
        `c[t,l]` (eq. 2).
    expected_demand : float
        `D` of its node in this tick.
    reference_flow : float
        `ref[l]` (eq. 16).
    tracked_share : float
        `chi` of its source in this tick (eq. 12).
    binding : tuple of LicensingProcess
        The licensing rules that bind the lane in this tick.
    is_controlled : bool
        Whether some of them do.
    log_price, price_weight : float
        `x[l]` and `price_weight[l]` (eq. 49, 52); 0 and 1 without prices.
    offered, passed, open_offer : float
        `offer[l]`, `passed[l]` and `open_offer[l]` (eq. 54, 55).
    desired_order, lane_max : float
        What the node would like to order on the lane, and the most it takes on it (eq. 34).
    request : float
        `q[l]`, what is asked for in a round of allocation.
    release_factor : float
        What its queue releases in a tick while it is free, in ticks of the reference flow (eq. 18); no limit
        before a control has bound the lane.
    potential_diversion : float
        `potential[l]` (eq. 40).
    relay_scale : float
        Part of the potential diversion that third countries can pass on (eq. 40a).
    n_inside : int
        Number of controls that bind and whose third countries lose what is diverted (eq. 10b).
    cancelled : float
        What was cancelled since the source last took it back (eq. 31a).
    mean_admission : float
        `admitted[l]`: what licences let pass of the reference flow, smoothed over their batches (eq. 46).
    purchases : float
        `v[l]`, smoothed purchases (eq. 44).
    """

    def __init__(
        self,
        clock: Clock,
        number: int,
        ends: tuple[int, int],
        inputs: LaneInputs,
        rules: tuple[LicensingProcess, ...],
        third_country_of: Container[int] = (),
    ) -> None:
        self.number = number
        self.source, self.node = ends
        self.inputs = inputs
        self.rules = rules
        self._third_country_of = third_country_of
        self.release_factor = NO_CEILING
        self._queue = LicenceQueue(clock, number)
        self._pipeline = LanePipeline(clock, number)
        # the contract in this tick
        self.opening_flow = 0.0
        self.is_open = False
        self.contract_share = 0.0
        self.expected_demand = 0.0
        self.reference_flow = self.tracked_share = 0.0
        # the terms of the licensing rules in this tick
        self.binding: tuple[LicensingProcess, ...] = ()
        self.is_controlled = False
        self._approval_rate = 1.0
        self._withdrawal_rate = 0.0
        self._review_ticks = 0
        self.n_inside = 0
        self._diversion_share = 0.0
        self._seized_share = 0.0
        self._diversion_delay_ticks = 0
        # prices, where there are any
        self.price: LanePrice | None = None
        self.log_price = 0.0
        self.price_weight = 1.0
        self.offered = self.passed = self.open_offer = 0.0
        # the trade of this tick
        self.desired_order = self.lane_max = self.request = self.potential_diversion = 0.0
        self.relay_scale = 1.0
        self.cancelled = 0.0
        self.allocated = self.granted = self.withdrawn = self.shipped = self.diverted = self.seized = 0.0
        self.relayed = 0.0
        # what the buyer has learned so far
        self.expected_fill_rate = self.mean_admission = inputs.min_fill_rate if inputs.is_untried else 1.0
        self.purchases = 0.0

    @property
    def licence_lead_ticks(self) -> int:
        """Ticks from an application to the first tick that can grant it (eq. 9a); 0 on a free lane."""
        return max(1, self._review_ticks) if self.binding else 0

    @property
    def is_inside(self) -> bool:
        """Whether what is diverted comes out of what third countries are sent (eq. 10b)."""
        return self.n_inside > 0

    @property
    def dispatched(self) -> float:
        """What is dispatched in this tick, once it is allocated: granted, and allocated on a free lane."""
        return self.granted if self.binding else self.granted + self.allocated

    @property
    def pipeline(self) -> float:
        """Quantity dispatched and not yet arrived, diverted lots included."""
        return self._pipeline.quantity

    @property
    def queue(self) -> float:
        """Quantity that awaits a licence, extra review included."""
        return self._queue.pending

    @property
    def waiting(self) -> float:
        """Quantity in the licence queue, without what is in extra review."""
        return self._queue.waiting

    def fill_pipeline(self, flow: float, n_ticks: int) -> None:
        """Start an incumbent on its contract: its pipeline and its smoothed purchases (eq. 6, 7)."""
        if not self.inputs.is_entrant:
            self.opening_flow = self.purchases = flow
            self._pipeline.fill(flow, self.inputs.lead_ticks, n_ticks)

    def take_terms(self) -> None:
        """Take the terms of the licensing rules that bind (eq. 9-10b); only where some control covers it."""
        self.binding = tuple([rule for rule in self.rules if rule.binds])
        self.is_controlled = bool(self.binding)
        self.n_inside = len([rule for rule in self.binding if rule.control.relay == Relay.INSIDE])
        # These are read only while some rule binds, so they need no reset.
        if self.binding:
            self._approval_rate = min(rule.approval_rate for rule in self.binding)
            self._withdrawal_rate = max(rule.inputs.withdrawal_rate for rule in self.binding)
            self._review_ticks = max(rule.inputs.review_ticks for rule in self.binding)
            self._diversion_share = min(self._share_around(rule.control) for rule in self.binding)
            self._seized_share = max(rule.control.seized_share for rule in self.binding)
            self._diversion_delay_ticks = max(rule.control.diversion_delay_ticks for rule in self.binding)
            # A control that has never bound the lane has no part in its queue.
            least = min(rule.control.release_factor for rule in self.binding)
            self.release_factor = min(self.release_factor, least)

    def take_price(self, t: int) -> None:
        """Take the price of tick t, if there are prices (eq. 49)."""
        if self.price is not None:
            self.log_price = self.price.log_price(t, licensed=self.is_controlled)

    def _share_around(self, control: ControlProcess) -> float:
        """Return the share of the blocked flow diverted around a control (eq. 10a)."""
        return 0.0 if control.number in self._third_country_of else control.diversion_share

    def taken_over(self, t: int) -> float:
        """Return the contract share that an entrant has taken over by tick t, step by step (eq. 2)."""
        inputs = self.inputs
        if t < inputs.open_tick:
            return 0.0
        adopted = 1.0
        if inputs.adoption_ticks > 0.0:
            begun = (t - inputs.open_tick) // inputs.adoption_step_ticks + 1
            adopted = min(1.0, begun * inputs.adoption_step_ticks / inputs.adoption_ticks)
        return inputs.contract_share * adopted

    def renew_contract(self, t: int, normal_demand: float, expected_demand: float, given_up: float) -> None:
        """Take the contract share and the reference flow of tick t (eq. 2, 16).

        Parameters
        ----------
        t : int
        normal_demand, expected_demand : float
            Of the node, before and after its response to prices (eq. 1).
        given_up : float
            Share of the incumbents' contracts that the node has given up: what its entrants have taken over,
            as far as they are expected to deliver it.
        """
        inputs = self.inputs
        self.expected_demand = expected_demand
        self.is_open = t >= inputs.open_tick
        if inputs.is_entrant:
            self.contract_share = self.taken_over(t)
            self.reference_flow = self.contract_share * normal_demand
        else:
            # Licences go by the contracts as they were: entrants leave an incumbent's reference flow alone.
            self.contract_share = inputs.contract_share * max(0.0, 1.0 - given_up)
            self.reference_flow = inputs.contract_share * normal_demand

    def grant(self, t: int) -> None:
        """Admit from the licence queue and dispatch what is admitted (eq. 17-19); only on a covered lane."""
        if self.binding:
            limit = self._approval_rate * self.reference_flow
            self.granted, self.withdrawn = self._queue.admit(limit, self._withdrawal_rate)
            self.potential_diversion = self._diversion_share * max(0.0, self.reference_flow - self.granted)
        else:
            limit = self.release_factor * self.reference_flow
            self.granted, self.withdrawn = self._queue.admit(limit, 0.0)
            self.potential_diversion = 0.0
        self._pipeline.send(self.granted, due=t + self.inputs.lead_ticks)

    @property
    def wait_expected(self) -> float:
        """What should wait for a licence, as far as the buyer expects one (eq. 30a)."""
        return self.expected_fill_rate * self.reference_flow * self.licence_lead_ticks

    def admission_expected_within(self, cover_ticks: float) -> float:
        """Return what the buyer counts of the queue if it holds that much beyond all leads (eq. 31)."""
        within = self.licence_lead_ticks + cover_ticks
        return self.expected_fill_rate * min(self.queue, self.reference_flow * within)

    def expected_of(self, quantity: float) -> float:
        """Return what is expected to be admitted of a quantity, on a controlled lane (eq. 34b, 37)."""
        return self.expected_fill_rate * min(quantity, self.reference_flow)

    @property
    def headroom(self) -> float:
        """What round two may still ask for: under control no more than licences admit at best (eq. 37)."""
        limit = min(self.lane_max, self.reference_flow) if self.binding else self.lane_max
        return max(0.0, limit - self.allocated)

    def cancel(self, share: float) -> None:
        """Take a share of the queue back; the source has the goods again when it allocates (eq. 31a)."""
        cancelled = self._queue.cancel(share)
        self.withdrawn += cancelled
        self.cancelled = cancelled

    def take_arrivals(self) -> float:
        """Return what has arrived in this tick, and clear it."""
        return self._pipeline.take_arrivals()

    def front_loading(self, factors: Mapping[int, float]) -> float:
        """Return the largest factor among the controls that cover the lane, at least 1 (`Rl` of eq. 27)."""
        largest = 1.0
        for rule in self.rules:
            largest = max(largest, factors.get(rule.control.number, 1.0))
        return largest

    def weight(self, rule: Rationing) -> float:
        """Return the weight of the lane where its source rations (eq. 39)."""
        if rule == Rationing.MAX_MIN:
            return 1.0
        inputs = self.inputs
        contract_flow = self.contract_share * self.expected_demand
        weight = inputs.contract_weight * contract_flow + (1.0 - inputs.contract_weight) * self.purchases
        if rule == Rationing.WEIGHTED:
            weight *= inputs.allocation_weight
        # Where all others are served in full, a lane without contract and purchases gets the rest.
        return max(weight, MIN_WEIGHT * self.expected_demand)

    def divert(self, t: int, quantity: float) -> None:
        """Divert a quantity: the seized part is lost, the rest arrives after the delay (eq. 40)."""
        self.diverted = quantity
        self.seized = self._seized_share * quantity
        if quantity > 0.0:
            assert self._diversion_delay_ticks >= 1, "a diverted lot takes at least one tick"
            self._pipeline.send(quantity - self.seized, due=t + self._diversion_delay_ticks)

    def dispatch(self, t: int) -> None:
        """Dispatch what was allocated, or let it join the licence queue (eq. 43); relay a part (eq. 40b)."""
        if self.binding:
            self.shipped = 0.0
            self._queue.join(self.allocated, t, self._review_ticks)
        else:
            self.shipped = self.allocated
            self._pipeline.send(self.shipped, due=t + self.inputs.lead_ticks)
        if self.relayed > 0.0:
            self._pipeline.recall(self.relayed, due=t + self.inputs.lead_ticks)

    def offer(self, quantity: float) -> None:
        """Offer a quantity: under control the approval rate passes, and what is diverted beside (eq. 55).

        Within a market nothing is held back: it would be offered there all the same.
        """
        self.offered = self.passed = self.open_offer = quantity
        if self.binding and self.price is not None and self.price.crosses:
            self.open_offer = quantity if self._approval_rate >= 1.0 else 0.0
            blocked = max(0.0, 1.0 - self._approval_rate)
            share = 0.0 if self.is_inside else self._diversion_share
            diverted = share * (1.0 - self._seized_share) * blocked
            self.passed *= min(1.0, self._approval_rate + diverted)

    def update_fill_rate(self, gain: float) -> None:
        """Smooth in the purchase and the fill rate of this tick (eq. 44-46)."""
        inputs = self.inputs
        self.purchases += inputs.purchase_gain * (self.allocated - self.purchases)
        ratio = 1.0
        if self.binding:
            before = self.mean_admission
            if self.reference_flow > 0.0:
                ratio = self.granted / self.reference_flow
        else:
            before = self.expected_fill_rate
            # Measured against the contract at most: a seller is not blamed for what comes on top of it.
            measure = min(self.desired_order, self.contract_share * self.expected_demand)
            if measure > EPS * self.expected_demand:
                ratio = min(1.0, self.allocated / measure)
        self.mean_admission = max(inputs.min_fill_rate, before + gain * (ratio - before))
        if inputs.is_untried and not self.is_open and not self.binding:
            self.mean_admission = inputs.min_fill_rate
        self.expected_fill_rate = min(1.0, self.mean_admission)
