"""The script: Plan and one column of the Draws, read once into plain Python numbers.

Owns the translation from arrays to what each person is told.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from diamondsim.draws import Draws
from diamondsim.engines.event.control import ControlPath, DeskPath
from diamondsim.engines.event.facility import Reached, why_no_output, words_of
from diamondsim.engines.event.lane import Contract
from diamondsim.engines.event.node import Habits, PreBuy
from diamondsim.engines.event.prices import PriceScript, Tastes, Terms
from diamondsim.engines.event.reserve import Mandate
from diamondsim.engines.event.source import Works
from diamondsim.plan import NodeKind, Plan, Rationing


class Script:
    """What is written for one replication; lists are in the order of the Plan."""

    def __init__(self, plan: Plan, draws: Draws, column: int) -> None:
        self._plan = plan
        self._draws = draws
        self._column = column

    def _numbers(self, array: npt.NDArray[Any]) -> Any:
        """Read an array (rows, R): one number a row."""
        return array[..., self._column].tolist()

    def _series(self, array: npt.NDArray[Any]) -> Any:
        """Read an array (T, rows, R): one list over ticks a row."""
        return array[..., self._column].T.tolist()

    def units(self) -> dict[str, str]:
        """Return the unit in which each grade is counted."""
        return dict(zip(self._plan.grades, self._plan.grade_units, strict=True))

    def controls(self) -> list[ControlPath]:
        """Return the path of each control."""
        draws = self._draws
        paths = zip(
            self._series(draws.control_state),
            self._series(draws.front_loading),
            self._series(draws.hoarding_cover_ticks),
            self._series(draws.diversion_share),
            self._series(draws.seized_share),
            self._numbers(draws.diversion_delay_ticks),
            strict=True,
        )
        return [ControlPath(*path) for path in paths]

    def desks(self) -> list[DeskPath]:
        """Return the level of each desk in time, and its terms."""
        draws = self._draws
        levels = self._series(draws.approval_rate)
        terms = zip(
            levels, self._numbers(draws.review_ticks), self._numbers(draws.withdrawal_rate), strict=True
        )
        return [DeskPath(*term) for term in terms]

    def contracts(self) -> list[Contract]:
        """Return the contract of each lane."""
        plan, draws = self._plan, self._draws
        share, qualified = self._numbers(draws.contract_share), self._numbers(draws.sourcing_limit)
        lead, opens = self._numbers(draws.lead_ticks), self._numbers(draws.open_tick)
        will = self._numbers(draws.allocation_weight)
        return [
            Contract(
                share=share[lane],
                qualified=qualified[lane],
                lead_ticks=lead[lane],
                open_tick=opens[lane],
                entrant=bool(plan.entrant[lane]),
                facility=bool(plan.lane_facility[lane] >= 0),
                tier=int(plan.tier[lane]),
                willingness=will[plan.lane_node[lane]],
                purchase_gain=plan.purchase_gain,
            )
            for lane in range(plan.n_lanes)
        ]

    def habits(self) -> list[Habits]:
        """Return the habits of each node."""
        plan, draws = self._plan, self._draws
        growth, noise = self._series(draws.growth), self._series(draws.noise)
        substitution = self._series(draws.substitution)
        base, cover = self._numbers(draws.base_flow), self._numbers(draws.cover_ticks)
        stock, tracked = self._numbers(draws.opening_stock), self._numbers(draws.opening_tracked)
        ceiling, trust = self._numbers(draws.max_order), self._numbers(draws.queue_weight)
        waits, gain = self._numbers(draws.backorder_share), self._numbers(draws.fill_rate_gain)
        ahead = self._pre_buys()
        habits = []
        for n in range(plan.n_nodes):
            k, m, q = plan.node_growth[n], plan.node_noise[n], plan.node_substitution[n]
            assert k >= 0, "every node has a growth group"
            habits.append(
                Habits(
                    base_flow=base[n],
                    cover_ticks=cover[n],
                    opening_stock=stock[n],
                    opening_tracked=tracked[n],
                    order_ceiling=ceiling[n],
                    trust=trust[n],
                    backlog_share=waits[n],
                    belief_gain=gain[n],
                    growth=growth[k],
                    noise=noise[m] if m >= 0 else [],
                    substitution=substitution[q] if q >= 0 else [],
                    pre_buys=ahead.get(n, []),
                )
            )
        return habits

    def _pre_buys(self) -> dict[int, list[PreBuy]]:
        """Return what nodes buy ahead, by the number of the node."""
        found: dict[int, list[PreBuy]] = {}
        for row, drawn in zip(self._plan.pre_buys, self._draws.pre_buys, strict=True):
            extra, ceiling = self._numbers(drawn)
            found.setdefault(row.node, []).append(PreBuy(row.begin, row.end, extra, ceiling))
        return found

    def mandates(self) -> dict[int, Mandate]:
        """Return the mandate of each reserve by the number of its node."""
        draws, goals = self._draws, self._numbers(self._draws.reserve_goal)
        rates, triggers = self._numbers(draws.reserve_rate), self._numbers(draws.reserve_trigger)
        return {
            stockpile.node: Mandate(v, goals[stockpile.node], rates[v], triggers[v])
            for v, stockpile in enumerate(self._plan.reserves)
        }

    def capacity_paths(self) -> list[list[float]]:
        """Return the capacity index of each row, tick by tick."""
        return list(self._series(self._draws.capacity_index))

    def works(self) -> list[Works]:
        """Return what each source can make."""
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
        return [Works(*row) for row in rows]

    def prices(self) -> PriceScript | None:
        """Return what is written about prices, None where there are none."""
        plan, drawn = self._plan.prices, self._draws.prices
        if plan is None:
            return None
        assert drawn is not None, "a Plan with prices has Draws with prices"
        costs, surcharges = self._series(drawn.cost), self._series(drawn.surcharge)
        sourcing = self._numbers(drawn.supplier_elasticity)
        terms = zip(
            self._numbers(drawn.supply_elasticity),
            self._numbers(drawn.supply_gain),
            self._numbers(drawn.floor),
            self._numbers(drawn.stop),
            ([] if row < 0 else costs[row] for row in plan.source_cost.tolist()),
            strict=True,
        )
        return PriceScript(
            quotes=plan.markets,
            buys_in=plan.node_market.tolist(),
            sells_in=plan.source_market.tolist(),
            tastes=[Tastes(demand, sourcing) for demand in self._numbers(drawn.demand_elasticity)],
            terms=[Terms(*each) for each in terms],
            surcharges=[
                [row for row, is_on in zip(surcharges, on, strict=True) if is_on]
                for on in plan.surcharge_lanes.T.tolist()
            ],
            price_gain=self._numbers(drawn.adjustment_gain),
            link_gain=self._numbers(drawn.arbitrage_gain),
            lowest=self._numbers(drawn.lowest),
            highest=self._numbers(drawn.highest),
        )

    def milestones(self, number: int) -> tuple[list[Reached], str]:
        """Return the milestones within the horizon, and why there is no output by its end ("": there is)."""
        facility, end = self._plan.facilities[number], self._plan.n_ticks
        ticks = self._numbers(self._draws.milestones[number])
        when = dict(zip(facility.milestones, ticks, strict=True))
        reached = [
            Reached(tick, tick * self._plan.tick_days - facility.decision_day, words_of(facility, what, name))
            for (what, name), tick in when.items()
            if 0 <= tick < end
        ]
        reached.sort(key=lambda milestone: milestone.tick)
        return reached, "" if ticks[-2] < end else why_no_output(facility, when, end)

    def qualified_buyers(self) -> list[tuple[int, int, list[str]]]:
        """Return (tick, source, names of nodes) for each class of use that qualifies a source.

        A reserve qualifies nothing, and nor does a use that will not buy.
        """
        plan = self._plan
        opens, share = self._numbers(self._draws.open_tick), self._numbers(self._draws.contract_share)
        buyers: dict[tuple[int, int, str], list[str]] = {}
        for lane in range(plan.n_lanes):
            use = plan.node_kind[plan.lane_node[lane]] == NodeKind.USE
            if plan.entrant[lane] and use and share[lane] > 0.0 and opens[lane] < plan.n_ticks:
                key = (opens[lane], int(plan.lane_source[lane]), plan.lane_class[lane])
                buyers.setdefault(key, []).append(plan.nodes[plan.lane_node[lane]].name)
        return [(tick, source, names) for (tick, source, _), names in sorted(buyers.items())]
