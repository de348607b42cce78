"""Hypothesis strategies for small cases with prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from diamondsim.draws import NO_PRICE
from tests.engines.pricing import PriceSpec, priced
from tests.engines.small_case import Case, CaseSpec
from tests.engines.strategies import Dice, case_specs, rebalanced


@dataclass(frozen=True)
class PricedSpec:
    """A case and its prices; hypothesis prints both if a test fails."""

    case: CaseSpec
    prices: PriceSpec

    def build(self) -> Case:
        return priced(self.case.build(), self.prices)


@st.composite
def priced_specs(draw: st.DrawFn, *, max_ticks: int = 18, replications: int | None = None) -> PricedSpec:
    """Draw a case in which prices move; each kind of response is sometimes omitted."""
    spec = draw(case_specs(max_ticks=max_ticks, replications=replications))
    dice = Dice(np.random.default_rng(draw(st.integers(0, 2**20))), spec.n_ticks, spec.replications)
    if len({n.grade for n in spec.nodes}) == 1 and dice.often(0.3):
        spec = _with_a_grade_more(dice, spec)
    nodes, sources = [n.name for n in spec.nodes], [s.name for s in spec.sources]
    pairs = [(x.source, x.node) for x in spec.lanes]
    zones = {name: dice.one_of("east", "west") for name in (*nodes, *sources)}
    grades = sorted({n.grade for n in spec.nodes})
    prices = PriceSpec(
        zones=dice.one_of(None, zones, zones),
        gain=dice.number(0.02, 0.4),
        link=dice.one_of(0.0, dice.number(0.0, 1.0)),
        planning=dice.one_of(1.0, dice.number(0.01, 1.0)),
        lowest=np.log(dice.number(0.1, 0.9)),
        highest=np.log(dice.number(1.1, 20.0)),
        sourcing=dice.one_of(0.0, dice.number(0.0, 4.0)),
        demand=dice.one_of(0.0, _by_name(dice, nodes, 0.0, 1.5)),
        supply=dice.one_of(0.0, _by_name(dice, sources, 0.0, 3.0)),
        supply_gain=_by_name(dice, sources, 0.05, 1.0),
        floor=dice.one_of(NO_PRICE, _by_name(dice, sources, -1.0, 0.7)),
        stop=dice.one_of(NO_PRICE, _by_name(dice, sources, -1.0, 0.3)),
        ask=dice.one_of(NO_PRICE, NO_PRICE, _by_name(dice, sources, -1.0, 0.7)),
        surcharges=[(dice.some(pairs, 0.6), _log_steps(dice)) for _ in range(dice.one_of(0, 1, 3))],
        costs=dice.one_of(None, {name: _log_steps(dice) for name in dice.some(sources, 0.6)}),
        unpriced=dice.some(grades, 0.15),
    )
    names = [f"{c.of} into {c.into}" for c in spec.conversions]
    return PricedSpec(
        spec,
        replace(
            prices,
            ask_changes=dice.one_of(None, {name: _log_steps(dice) for name in dice.some(sources, 0.5)}),
            worth=_by_name(dice, names, 0.5, 1.5),
            fee=_by_name(dice, names, 0.0, 0.3),
        ),
    )


def _by_name(dice: Dice, names: Sequence[str], low: float, high: float) -> dict[str, float]:
    return {name: float(dice.rng.uniform(low, high)) for name in dice.some(names, 0.7)}


def _log_steps(dice: Dice) -> list[float]:
    """Draw a number that changes occasionally; it usually starts at 0."""
    steps = [dice.one_of(0.0, 0.0, 0.2)]
    while len(steps) < dice.ticks:
        steps.append(float(dice.rng.normal(0.0, 0.3)) if dice.often(0.15) else steps[-1])
    return steps


def _with_a_grade_more(dice: Dice, spec: CaseSpec) -> CaseSpec:
    """Move some nodes and sources to another grade; drop lanes that would connect two grades."""
    other = set(dice.some([n.name for n in spec.nodes if not n.serves], 0.5))
    makers = set(dice.some([s.name for s in spec.sources], 0.5))
    served = {name for n in spec.nodes for name in n.serves}

    def grade(name: str) -> dict[str, Any]:
        return {"grade": "powder"} if name in (other - served) | makers else {}

    lanes = [x for x in spec.lanes if grade(x.source) == grade(x.node)]
    there = {(x.source, x.node) for x in lanes}
    return spec.but(
        nodes=tuple(replace(n, **grade(n.name)) for n in spec.nodes),
        sources=tuple(replace(s, **grade(s.name)) for s in spec.sources),
        lanes=tuple(rebalanced(lanes)),
        controls=tuple(
            replace(
                c,
                rules=tuple(replace(d, covers=tuple(sorted(there.intersection(d.covers)))) for d in c.rules),
            )
            for c in spec.controls
        ),
    )
