"""The admitted flow of a control by month, counted by hand in weeks."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from diamondsim.ledger import Ledger
from diamondsim.results import MONTHS, RECORDED_FOR_ADMITTED, admitted_by_month, precedents
from tests.engines.small_case import BANNED, LICENSING, NONE, control, lane, small_case, source, use

PUBLISHED = Path(__file__).parents[1] / "control_episodes" / "published_shares.csv"
WEEKS = 20
BEGINS = (9, 7, WEEKS)
"""First week of the control in each replication; in the last it is never in force."""


def admitted(*, region=None):
    """Of 100 and 50 a week that contracts carry, week t sends t under licence to one and 2 free to the other.

    Neither an entrant's lane nor one that the control does not cover counts.
    """
    states = np.array([[BANNED if t >= begin else NONE for begin in BEGINS] for t in range(WEEKS)])
    case = small_case(
        nodes=[use("a", demand=200.0, growth=[1.0] * 10 + [2.0]), use("b", demand=50.0)],
        sources=[source("s", capacity=1e3), source("far", capacity=1e3), source("plant", capacity=1e3)],
        lanes=[
            lane("s", "a", contract_share=0.5),
            lane("s", "b"),
            lane("far", "a", contract_share=0.5),
            lane("plant", "a", opens=0, contract_share=0.0),
        ],
        controls=[
            control("other", states=[LICENSING]),
            control("c", states=states, covers=[("s", "a"), ("s", "b"), ("plant", "a")]),
        ],
        n_ticks=WEEKS,
        replications=len(BEGINS),
    )
    nodes = tuple(
        replace(node, region=place) for node, place in zip(case.plan.nodes, ("US", "JP"), strict=True)
    )
    plan = replace(case.plan, nodes=nodes)
    ledger = Ledger.empty(plan, len(BEGINS), RECORDED_FOR_ADMITTED)
    for field in RECORDED_FOR_ADMITTED:
        ledger[field][...] = 0.0
    ledger["granted"][:, case.lane("s", "a")] = np.arange(WEEKS)[:, np.newaxis]
    ledger["shipped"][:, case.lane("s", "b")] = 2.0
    ledger["shipped"][:, case.lane("far", "a")] = 1e6
    ledger["granted"][:, case.lane("plant", "a")] = 1e6
    flow = admitted_by_month(plan, case.draws, ledger, control=1, region=region)
    return dict(zip(MONTHS, flow, strict=True))


def test_a_month_counts_the_weeks_that_start_in_it_over_the_flow_of_contracts():
    """From week 10 on demand at one node is twice what it was. Four or five weeks start in a month."""
    flow = admitted()
    assert flow[1][0] == pytest.approx((9 + 10 + 11 + 12 + 13 + 5 * 2) / (150 + 4 * 250))
    assert flow[2][0] == pytest.approx((14 + 15 + 16 + 17 + 4 * 2) / (4 * 250))
    assert flow[-1][0] == pytest.approx((5 + 6 + 7 + 8 + 4 * 2) / (4 * 150))
    assert flow[-2][0] == pytest.approx((1 + 2 + 3 + 4 + 4 * 2) / (4 * 150))
    assert flow[1][1] == pytest.approx((7 + 8 + 9 + 10 + 11 + 5 * 2) / (3 * 150 + 2 * 250))


def test_a_month_of_which_a_week_lies_outside_the_horizon_is_missing():
    flow = admitted()
    assert np.isnan(flow[3][0])  # weeks 18 and 19, of 18 to 21
    assert flow[3][1] == pytest.approx((16 + 17 + 18 + 19 + 4 * 2) / (4 * 250))  # the last four
    assert np.isnan(flow[-2][1])  # weeks 0 to 2, of -1 to 2
    assert np.isfinite(flow[-1][1])
    assert all(np.isnan(flow[month]).all() for month in range(4, 25))


def test_without_the_control_no_month_is_known():
    assert np.isnan([row[2] for row in admitted().values()]).all()


def test_to_one_region_only_its_lanes_count():
    assert admitted(region="US")[2][0] == pytest.approx((14 + 15 + 16 + 17) / (4 * 200))
    assert admitted(region="JP")[2][0] == pytest.approx(2 / 50)
    assert np.isnan(admitted(region="KR")[2]).all()


def test_precedents_are_the_published_shares_and_their_month_0_is_the_month_before_the_control():
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["destination"] == "all"]
    found = precedents()
    assert [(p.name, p.effective) for p in found] == [("gallium", "2023-08-01"), ("germanium", "2023-08-01")]
    for precedent in found:
        shares = {int(r["month"]): float(r["share"]) for r in rows if r["episode"] == precedent.name}
        expected = {month or -1: share for month, share in shares.items() if month in range(25)}
        assert precedent.by_month == pytest.approx(expected, abs=0.001)
