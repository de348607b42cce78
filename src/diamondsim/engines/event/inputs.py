"""The inputs of one replication: Plan and one column of the Draws, read once into plain Python numbers.

Owns the translation from arrays to what each process of the model is given.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from diamondsim.draws import Draws
from diamondsim.engines.event.adaptation_process import ConversionInputs, ProjectInputs
from diamondsim.engines.event.control_process import ControlInputs, LicensingInputs
from diamondsim.engines.event.facility_process import MilestoneReached, milestone_text, no_output_reason
from diamondsim.engines.event.lane_state import LaneInputs
from diamondsim.engines.event.market_price import BuyerElasticities, PriceInputs, SupplyTerms
from diamondsim.engines.event.node_process import NodeInputs, PreBuyInputs
from diamondsim.engines.event.reserve_process import ReserveInputs
from diamondsim.engines.event.source_process import SourceInputs
from diamondsim.plan import NodeKind, Plan, Rationing, Relay


class ReplicationInputs:
    """The inputs of one replication; lists are in the order of the Plan."""

    def __init__(self, plan: Plan, draws: Draws, column: int) -> None:
        self._plan = plan
        self._draws = draws
        self._column = column

    def _numbers(self, array: npt.NDArray[Any]) -> Any:
        """Read an array (rows, R): one number for each row."""
        return array[..., self._column].tolist()

    def _series(self, array: npt.NDArray[Any]) -> Any:
        """Read an array (T, rows, R): one list over ticks for each row."""
        return array[..., self._column].T.tolist()

    def units(self) -> dict[str, str]:
        """Return the unit in which each grade is counted."""
        return dict(zip(self._plan.grades, self._plan.grade_units, strict=True))

    def controls(self) -> list[ControlInputs]:
        """Return the inputs of each control."""
        draws = self._draws
        rows = zip(
            self._series(draws.control_state),
            self._series(draws.front_loading),
            self._series(draws.hoarding_cover_ticks),
            self._series(draws.diversion_share),
            self._series(draws.seized_share),
            self._numbers(draws.diversion_delay_ticks),
            self._numbers(draws.release_factor),
            self._numbers(draws.relay_share),
            self._numbers(draws.relay_gain),
            (Relay(limit) for limit in self._plan.relay.tolist()),
            (control.spillover for control in self._plan.controls),
            strict=True,
        )
        return [ControlInputs(*row) for row in rows]

    def licensing(self) -> list[LicensingInputs]:
        """Return the inputs of each licensing rule."""
        draws = self._draws
        rows = zip(
            self._series(draws.approval_rate),
            self._numbers(draws.review_ticks),
            self._numbers(draws.withdrawal_rate),
            strict=True,
        )
        return [LicensingInputs(*row) for row in rows]

    def lanes(self) -> list[LaneInputs]:
        """Return the inputs of each lane."""
        plan, draws = self._plan, self._draws
        contract_share = self._numbers(draws.contract_share)
        sourcing_limit = self._numbers(draws.sourcing_limit)
        lead_ticks, open_tick = self._numbers(draws.lead_ticks), self._numbers(draws.open_tick)
        allocation_weight = self._numbers(draws.allocation_weight)
        contract_weight = self._numbers(draws.contract_weight[0])
        purchase_gain = self._numbers(draws.purchase_gain[0])
        untried, min_fill_rate = plan.untried, self._numbers(draws.min_fill_rate)
        adoption_ticks = [self._numbers(ticks) for ticks in draws.adoption_ticks]
        return [
            LaneInputs(
                contract_share=contract_share[lane],
                sourcing_limit=sourcing_limit[lane],
                lead_ticks=lead_ticks[lane],
                open_tick=open_tick[lane],
                adoption_ticks=adoption_ticks[plan.lane_facility[lane]]
                if adoption_ticks and plan.lane_facility[lane] >= 0
                else 0.0,
                adoption_step_ticks=plan.adoption_step_ticks,
                is_entrant=bool(plan.entrant[lane]),
                is_facility=bool(plan.lane_facility[lane] >= 0),
                is_untried=bool(untried[lane]),
                min_fill_rate=min_fill_rate[plan.lane_node[lane]],
                tier=int(plan.tier[lane]),
                allocation_weight=allocation_weight[lane],
                contract_weight=contract_weight,
                purchase_gain=purchase_gain,
            )
            for lane in range(plan.n_lanes)
        ]

    def nodes(self) -> list[NodeInputs]:
        """Return the inputs of each node."""
        plan, draws = self._plan, self._draws
        growth, noise = self._series(draws.growth), self._series(draws.noise)
        substitution = self._series(draws.substitution)
        base_flow, cover_ticks = self._numbers(draws.base_flow), self._numbers(draws.cover_ticks)
        opening_stock = self._numbers(draws.opening_stock)
        opening_tracked = self._numbers(draws.opening_tracked)
        max_order, queue_weight = self._numbers(draws.max_order), self._numbers(draws.queue_weight)
        lot_ticks = self._numbers(draws.lot_ticks)
        backorder_share = self._numbers(draws.backorder_share)
        fill_rate_gain = self._numbers(draws.fill_rate_gain)
        qualification_rate = self._numbers(draws.qualification_rate)
        qualification_trigger = self._numbers(draws.qualification_trigger)
        backorder_lapse = self._numbers(draws.backorder_lapse)
        pre_buys = self._pre_buys()
        nodes = []
        for n in range(plan.n_nodes):
            k, m, q = plan.node_growth[n], plan.node_noise[n], plan.node_substitution[n]
            assert k >= 0, "every node has a growth group"
            nodes.append(
                NodeInputs(
                    base_flow=base_flow[n],
                    cover_ticks=cover_ticks[n],
                    opening_stock=opening_stock[n],
                    opening_tracked=opening_tracked[n],
                    max_order=max_order[n],
                    lot_ticks=lot_ticks[n],
                    queue_weight=queue_weight[n],
                    backorder_share=backorder_share[n],
                    backorder_lapse=backorder_lapse[n],
                    fill_rate_gain=fill_rate_gain[n],
                    qualification_rate=qualification_rate[n],
                    qualification_trigger=qualification_trigger[n],
                    growth=growth[k],
                    noise=noise[m] if m >= 0 else [],
                    substitution=substitution[q] if q >= 0 else [],
                    pre_buys=pre_buys.get(n, []),
                )
            )
        return nodes

    def _pre_buys(self) -> dict[int, list[PreBuyInputs]]:
        """Return the pre-buys of the nodes that have any, by the number of the node."""
        pre_buys: dict[int, list[PreBuyInputs]] = {}
        for row, drawn in zip(self._plan.pre_buys, self._draws.pre_buys, strict=True):
            extra_ticks, max_order = self._numbers(drawn)
            pre_buy = PreBuyInputs(row.begin, row.end, extra_ticks, max_order)
            pre_buys.setdefault(row.node, []).append(pre_buy)
        return pre_buys

    def reserves(self) -> dict[int, ReserveInputs]:
        """Return the inputs of each reserve by the number of its node."""
        draws, goals = self._draws, self._numbers(self._draws.reserve_goal)
        rows = zip(
            self._plan.reserves,
            self._numbers(draws.reserve_rate),
            self._numbers(draws.reserve_trigger),
            self._numbers(draws.reserve_hold_back),
            strict=True,
        )
        return {
            reserve.node: ReserveInputs(rank, goals[reserve.node], rate, trigger, hold_back, reserve.n_first)
            for rank, (reserve, rate, trigger, hold_back) in enumerate(rows)
        }

    def capacity_indices(self) -> list[list[float]]:
        """Return the capacity index of each row, by tick."""
        return list(self._series(self._draws.capacity_index))

    def sources(self) -> list[SourceInputs]:
        """Return the inputs of each source."""
        draws = self._draws
        rows = zip(
            self._numbers(draws.capacity),
            self._numbers(draws.finished_stock_ceiling),
            self._numbers(draws.opening_finished),
            self._numbers(draws.feed_yield),
            self._numbers(draws.tracked_share),
            (Rationing(rule) for rule in self._plan.rationing.tolist()),
            strict=True,
        )
        return [SourceInputs(*row) for row in rows]

    def conversions(self) -> list[ConversionInputs]:
        """Return the inputs of each conversion."""
        draws, prices = self._draws.adaptation, self._draws.prices
        if draws is None:
            return []
        unpriced = 0.0 * draws.conversion_limit  # read only where there are prices
        rows = zip(
            self._numbers(draws.conversion_limit),
            self._numbers(draws.conversion_yield),
            self._numbers(draws.conversion_step),
            self._numbers(draws.conversion_floor),
            self._numbers(unpriced if prices is None else prices.conversion_worth),
            self._numbers(unpriced if prices is None else prices.conversion_cost),
            strict=True,
        )
        return [ConversionInputs(*row) for row in rows]

    def projects(self) -> list[ProjectInputs]:
        """Return the inputs of each project."""
        draws = self._draws.adaptation
        if draws is None:
            return []
        kept = self._series(draws.project_kept)
        rows = zip(
            self._numbers(draws.project_threshold),
            self._numbers(draws.project_gain),
            (int(ticks) for ticks in self._numbers(draws.project_delay_ticks)),
            (int(ticks) for ticks in self._numbers(draws.project_ramp_ticks)),
            self._numbers(draws.project_size),
            (project.times for project in self._plan.projects),
            ([] if project.kept_row < 0 else kept[project.kept_row] for project in self._plan.projects),
            strict=True,
        )
        return [ProjectInputs(*row) for row in rows]

    def prices(self) -> PriceInputs | None:
        """Return the inputs on prices, None where there are none."""
        plan, draws = self._plan.prices, self._draws.prices
        if plan is None:
            return None
        assert draws is not None, "a Plan with prices has Draws with prices"
        costs, surcharges = self._series(draws.cost), self._series(draws.surcharge)
        changes, unchanged = self._series(draws.ask_change), [0.0] * self._plan.n_ticks
        supplier_elasticity = self._numbers(draws.supplier_elasticity)
        planning_gain = self._numbers(draws.planning_gain)
        supply = zip(
            self._numbers(draws.supply_elasticity),
            self._numbers(draws.supply_gain),
            self._numbers(draws.floor),
            self._numbers(draws.stop),
            (
                [ask + change for change in (unchanged if row < 0 else changes[row])]
                for ask, row in zip(self._numbers(draws.ask), plan.source_ask.tolist(), strict=True)
            ),
            ([] if row < 0 else costs[row] for row in plan.source_cost.tolist()),
            strict=True,
        )
        return PriceInputs(
            markets=plan.markets,
            node_market=plan.node_market.tolist(),
            source_market=plan.source_market.tolist(),
            elasticities=[
                BuyerElasticities(demand, supplier_elasticity, planning_gain)
                for demand in self._numbers(draws.demand_elasticity)
            ],
            supply=[SupplyTerms(supplier_elasticity, *terms) for terms in supply],
            surcharges=[
                [row for row, applies in zip(surcharges, rows, strict=True) if applies]
                for rows in plan.surcharge_lanes.T.tolist()
            ],
            adjustment_gain=self._numbers(draws.adjustment_gain),
            arbitrage_gain=self._numbers(draws.arbitrage_gain),
            lowest=self._numbers(draws.lowest),
            highest=self._numbers(draws.highest),
        )

    def milestones(self, number: int) -> tuple[list[MilestoneReached], str]:
        """Return the milestones of a facility within the horizon, and why it makes nothing by its end.

        The reason is empty where there is output.
        """
        facility, end = self._plan.facilities[number], self._plan.n_ticks
        rows = self._numbers(self._draws.milestones[number])
        ticks = dict(zip(facility.milestones, rows, strict=True))
        reached = [
            MilestoneReached(
                tick,
                tick * self._plan.tick_days - facility.decision_day,
                milestone_text(facility, milestone, name),
            )
            for (milestone, name), tick in ticks.items()
            if 0 <= tick < end
        ]
        reached.sort(key=lambda milestone: milestone.tick)
        # The last row is the end of the ramp, the one before it first output.
        return reached, "" if rows[-2] < end else no_output_reason(facility, ticks, end)

    def qualified_buyers(self) -> list[tuple[int, int, list[str]]]:
        """Return (tick, source, names of nodes) for each class of use that qualifies a source.

        A reserve qualifies nothing, and nor does a use that will not buy.
        """
        plan = self._plan
        open_tick, share = self._numbers(self._draws.open_tick), self._numbers(self._draws.contract_share)
        buyers: dict[tuple[int, int, str], list[str]] = {}
        for lane in range(plan.n_lanes):
            is_use = plan.node_kind[plan.lane_node[lane]] == NodeKind.USE
            if plan.entrant[lane] and is_use and share[lane] > 0.0 and open_tick[lane] < plan.n_ticks:
                key = (open_tick[lane], int(plan.lane_source[lane]), plan.lane_class[lane])
                buyers.setdefault(key, []).append(plan.nodes[plan.lane_node[lane]].name)
        return [(tick, source, names) for (tick, source, _), names in sorted(buyers.items())]
