"""The Plan itself: a scenario with every name turned into an index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from diamondsim.arrays import BoolArray, IntArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan.sampling_design import Sampling
from diamondsim.plan.stream_names import StreamNames
from diamondsim.plan.structure.capacity import CapacityProject, CapacityRow, GradeConversion, Slowing
from diamondsim.plan.structure.control import Control, LicensingRule
from diamondsim.plan.structure.demand import GrowthGroup, LaneQualification, NoiseRow, PreBuy, SubstitutionRow
from diamondsim.plan.structure.elements import Input, Node, NodeKind, Relay, Reserve, Source
from diamondsim.plan.structure.facility import Facility
from diamondsim.plan.structure.price import Prices


@dataclass(frozen=True)
class Correlated:
    """Inputs whose uniforms are correlated (model.md, eq. 63): their names, and a lower triangular factor."""

    names: tuple[str, ...]
    factor: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Plan:
    """A scenario with every name turned into an index; read-only.

    Shapes: N nodes, S sources, L lanes (by node, then source), C controls, D licensing rules, V reserves.
    Numbers that may be uncertain are `Input`s, listed per field of `Draws` in `numbers` (canonical units: see
    `diamondsim.draws`).

    Attributes
    ----------
    start : datetime.date
        First day of tick 0.
    n_ticks : int
        Number of ticks; the horizon is [0, n_ticks).
    tick_days : float
        Length of a tick in days.
    rule_of : (C, L) int array
        Licensing rule of control i for lane l, -1 where the control does not cover the lane.
    third_country : (C, L) bool array
        Whether the buyer of lane l is in a third country through which goods pass around control i.
    relay : (C,) int array
        What limits diversion around each control, a `Relay`.
    requires : (C,) int array
        Control that must be in force too, -1 where there is none.
    lane_facility : (L,) int array
        Facility from which an entrant lane comes, -1 for incumbents.
    lane_class : tuple of str
        Key into the facility's `qualification` that holds for the lane ("" for incumbents).
    numbers : mapping of str to tuple of Input
        One Input per row; the keys are those of `diamondsim.sampling.numbers.NUMBERS`.
    project_slowings : tuple of tuple of Slowing
        Equipment controls that reduce the size of projects; each row is read by one or more `projects`.
    sampling : Sampling
        How what is drawn once in a replication is spread over the replications.
    stream_names : StreamNames
        The names that seed the streams.
    """

    title: str
    scenario_hash: str
    start: dt.date
    as_of: dt.date | None
    tick_days: float
    n_ticks: int
    tracked_region: str | None

    regions: tuple[str, ...]
    grades: tuple[str, ...]
    grade_units: tuple[str, ...]
    uses: tuple[str, ...]
    producers: tuple[str, ...]

    nodes: tuple[Node, ...]
    node_kind: IntArray
    node_growth: IntArray
    node_noise: IntArray
    node_substitution: IntArray

    sources: tuple[Source, ...]
    source_feed: IntArray
    source_index: IntArray
    rationing: IntArray

    lane_source: IntArray
    lane_node: IntArray
    tier: IntArray
    entrant: BoolArray
    lane_facility: IntArray
    lane_class: tuple[str, ...]

    controls: tuple[Control, ...]
    requires: IntArray
    licensing_rules: tuple[LicensingRule, ...]
    rule_of: IntArray
    third_country: BoolArray
    relay: IntArray

    reserves: tuple[Reserve, ...]
    facilities: tuple[Facility, ...]
    capacity_rows: tuple[CapacityRow, ...]
    growth_groups: tuple[GrowthGroup, ...]
    noise_rows: tuple[NoiseRow, ...]
    substitution_rows: tuple[SubstitutionRow, ...]

    numbers: Mapping[str, tuple[Input, ...]]
    qualifications: tuple[LaneQualification, ...] = ()
    pre_buys: tuple[PreBuy, ...] = ()
    correlated: tuple[Correlated, ...] = ()
    prices: Prices | None = None
    conversions: tuple[GradeConversion, ...] = ()
    projects: tuple[CapacityProject, ...] = ()
    project_slowings: tuple[tuple[Slowing, ...], ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    stream_names: StreamNames = field(default_factory=StreamNames)

    @property
    def n_nodes(self) -> int:
        """Number of nodes N."""
        return len(self.nodes)

    @property
    def n_sources(self) -> int:
        """Number of sources S."""
        return len(self.sources)

    @property
    def n_lanes(self) -> int:
        """Number of lanes L."""
        return len(self.lane_source)

    @property
    def untried(self) -> BoolArray:
        """Whether the buyer of each lane waits for its first deliveries before it expects any, (L,) (eq. 7b).

        So it is on the lanes of facilities, other than into feed stocks.
        """
        is_untried: BoolArray = (self.lane_facility >= 0) & (self.node_kind[self.lane_node] != NodeKind.FEED)
        return is_untried

    @property
    def adoption_step_ticks(self) -> int:
        """Ticks between two steps in which contracts move to a facility: a quarter of a year."""
        return max(1, int(DAYS_PER_YEAR / 4 / self.tick_days + 0.5))

    @property
    def n_markets(self) -> int:
        """Number of markets M; 0 without prices."""
        return 0 if self.prices is None else len(self.prices.markets)

    @property
    def n_tiers(self) -> int:
        """Number of tiers, at least 1."""
        return int(self.tier.max(initial=0)) + 1

    def n_sharing(self, control: int) -> IntArray:
        """Return how many controls share what is sent on each lane into third countries, (L,) (eq. 40a).

        Controls share it where goods that are diverted around them come out of it.
        """
        is_inside = self.relay == Relay.INSIDE
        if not is_inside[control]:
            return np.ones(self.n_lanes, dtype=np.int64)
        n_inside: IntArray = self.third_country[is_inside].sum(axis=0)
        return np.maximum(n_inside, 1)

    def lane_name(self, lane: int) -> str:
        """Name of a lane, `source -> node`."""
        return f"{self.sources[self.lane_source[lane]].name} -> {self.nodes[self.lane_node[lane]].name}"

    def date(self, tick: int) -> dt.date:
        """First day of a tick (ticks that are no whole number of days are rounded down)."""
        return self.start + dt.timedelta(days=int(tick * self.tick_days))
