"""Hypothesis strategies for small cases: the structure is drawn, and the numbers come from a drawn seed.

So generation is fast, and a failing case still shrinks to few nodes, sources, lanes and controls. Every
mechanism of docs/model.md occurs with useful probability. A case lies exactly on a threshold of the model
(eligibility, the trigger of a reserve) only through an exact zero, so rounding cannot put two engines on
different sides of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from diamondsim.plan import NO_CEILING, ControlState, NodeKind, Rationing, Relay
from tests.engines.small_case import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    CaseSpec,
    ControlSpec,
    ConversionSpec,
    LaneSpec,
    NodeSpec,
    ProjectSpec,
    RuleSpec,
    SourceSpec,
)

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dice:
    """Random numbers in the shapes that a case needs: (R,) or (T, R)."""

    rng: np.random.Generator
    ticks: int
    replications: int

    def number(self, low: float, high: float) -> FloatArray:
        """Draw uniform numbers, one per replication."""
        return self.rng.uniform(low, high, self.replications)

    def whole(self, low: int, high: int) -> npt.NDArray[np.int64]:
        """Draw integers in [low, high], one per replication."""
        return self.rng.integers(low, high + 1, self.replications)

    def often(self, chance: float) -> bool:
        """Return True with the given probability."""
        return bool(self.rng.random() < chance)

    def one_of(self, *options: Any) -> Any:
        """Choose one of the values, the same for all replications."""
        return options[self.rng.integers(len(options))]

    def some(self, names: Sequence[Any], chance: float) -> list[Any]:
        """Choose a subset of a list, in random order."""
        return [names[i] for i in self.rng.permutation(len(names)) if self.often(chance)]

    def steps(self, options: Sequence[float], *, change: float) -> FloatArray:
        """Draw a table (T, R) of piecewise constant values, independently in each replication."""
        table = np.empty((self.ticks, self.replications))
        for r in range(self.replications):
            for t in range(self.ticks):
                fresh = t == 0 or self.often(change)
                table[t, r] = self.one_of(*options) if fresh else table[t - 1, r]
        return table

    def shares(self, n: int) -> FloatArray:
        """Draw shares (n, R) that sum to 1, some of them exactly zero."""
        weights = self.rng.uniform(0.1, 1.0, (n, self.replications))
        weights[1:] *= self.rng.random((n - 1, self.replications)) < 0.9
        return np.asarray(weights / weights.sum(axis=0))


@st.composite
def case_specs(draw: st.DrawFn, *, max_ticks: int = 18, replications: int | None = None) -> CaseSpec:
    """Draw a case in which every mechanism can occur."""
    ticks = draw(st.integers(1, max_ticks))
    dice = Dice(
        np.random.default_rng(draw(st.integers(0, 2**20))),
        ticks,
        replications or draw(st.integers(1, 3)),
    )
    n_uses, n_primary = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    n_processors, n_entrants = draw(st.integers(0, 2)), draw(st.integers(0, 1))
    n_reserves, n_controls = draw(st.integers(0, 2)), draw(st.integers(0, 3))
    scale = 10.0 ** draw(st.integers(-2, 5))

    uses = [_use(dice, f"use{i}", scale) for i in range(n_uses)]
    feeds = [_feed(dice, f"feed{i}", scale) for i in range(n_processors)]
    reserves = [_reserve(dice, f"reserve{i}", [u.name for u in uses], scale) for i in range(n_reserves)]
    primaries = [f"mine{i}" for i in range(n_primary)]
    processors = [f"saw{i}" for i in range(n_processors)]
    entrants = [f"plant{i}" for i in range(n_entrants)]

    lanes: list[LaneSpec] = []
    for node in (*uses, *reserves):
        lanes += _lanes(dice, node.name, primaries + processors, entrants + primaries + processors)
    for i, node in enumerate(feeds):
        lanes += _lanes(dice, node.name, primaries + processors[:i], entrants)

    flow = {name: np.zeros(dice.replications) for name in (*primaries, *processors, *entrants)}
    demand = {n.name: n.demand for n in (*uses, *feeds, *reserves)}
    for x in lanes:
        flow[x.source] = flow[x.source] + x.contract_share * demand[x.node]
    sources = [_source(dice, name, flow[name], scale) for name in (*primaries, *entrants)]
    sources += [
        replace(_source(dice, name, flow[name], scale), feed=feeds[i].name, yield_=dice.number(0.2, 1.0))
        for i, name in enumerate(processors)
    ]
    nodes = [*uses, *feeds, *reserves]
    if n_processors and dice.often(0.3):
        nodes = [
            replace(n, grade="plate")
            if n.name == "use0"
            else replace(n, serves=tuple(name for name in n.serves if name != "use0"))
            for n in nodes
        ]
        sources = [replace(s, grade="plate") if s.name == "saw0" else s for s in sources]
        lanes = [x for x in lanes if (x.source == "saw0") == (x.node == "use0")]
        lanes = rebalanced(lanes)
    return CaseSpec(
        nodes=tuple(_shuffled(dice, nodes)),
        sources=tuple(_shuffled(dice, sources)),
        lanes=tuple(lanes),
        controls=_controls(dice, n_controls, lanes),
        n_ticks=ticks,
        replications=dice.replications,
        purchase_gain=dice.number(0.02, 0.6),
        contract_weight=dice.one_of(1.0, dice.number(0.0, 1.0), dice.number(0.0, 1.0)),
        rows=_rows(dice),
        grade_units={"plate": "cm2"},
        reserve_order=tuple(_shuffled(dice, [v.name for v in reserves])),
        conversions=_conversions(dice, sources),
        projects=_projects(dice, sources),
    )


def _shuffled(dice: Dice, items: Sequence[Any]) -> list[Any]:
    return [items[i] for i in dice.rng.permutation(len(items))]


def _buyer(dice: Dice, scale: float) -> dict[str, Any]:
    """Draw the fields that every node has."""
    demand = scale * dice.number(0.2, 2.0) * dice.one_of(1.0, 1.0, 1.0, 1.0, 1.0, 0.0)
    cover = dice.one_of(0.0, dice.number(0.5, 5.0))
    stock = dice.one_of(None, None, 0.0, demand * dice.number(0.0, 8.0))
    return {
        "demand": demand,
        "cover": cover,
        "stock": cover * demand if stock is None else stock,
        "growth": dice.one_of("growth", _growth(dice), None),
        "max_order": dice.one_of(NO_CEILING, 1.5, dice.number(0.8, 3.0)),
        "queue_weight": dice.one_of(1.0, 0.0, dice.number(0.0, 1.0)),
        "fill_rate_gain": dice.one_of(1.0, 0.0, dice.number(0.05, 0.6), dice.number(0.05, 0.6)),
        "qualification_rate": dice.one_of(0.0, 0.0, 1.0, 1.0 / dice.whole(1, 8)),
        "qualification_trigger": dice.one_of(0.9, dice.number(0.3, 1.0), 1.0),
        "min_fill_rate": dice.one_of(0.05, 0.05, 0.001, dice.number(0.001, 0.4)),
        "tracked": dice.number(0.0, 1.0),
    }


def _use(dice: Dice, name: str, scale: float) -> NodeSpec:
    return NodeSpec(
        name=name,
        kind=NodeKind.USE,
        noise=dice.one_of("noise", _noise(dice), None),
        substitution=dice.one_of("substitution", _rising(dice), None),
        backorder_share=dice.one_of(1.0, 0.0, dice.number(0.0, 1.0)),
        backorder_lapse=dice.one_of(0.0, dice.number(0.0, 0.5), dice.number(0.0, 0.5), 1.0),
        **_buyer(dice, scale),
        lot_ticks=_lot(dice),
    )


def _feed(dice: Dice, name: str, scale: float) -> NodeSpec:
    return NodeSpec(name=name, kind=NodeKind.FEED, **_buyer(dice, scale), lot_ticks=_lot(dice))


def _lot(dice: Dice) -> Any:
    return dice.one_of(0.0, 0.0, 0.0, dice.number(0.1, 6.0))


def _reserve(dice: Dice, name: str, uses: Sequence[str], scale: float) -> NodeSpec:
    more = _buyer(dice, scale) | {"stock": scale * dice.number(0.0, 4.0)}
    return NodeSpec(
        name=name,
        kind=NodeKind.RESERVE,
        goal=scale * dice.number(0.0, 8.0),
        serves=tuple(dice.some(uses, 0.8)) or (uses[0],),
        rate=dice.one_of(NO_CEILING * scale, scale * dice.number(0.05, 1.0)),
        trigger=dice.one_of(0.0, dice.number(0.0, 0.7)),
        hold_back=dice.one_of(0.0, dice.number(0.0, 1.0)),
        **more,
    )


def _source(dice: Dice, name: str, flow: FloatArray, scale: float) -> SourceSpec:
    capacity = dice.one_of(
        flow * dice.number(0.4, 1.2), flow * dice.number(1.0, 2.5), scale * dice.number(0.0, 3.0)
    )
    capacity = capacity * dice.one_of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0)
    ceiling = capacity * dice.one_of(0.0, dice.number(0.0, 4.0))
    return SourceSpec(
        name=name,
        capacity=capacity,
        index=dice.one_of("index", dice.steps([1.0, 0.9, 0.4, 1.3, 0.0], change=0.3), None),
        finished_stock_ceiling=ceiling,
        finished_stock=dice.one_of(None, 0.0, capacity * dice.number(0.0, 6.0)),
        tracked=dice.number(0.0, 1.0),
        rationing=dice.one_of(*Rationing),
        adoption=dice.one_of(0.0, 0.0, dice.number(1.0, 60.0)),
    )


def _lanes(dice: Dice, node: str, incumbents: Sequence[str], entrants: Sequence[str]) -> list[LaneSpec]:
    """Draw the lanes of one node: incumbents whose shares sum to 1, entrants whose shares sum to at
    most 1, or no lanes.
    """
    names = dice.some(incumbents, 0.75) or ([] if dice.often(0.25) else list(incumbents[:1]))
    rows = dice.shares(len(names)) if names else np.zeros((0, dice.replications))
    lanes = [_lane(dice, s, node, share, None) for s, share in zip(names, rows, strict=True)]
    fresh = [s for s in dice.some(entrants, 0.4) if s not in names]
    left = np.ones(dice.replications)
    for s in fresh:
        share = dice.one_of(1.0, dice.number(0.0, 1.0), dice.number(0.0, 1.0)) * left
        opens = dice.one_of(np.zeros(dice.replications), dice.whole(0, dice.ticks), dice.whole(1, 6))
        lanes.append(_lane(dice, s, node, share, np.minimum(opens, dice.ticks)))
        left = left - share
    return lanes


def _lane(dice: Dice, source: str, node: str, share: FloatArray, opens: Any) -> LaneSpec:
    leads = dice.one_of(np.ones(dice.replications), dice.whole(1, 4), dice.whole(1, 4))
    return LaneSpec(
        source=source,
        node=node,
        contract_share=share,
        lead=dice.whole(1, dice.ticks + 4) if dice.often(0.1) else leads,
        sourcing_limit=dice.one_of(
            NO_CEILING, dice.number(0.0, 0.6), dice.number(0.3, 2.0), share * dice.number(0.9, 1.5), 0.0
        ),
        tier=int(dice.one_of(0, 0, 0, 1, 2)),
        allocation_weight=dice.one_of(0.0, *[dice.number(0.2, 5.0)] * 7),
        opens=opens,
    )


def rebalanced(lanes: Sequence[LaneSpec]) -> list[LaneSpec]:
    """Rescale the incumbent shares of every node to sum to 1; a node without incumbents stays without."""
    shares: dict[str, list[Any]] = {}
    for x in lanes:
        if x.opens is None:
            shares.setdefault(x.node, []).append(np.asarray(x.contract_share))
    total = {node: np.sum(own, axis=0) for node, own in shares.items()}

    def again(x: LaneSpec) -> FloatArray:
        whole = total[x.node]
        return np.where(
            whole > 0.0, x.contract_share / np.where(whole > 0.0, whole, 1.0), 1.0 / len(shares[x.node])
        )

    return [replace(x, contract_share=again(x)) if x.opens is None else x for x in lanes]


def _controls(dice: Dice, n: int, lanes: Sequence[LaneSpec]) -> tuple[ControlSpec, ...]:
    names = [f"control{i}" for i in range(n)]
    pairs = [(x.source, x.node) for x in lanes]
    controls = []
    for name in names:
        others = [other for other in names if other != name]
        covered = dice.some(pairs, dice.one_of(0.4, 0.8, 1.0))
        cut = len(covered) // 2 if dice.often(0.5) else 0
        states = _states(dice)
        controls.append(
            ControlSpec(
                name=name,
                states=states,
                rules=tuple(_rule(dice, part) for part in (covered[:cut], covered[cut:])),
                requires=dice.one_of(*others) if others and dice.often(0.3) else None,
                front_loading=np.where(
                    states == ANNOUNCED, dice.steps([0.0, 1.3, 2.5, 0.9], change=0.1), 0.0
                ),
                hoarding_cover=np.where(states != NONE, dice.steps([0.0, 0.7, 4.0], change=0.1), 0.0),
                diversion_share=dice.steps([0.0, 0.15, 0.6, 1.0], change=0.2),
                seized=dice.steps([0.0, 0.3, 1.0], change=0.2),
                diversion_delay=dice.whole(1, 5),
                third_countries=tuple(dice.some(sorted({x.node for x in lanes}), dice.one_of(0.0, 0.3, 0.5))),
                relay=dice.one_of(*Relay, Relay.INSIDE, Relay.INSIDE),
                relay_share=dice.one_of(1.0, dice.number(0.0, 1.0)),
                relay_gain=dice.one_of(1.0, dice.number(0.02, 1.0)),
                release_factor=dice.one_of(3.0, dice.number(0.0, 6.0)),
            )
        )
    return tuple(controls)


def _states(dice: Dice) -> FloatArray:
    options: list[ControlState] = [NONE, ANNOUNCED, LICENSING, LICENSING, BANNED, SUSPENDED]
    return dice.steps([float(s) for s in options], change=0.25)


def _rule(dice: Dice, covers: Sequence[tuple[str, str]]) -> RuleSpec:
    return RuleSpec(
        covers=tuple(covers),
        approval_rate=dice.steps([0.0, 0.1, 0.35, 0.8, 1.0, 4.0], change=0.2),
        withdrawal_rate=dice.one_of(0.0, dice.number(0.0, 0.5), 1.0),
        review=dice.one_of(0, dice.whole(0, 3)),
    )


def _conversions(dice: Dice, sources: Sequence[SourceSpec]) -> tuple[ConversionSpec, ...]:
    """Draw conversions between sources without feed that are counted in one unit, one from each."""
    able = [s for s in sources if s.feed is None]
    chosen = dice.some(able, 0.6) if len(able) > 1 else []
    return tuple(
        ConversionSpec(
            of=s.name,
            into=dice.one_of(*(other.name for other in able if other is not s)),
            limit=dice.one_of(1.0, dice.number(0.0, 1.0)),
            yield_=dice.number(0.3, 1.0),
            step=dice.number(0.02, 0.5),
            floor=dice.one_of(0.0, -dice.number(0.0, 0.8)),
        )
        for s in chosen
    )


def _projects(dice: Dice, sources: Sequence[SourceSpec]) -> tuple[ProjectSpec, ...]:
    """Draw projects; a source may have two."""
    return tuple(
        ProjectSpec(
            source=s.name,
            threshold=1.0 + dice.number(0.0, 0.6),
            gain=dice.one_of(1.0, dice.number(0.1, 0.9)),
            delay=dice.whole(1, 6),
            ramp=dice.whole(1, 5),
            size=dice.number(0.0, 1.0),
            times=int(dice.one_of(1, 2, 3)),
            kept=dice.one_of(None, dice.steps([0.0, 0.5, 1.0], change=0.2)),
        )
        for s in (*dice.some(list(sources), 0.4), *dice.some(list(sources), 0.15))
    )


def _rows(dice: Dice) -> dict[str, Any]:
    """Draw table rows that several nodes or sources may share."""
    return {
        "growth": _growth(dice),
        "noise": _noise(dice),
        "substitution": _rising(dice),
        "index": dice.steps([1.0, 0.7, 0.0], change=0.2),
    }


def _growth(dice: Dice) -> FloatArray:
    shape = (dice.ticks, dice.replications)
    table = np.cumprod(dice.rng.uniform(0.85, 1.18, shape), axis=0)
    table[0] = 1.0
    if dice.often(0.1):
        table[max(1, dice.ticks // 2) :] = 0.0
    return np.asarray(table)


def _noise(dice: Dice) -> FloatArray:
    shape = (dice.ticks, dice.replications)
    table = dice.rng.normal(0.0, dice.one_of(0.05, 0.3, 0.8), shape)
    table[dice.rng.random(shape) < 0.08] = -1.0
    return np.asarray(table)


def _rising(dice: Dice) -> FloatArray:
    shape = (dice.ticks, dice.replications)
    steps = dice.rng.uniform(0.0, 0.15, shape) * (dice.rng.random(shape) < 0.5)
    return np.asarray(np.minimum(np.cumsum(steps, axis=0), dice.number(0.0, 1.0)))


@st.composite
def calm_specs(draw: st.DrawFn) -> CaseSpec:
    """Draw a steady case: contract flows only; no growth, noise, outages, controls or lanes that open."""
    spec = draw(case_specs())
    lanes = tuple(_calm_lane(x, spec.n_ticks) for x in spec.lanes)
    supplied = {x.node for x in lanes if x.opens is None}
    own = tuple(LaneSpec(source="mine0", node=n.name) for n in spec.nodes if n.name not in supplied)
    taken = {x.node for x in own}
    lanes = (*(x for x in lanes if x.node not in taken), *own)
    demand, flow = _steady_flows(spec, lanes)
    return spec.but(
        lanes=lanes,
        controls=(),
        nodes=tuple(_calm_node(n, demand[n.name]) for n in spec.nodes),
        sources=tuple(
            replace(s, capacity=flow[s.name] * 1.25, index=None, finished_stock=None) for s in spec.sources
        ),
    )


def _calm_lane(x: LaneSpec, never: int) -> LaneSpec:
    return replace(
        x,
        sourcing_limit=np.maximum(x.sourcing_limit, x.contract_share),
        opens=None if x.opens is None else never,
    )


def _calm_node(n: NodeSpec, demand: Any) -> NodeSpec:
    stock = n.stock if n.kind is NodeKind.RESERVE else n.cover * demand
    return replace(
        n,
        demand=demand,
        stock=stock,
        goal=stock if n.kind is NodeKind.RESERVE else 0.0,
        growth=None,
        noise=None,
        max_order=np.maximum(n.max_order, 1.0),
        lot_ticks=0.0,
    )


def _steady_flows(spec: CaseSpec, lanes: Sequence[LaneSpec]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the flow of each node and source; a feed matches the sales of its source, reserves buy none."""
    maker: dict[str | None, SourceSpec] = {s.feed: s for s in spec.sources if s.feed is not None}
    demand: dict[str, Any] = {}
    flow: dict[str, Any] = {s.name: np.zeros(spec.replications) for s in spec.sources}
    uses = [n for n in spec.nodes if n.kind is NodeKind.USE]
    feeds = sorted((n for n in spec.nodes if n.kind is NodeKind.FEED), key=lambda n: n.name, reverse=True)
    for n in (*uses, *feeds):
        demand[n.name] = (
            n.demand if n.kind is NodeKind.USE else flow[maker[n.name].name] / maker[n.name].yield_
        )
        for x in lanes:
            if x.node == n.name and x.opens is None:
                flow[x.source] = flow[x.source] + x.contract_share * demand[n.name]
    reserves = {n.name: 0.0 * n.demand for n in spec.nodes if n.kind is NodeKind.RESERVE}
    return demand | reserves, flow
