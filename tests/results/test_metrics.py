"""The metrics of a replication against hand-made Ledgers and plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diamondsim.engines import batch
from diamondsim.results import RECORDED, Settings, Summary, UseSettings
from diamondsim.results.metric import measure, sum_over_ticks
from diamondsim.results.region_uses import region_uses
from diamondsim.results.use_metrics import USE_METRICS, UsePath
from tests.engines.small_case import BANNED, NONE, control, lane, small_case, source, use
from tests.results.hand_made import USES, ledger_of, plan_of, random_ledger

NAMES = {metric.name for metric in USE_METRICS}
SETTINGS = Settings(
    window_days=14.0,
    uses={
        "machining": UseSettings("Machining", value=3.0, delay_cost=0.5, holding_cost=0.1, delivery_cost=9.0)
    },
)


def measured(plan, draws, ledger, settings=SETTINGS):
    summary = Summary(plan, settings)
    summary.add(draws, ledger)
    return summary.metrics()


def test_uses_come_by_region_and_use_and_hold_their_grades_in_order():
    plan, _ = plan_of()
    found = [(p.region, p.use, p.unit, p.grades, p.nodes) for p in region_uses(plan)]
    assert found == [
        ("US", "machining", "ct", ("mesh", "micron"), ((1,), (0,))),
        ("JP", "machining", "ct", ("mesh",), ((3,),)),
        ("JP", "radar", "cm2", ("plate",), ((2,),)),
    ]


def test_a_use_of_two_grades_by_hand():
    plan, draws = plan_of(USES[:2], n_ticks=8, replications=1)
    shortage = np.zeros((8, 2, 1))
    shortage[3, 0], shortage[4:6, 1] = 10.0, [[50.0], [0.9]]
    backlog = np.zeros((8, 2, 1))
    backlog[4:, 1] = 20.0
    arrived = np.zeros((8, 2, 1))
    arrived[[1, 3, 5], 0], arrived[3, 1] = 40.0, 60.0
    ledger = ledger_of(
        plan,
        1,
        demand=100.0,
        shortage=shortage,
        lost_sales=shortage / 2,
        backlog=backlog,
        stock=7.0,
        arrived=arrived,
    )
    found = {name: values[0, 0] for name, values in measured(plan, draws, ledger).items() if name in NAMES}
    assert found == pytest.approx(
        {
            "demand": 1600.0,
            "shortage": 60.9,
            "fill_rate": 1 - 60.9 / 1600,
            "short_ticks": 2,  # 0.9 of 100 is below 1 %
            "longest_shortage": 2,
            "peak_shortfall": 50.9 / 200,
            "first_shortage": 3,
            "recovery": 5,
            "inflow_lost": math.nan,
            "time_to_survive": math.nan,
            "time_to_recover": math.nan,
            "economic_loss": 3.0 * 30.45 + 0.5 * 7 * 80,
            "holding_cost": 0.1 * 7 * 7 * 16,
            "delivery_cost": 9.0 * 4,
        },
        nan_ok=True,
    )


def test_time_to_survive_counts_from_the_loss_of_inflow_and_is_censored_without_shortage():
    w = small_case(
        nodes=[use("a", demand=100, cover=np.array([3.0, 50.0]))],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "a", lead=2)],
        controls=[control("ban", states=[NONE] * 4 + [BANNED] * 9 + [NONE], covers=[("s", "a")])],
        n_ticks=30,
        replications=2,
    )
    found = measured(*w, batch.run(*w, record=RECORDED), Settings())
    # The ban of tick 4 is felt in tick 6; three ticks of stock last until tick 8; goods flow from tick 15.
    assert found["inflow_lost"][0].tolist() == [6, 6]
    assert found["time_to_survive"][0] == pytest.approx([3, math.nan], nan_ok=True)
    assert found["first_shortage"][0] == pytest.approx([9, math.nan], nan_ok=True)
    assert found["time_to_recover"][0] == pytest.approx([9, math.nan], nan_ok=True)


def test_a_shortage_before_the_loss_of_inflow_is_not_its_doing():
    plan, _ = plan_of(USES[:1], n_ticks=12, replications=1)
    shortage = np.zeros((12, 1, 1))
    shortage[[1, 2, 8, 9], 0] = 50.0
    ledger = ledger_of(plan, 1, demand=100.0, shortage=shortage)
    (region_use,) = region_uses(plan)
    path = UsePath(plan, SETTINGS, ledger, region_use, inflow_lost=np.array([[5.0]]))
    found = measure(USE_METRICS, path)
    assert found["first_shortage"] == [1]
    assert found["recovery"] == [3]
    assert found["time_to_survive"] == [3]
    assert found["time_to_recover"] == [5]


def test_what_simchi_levi_and_others_call_time_to_survive():
    """Case 1: plants of 30, 45, 60 a period, demand of 75 + 50, stocks of 20 + 25, in ticks of 1/100."""
    for out, periods in (("s1", 2.25), ("s2", 1.285714), ("s3", 0.9)):
        capacity = {"s1": 30, "s2": 45, "s3": 60}
        w = small_case(
            nodes=[use("pooled", demand=1.25, cover=36, queue_weight=0)],
            sources=[source(s, capacity=0 if s == out else c / 100) for s, c in capacity.items()],
            lanes=[lane(s, "pooled", contract_share=c / 135) for s, c in capacity.items()],
            controls=[control("out", states=[BANNED], covers=[(out, "pooled")])],
            n_ticks=300,
        )
        found = measured(*w, batch.run(*w, record=RECORDED), Settings())
        assert found["time_to_survive"][0, 0] == pytest.approx(
            100 * periods, abs=1
        )  # a tick is .01 of a period


def test_metrics_are_those_of_plain_loops():
    plan, draws = plan_of(replications=9)
    ledger = random_ledger(plan, 9, seed=4)
    found = measured(plan, draws, ledger)
    for p, region_use in enumerate(region_uses(plan)):
        for r in range(9):
            demand = [[ledger["demand"][t, n, r] for t in range(12)] for (n,) in region_use.nodes]
            shortage = [[ledger["shortage"][t, n, r] for t in range(12)] for (n,) in region_use.nodes]
            ratio = [
                max(s[t] / d[t] if d[t] else 0.0 for d, s in zip(demand, shortage, strict=True))
                for t in range(12)
            ]
            short = [x > 0.01 for x in ratio]
            peak = max(
                (s[t] + s[t + 1]) / (d[t] + d[t + 1]) if d[t] + d[t + 1] else 0.0
                for d, s in zip(demand, shortage, strict=True)
                for t in range(11)
            )
            assert found["short_ticks"][p, r] == sum(short)
            assert found["peak_shortfall"][p, r] == pytest.approx(peak, rel=1e-12)
            assert found["shortage"][p, r] == pytest.approx(sum(map(sum, shortage)), rel=1e-12)
            assert found["fill_rate"][p, r] == pytest.approx(
                1 - sum(map(sum, shortage)) / sum(map(sum, demand))
            )
            first = short.index(True) if any(short) else math.nan
            assert found["first_shortage"][p, r] == pytest.approx(first, nan_ok=True)


@pytest.mark.parametrize("size", [1, 2, 3, 8, 64, 100])
def test_a_replication_has_the_same_bits_in_blocks_of_any_size(size):
    n_ticks, replications = 300, 130  # long enough for numpy to add pairwise where it can
    plan, draws = plan_of(n_ticks=n_ticks, replications=replications)
    ledger = random_ledger(plan, replications, seed=5)
    whole = measured(plan, draws, ledger)
    summary = Summary(plan, SETTINGS)
    for begin in range(0, replications, size):
        columns = slice(begin, begin + size)
        part = ledger_of(
            plan,
            len(range(replications)[columns]),
            **{name: array[:, :, columns] for name, array in ledger.arrays.items()},
        )
        summary.add(draws.select(columns), part)
    for name, values in summary.metrics().items():
        assert values.tobytes() == whole[name].tobytes(), name


def test_ticks_are_added_one_after_the_other():
    values = np.random.default_rng(1).uniform(size=(1000, 3))
    expected = [0.0, 0.0, 0.0]
    for row in values:
        expected = [total + x for total, x in zip(expected, row, strict=True)]
    assert sum_over_ticks(values).tolist() == expected
    assert sum_over_ticks(values[:, 1:2]).tolist() == expected[1:2]
    assert sum_over_ticks(np.zeros((5, 2))).tolist() == [0.0, 0.0]


def test_a_carved_out_buyer_adds_to_its_use():
    one, draws_one = plan_of(USES[:1], replications=4)
    two, draws_two = plan_of((USES[0], USES[0]), replications=4)
    ledger = random_ledger(one, 4, seed=2)
    halves = ledger_of(two, 4, **{k: v / 2 for k, v in ledger.arrays.items() if k != "output"})
    found, expected = measured(two, draws_two, halves), measured(one, draws_one, ledger)
    for name in NAMES:
        assert found[name] == pytest.approx(expected[name], rel=1e-12, nan_ok=True), name
