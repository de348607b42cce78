"""Hand-written small cases: a short `CaseSpec` and the (Plan, Draws) that it describes.

Engines read only the indices of the Plan and the arrays of the Draws; what only sampling reads (timelines,
distributions) is left empty. A number may be given per replication, shape (R,); a table (growth,
noise, states, approval rates, ...) as one number, as a list over ticks whose last value applies to all later
ticks, or as an array (T, R). Several nodes or sources may share a row of growth, noise, substitution or
capacity by giving its name in `CaseSpec.rows`.

    plan, draws = small_case(
        n_ticks=20,
        nodes=[use("a", demand=100, cover=2)],
        sources=[source("s", capacity=200)],
        lanes=[lane("s", "a", share=1.0, lead=1)],
        controls=[control("c", states=[NONE, BANNED], covers=[("s", "a")], approval_rate=0.0)],
    )
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import NoneType
from typing import Any, NamedTuple, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from diamondsim.distributions import Constant
from diamondsim.draws import AdaptationDraws, Draws
from diamondsim.plan import (
    NO_CEILING,
    CapacityProject,
    CapacityRow,
    Control,
    ControlState,
    Facility,
    GradeConversion,
    GrowthGroup,
    Input,
    LicensingRule,
    Node,
    NodeKind,
    NoiseRow,
    Plan,
    Rationing,
    Relay,
    Reserve,
    Source,
    SubstitutionRow,
)

T = TypeVar("T")
Number: TypeAlias = Any
"""A number, or one per replication (R,)."""
Table: TypeAlias = Any
"""A number, a list over ticks (its last value holds on), or an array (T, R)."""
Row: TypeAlias = Any
"""A table, the name of a row that several share, or None where there is none."""

NONE = ControlState.NONE
ANNOUNCED = ControlState.ANNOUNCED
LICENSING = ControlState.LICENSING
BANNED = ControlState.BANNED
SUSPENDED = ControlState.SUSPENDED


@dataclass(frozen=True, kw_only=True)
class NodeSpec:
    """A node; `stock` None means `cover * demand`, a reserve's `goal`."""

    name: str
    kind: NodeKind
    demand: Number
    cover: Number = 0.0
    stock: Number = None
    growth: Row = None
    noise: Row = None
    substitution: Row = None
    max_order: Number = NO_CEILING
    lot_ticks: Number = 0.0
    queue_weight: Number = 1.0
    backorder_share: Number = 0.0
    backorder_lapse: Number = 0.0
    fill_rate_gain: Number = 0.1
    qualification_rate: Number = 0.0
    qualification_trigger: Number = 0.9
    min_fill_rate: Number = 0.05
    tracked: Number = 0.0
    goal: Number = 0.0
    grade: str = "grit"
    serves: tuple[str, ...] = ()
    rate: Number = NO_CEILING
    trigger: Number = 0.0
    hold_back: Number = 0.0


def use(name: str, *, demand: Number, **more: Any) -> NodeSpec:
    """Make a use; `more` as in `NodeSpec`."""
    return NodeSpec(name=name, kind=NodeKind.USE, demand=demand, **more)


def feed(name: str, *, demand: Number, **more: Any) -> NodeSpec:
    """Make the feed stock of a processing source."""
    return NodeSpec(name=name, kind=NodeKind.FEED, demand=demand, **more)


def reserve(
    name: str, *, serves: Sequence[str], stock: Number, refill: Number = 0.0, **more: Any
) -> NodeSpec:
    """Make a reserve that serves some uses in the order given; `refill` is the most it buys in a tick."""
    return NodeSpec(
        name=name, kind=NodeKind.RESERVE, demand=refill, stock=stock, serves=tuple(serves), **more
    )


@dataclass(frozen=True, kw_only=True)
class SourceSpec:
    """A source; `finished` None means its ceiling."""

    name: str
    capacity: Number
    index: Row = None
    finished_stock_ceiling: Number = 0.0
    finished_stock: Number = None
    feed: str | None = None
    yield_: Number = 1.0
    tracked: Number = 0.0
    rationing: Rationing = Rationing.PROPORTIONAL
    grade: str = "grit"
    adoption: Number = 0.0


def source(name: str, *, capacity: Number, **more: Any) -> SourceSpec:
    """Make a source; `more` as in `SourceSpec`."""
    return SourceSpec(name=name, capacity=capacity, **more)


@dataclass(frozen=True, kw_only=True)
class LaneSpec:
    """A lane; an entrant's lane if `opens` gives its first tick.

    It is that of a facility if its source has no incumbents' lanes; others are those of second sources.
    """

    source: str
    node: str
    contract_share: Number = 1.0
    lead: Number = 1
    sourcing_limit: Number = NO_CEILING
    tier: int = 0
    allocation_weight: Number = 1.0
    opens: Number = None


def lane(source: str, node: str, **more: Any) -> LaneSpec:
    """Make a lane; `more` as in `LaneSpec`."""
    return LaneSpec(source=source, node=node, **more)


@dataclass(frozen=True, kw_only=True)
class RuleSpec:
    """A licensing rule of a control and the lanes, (source, node), that it covers."""

    covers: tuple[tuple[str, str], ...]
    approval_rate: Table = 0.0
    withdrawal_rate: Number = 0.0
    review: Number = 0


def rule(covers: Sequence[tuple[str, str]], **more: Any) -> RuleSpec:
    """Make a licensing rule; `more` as in `RuleSpec`."""
    return RuleSpec(covers=tuple(covers), **more)


@dataclass(frozen=True, kw_only=True)
class ControlSpec:
    """A control with its state and its tables by tick; `third_countries` names nodes."""

    name: str
    states: Table
    rules: tuple[RuleSpec, ...] = ()
    requires: str | None = None
    front_loading: Table = 0.0
    hoarding_cover: Table = 0.0
    diversion_share: Table = 0.0
    seized: Table = 0.0
    diversion_delay: Number = 1
    third_countries: tuple[str, ...] = ()
    relay: Relay = Relay.UNLIMITED
    relay_share: Number = 1.0
    relay_gain: Number = 1.0
    release_factor: Number = 3.0


def control(
    name: str,
    *,
    states: Table,
    covers: Sequence[tuple[str, str]] = (),
    approval_rate: Table = 0.0,
    withdrawal_rate: Number = 0.0,
    review: Number = 0,
    rules: Sequence[RuleSpec] = (),
    **more: Any,
) -> ControlSpec:
    """Make a control; `covers`, `approval_rate`, `withdrawal_rate` and `review` define a single rule."""
    short = (
        (rule(covers, approval_rate=approval_rate, withdrawal_rate=withdrawal_rate, review=review),)
        if covers
        else ()
    )
    return ControlSpec(name=name, states=states, rules=(*short, *rules), **more)


@dataclass(frozen=True, kw_only=True)
class ConversionSpec:
    """A conversion of the capacity of one source into that of another; `floor` is not positive."""

    of: str
    into: str
    limit: Number = 1.0
    yield_: Number = 1.0
    step: Number = 0.1
    floor: Number = 0.0


def conversion(of: str, into: str, **more: Any) -> ConversionSpec:
    """Make a conversion; `more` as in `ConversionSpec`."""
    return ConversionSpec(of=of, into=into, **more)


@dataclass(frozen=True, kw_only=True)
class ProjectSpec:
    """A project of a source; `kept` is the part of its size that equipment controls leave, by tick."""

    source: str
    threshold: Number = 1.0
    gain: Number = 1.0
    delay: Number = 1
    ramp: Number = 1
    size: Number = 0.5
    times: int = 1
    kept: Table = None


def project(source: str, **more: Any) -> ProjectSpec:
    """Make a project; `more` as in `ProjectSpec`."""
    return ProjectSpec(source=source, **more)


@dataclass(frozen=True, kw_only=True)
class CaseSpec:
    """All parts of a small case; `reserve_order` lists the reserves in the order of the Plan."""

    nodes: tuple[NodeSpec, ...]
    sources: tuple[SourceSpec, ...]
    lanes: tuple[LaneSpec, ...]
    controls: tuple[ControlSpec, ...] = ()
    n_ticks: int = 20
    replications: int = 1
    purchase_gain: Number = 0.1
    contract_weight: Number = 0.5
    rows: Mapping[str, Table] = field(default_factory=dict)
    grade_units: Mapping[str, str] = field(default_factory=dict)
    reserve_order: tuple[str, ...] | None = None
    conversions: tuple[ConversionSpec, ...] = ()
    projects: tuple[ProjectSpec, ...] = ()

    def but(self, **changes: Any) -> CaseSpec:
        """Return a copy of this case with some parts replaced."""
        return replace(self, **changes)

    def build(self) -> Case:
        """Return the Plan and the Draws."""
        return _Builder(self).build()


class Case(NamedTuple):
    """A Plan with its Draws; looks up indices by name."""

    plan: Plan
    draws: Draws

    def node(self, name: str) -> int:
        """Index of a node."""
        return [n.name for n in self.plan.nodes].index(name)

    def source(self, name: str) -> int:
        """Index of a source."""
        return [s.name for s in self.plan.sources].index(name)

    def lane(self, source: str, node: str) -> int:
        """Index of a lane."""
        pairs = zip(self.plan.lane_source.tolist(), self.plan.lane_node.tolist(), strict=True)
        return list(pairs).index((self.source(source), self.node(node)))


def small_case(
    *,
    nodes: Sequence[NodeSpec],
    sources: Sequence[SourceSpec] = (),
    lanes: Sequence[LaneSpec] = (),
    controls: Sequence[ControlSpec] = (),
    **more: Any,
) -> Case:
    """Make a Plan and its Draws; `more` as in `CaseSpec`. Lanes may be listed in any order."""
    return CaseSpec(
        nodes=tuple(nodes), sources=tuple(sources), lanes=tuple(lanes), controls=tuple(controls), **more
    ).build()


class _Rows:
    """The rows of one table: named rows are shared, every other table gets its own row."""

    def __init__(self, spec: CaseSpec) -> None:
        self.spec = spec
        self.named: dict[str, int] = {}
        self.tables: list[npt.NDArray[np.float64]] = []

    def add(self, row: Row) -> int:
        if row is None:
            return -1
        if isinstance(row, str):
            if row not in self.named:
                self.named[row] = self.add(self.spec.rows[row])
            return self.named[row]
        self.tables.append(_table(self.spec, row))
        return len(self.tables) - 1

    def stack(self) -> npt.NDArray[np.float64]:
        shape = (self.spec.n_ticks, 0, self.spec.replications)
        return np.stack(self.tables, axis=1) if self.tables else np.zeros(shape)


def _table(spec: CaseSpec, value: Table) -> npt.NDArray[np.float64]:
    given = np.asarray(value, dtype=float)
    shape = (spec.n_ticks, spec.replications)
    if given.ndim == 0:
        return np.full(shape, given)
    if given.ndim == 1:
        held = np.concatenate([given, np.full(max(0, spec.n_ticks - len(given)), given[-1])])
        given = held[: spec.n_ticks, None]
    return np.broadcast_to(given, shape).copy()


class _Builder:
    """Converts names to indices; used for one case only."""

    def __init__(self, spec: CaseSpec) -> None:
        self.spec = spec
        self.node_at = {n.name: i for i, n in enumerate(spec.nodes)}
        self.source_at = {s.name: i for i, s in enumerate(spec.sources)}
        self.control_at = {c.name: i for i, c in enumerate(spec.controls)}
        self.lanes = sorted(spec.lanes, key=lambda x: (self.node_at[x.node], self.source_at[x.source]))
        self.lane_at = {(x.source, x.node): i for i, x in enumerate(self.lanes)}
        assert len(self.lane_at) == len(self.lanes), "two lanes from one source to one node"
        order = spec.reserve_order or tuple(n.name for n in spec.nodes if n.kind is NodeKind.RESERVE)
        self.reserves = [spec.nodes[self.node_at[name]] for name in order]
        self.rules = [(i, d) for i, c in enumerate(spec.controls) for d in c.rules]
        self.entrants = sorted(
            {x.source for x in self.lanes if x.opens is not None}
            - {x.source for x in self.lanes if x.opens is None},
            key=self.source_at.__getitem__,
        )
        self.reduced = [p for p in spec.projects if p.kept is not None]
        self.growth, self.noise, self.substitution, self.index = (_Rows(spec) for _ in range(4))
        self.node_growth = [self.growth.add(1.0 if n.growth is None else n.growth) for n in spec.nodes]
        self.node_noise = [self.noise.add(n.noise) for n in spec.nodes]
        self.node_substitution = [self.substitution.add(n.substitution) for n in spec.nodes]
        self.source_index = [self.index.add(s.index) for s in spec.sources]

    def numbers(self, values: Sequence[Number], dtype: type = float) -> npt.NDArray[Any]:
        """One number per row -> (rows, R)."""
        r = self.spec.replications
        rows: list[Any] = [np.broadcast_to(np.asarray(v, dtype=dtype), (r,)) for v in values]
        return np.stack(rows) if rows else np.zeros((0, r), dtype=dtype)

    def tables(self, values: Sequence[Table]) -> npt.NDArray[np.float64]:
        """One table per row -> (T, rows, R)."""
        shape = (self.spec.n_ticks, 0, self.spec.replications)
        return np.stack([_table(self.spec, v) for v in values], axis=1) if values else np.zeros(shape)

    def build(self) -> Case:
        return Case(self.plan(), self.draws())

    def grade_names(self) -> tuple[str, ...]:
        spec = self.spec
        return tuple(sorted({n.grade for n in spec.nodes} | {s.grade for s in spec.sources}))

    def plan(self) -> Plan:
        spec = self.spec
        grades = self.grade_names()
        uses = tuple(n.name for n in spec.nodes if n.kind is NodeKind.USE)
        rule_of = np.full((len(spec.controls), len(self.lanes)), -1)
        for number, (i, d) in enumerate(self.rules):
            for pair in d.covers:
                rule_of[i, self.lane_at[pair]] = number
        return Plan(
            title="a small world",
            scenario_hash="0" * 64,
            start=dt.date(2026, 1, 1),
            as_of=None,
            tick_days=7.0,
            n_ticks=spec.n_ticks,
            tracked_region="here",
            regions=("here",),
            grades=grades,
            grade_units=tuple(spec.grade_units.get(g, "ct") for g in grades),
            uses=uses,
            producers=tuple(s.name for s in spec.sources),
            nodes=tuple(
                Node(n.name, n.kind, "here", n.grade, n.name if n.kind is NodeKind.USE else None)
                for n in spec.nodes
            ),
            node_kind=_ints(n.kind for n in spec.nodes),
            node_growth=_ints(self.node_growth),
            node_noise=_ints(self.node_noise),
            node_substitution=_ints(self.node_substitution),
            sources=tuple(
                Source(s.name, s.name, "here", s.grade, s.name if s.name in self.entrants else None)
                for s in spec.sources
            ),
            source_feed=_ints(-1 if s.feed is None else self.node_at[s.feed] for s in spec.sources),
            source_index=_ints(self.source_index),
            rationing=_ints(s.rationing for s in spec.sources),
            lane_source=_ints(self.source_at[x.source] for x in self.lanes),
            lane_node=_ints(self.node_at[x.node] for x in self.lanes),
            tier=_ints(x.tier for x in self.lanes),
            entrant=np.array([x.opens is not None for x in self.lanes], dtype=bool),
            lane_facility=_ints(
                self.entrants.index(x.source) if x.source in self.entrants else -1 for x in self.lanes
            ),
            lane_class=("general",) * len(self.lanes),
            controls=tuple(_filled(Control, name=c.name, start=NONE) for c in spec.controls),
            third_country=np.array(
                [[x.node in c.third_countries for x in self.lanes] for c in spec.controls], dtype=bool
            ).reshape(rule_of.shape),
            relay=_ints(c.relay for c in spec.controls),
            requires=_ints(-1 if c.requires is None else self.control_at[c.requires] for c in spec.controls),
            licensing_rules=tuple(
                _filled(LicensingRule, name=f"desk {number}", control=i)
                for number, (i, _) in enumerate(self.rules)
            ),
            rule_of=rule_of,
            reserves=tuple(
                Reserve(v.name, self.node_at[v.name], tuple(self.node_at[n] for n in v.serves))
                for v in self.reserves
            ),
            facilities=tuple(
                _filled(Facility, name=f, producer=f, stages=(("build", Input("build", Constant(0.0))),))
                for f in self.entrants
            ),
            capacity_rows=tuple(_filled(CapacityRow, facility=-1) for _ in self.index.tables),
            growth_groups=tuple(_filled(GrowthGroup) for _ in self.growth.tables),
            noise_rows=tuple(_filled(NoiseRow) for _ in self.noise.tables),
            substitution_rows=tuple(_filled(SubstitutionRow) for _ in self.substitution.tables),
            numbers={},
            conversions=tuple(
                _filled(
                    GradeConversion,
                    name=f"{c.of} into {c.into}",
                    from_source=self.source_at[c.of],
                    to_source=self.source_at[c.into],
                )
                for c in spec.conversions
            ),
            projects=tuple(
                _filled(
                    CapacityProject,
                    name=f"{p.source}.project{e}",
                    source=self.source_at[p.source],
                    times=p.times,
                    kept_row=-1 if p.kept is None else [id(r) for r in self.reduced].index(id(p)),
                )
                for e, p in enumerate(spec.projects)
            ),
            project_slowings=((),) * len(self.reduced),
        )

    def draws(self) -> Draws:
        spec = self.spec
        nodes, sources, lanes, controls = spec.nodes, spec.sources, self.lanes, spec.controls
        num, tab = self.numbers, self.tables
        ticks = spec.n_ticks
        states = tab([c.states for c in controls]).astype(np.int8)
        return Draws(
            replications=np.arange(spec.replications),
            base_flow=num([n.demand for n in nodes]),
            cover_ticks=num([n.cover for n in nodes]),
            reserve_goal=num([n.goal for n in nodes]),
            opening_stock=num([_opening_stock(n) for n in nodes]),
            opening_tracked=num([n.tracked for n in nodes]),
            max_order=num([n.max_order for n in nodes]),
            lot_ticks=num([n.lot_ticks for n in nodes]),
            queue_weight=num([n.queue_weight for n in nodes]),
            backorder_share=num([n.backorder_share for n in nodes]),
            backorder_lapse=num([n.backorder_lapse for n in nodes]),
            fill_rate_gain=num([n.fill_rate_gain for n in nodes]),
            qualification_rate=num([n.qualification_rate for n in nodes]),
            qualification_trigger=num([n.qualification_trigger for n in nodes]),
            min_fill_rate=num([n.min_fill_rate for n in nodes]),
            contract_share=num([x.contract_share for x in lanes]),
            sourcing_limit=num([x.sourcing_limit for x in lanes]),
            lead_ticks=num([x.lead for x in lanes], np.int64),
            allocation_weight=num([x.allocation_weight for x in lanes]),
            contract_weight=num([spec.contract_weight]),
            purchase_gain=num([spec.purchase_gain]),
            open_tick=num([0 if x.opens is None else x.opens for x in lanes], np.int64),
            capacity=num([s.capacity for s in sources]),
            finished_stock_ceiling=num([s.finished_stock_ceiling for s in sources]),
            opening_finished=num(
                [s.finished_stock_ceiling if s.finished_stock is None else s.finished_stock for s in sources]
            ),
            feed_yield=num([s.yield_ for s in sources]),
            tracked_share=num([s.tracked for s in sources]),
            reserve_rate=num([v.rate for v in self.reserves]),
            reserve_trigger=num([v.trigger for v in self.reserves]),
            reserve_hold_back=num([v.hold_back for v in self.reserves]),
            review_ticks=num([d.review for _, d in self.rules], np.int64),
            withdrawal_rate=num([d.withdrawal_rate for _, d in self.rules]),
            diversion_delay_ticks=num([c.diversion_delay for c in controls], np.int64),
            relay_share=num([c.relay_share for c in controls]),
            relay_gain=num([c.relay_gain for c in controls]),
            release_factor=num([c.release_factor for c in controls]),
            growth=self.growth.stack(),
            noise=self.noise.stack(),
            substitution=self.substitution.stack(),
            capacity_index=self.index.stack(),
            control_state=states,
            approval_rate=tab([d.approval_rate for _, d in self.rules]),
            front_loading=tab([c.front_loading for c in controls]),
            hoarding_cover_ticks=tab([c.hoarding_cover for c in controls]),
            diversion_share=tab([c.diversion_share for c in controls]),
            seized_share=tab([c.seized for c in controls]),
            milestones=tuple(np.full((2, spec.replications), ticks) for _ in self.entrants),
            adoption_ticks=self.adoption_ticks(),
            adaptation=self.adaptation() if spec.conversions or spec.projects else None,
        )

    def adaptation(self) -> AdaptationDraws:
        conversions, projects, num = self.spec.conversions, self.spec.projects, self.numbers
        return AdaptationDraws(
            conversion_limit=num([c.limit for c in conversions]),
            conversion_yield=num([c.yield_ for c in conversions]),
            conversion_step=num([c.step for c in conversions]),
            conversion_floor=num([c.floor for c in conversions]),
            project_threshold=num([p.threshold for p in projects]),
            project_gain=num([p.gain for p in projects]),
            project_delay_ticks=num([p.delay for p in projects]),
            project_ramp_ticks=num([p.ramp for p in projects]),
            project_size=num([p.size for p in projects]),
            project_kept=self.tables([p.kept for p in self.reduced]),
        )

    def adoption_ticks(self) -> tuple[npt.NDArray[np.float64], ...]:
        given = {s.name: s.adoption for s in self.spec.sources}
        rows = self.numbers([given[f] for f in self.entrants])
        return tuple(rows) if rows.any() else ()


def _opening_stock(node: NodeSpec) -> Number:
    return np.asarray(node.cover) * np.asarray(node.demand) if node.stock is None else node.stock


def _ints(values: Any) -> npt.NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


def _filled(cls: type[T], **known: Any) -> T:
    """Make a part of the Plan from the fields that engines read; the others get empty values by type."""
    blank = {name: _blank(name, hint) for name, hint in get_type_hints(cls).items() if name not in known}
    return cls(**known, **blank)


def _blank(name: str, hint: Any) -> Any:
    if hint is Input:
        return Input(name, Constant(0.0))
    if NoneType in get_args(hint):
        return None
    empty: Mapping[Any, Any] = {str: name, bool: False, int: 0, float: 0.0, tuple: (), Mapping: {}}
    return empty[get_origin(hint) or hint]
