"""The Plan: what a scenario says once every name has become an index.

Owns the frozen structures that sampling and both engines read. It holds no random number and nothing that
changes during a run. Building one from a scenario is the business of `diamondsim.plan.compile`.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.distributions import Constant, Distribution
from diamondsim.plan.sampling import Sampling

IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

NO_CEILING = 1e9
"""Stands for "no ceiling" on orders and for "no limit" on a qualified share, in ticks of expected flow."""


class NodeKind(enum.IntEnum):
    """What a node is."""

    USE = 0
    FEED = 1
    RESERVE = 2


class Rationing(enum.IntEnum):
    """How a source shares out too little inside one tier (model.md, eq. 38)."""

    PROPORTIONAL = 0
    WEIGHTED = 1
    MAX_MIN = 2


class ControlState(enum.IntEnum):
    """The states of an export control."""

    NONE = 0
    ANNOUNCED = 1
    LICENSING = 2
    BANNED = 3
    SUSPENDED = 4


@dataclass(frozen=True)
class Input:
    """One number of a scenario with the name of its stream: two numbers with one name are one draw.

    `distribution` is in canonical units (days, ct or cm2, ct/day, USD, fractions).
    """

    name: str
    distribution: Distribution


@dataclass(frozen=True)
class Node:
    """One use of one grade in one region, a feed stock, or a reserve. `use` is None but for uses."""

    name: str
    kind: NodeKind
    region: str
    grade: str
    use: str | None


@dataclass(frozen=True)
class Source:
    """One grade made by one producer. `facility` is the facility's name where the producer is one."""

    name: str
    producer: str
    region: str
    grade: str
    facility: str | None


@dataclass(frozen=True)
class Reserve:
    """A stockpile: its own node and the nodes it serves, in serving order."""

    name: str
    node: int
    serves: tuple[int, ...]


@dataclass(frozen=True)
class Branch:
    """One outcome of a timeline entry or of the end of a sojourn. `state` None leaves the state unchanged."""

    probability: Input
    state: ControlState | None


@dataclass(frozen=True)
class TimelineEntry:
    """What happens to a control at `tick`; the branch is chosen by the uniform named `name`.

    Where `during` names states, it happens only to a control that comes from one of them (model.md, eq. 62).
    """

    tick: int
    name: str
    branches: tuple[Branch, ...]
    during: tuple[ControlState, ...] = ()


@dataclass(frozen=True)
class Hazard:
    """A move from a state to another at a rate per year (model.md, eq. 61)."""

    state: ControlState
    to: ControlState
    per_year: Input


@dataclass(frozen=True)
class Leakage:
    """Re-routing through third countries (model.md, eq. 53). Times in days, drawn per spell."""

    share: Input
    delay: Input
    crackdown_wait: Input | None
    after_crackdown: Input
    seized: Input


@dataclass(frozen=True)
class GeneralLicences:
    """A share that passes in full from some age of a spell on (model.md, eq. 63). Times in days."""

    share: Input
    after_days: Input
    time_days: Input


@dataclass(frozen=True)
class Validity:
    """How long a licence holds and how long its renewal takes, in days (model.md, eq. 64)."""

    days: Input
    renewal_days: Input


@dataclass(frozen=True)
class Watched:
    """The share of a desk's buyers on a watch list, and their curve (model.md, eq. 65). Times in days."""

    share: Input
    trough: Input
    long_run: Input
    dead_days: Input
    recovery_days: Input


@dataclass(frozen=True)
class Desk:
    """The licence office of one control for one destination and class (model.md, eq. 49-51, 63-66)."""

    name: str
    control: int
    trough: Input
    long_run: Input
    dead_days: Input
    recovery_days: Input
    ban: Input
    barred: Input
    review_days: Input
    withdrawal_per_day: Input
    general: GeneralLicences | None = None
    validity: Validity | None = None
    watched: Watched | None = None


@dataclass(frozen=True)
class Drag:
    """What a control slows without covering it (model.md, eq. 67-68): `of` is the number of that control."""

    of: int
    lost: Input
    days: Input


@dataclass(frozen=True)
class Control:
    """An export control in time. `stay` and `next` are keyed by state; times in days."""

    name: str
    start: ControlState
    timeline: tuple[TimelineEntry, ...]
    stay: Mapping[ControlState, Input]
    next: Mapping[ControlState, tuple[Branch, ...]]
    front_loading: Input
    relapse_per_year: Input
    relapse_days: Input
    leakage: Leakage | None
    hazards: tuple[Hazard, ...] = ()
    drag: Drag | None = None


@dataclass(frozen=True)
class Outages:
    """Random outages of a producer: rate per year, length in days, share of capacity lost."""

    name: str
    per_year: Input
    days: Input
    loss: Input


@dataclass(frozen=True)
class ScriptedOutage:
    """A dated outage over the half-open ticks [begin, end)."""

    begin: int
    end: int
    loss: Input


@dataclass(frozen=True)
class Slowing:
    """The part of its growth that a producer keeps while an equipment control is in force (eq. 74)."""

    control: int
    kept: Input


@dataclass(frozen=True)
class Swing:
    """Capacity beyond the normal that opens and arrives later (model.md, eq. 75). Times in days.

    It opens at `opens_tick`, or where that is None when the control `opened_by` is first in force.
    """

    share: Input
    delay_days: Input
    days: Input
    opens_tick: int | None
    opened_by: int


@dataclass(frozen=True)
class CapacityRow:
    """What makes the capacity of one producer change in time (model.md, eq. 57); row of `capacity_index`."""

    producer: str
    growth_per_year: Input
    outages: tuple[Outages, ...]
    scripted: tuple[ScriptedOutage, ...]
    facility: int
    slowings: tuple[Slowing, ...] = ()
    swings: tuple[Swing, ...] = ()


@dataclass(frozen=True)
class Tranche:
    """A part of a facility's money (model.md, eq. 70): when it closes, in days from the decision."""

    name: str
    days: Input
    usd: float | None


@dataclass(frozen=True)
class Financing:
    """The tranches that must close before the first stage (model.md, eq. 70-71). Days from tick 0.

    `wait_days` is None where a tranche that misses the window cancels the facility.
    """

    tranches: tuple[Tranche, ...]
    clock_days: Input
    window_day: float | None
    wait_days: Input | None


@dataclass(frozen=True)
class OwnerSale:
    """The owner is sold by chance, and the stage of that number begins later (model.md, eq. 72)."""

    probability: Input
    days: Input
    stage: int


@dataclass(frozen=True)
class PressSource:
    """Presses from a controlled region (model.md, eq. 73): refused, the stage of that number takes longer.

    `licences` are the equipment controls that count: number of the control, probability that it grants.
    """

    region: str
    probability: Input
    days: Input
    stage: int
    licences: tuple[tuple[int, Input], ...]


@dataclass(frozen=True)
class UnitCost:
    """What a unit from a facility costs (model.md, eq. 100): money in USD, power in kWh for a unit."""

    capital: Input
    life_years: Input
    interest_per_year: Input
    power_kwh: Input
    power_usd: Input
    other_usd: Input


class Milestone(enum.Enum):
    """What a facility may pass; `Facility.milestones` names those that it can."""

    CANCELLED = enum.auto()
    WINDOW_MISSED = enum.auto()
    TRANCHE = enum.auto()
    FINANCED = enum.auto()
    OWNER_SOLD = enum.auto()
    PRESSES_REFUSED = enum.auto()
    STAGE = enum.auto()
    RAMPED = enum.auto()


@dataclass(frozen=True)
class Facility:
    """A producer that does not exist yet (model.md, eq. 58-59, 70-73). Times in days from the decision.

    `qualification` is keyed by the keys that `Plan.lane_class` names; `qualification_start_tick` is the dated
    decision, if any. `availability` is a constant factor on output beside the outages.
    """

    name: str
    producer: str
    decision_day: float
    stages: tuple[tuple[str, Input], ...]
    cancelled: Input
    availability: Input
    ramp_days: Input
    yield_start: Input
    yield_end: Input
    qualification: Mapping[str, Input]
    qualification_start_tick: int | None
    financing: Financing | None = None
    owner_sale: OwnerSale | None = None
    presses: PressSource | None = None
    cost: UnitCost | None = None

    @property
    def milestones(self) -> tuple[tuple[Milestone, str], ...]:
        """The rows of `Draws.milestones`, each with the tranche or stage it is about, if any.

        The end of the last stage is first output; it and the end of the ramp are always the last two.
        """
        rows: list[tuple[Milestone, str]] = []
        money = self.financing
        if self.cancelled.distribution != Constant(0.0):
            rows.append((Milestone.CANCELLED, ""))
        if money is not None:
            if money.window_day is not None:
                rows.append((Milestone.WINDOW_MISSED, ""))
            rows += [(Milestone.TRANCHE, tranche.name) for tranche in money.tranches]
            rows.append((Milestone.FINANCED, ""))
        for k, (name, _) in enumerate(self.stages):
            if self.owner_sale is not None and self.owner_sale.stage == k:
                rows.append((Milestone.OWNER_SOLD, name))
            if self.presses is not None and self.presses.stage == k:
                rows.append((Milestone.PRESSES_REFUSED, name))
            rows.append((Milestone.STAGE, name))
        return (*rows, (Milestone.RAMPED, ""))


@dataclass(frozen=True)
class GrowthGroup:
    """One row of `Draws.growth`: yearly growth and dated drivers ((day, factor), linear between days).

    The feed of a processor has neither: it is the mean of other rows (`mix`: row, weight).
    """

    name: str
    per_year: Input | None
    drivers: tuple[tuple[tuple[float, Input], ...], ...]
    mix: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class NoiseRow:
    """One row of `Draws.noise` (model.md, eq. 55). `cv` is relative; `memory_days` 0 means no memory."""

    name: str
    additive: bool
    cv: Input
    memory_days: Input


@dataclass(frozen=True)
class SubstitutionRow:
    """One row of `Draws.substitution` (model.md, eq. 56).

    It opens at `opens_tick`, or where that is None with the first of the controls `opened_by` to be in force,
    and begins to rise once what replaces the grade is qualified.
    """

    name: str
    share: Input
    days: Input
    opens_tick: int | None
    opened_by: tuple[int, ...] = ()
    qualification_days: Input | None = None


@dataclass(frozen=True)
class LaneQualification:
    """A lane of a second source: it opens some days after the tick `begin` (model.md, eq. 81)."""

    lane: int
    begin: int
    days: Input


@dataclass(frozen=True)
class PreBuy:
    """What a node buys ahead over the half-open ticks [begin, end) (model.md, eq. 82)."""

    node: int
    begin: int
    end: int
    extra_days: Input
    ceiling: Input


@dataclass(frozen=True)
class Steps:
    """A number that changes on dates: ((tick, value from then on), ...), in order of ticks."""

    name: str
    values: tuple[tuple[int, Input], ...]


@dataclass(frozen=True)
class Surcharge:
    """A row of `PriceDraws.surcharge`: what comes on top of a price, as a fraction (model.md, eq. 86).

    It counts in full on the lanes of entrants; on those of incumbents, which have long paid it, only what
    changes from tick 0 on does: `is_change` says for which of the two the row is. `origin` and `destination`
    name the regions of sellers and buyers.
    """

    rate: Steps
    is_change: bool
    origin: tuple[str, ...]
    destination: tuple[str, ...]
    grades: tuple[str, ...]


@dataclass(frozen=True)
class Prices:
    """What makes prices and what follows from them (model.md, eq. 85-98). Times in days.

    Attributes
    ----------
    zones : tuple of str
    markets : tuple of (str, str)
        Grade and zone of each market, in the order of the rows of `Ledger["price"]`.
    start_usd : tuple of Input
        Price of each market at the start, for a unit.
    node_market, source_market : (N,), (S,) int arrays
        Market in which a node buys, and that of its own region for a source; -1 where there is none.
    lowest, highest : Input
        Bounds of a price, as multiples of that of the start.
    sourcing : Input
        Elasticity of the choice between sellers.
    demand_elasticity, supply_elasticity, supply_days : tuples of Input
        By node; by source; time over which a source takes a price for its own.
    floor_usd : tuple of (Input or None)
        By source: price that it is promised at least.
    surcharges : tuple of Surcharge
    surcharge_lanes : (U, L) bool array
        Which lanes a row of surcharges is on.
    costs : tuple of Steps
        Cost of making, as a multiple of that of the start.
    source_cost : (S,) int array
        Row of `costs`, -1 where the cost does not change.
    """

    zones: tuple[str, ...]
    markets: tuple[tuple[str, str], ...]
    start_usd: tuple[Input, ...]
    node_market: IntArray
    source_market: IntArray
    response_days: Input
    link_days: Input | None
    lowest: Input
    highest: Input
    sourcing: Input
    demand_elasticity: tuple[Input, ...]
    supply_elasticity: tuple[Input, ...]
    supply_days: tuple[Input, ...]
    floor_usd: tuple[Input | None, ...]
    surcharges: tuple[Surcharge, ...]
    surcharge_lanes: BoolArray
    costs: tuple[Steps, ...]
    source_cost: IntArray


@dataclass(frozen=True)
class Correlated:
    """Inputs whose uniforms are correlated (model.md, eq. 80): their names, and a lower triangular factor."""

    names: tuple[str, ...]
    factor: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Plan:
    """A scenario with every name turned into an index; read-only.

    Shapes: N nodes, S sources, L lanes (by node, then source), C controls, D desks, V reserves. Numbers that
    may be uncertain are `Input`s, listed per field of `Draws` in `numbers` (canonical units: see
    `diamondsim.draws`).

    Attributes
    ----------
    start : datetime.date
        First day of tick 0.
    n_ticks : int
        Number of ticks; the horizon is [0, n_ticks).
    tick_days : float
        Length of a tick in days.
    desk_of : (C, L) int array
        Desk of control i for lane l, -1 where the control does not cover the lane.
    requires : (C,) int array
        Control that must be in force too, -1 where none is.
    lane_facility : (L,) int array
        Facility from which an entrant lane comes, -1 for incumbents.
    lane_class : tuple of str
        Key into the facility's `qualification` that holds for the lane ("" for incumbents).
    numbers : mapping of str to tuple of Input
        One Input per row, keyed by what it is: see `diamondsim.sampling.numbers.NUMBERS`.
    sampling : Sampling
        How what is drawn once in a replication is spread over the replications.
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
    desks: tuple[Desk, ...]
    desk_of: IntArray

    reserves: tuple[Reserve, ...]
    facilities: tuple[Facility, ...]
    capacity_rows: tuple[CapacityRow, ...]
    growth_groups: tuple[GrowthGroup, ...]
    noise_rows: tuple[NoiseRow, ...]
    substitution_rows: tuple[SubstitutionRow, ...]

    numbers: Mapping[str, tuple[Input, ...]]
    purchase_gain: float
    qualifications: tuple[LaneQualification, ...] = ()
    pre_buys: tuple[PreBuy, ...] = ()
    correlated: tuple[Correlated, ...] = ()
    prices: Prices | None = None
    sampling: Sampling = field(default_factory=Sampling)

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
    def n_markets(self) -> int:
        """Number of markets M; 0 without prices."""
        return 0 if self.prices is None else len(self.prices.markets)

    @property
    def n_tiers(self) -> int:
        """Number of tiers, at least 1."""
        return int(self.tier.max(initial=0)) + 1

    def lane_name(self, lane: int) -> str:
        """Name of a lane, `source -> node`."""
        return f"{self.sources[self.lane_source[lane]].name} -> {self.nodes[self.lane_node[lane]].name}"

    def date(self, tick: int) -> dt.date:
        """First day of a tick (ticks that are no whole number of days are rounded down)."""
        return self.start + dt.timedelta(days=int(tick * self.tick_days))
