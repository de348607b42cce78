"""Distributions over time: shortfall, cover, output, origin, reserves, prices and states of the controls.

Owns the quantities that have a band (docs/results.md, eq. R11-R14, R31), the Ledger fields that they read and
how their counts add up over blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from diamondsim.addition import sum_in_order
from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import ControlState, Plan
from diamondsim.results.histogram import Axis, Histogram, compact
from diamondsim.results.region_uses import RegionUse, nodes_of_region, region_uses
from diamondsim.results.replication_weights import weighted_count

COVER_SCALE_DAYS = 60.0


def band_fields(*, priced: bool, reserves: bool, facilities: bool) -> set[str]:
    """Return the fields of the Ledger that bands read.

    Parameters
    ----------
    priced, reserves, facilities : bool
        Whether there are prices, reserves and facilities.

    Returns
    -------
    set of str
    """
    fields = {"demand", "shortage", "stock", "used", "tracked"}
    if priced:
        fields.add("price")
    if reserves:
        fields.add("from_reserve")
    if facilities:
        fields.add("output")
    return fields


class Bands:
    """Counts over time of some replications; blocks merge exactly, in any grouping.

    Parameters
    ----------
    plan : Plan

    Attributes
    ----------
    shortfall, cover : Histogram
        By use of a region; shares, and days of expected demand.
    tracked : Histogram
        By region; share of consumption of tracked origin.
    facility_output : tuple of Histogram
        One per facility, per tick.
    reserve_stock : tuple of Histogram
        One per reserve.
    price : Histogram
        By market; multiples of the price at the start. No market without prices.
    price_usd : tuple of Histogram
        One per market; USD per unit.
    control_state : (T, C, states) int array
        Number of replications in which each control is in each state.
    control_in_force : (T, C) int array
        Number of replications in which it is in force, together with the control that it requires.
    replications : int
        Number of replications counted, or what they count.
    """

    def __init__(self, plan: Plan) -> None:
        ticks, controls = plan.n_ticks, len(plan.controls)
        self.plan = plan
        self.region_uses = region_uses(plan)
        self.facility_sources = tuple(_facility_sources(plan, f.name) for f in plan.facilities)
        self.region_nodes = tuple(nodes_of_region(plan, region) for region in plan.regions)
        self.shortfall = Histogram(Axis(), ticks, len(self.region_uses))
        self.cover = Histogram(Axis(COVER_SCALE_DAYS), ticks, len(self.region_uses))
        self.tracked = Histogram(Axis(), ticks, len(plan.regions))
        self.facility_output = tuple(
            Histogram(Axis(central_sum(plan, "capacity", sources) * plan.tick_days), ticks, 1)
            for sources in self.facility_sources
        )
        self.reserve_stock = tuple(
            # A reserve that is sold off opens with far more than its target stock.
            Histogram(
                Axis(
                    max(central_sum(plan, what, [reserve.node]) for what in ("reserve_goal", "opening_stock"))
                ),
                ticks,
                1,
            )
            for reserve in plan.reserves
        )
        self.price = Histogram(Axis(1.0), ticks, plan.n_markets)
        starts = () if plan.prices is None else plan.prices.start_usd
        self.price_usd = tuple(Histogram(Axis(usd.distribution.central()), ticks, 1) for usd in starts)
        self.control_state: IntArray = np.zeros((ticks, controls, len(ControlState)), dtype=np.int64)
        self.control_in_force: IntArray = np.zeros((ticks, controls), dtype=np.int64)
        self.replications = 0

    def add_use(
        self,
        number: int,
        shortfall: FloatArray,
        ledger: Ledger,
        draws: Draws,
        counts: IntArray | None = None,
    ) -> None:
        """Count the paths of one use of a region, given its shortfall (T, R).

        `counts` (R,) says what each replication counts, if not one.
        """
        self.shortfall.add(number, shortfall, counts)
        self.cover.add(number, cover_days(self.plan, self.region_uses[number], ledger, draws), counts)

    def add_rest(
        self, ledger: Ledger, draws: Draws, force: BoolArray, counts: IntArray | None = None
    ) -> None:
        """Count everything else, once for each block; `force` (T, C, R) says where controls are in force."""
        for region, nodes in enumerate(self.region_nodes):
            if nodes:
                self.tracked.add(region, tracked_share(ledger, nodes), counts)
        for histogram, sources in zip(self.facility_output, self.facility_sources, strict=True):
            histogram.add(0, ledger.added("output", sources), counts)
        for histogram, reserve in zip(self.reserve_stock, self.plan.reserves, strict=True):
            histogram.add(0, ledger.of("stock", reserve.node), counts)
        for market, histogram in enumerate(self.price_usd):
            assert draws.prices is not None, "a plan with prices has draws with prices"
            self.price.add(market, ledger.of("price", market), counts)
            histogram.add(0, ledger.of("price", market) * draws.prices.start_usd[market], counts)
        for state in ControlState:
            self.control_state[:, :, state] += weighted_count(draws.control_state == state, counts)
        self.control_in_force += weighted_count(force, counts)
        self.replications += draws.n_replications if counts is None else int(counts.sum())

    def merge(self, other: Bands) -> None:
        """Add the counts of other replications of the same Plan."""
        added = other._histograms()
        for name, histogram in self._histograms().items():
            histogram.merge(added[name])
        self.control_state += other.control_state
        self.control_in_force += other.control_in_force
        self.replications += other.replications

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all counts by name, each in the smallest type that holds them."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "replications": np.array(self.replications),
            "control_state": compact(self.control_state),
            "control_in_force": compact(self.control_in_force),
        }
        for name, histogram in self._histograms().items():
            arrays |= {f"{name}.counts": compact(histogram.counts), f"{name}.sums": histogram.sums}
        return arrays

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Replace all counts by what `arrays` returned, for merging only, since the types stay small."""
        self.replications = int(arrays["replications"])
        self.control_state = arrays["control_state"]
        self.control_in_force = arrays["control_in_force"]
        for name, histogram in self._histograms().items():
            histogram.restore(arrays[f"{name}.counts"], arrays[f"{name}.sums"])

    def _histograms(self) -> dict[str, Histogram]:
        return {
            "band.shortfall": self.shortfall,
            "band.cover": self.cover,
            "band.tracked": self.tracked,
            "band.price": self.price,
            **{f"band.facility_output.{i}": histogram for i, histogram in enumerate(self.facility_output)},
            **{f"band.reserve_stock.{i}": histogram for i, histogram in enumerate(self.reserve_stock)},
            **{f"band.price_usd.{i}": histogram for i, histogram in enumerate(self.price_usd)},
        }


def cover_days(plan: Plan, region_use: RegionUse, ledger: Ledger, draws: Draws) -> FloatArray:
    """Return the days for which the stock of the scarcest grade covers expected demand, (T, R) (eq. R12).

    NaN where no demand is expected.
    """
    worst: FloatArray | None = None
    for nodes in region_use.nodes:
        first, *others = nodes
        expected = draws.base_flow[first] * draws.growth[:, plan.node_growth[first]]
        for node in others:
            expected += draws.base_flow[node] * draws.growth[:, plan.node_growth[node]]
        known = expected > 0
        if not known.all():
            expected[~known] = np.nan
        days = ledger.added("stock", nodes) * plan.tick_days
        days /= expected
        worst = days if worst is None else np.fmin(worst, days, out=worst)
    assert worst is not None, "a use without a grade"
    return worst


def tracked_share(ledger: Ledger, nodes: Sequence[int]) -> FloatArray:
    """Return the share of consumption of tracked origin at some nodes, (T, R) (eq. R13).

    NaN where nothing is consumed.
    """
    consumed = ledger.added("used", nodes)
    if "from_reserve" in ledger.arrays:
        consumed = consumed + ledger.added("from_reserve", nodes)
    any_use = consumed > 0
    share = ledger.added("tracked", nodes) / np.where(any_use, consumed, 1.0)
    return np.where(any_use, np.minimum(share, 1.0), np.nan)


def _facility_sources(plan: Plan, facility: str) -> list[int]:
    """Return the sources of a facility whose grade is counted in the unit of its first source."""
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    sources = [i for i, source in enumerate(plan.sources) if source.facility == facility]
    return [i for i in sources if unit_of[plan.sources[i].grade] == unit_of[plan.sources[sources[0]].grade]]


def facility_units(bands: Bands) -> list[str]:
    """Return the unit in which the output of each facility is counted."""
    plan = bands.plan
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    return [unit_of[plan.sources[sources[0]].grade] if sources else "" for sources in bands.facility_sources]


def central_sum(plan: Plan, number: str, rows: Sequence[int]) -> float:
    """Return the sum of the means of some uncertain numbers of the Plan; 1 if that is zero."""
    inputs = plan.numbers.get(number, ())
    total = sum_in_order(inputs[row].distribution.central() for row in rows if row < len(inputs))
    return total if total > 0 else 1.0
