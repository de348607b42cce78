"""Buyers carved out of invented markets."""

from __future__ import annotations

import copy

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.running import ENGINES, Run
from tests.invented.carving import FIRM
from tests.invented.outline import Outline
from tests.invented.playing import case_of, unlike
from tests.invented.reshaping import as_in
from tests.invented.selecting import Mapping
from tests.invented.strategies import invent, outlines

some = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=25
)


def without_turns(content: Mapping) -> Mapping:
    """Return a scenario in which no two parts of a use are treated differently by design."""
    other = copy.deepcopy(content)
    for about in (*other["producers"].values(), *other.get("facilities", {}).values()):
        if about.get("rationing") == "max_min":
            about["rationing"] = "weighted"
    for name in ("reserves", "buyers", "correlation"):
        other.pop(name, None)
    return other


def carve(content: Mapping, share: str) -> Mapping:
    region = next(iter(content["demand"]))
    use = next(iter(content["demand"][region]))
    return {**content, "buyers": {FIRM: {"aggregate": f"{region}.{use}", "share": share}}}


@some
@given(
    outline=outlines(),
    share=st.sampled_from(["5%", "50%", "93.7%"]),
    run=st.sampled_from([*ENGINES.values()]),
)
def test_a_buyer_carved_out_at_average_values_changes_nothing(run: Run, outline: Outline, share: str) -> None:
    """Noise, growth and whatever is uncertain included: they are the draws of its use."""
    content = without_turns(invent(outline))
    one = case_of(content, seed=outline.seed)
    two = case_of(carve(content, share), seed=outline.seed)
    assert two.plan.n_nodes > one.plan.n_nodes
    together = as_in(one, two, run(two).ledger, lambda word: word.replace(f"/{FIRM}.", "."))
    assert not unlike(run(one).ledger, together)


def test_a_buyer_with_more_stock_is_short_later_and_the_aggregate_is_none_the_worse() -> None:
    """Stock that was laid up before is nobody else's loss."""
    base = {
        "title": "A ban",
        "horizon": {"start": "2026-01-01", "length": "280 days"},
        "regions": {"CN": {}, "JP": {}},
        "grades": {"mesh": {"unit": "ct"}},
        "uses": {"machining": {"grades": {"mesh": "100%"}}},
        "demand": {"JP": {"machining": "100 ct/day"}},
        "inventory_policy": {"any": {"cover": "60 days", "lead": "7 days"}},
        "producers": {"cn": {"region": "CN", "capacity": {"mesh": "400 ct/day"}}},
        "trade": {"cn": {"JP": "100 ct/day"}},
        "controls": {
            "ban": {"covers": {"from": "CN", "grades": "mesh"}, "timeline": {"2026-02-26": "banned"}}
        },
    }
    firm = {"aggregate": "JP.machining", "share": "20%", "inventory_policy": {"cover": "120 days"}}
    for run in ENGINES.values():
        got = run(case_of({**base, "buyers": {FIRM: firm}}, seed=0, count=1))
        whole = got.of("shortage", "JP.machining.mesh")
        mine = got.of("shortage", f"JP.machining/{FIRM}.mesh")
        # The ban begins with tick 8; a tick's transit and 60 days, or 120, are left.
        onset = [int(np.flatnonzero(np.array(series) > 1e-9)[0]) for series in (whole, mine)]
        assert onset == [8 + 1 + 8, 8 + 1 + 17]
        alone = run(case_of(base, seed=0, count=1)).of("shortage", "JP.machining.mesh")
        np.testing.assert_allclose(np.array(whole), 0.8 * np.array(alone), rtol=1e-9)
