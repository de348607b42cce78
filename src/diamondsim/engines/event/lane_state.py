"""A lane: what a node buys from a source, the licence queue and pipeline of these goods, and their price.

Owns eq. 2, 9-10b, 16-19, 39, 43-46 and 55; eq. 15 with `shipment`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from diamondsim.constants import EPS, MIN_WEIGHT
from diamondsim.engines.event.control_process import LicensingProcess
from diamondsim.engines.event.market_price import LanePrice
from diamondsim.engines.event.shipment import LanePipeline, LicenceQueue
from diamondsim.plan import NO_CEILING, Rationing, Relay


@dataclass(frozen=True, slots=True)
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


@dataclass(eq=False, slots=True)
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

    number: int
    source: int
    node: int
    inputs: LaneInputs
    rules: tuple[LicensingProcess, ...]
    third_country_of: Container[int] = ()
    release_factor: float = NO_CEILING
    licence_queue: LicenceQueue = field(default_factory=LicenceQueue, init=False)
    shipments: LanePipeline = field(default_factory=LanePipeline, init=False)
    # the contract in this tick
    opening_flow: float = 0.0
    is_open: bool = False
    contract_share: float = 0.0
    expected_demand: float = 0.0
    reference_flow: float = 0.0
    tracked_share: float = 0.0
    # the terms of the licensing rules in this tick
    binding: tuple[LicensingProcess, ...] = ()
    is_controlled: bool = False
    _approval_rate: float = 1.0
    _withdrawal_rate: float = 0.0
    _review_ticks: int = 0
    n_inside: int = 0
    _diversion_share: float = 0.0
    _seized_share: float = 0.0
    _diversion_delay_ticks: int = 0
    # prices, where there are any
    price: LanePrice | None = None
    log_price: float = 0.0
    price_weight: float = 1.0
    offered: float = 0.0
    passed: float = 0.0
    open_offer: float = 0.0
    # the trade of this tick
    desired_order: float = 0.0
    lane_max: float = 0.0
    request: float = 0.0
    potential_diversion: float = 0.0
    relay_scale: float = 1.0
    cancelled: float = 0.0
    allocated: float = 0.0
    granted: float = 0.0
    withdrawn: float = 0.0
    shipped: float = 0.0
    diverted: float = 0.0
    seized: float = 0.0
    relayed: float = 0.0
    # what the buyer has learned so far
    expected_fill_rate: float = 1.0
    mean_admission: float = 1.0
    purchases: float = 0.0

    def __post_init__(self) -> None:
        if self.inputs.is_untried:
            self.expected_fill_rate = self.mean_admission = self.inputs.min_fill_rate

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
        return self.shipments.quantity

    @property
    def queue(self) -> float:
        """Quantity that awaits a licence, extra review included."""
        return self.licence_queue.pending

    def fill_pipeline(self, flow: float, n_ticks: int) -> None:
        """Start an incumbent on its contract: its pipeline and its smoothed purchases (eq. 6, 7)."""
        if not self.inputs.is_entrant:
            self.opening_flow = self.purchases = flow
            self.shipments.fill(flow, self.inputs.lead_ticks, n_ticks)

    def take_terms(self) -> None:
        """Take the terms of the licensing rules that bind (eq. 9-10b); only where some control covers it."""
        self.binding = tuple([rule for rule in self.rules if rule.binds])
        self.is_controlled = bool(self.binding)
        controls = [rule.control for rule in self.binding]
        self.n_inside = len([control for control in controls if control.relay == Relay.INSIDE])
        # These are read only while some rule binds, so they need no reset.
        if self.binding:
            self._approval_rate = min(rule.approval_rate for rule in self.binding)
            self._withdrawal_rate = max(rule.inputs.withdrawal_rate for rule in self.binding)
            self._review_ticks = max(rule.inputs.review_ticks for rule in self.binding)
            # Around a control nothing is diverted into its own third countries (eq. 10a).
            self._diversion_share = min(
                0.0 if control.number in self.third_country_of else control.diversion_share
                for control in controls
            )
            self._seized_share = max(control.seized_share for control in controls)
            self._diversion_delay_ticks = max(control.diversion_delay_ticks for control in controls)
            # A control that has never bound the lane has no part in its queue.
            self.release_factor = min(self.release_factor, *(control.release_factor for control in controls))

    def take_price(self, t: int) -> None:
        """Take the price of tick t, if there are prices (eq. 49)."""
        if self.price is not None:
            self.log_price = self.price.log_price(t, licensed=self.is_controlled)

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
        """End reviews, admit from the queue and dispatch that (eq. 15, 17-19); only on a covered lane."""
        self.licence_queue.end_review(t)
        if self.binding:
            limit = self._approval_rate * self.reference_flow
            self.granted, self.withdrawn = self.licence_queue.admit(limit, self._withdrawal_rate)
            self.potential_diversion = self._diversion_share * max(0.0, self.reference_flow - self.granted)
        else:
            limit = self.release_factor * self.reference_flow
            self.granted, self.withdrawn = self.licence_queue.admit(limit, 0.0)
            self.potential_diversion = 0.0
        self.shipments.send(self.granted, due=t + self.inputs.lead_ticks)

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
        cancelled = self.licence_queue.cancel(share)
        self.withdrawn += cancelled
        self.cancelled = cancelled

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
            self.shipments.send(quantity - self.seized, due=t + self._diversion_delay_ticks)

    def dispatch(self, t: int) -> None:
        """Dispatch what was allocated, or let it join the licence queue (eq. 43); relay a part (eq. 40b)."""
        if self.binding:
            self.shipped = 0.0
            self.licence_queue.join(self.allocated, t, self._review_ticks)
        else:
            self.shipped = self.allocated
            self.shipments.send(self.shipped, due=t + self.inputs.lead_ticks)
        if self.relayed > 0.0:
            self.shipments.recall(self.relayed, due=t + self.inputs.lead_ticks)

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
            if measure > EPS * self.expected_demand and self.allocated < measure:
                ratio = self.allocated / measure
        self.mean_admission = max(inputs.min_fill_rate, before + gain * (ratio - before))
        if inputs.is_untried and not self.is_open and not self.binding:
            self.mean_admission = inputs.min_fill_rate
        self.expected_fill_rate = min(1.0, self.mean_admission)
