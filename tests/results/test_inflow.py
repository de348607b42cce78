"""When a control is felt."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diamondsim.results.inflow import in_force, inflow_lost
from tests.engines.small_case import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    control,
    lane,
    small_case,
    source,
    use,
)


def lost(*, nodes=("a",), **parts):
    w = small_case(nodes=[use(n, demand=100) for n in nodes], n_ticks=20, **parts)
    return inflow_lost(w.plan, w.draws, in_force(w.plan, w.draws))


SOURCES = [source("near", capacity=100), source("far", capacity=100)]
BAN_AT_3 = [NONE, ANNOUNCED, SUSPENDED, BANNED]


def test_a_control_is_felt_one_weighted_lead_of_its_lanes_after_it_comes_into_force():
    lanes = [lane("near", "a", contract_share=0.6, lead=1), lane("far", "a", contract_share=0.4, lead=6)]
    both = [("near", "a"), ("far", "a")]
    assert lost(sources=SOURCES, lanes=lanes, controls=[control("c", states=BAN_AT_3, covers=both)]) == 3 + 3
    far = [control("c", states=BAN_AT_3, covers=[("far", "a")])]
    assert lost(sources=SOURCES, lanes=lanes, controls=far) == 3 + 6


def test_half_a_tick_of_lead_rounds_up():
    lanes = [lane("near", "a", contract_share=0.5, lead=1), lane("far", "a", contract_share=0.5, lead=2)]
    both = [("near", "a"), ("far", "a")]
    assert lost(sources=SOURCES, lanes=lanes, controls=[control("c", states=BAN_AT_3, covers=both)]) == 3 + 2


def test_of_two_controls_the_one_felt_first_counts():
    lanes = [lane("near", "a", contract_share=0.5, lead=1), lane("far", "a", contract_share=0.5, lead=9)]
    controls = [
        control("early", states=[NONE, BANNED], covers=[("far", "a")]),
        control("late", states=[NONE] * 5 + [LICENSING], covers=[("near", "a")]),
    ]
    assert lost(sources=SOURCES, lanes=lanes, controls=controls) == 5 + 1


def test_a_control_that_requires_another_counts_from_the_day_both_are_in_force():
    lanes = [lane("near", "a", lead=1)]
    controls = [
        control("list", states=[NONE] * 4 + [LICENSING]),
        control("ban", states=[BANNED], covers=[("near", "a")], requires="list"),
    ]
    assert lost(sources=SOURCES, lanes=lanes, controls=controls) == 4 + 1


@pytest.mark.parametrize(
    "states, covers, share",
    [
        ([NONE, ANNOUNCED, SUSPENDED], [("near", "a")], 1.0),  # never in force
        (BAN_AT_3, [("far", "b")], 1.0),  # someone else's lane
        (BAN_AT_3, [("near", "a")], 0.0),  # a lane that carries nothing
        ([NONE] * 19 + [BANNED], [("near", "a")], 1.0),  # felt after the end
    ],
)
def test_nothing_is_lost_where_no_inflow_of_the_node_is_held_back(states, covers, share):
    lanes = [lane("near", "a", contract_share=share, lead=1), lane("far", "b", lead=1)]
    found = lost(
        nodes=("a", "b"), sources=SOURCES, lanes=lanes, controls=[control("c", states=states, covers=covers)]
    )
    assert math.isnan(found[0, 0])


def test_an_entrant_has_no_inflow_to_lose():
    lanes = [lane("near", "a", lead=1, opens=0, contract_share=0.5), lane("far", "a", lead=1)]
    controls = [control("c", states=BAN_AT_3, covers=[("near", "a")])]
    assert np.isnan(lost(sources=SOURCES, lanes=lanes, controls=controls)).all()
