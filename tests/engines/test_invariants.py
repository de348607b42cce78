"""What must hold in any case (docs/model.md, section 5), asked of both engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diamondsim.ledger import FIELDS, Ledger, opening_pipeline
from diamondsim.plan import NodeKind, Rationing, Relay
from tests.engines.comparing import INDICES, differences, largest
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    Case,
    CaseSpec,
    ConversionSpec,
    LaneSpec,
    NodeSpec,
    SourceSpec,
    control,
)
from tests.engines.strategies import calm_specs, case_specs

FloatArray = npt.NDArray[np.float64]

pytestmark = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)

some = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    max_examples=25,
)
ROUNDING = 1e-12
"""Relative to the largest quantity of a replication."""


def before(array: FloatArray, opening: FloatArray) -> FloatArray:
    """The same stock a tick earlier."""
    return np.concatenate([opening[None], array[:-1]])


def assert_nothing(residual: FloatArray, ledger: Ledger, scale: float = ROUNDING) -> None:
    assert np.all(np.abs(residual) <= scale * largest(ledger))


# What is made is somewhere


@some
@given(spec=case_specs())
def test_every_carat_is_accounted_for_in_every_tick(run: Run, spec: CaseSpec) -> None:
    case = spec.build()
    balance = run(case).ledger.mass_balance(*case)
    assert balance.shape == (spec.n_ticks, len(set(case.plan.grade_units)), spec.replications)
    assert np.all(np.abs(balance) < 1e-11)


@some
@given(spec=case_specs())
def test_every_stock_changes_by_what_comes_and_goes(run: Run, spec: CaseSpec) -> None:
    case = spec.build()
    plan, draws = case
    got = run(case).ledger
    assert_nothing(
        got["stock"] - before(got["stock"], draws.opening_stock) - got["arrived"] + got["used"], got
    )
    joined = got["allocated"] - got["shipped"]
    nothing = np.zeros_like(draws.contract_share)
    queue = before(got["queue"], nothing) + joined - got["granted"] - got["withdrawn"]
    assert_nothing(got["queue"] - queue, got)
    sent = got["granted"] + got["shipped"] - got["relayed"] + got["diverted"] - got["seized"]
    pipeline = np.where(
        plan.entrant[:, None], 0.0, draws.contract_share * draws.base_flow[plan.lane_node] * draws.lead_ticks
    )
    arrived = before(got["pipeline"], pipeline) + sent - got["pipeline"]
    assert_nothing(_by(plan.lane_node, plan.n_nodes, arrived) - got["arrived"], got)
    from_source = got["allocated"] + got["diverted"] - got["relayed"] - got["withdrawn"]
    gone = _by(plan.lane_source, plan.n_sources, from_source) - _drawn_down(got)
    finished = before(got["finished_stock"], draws.opening_finished) + got["output"] - gone
    assert_nothing(got["finished_stock"] - finished, got)


def _drawn_down(got: Ledger) -> FloatArray:
    """What other countries passed on in each tick beyond what was taken off what they were sent."""
    return got["relay_drawdown"] - before(got["relay_drawdown"], np.zeros_like(got["relay_drawdown"][0]))


def _by(index: Sequence[int] | npt.NDArray[np.int64], rows: int, lanes: FloatArray) -> FloatArray:
    total = np.zeros((lanes.shape[0], rows, lanes.shape[2]))
    for row, at in enumerate(index):
        total[:, at] += lanes[:, row]
    return total


@some
@given(spec=case_specs())
def test_demand_is_used_substituted_released_or_short(run: Run, spec: CaseSpec) -> None:
    case = spec.build()
    plan, draws = case
    got = run(case).ledger
    uses = plan.node_kind == NodeKind.USE
    of = {name: got[name][:, uses] for name in FIELDS if FIELDS[name].entity == "node"}
    beta = draws.backorder_share[uses]
    earlier = before(of["backlog"], np.zeros_like(beta))
    lapsed = draws.backorder_lapse[uses] * earlier
    paid_back = earlier - lapsed + beta * of["shortage"] - of["backlog"]
    met = of["used"] - paid_back + of["substituted"] + of["from_reserve"]
    assert_nothing(of["demand"] - met - of["shortage"], got)
    assert_nothing(of["lost_sales"] - (1.0 - beta) * of["shortage"] - lapsed, got)
    released = sum(got["used"][:, v.node] for v in plan.reserves)
    assert_nothing(of["from_reserve"].sum(axis=1) - released, got)
    assert np.all(of["shortage"] <= of["demand"])
    others = got["demand"][:, ~uses], got["shortage"][:, ~uses], got["from_reserve"][:, ~uses]
    assert all(not array.any() for array in others)


@some
@given(spec=case_specs())
def test_nothing_is_negative_and_no_source_outdoes_itself(run: Run, spec: CaseSpec) -> None:
    case = spec.build()
    plan, draws = case
    got = run(case).ledger
    for name in FIELDS:
        assert np.all(got[name] >= -ROUNDING * largest(got)), name
    assert np.all(got["expected_fill_rate"] >= draws.min_fill_rate[plan.lane_node])
    assert np.all(got["expected_fill_rate"] <= 1.0)
    assert np.all(got["tracked"] <= got["used"] + got["from_reserve"] + ROUNDING * largest(got))
    assert np.all(got["seized"] <= got["diverted"])
    assert np.all(got["relayed"] <= got["granted"] + got["shipped"] + ROUNDING * largest(got))
    index = np.ones((plan.n_ticks, plan.n_sources, draws.n_replications))
    index[:, plan.source_index >= 0] = draws.capacity_index[:, plan.source_index[plan.source_index >= 0]]
    assert np.all(got["output"] <= got["capacity"] * (1.0 + ROUNDING))
    unchanged = [s.name not in _adapting(spec) for s in spec.sources]
    own = (draws.capacity * index)[:, unchanged]
    assert np.all(np.abs(got["capacity"][:, unchanged] - own) <= own * ROUNDING)
    added = sum((np.asarray(p.size) * p.times for p in spec.projects), np.zeros(draws.n_replications))
    most = (draws.capacity * index * (1.0 + added)).sum(axis=1)
    assert np.all(got["capacity"].sum(axis=1) <= most * (1.0 + ROUNDING))
    from_source = got["allocated"] + got["diverted"] - got["relayed"]
    out = _by(plan.lane_source, plan.n_sources, from_source) - _drawn_down(got)
    back = _by(plan.lane_source, plan.n_sources, got["withdrawn"])
    there = before(got["finished_stock"], draws.opening_finished) + back + got["output"]
    assert np.all(out <= there + ROUNDING * largest(got))


@some
@given(spec=case_specs())
def test_third_countries_owe_no_more_than_their_stock(run: Run, spec: CaseSpec) -> None:
    """What they have not replaced is no more than the stock that the largest flow so far has left (40d)."""
    case = spec.build()
    plan, draws = case
    got = run(case).ledger
    flow = opening_pipeline(plan, draws) / draws.lead_ticks
    most = np.zeros_like(got["relay_drawdown"])
    for i in np.flatnonzero(plan.relay == Relay.INSIDE).tolist():
        part = (plan.third_country[i] / np.maximum(plan.n_sharing(i), 1))[:, None]
        sent = _by(plan.lane_source, plan.n_sources, (got["granted"] + got["shipped"]) * part)
        opening = _by(plan.lane_source, plan.n_sources, (flow * part)[None])
        largest_flow = np.maximum.accumulate(np.concatenate([opening, sent]), axis=0)[1:]
        gain = draws.relay_gain[i]
        most += draws.relay_share[i] * (1.0 - gain) / gain * largest_flow
    assert np.all(got["relay_drawdown"] <= most + ROUNDING * largest(got))


def _adapting(spec: CaseSpec) -> set[str]:
    """The names of the sources that adapt."""
    return {p.source for p in spec.projects} | {s for c in spec.conversions for s in (c.of, c.into)}


# Calm


@some
@given(spec=calm_specs())
def test_the_calm_case_is_calm(run: Run, spec: CaseSpec) -> None:
    case = spec.build()
    plan, draws = case
    got = run(case).ledger
    uses = plan.node_kind == NodeKind.USE
    assert_nothing(got["stock"] - draws.opening_stock, got, 1e-11)
    assert_nothing(got["used"][:, uses] - draws.base_flow[uses], got, 1e-11)
    assert_nothing(got["order"] - draws.base_flow, got, 1e-11)
    flow = np.where(plan.entrant[:, None], 0.0, draws.contract_share * draws.base_flow[plan.lane_node])
    assert_nothing(got["allocated"] - flow, got, 1e-11)
    assert_nothing(got["pipeline"] - flow * draws.lead_ticks, got, 1e-11)
    assert_nothing(got["finished_stock"] - draws.finished_stock_ceiling, got, 1e-11)
    assert_nothing(got["shortage"], got, 1e-11)
    assert np.all(got["expected_fill_rate"][:, ~plan.untried] >= 1.0 - 1e-9)


@some
@given(spec=case_specs(), seed=st.integers(0, 999), position=st.sampled_from(["first", "last"]))
def test_a_control_that_is_never_announced_or_in_force_changes_nothing(
    run: Run, spec: CaseSpec, seed: int, position: str
) -> None:
    """Nor does one that is in force on paper while the control it requires is not."""
    rng = np.random.default_rng(seed)
    pairs = [(x.source, x.node) for x in spec.lanes]
    harsh: dict[str, Any] = {
        "covers": pairs,
        "withdrawal_rate": 0.5,
        "review": 2,
        "diversion_share": 1.0,
        "seized": 1.0,
    }
    idle = (
        control("idle", states=rng.choice([NONE, SUSPENDED], spec.n_ticks), **harsh),
        control("paper", states=rng.choice([BANNED, LICENSING], spec.n_ticks), requires="idle", **harsh),
    )
    more = (*idle, *spec.controls) if position == "first" else (*spec.controls, *idle)
    assert not differences(run(spec.build()).ledger, run(spec.but(controls=more).build()).ledger)


# Sameness under other names and units

QUANTITIES = ("demand", "stock", "goal", "rate")


def scaled(spec: CaseSpec, factor: float) -> CaseSpec:
    """The same case in another unit."""

    def by(item: Any, names: Sequence[str]) -> Any:
        return replace(item, **{n: getattr(item, n) * factor for n in names if getattr(item, n) is not None})

    return spec.but(
        nodes=tuple(by(n, QUANTITIES) for n in spec.nodes),
        sources=tuple(by(s, ("capacity", "finished_stock_ceiling", "finished_stock")) for s in spec.sources),
    )


@some
@given(spec=case_specs(), factor=st.sampled_from([1e-3, 0.7, 1024.0]))
def test_scaling_all_quantities_scales_the_result(run: Run, spec: CaseSpec, factor: float) -> None:
    small, large = run(spec.build()).ledger, run(scaled(spec, factor).build()).ledger
    expected = {name: small[name] * (1.0 if name in INDICES else factor) for name in FIELDS}
    assert not differences(Ledger(expected), large)


@some
@given(spec=case_specs(), seed=st.integers(0, 999))
def test_the_order_of_nodes_sources_lanes_and_controls_is_of_no_consequence(
    run: Run, spec: CaseSpec, seed: int
) -> None:
    """The order of reserves is (they open one after the other), so it is kept."""
    rng = np.random.default_rng(seed)

    def shuffled(items: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(items[i] for i in rng.permutation(len(items)))

    controls = tuple(replace(c, rules=shuffled(c.rules)) for c in shuffled(spec.controls))
    other = spec.but(
        nodes=shuffled(spec.nodes),
        sources=shuffled(spec.sources),
        lanes=shuffled(spec.lanes),
        controls=controls,
    )
    one, two = spec.build(), other.build()
    sorted_alike = _merged(two, run(two).ledger, one, {})
    assert not differences(run(one).ledger, sorted_alike)


def _merged(case: Case, ledger: Ledger, like: Case, whole: Mapping[str, str]) -> Ledger:
    """Add up what is in parts (`whole`: part -> whole) and put the rows in the order of another case.

    Belief and what is paid are those of the last part: parts believe and pay alike.
    """
    merged = Ledger.empty(like.plan, like.draws.n_replications)
    nodes, sources = ([x.name for x in xs] for xs in (case.plan.nodes, case.plan.sources))
    for name, kind in FIELDS.items():
        for row in range(ledger[name].shape[1]):
            if kind.entity == "node":
                at = like.node(whole.get(nodes[row], nodes[row]))
            elif kind.entity == "source":
                at = like.source(whole.get(sources[row], sources[row]))
            else:
                s, n = sources[case.plan.lane_source[row]], nodes[case.plan.lane_node[row]]
                at = like.lane(whole.get(s, s), whole.get(n, n))
            kept = 0.0 if name in INDICES else merged[name][:, at]
            merged[name][:, at] = kept + ledger[name][:, row]
    return merged


def _covering_parts(
    spec: CaseSpec, part_of: Callable[[tuple[str, str]], Sequence[tuple[str, str]]]
) -> tuple[Any, ...]:
    """Controls that cover the parts of each lane they covered."""
    return tuple(
        replace(
            c, rules=tuple(replace(d, covers=tuple(p for x in d.covers for p in part_of(x))) for d in c.rules)
        )
        for c in spec.controls
    )


@some
@given(spec=case_specs(), part=st.sampled_from([0.5, 0.25, 0.9]))
def test_splitting_a_producer_changes_nothing(run: Run, spec: CaseSpec, part: float) -> None:
    """Its capacity, finished stock, shares and qualified shares go to the two parts alike."""
    parts = {"mine0": (("mine0", part), ("second", 1.0 - part))}

    def source_parts(s: SourceSpec) -> list[SourceSpec]:
        made = ("capacity", "finished_stock_ceiling", "finished_stock")
        return [
            replace(s, name=name, **{k: getattr(s, k) * w for k in made if getattr(s, k) is not None})
            for name, w in parts.get(s.name, ((s.name, 1.0),))
        ]

    def lane_parts(x: LaneSpec) -> list[LaneSpec]:
        return [
            replace(x, source=name, contract_share=x.contract_share * w, sourcing_limit=x.sourcing_limit * w)
            for name, w in parts.get(x.source, ((x.source, 1.0),))
        ]

    def conversion_parts(c: ConversionSpec) -> list[ConversionSpec]:
        """What is converted into two parts goes to each of them by its part."""
        return [
            replace(c, of=of, into=into, **{k: getattr(c, k) * w for k in ("limit", "step", "floor")})
            for of, _ in parts.get(c.of, ((c.of, 1.0),))
            for into, w in parts.get(c.into, ((c.into, 1.0),))
        ]

    split = spec.but(
        conversions=tuple(p for c in spec.conversions for p in conversion_parts(c)),
        projects=tuple(
            replace(p, source=name)
            for p in spec.projects
            for name, _ in parts.get(p.source, ((p.source, 1.0),))
        ),
        sources=tuple(p for s in spec.sources for p in source_parts(s)),
        lanes=tuple(p for x in spec.lanes for p in lane_parts(x)),
        controls=_covering_parts(spec, lambda x: [(s, x[1]) for s, _ in parts.get(x[0], ((x[0], 1.0),))]),
    )
    one, two = spec.build(), split.build()
    assert not differences(run(one).ledger, _merged(two, run(two).ledger, one, {"second": "mine0"}))


@some
@given(spec=case_specs(), part=st.sampled_from([0.5, 0.25, 0.9]))
def test_splitting_a_node_changes_nothing(run: Run, spec: CaseSpec, part: float) -> None:
    """Not under max-min, which looks at nodes one by one, nor where a reserve serves one part before the
    other.
    """
    fair = spec.but(
        nodes=tuple(replace(n, serves=tuple(x for x in n.serves if x != "use0")) for n in spec.nodes),
        sources=tuple(
            replace(s, rationing=Rationing.WEIGHTED) if s.rationing is Rationing.MAX_MIN else s
            for s in spec.sources
        ),
    )
    parts = {"use0": (("use0", part), ("second", 1.0 - part))}

    def node_parts(n: NodeSpec) -> list[NodeSpec]:
        return [
            replace(n, name=name, **{k: getattr(n, k) * w for k in QUANTITIES})
            for name, w in parts.get(n.name, ((n.name, 1.0),))
        ]

    def names(name: str) -> list[str]:
        return [part_name for part_name, _ in parts.get(name, ((name, 1.0),))]

    split = fair.but(
        nodes=tuple(p for n in fair.nodes for p in node_parts(n)),
        lanes=tuple(replace(x, node=name) for x in fair.lanes for name in names(x.node)),
        controls=tuple(
            replace(c, third_countries=tuple(name for x in c.third_countries for name in names(x)))
            for c in _covering_parts(fair, lambda x: [(x[0], name) for name in names(x[1])])
        ),
    )
    one, two = fair.build(), split.build()
    assert not differences(run(one).ledger, _merged(two, run(two).ledger, one, {"second": "use0"}))


# Time


@some
@given(spec=case_specs(), turn=st.integers(0, 18))
def test_two_cases_share_their_history_up_to_the_first_differing_draw(
    run: Run, spec: CaseSpec, turn: int
) -> None:
    """Every table is reversed from some tick on, and whatever opens then or later opens elsewhen; what came
    before is the same to the last bit.
    """
    case = spec.build()
    turn = min(turn, spec.n_ticks)
    draws = case.draws
    tables = (
        "growth",
        "noise",
        "substitution",
        "capacity_index",
        "control_state",
        "approval_rate",
        "front_loading",
        "hoarding_cover_ticks",
        "diversion_share",
        "seized_share",
    )
    changed = {name: getattr(draws, name).copy() for name in tables}
    for table in changed.values():
        table[turn:] = table[turn:][::-1].copy()
    opens = np.where(draws.open_tick >= turn, np.minimum(draws.open_tick + 1, spec.n_ticks), draws.open_tick)
    opens = np.where(case.plan.entrant[:, None], np.maximum(opens, np.minimum(turn, draws.open_tick)), 0)
    other = Case(case.plan, replace(draws, **changed, open_tick=opens))
    one, two = run(case).ledger, run(other).ledger
    for name in FIELDS:
        np.testing.assert_array_equal(one[name][:turn], two[name][:turn], err_msg=name)


@some
@given(spec=case_specs())
def test_a_longer_horizon_changes_nothing_within_the_shorter(run: Run, spec: CaseSpec) -> None:
    """The last tick is like any other: nothing looks ahead."""
    case = spec.build()
    shorter = max(1, spec.n_ticks // 2)
    draws = case.draws
    cut: dict[str, Any] = {
        name: array[:shorter]
        for name, array in vars(draws).items()
        if isinstance(array, np.ndarray) and array.ndim == 3
    }
    one = run(case).ledger
    two = run(Case(replace(case.plan, n_ticks=shorter), replace(draws, **cut))).ledger
    for name in FIELDS:
        np.testing.assert_array_equal(one[name][:shorter], two[name], err_msg=name)


def test_announcing_what_nobody_buys_changes_nothing(run: Run) -> None:
    """A control on a lane without contract flow exposes nobody to it."""
    spec = CaseSpec(
        nodes=(NodeSpec(name="a", kind=NodeKind.USE, demand=100.0, cover=1.0),),
        sources=(SourceSpec(name="s", capacity=200.0), SourceSpec(name="z", capacity=200.0)),
        lanes=(LaneSpec(source="s", node="a"), LaneSpec(source="z", node="a", contract_share=0.0)),
        n_ticks=5,
    )
    announced = control("c", states=ANNOUNCED, covers=[("z", "a")], front_loading=3.0, hoarding_cover=9.0)
    assert not differences(run(spec.build()).ledger, run(spec.but(controls=(announced,)).build()).ledger)
