"""Nodes: they hold stock, receive goods and order.

Owns eq. 1, 3, 4, 13, 14, 27-32, 34 and 50-52. What uses and reserves do besides is in `use_process` and
`reserve_process`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.constants import EPS, MIN_WEIGHT
from diamondsim.engines.event.clock import Clock, Phase, Step
from diamondsim.engines.event.control_process import ControlProcess
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.market_price import BuyerElasticities, exponential
from diamondsim.plan import NO_CEILING

MIXING_THRESHOLD = 1e-6
"""A stock of no more than this share of the expected demand keeps its tracked share (eq. 13)."""


@dataclass(frozen=True)
class PreBuyInputs:
    """What a node buys ahead in the half-open ticks [begin, end); `max_order` in ticks of expected demand."""

    begin: int
    end: int
    extra_ticks: float
    max_order: float


@dataclass(frozen=True)
class NodeInputs:
    """What the Draws give for a node; `growth`, `noise`, `substitution` by tick (empty: none)."""

    base_flow: float
    cover_ticks: float
    opening_stock: float
    opening_tracked: float
    max_order: float
    lot_ticks: float
    queue_weight: float
    backorder_share: float
    backorder_lapse: float
    fill_rate_gain: float
    qualification_rate: float
    qualification_trigger: float
    growth: Sequence[float]
    noise: Sequence[float]
    substitution: Sequence[float]
    pre_buys: Sequence[PreBuyInputs] = ()


class NodeProcess:
    """A stock that orders. Attributes with the name of a Ledger field are what the Ledger takes.

    Attributes
    ----------
    covered_lanes : list of LaneState
        The lanes that some control covers, whether or not it binds; no other lane has a licence queue.
    share_tracked : float
        `phi[n]`, the tracked share of the stock.
    normal_demand, expected_demand : float
        `Dn` and `D` of this tick (eq. 1).
    pre_buy_cover_ticks : float
        Extra cover of the pre-buys of this tick (eq. 30).
    qualification_ahead : float
        `ahead[n]`: the part of the qualification of further sources that is still to come (eq. 34a).
    has_seller : bool
        Whether `S[n] > 0`: some lane can be ordered on (eq. 34, 57).
    demand_factor : float
        Response of demand to prices (eq. 51); 1 without prices.
    planned_factor : float
        The same, smoothed: what the target stock follows (eq. 51a).
    contract_lead_ticks : float
        Contract-weighted lead time at the start (eq. 3).
    """

    def __init__(
        self,
        number: int,
        name: str,
        inputs: NodeInputs,
        lanes: Sequence[LaneState],
        controls: Sequence[ControlProcess],
    ) -> None:
        self.number = number
        self.name = name
        self.inputs = inputs
        self.lanes = lanes
        self.covered_lanes = [lane for lane in lanes if lane.rules]
        self._entrants = [lane for lane in lanes if lane.inputs.is_entrant]
        self.stock = inputs.opening_stock
        self.share_tracked = inputs.opening_tracked
        self.normal_demand = self.expected_demand = inputs.base_flow * inputs.growth[0]
        self.demand = self.used = self.substituted = self.from_reserve = self.shortage = self.lost_sales = 0.0
        self.backlog = self.order = self.arrived = self.tracked = 0.0
        self.pre_buy_cover_ticks = 0.0
        self.has_seller = False
        self.qualification_ahead = 1.0
        # where there are prices
        self.elasticities: BuyerElasticities | None = None
        self.paid = 1.0
        self.demand_factor = self.planned_factor = 1.0
        self.forgone = 0.0
        self.contract_lead_ticks = 0.0
        for lane in lanes:
            if not lane.inputs.is_entrant:
                self.contract_lead_ticks += lane.inputs.contract_share * lane.inputs.lead_ticks  # eq. 3
            lane.fill_pipeline(lane.inputs.contract_share * self.expected_demand, len(inputs.growth))
        self._exposure = [(c, share) for c in controls if (share := self._exposure_to(c)) > 0.0]

    def _exposure_to(self, control: ControlProcess) -> float:
        """Return the contract share of the incumbent lanes that a control covers (eq. 4)."""
        share = 0.0
        for lane in self.lanes:
            if not lane.inputs.is_entrant and any(rule.control is control for rule in lane.rules):
                share += lane.inputs.contract_share
        return share

    def start(self, clock: Clock) -> None:
        """Start the process."""
        clock.schedule(self.number, self.steps())

    def steps(self) -> list[Step]:
        """Return what the node does in every tick, in the order of the phases."""
        return [
            (Phase.EXPECT, self.expect),
            (Phase.RECEIVE, self.receive),
            (Phase.ORDER, self.place_order),
            (Phase.FILL_RATE, self.update_fill_rates),
        ]

    def expect(self, t: int) -> None:
        """Take the terms of the lanes, the expected demand (eq. 1) and the contract shares (eq. 2, 16)."""
        self.normal_demand = self.inputs.base_flow * self.inputs.growth[t]
        for lane in self.covered_lanes:
            lane.take_terms()
        if self.elasticities is not None:
            self._compare_prices(t, self.elasticities)
        self.expected_demand = self.normal_demand * self.demand_factor
        given_up = 0.0
        for lane in self._entrants:
            given_up += lane.taken_over(t - lane.inputs.lead_ticks) * lane.expected_fill_rate
        for lane in self.lanes:
            lane.renew_contract(t, self.normal_demand, self.expected_demand, given_up)

    def _compare_prices(self, t: int, elasticities: BuyerElasticities) -> None:
        """Demand less where the contracts are expensive, and prefer the cheaper lanes (eq. 50-52)."""
        mean = 0.0
        for lane in self.lanes:
            lane.take_price(t)
            if not lane.inputs.is_entrant:
                mean += lane.inputs.contract_share * lane.log_price
        self.paid = exponential(mean)
        self.demand_factor = exponential(-elasticities.demand * mean)
        self.planned_factor += elasticities.planning_gain * (self.demand_factor - self.planned_factor)
        for lane in self.lanes:
            lane.price_weight = exponential(-elasticities.supplier * lane.log_price)

    def receive(self, t: int) -> None:
        """Add what has arrived to stock, and mix the tracked shares (eq. 13, 14)."""
        self.arrived = 0.0
        tracked = 0.0
        for lane in self.lanes:
            quantity = lane.shipments.take_arrivals(t)
            self.arrived += quantity
            tracked += quantity * lane.tracked_share
        stock = self.stock + self.arrived
        # Rounding noise in an empty stock must not set the tracked share of all that comes after it.
        if stock > MIXING_THRESHOLD * self.expected_demand:
            self.share_tracked = (self.share_tracked * self.stock + tracked) / stock
        self.stock = stock

    def take(self, quantity: float) -> float:
        """Take a quantity from stock, or all there is; return what was taken."""
        taken = min(self.stock, quantity)
        self.stock -= taken
        return taken

    def place_order(self, t: int) -> None:
        """Order, and divide the order among the lanes (eq. 27, 29, 30, 34).

        The order goes to lanes by contract share, expected fill rate and price.
        """
        factors = self._front_loading()
        # An announcement replaces the largest order (eq. 29), even where its factor is lower; a pre-buy only
        # ever raises it (eq. 30).
        max_order = max(factors.values()) if factors else self.inputs.max_order
        pre_buy_max = 0.0
        self.pre_buy_cover_ticks = 0.0
        for pre_buy in self.inputs.pre_buys:
            if pre_buy.begin <= t < pre_buy.end:
                pre_buy_max = max(pre_buy_max, pre_buy.max_order)
                self.pre_buy_cover_ticks += pre_buy.extra_ticks
        # `c[t,l] * fill[l]` of (30b), (34) and (34a)
        expected_shares = [lane.contract_share * lane.expected_fill_rate for lane in self.lanes]
        filling = 0.0
        for share in expected_shares:
            filling += share
        self.order = self.order_quantity(max(max_order, pre_buy_max), expected_shares)
        weights = self.order_weights(expected_shares)
        total = 0.0
        for weight in weights:
            total += weight
        if filling < self.inputs.qualification_trigger - EPS:
            ahead = self.qualification_ahead - self.inputs.qualification_rate
            self.qualification_ahead = max(ahead, 1.0 / NO_CEILING)
        self.has_seller = total > 0.0
        limit_flow = self.expected_demand / self.qualification_ahead
        least_lot = max(1.0, self.inputs.lot_ticks)
        usual_ahead = max(1.0, pre_buy_max)
        for lane, weight in zip(self.lanes, weights, strict=True):
            lane.desired_order = self.order * weight / total if total > 0.0 else 0.0
            ahead = max(lane.front_loading(factors), pre_buy_max) if factors else usual_ahead
            lane_max = lane.inputs.sourcing_limit * limit_flow * ahead * least_lot
            lane.lane_max = lane_max if lane.is_open else 0.0
        self._turn_to_free_sellers()

    def _turn_to_free_sellers(self) -> None:
        """Desire from free sellers too what licences are not expected to let pass (eq. 34b)."""
        missing = 0.0
        for lane in self.covered_lanes:
            if lane.is_controlled:
                missing += lane.desired_order - lane.expected_of(lane.desired_order)
        if missing <= 0.0:
            return
        free = 0.0
        for lane in self.lanes:
            if not lane.is_controlled:
                free += lane.desired_order
        if free <= EPS * self.expected_demand:
            return
        for lane in self.lanes:
            if not lane.is_controlled:
                lane.desired_order *= 1.0 + missing / free

    def order_weights(self, expected_shares: Sequence[float]) -> list[float]:
        """Return the weight of each lane when the order is divided (eq. 34)."""
        pairs = zip(expected_shares, self.lanes, strict=True)
        return [share * lane.price_weight for share, lane in pairs]

    def _front_loading(self) -> dict[int, float]:
        """Return the factor of each announced control to which the node is exposed (`fl[i,n]`, eq. 27)."""
        return {
            control.number: 1.0 + (control.front_loading - 1.0) * share
            for control, share in self._exposure
            if control.front_loading > 0.0
        }

    def order_quantity(self, max_order: float, expected_shares: Sequence[float]) -> float:
        """Return the order that raises the inventory position to the order-up-to level (eq. 28, 30-32a).

        Parameters
        ----------
        max_order : float
            Largest order, in ticks of expected demand.
        expected_shares : sequence of float
            Of each lane its contract share times its expected fill rate.
        """
        hoarding_cover = 0.0
        for control, share in self._exposure:
            hoarding_cover = max(hoarding_cover, share * control.hoarding_cover_ticks)
        extra_cover = hoarding_cover + self.pre_buy_cover_ticks
        cover_ticks = self.inputs.cover_ticks + extra_cover
        planned_demand = self.normal_demand * self.planned_factor
        order_up_to_level = (self.mean_lead_ticks(expected_shares) + cover_ticks) * planned_demand
        in_licensing, in_release = 0.0, 0.0
        for lane in self.covered_lanes:
            order_up_to_level += lane.wait_expected
            if lane.is_controlled:
                in_licensing += lane.admission_expected_within(cover_ticks)
            else:
                in_release += lane.queue
        inventory_position = (
            self.stock + self.pipeline() + self.inputs.queue_weight * in_licensing + in_release
        )
        inventory_position -= self.backlog + self.use_to_come()
        self._cancel_released(inventory_position - order_up_to_level)
        need = min(max(order_up_to_level - inventory_position, 0.0), max_order * self.expected_demand)
        return self._in_whole_lots(need)

    def _in_whole_lots(self, need: float) -> float:
        """Return the least whole number of lots that meets a need (eq. 32a)."""
        lot = self.inputs.lot_ticks * self.expected_demand
        return lot * math.ceil(need / lot - EPS) if lot > 0.0 else need

    def mean_lead_ticks(self, expected_shares: Sequence[float]) -> float:
        """Return the lead of what the node expects to receive, in the mean over its lanes (eq. 30b).

        Where it expects nothing, that of its contracts at the start.
        """
        weighted = MIN_WEIGHT * self.contract_lead_ticks
        filling = 0.0
        for share, lane in zip(expected_shares, self.lanes, strict=True):
            weighted += share * lane.inputs.lead_ticks
            filling += share
        return weighted / (filling + MIN_WEIGHT)

    def _cancel_released(self, excess: float) -> None:
        """Cancel what waits on free lanes, as far as more has been ordered than is needed (eq. 31a)."""
        waiting = 0.0
        for lane in self.covered_lanes:
            if not lane.is_controlled:
                waiting += lane.licence_queue.waiting
        if excess <= 0.0 or waiting <= 0.0:
            return
        share = min(1.0, excess / waiting)
        for lane in self.covered_lanes:
            if not lane.is_controlled:
                lane.cancel(share)

    def pipeline(self) -> float:
        """Return everything that is dispatched and has not yet arrived at the node."""
        total = 0.0
        for lane in self.lanes:
            total += lane.pipeline
        return total

    def use_to_come(self) -> float:
        """Return the expected use of this tick that comes after the order (`D*[feed]` of eq. 31)."""
        return 0.0

    def update_fill_rates(self, _: int) -> None:
        """Update purchases and expected fill rates from what each lane delivered (eq. 44-46)."""
        for lane in self.lanes:
            lane.update_fill_rate(self.inputs.fill_rate_gain)


class FeedStockProcess(NodeProcess):
    """The feed stock of a processing source, which uses it after the order of the tick."""

    def use_to_come(self) -> float:
        """Return the feed that the output of this tick is expected to use."""
        return self.expected_demand

    def use_feed(self, quantity: float) -> None:
        """Use feed for the output of this tick (eq. 42)."""
        self.used = quantity
        # Output is within the stock but for rounding.
        self.stock = max(0.0, self.stock - quantity)
