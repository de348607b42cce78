"""Paths and rationing of the event engine, worked out by hand from docs/model.md."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.engines.event import run
from diamondsim.engines.event.source_process import water_fill
from diamondsim.plan import Rationing
from tests.engines.known_cases import close
from tests.engines.small_case import lane, reserve, small_case, source, use


def test_three_nodes_two_sources_and_a_reserve_worked_out_by_hand() -> None:
    """Tick 0. Tools (100 per tick, 60 from cn, 40 from us, cover 1) and drills (50, all from cn). cn makes
    110, us 45, and us serves its reserve (goal 20) in tier 1 only. Drills demand 80 and use 50; the reserve
    stays closed, since 30 of 80 is below its trigger; half of the 30 is backordered. Orders: tools
    200 - 100 = 100, drills 50 + 15 = 65, reserve 20 - 12 = 8. cn receives requests for 60 + 65, and rations
    its 110 with the weights 60 and 1.2 * 50. What tools lack they get from us in round two, before the
    reserve, which gets nothing.

    Tick 1. Drills use 50 for new demand and the rest for their backlog. Tools order a little more from us.
    Both are rationed at cn, half by contract, half by their smoothed purchases.
    """
    w = small_case(
        n_ticks=2,
        purchase_gain=0.5,
        nodes=[
            use("tools", demand=100, cover=1, fill_rate_gain=0.5),
            use("drills", demand=50, noise=[0.6, 0.0], backorder_share=0.5, fill_rate_gain=0.5),
            reserve(
                "r", serves=["drills"], stock=12, refill=10, goal=20, trigger=0.5, rate=5, fill_rate_gain=0.5
            ),
        ],
        sources=[source("cn", capacity=110, rationing=Rationing.WEIGHTED), source("us", capacity=45)],
        lanes=[
            lane("cn", "tools", contract_share=0.6, sourcing_limit=1.0),
            lane("us", "tools", contract_share=0.4, sourcing_limit=1.0),
            lane("cn", "drills", contract_share=1.0, sourcing_limit=2.0, allocation_weight=1.2),
            lane("us", "r", contract_share=1.0, sourcing_limit=1.0, tier=1, opens=0),
        ],
    )
    ledger = run(*w)[0]
    cut_tools, cut_drills, more = 55, 55, 5
    # Rows: cn-tools, us-tools, cn-drills, us-r.
    assert ledger["allocated"][0, :, 0].tolist() == close([cut_tools, 40 + more, cut_drills, 5 - more])
    assert ledger["shortage"][0, :, 0].tolist() == close([0, 30, 0])
    assert ledger["order"][0, :, 0].tolist() == close([100, 65, 8])
    assert ledger["output"][0, :, 0].tolist() == close([110, 45])
    # The fill rate is measured against the contract flow, 60 and 50 at cn, or the desired order where that is
    # less, 8 of the reserve.
    fill_rate = [
        1 + 0.5 * (cut_tools / 60 - 1),
        1.0,
        1.0,
        1 + 0.5 * ((5 - more) / 8 - 1),
    ]
    assert ledger["expected_fill_rate"][0, :, 0].tolist() == close(fill_rate)
    assert ledger["arrived"][1, :, 0].tolist() == close([100, cut_drills, 5 - more])
    assert ledger["backlog"][1, 1, 0] == pytest.approx(15 - (cut_drills - 50))
    assert ledger["stock"][1, :, 0].tolist() == close([100, 0, 17 - more])
    share = [0.6 * fill_rate[0], 0.4]
    desired_order = [100 * x / sum(share) for x in share]
    v = [60 + 0.5 * (cut_tools - 60), 50 + 0.5 * (cut_drills - 50)]
    p = [0.5 * 60 + 0.5 * v[0], 1.2 * (0.5 * 50 + 0.5 * v[1])]
    drills = 50 + 15 - (cut_drills - 50)
    theta = 110 / sum(p)
    assert desired_order[0] > theta * p[0]
    assert drills > theta * p[1]
    assert ledger["allocated"][1, 0, 0] == pytest.approx(theta * p[0], rel=1e-12)
    assert ledger["allocated"][1, 2, 0] == pytest.approx(theta * p[1], rel=1e-12)


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(1e-3, 1e6)), min_size=1, max_size=8), st.floats(0, 0.999)
)
def test_water_filling_gives_all_there_is_at_one_level(rows: list[tuple[float, float]], share: float) -> None:
    requests, weights = [q for q, _ in rows], [p for _, p in rows]
    available = share * sum(requests)
    got = water_fill(available, requests, weights)
    assert sum(got) == pytest.approx(available, rel=1e-9, abs=1e-9)
    assert all(0 <= g <= q * (1 + 1e-12) for g, q in zip(got, requests, strict=True))
    levels = [g / p for g, q, p in zip(got, requests, weights, strict=True) if g < q * (1 - 1e-9)]
    full = [g / p for g, q, p in zip(got, requests, weights, strict=True) if 0 < q * (1 - 1e-9) <= g]
    if levels:
        assert levels == pytest.approx([levels[0]] * len(levels), rel=1e-9)
        assert max(full, default=0.0) <= levels[0] * (1 + 1e-9)


def test_a_request_without_weight_gets_nothing() -> None:
    assert water_fill(5.0, [4.0, 4.0, 0.0], [0.0, 1.0, 1.0]) == [0.0, 4.0, 0.0]
