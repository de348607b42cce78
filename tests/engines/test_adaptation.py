"""Conversion between grades and projects that add capacity, worked out by hand (model.md, 11a-11b, 46a-e)."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from diamondsim.engines import batch, event
from diamondsim.engines.event import EventKind
from diamondsim.engines.event.market_price import exponential
from tests.engines.pricing import priced
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import (
    Case,
    CaseSpec,
    conversion,
    lane,
    project,
    small_case,
    source,
    use,
)

every_engine = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


def close(values: list[float]) -> Any:
    return pytest.approx(values, rel=1e-12)


def two_grades(*, fine: float = 20.0, coarse: float = 50.0, **more: Any) -> Case:
    """A maker of two grades. Each use holds no stock and orders its demand in every tick."""
    return small_case(
        n_ticks=6,
        nodes=[use("powder", demand=fine), use("tools", demand=coarse, grade="mesh")],
        sources=[source("micron", capacity=10), source("mesh", capacity=100, grade="mesh")],
        lanes=[lane("micron", "powder"), lane("mesh", "tools")],
        **more,
    )


@every_engine
def test_a_short_grade_is_made_of_another_after_tests_and_with_a_loss(run: Run) -> None:
    """30 are asked of 10, and 50 of 100: full speed. Position -0.1, 0, 0.1, 0.2, where the limit is 0.15.

    In tick 2 a tenth of 100 gives 8; from tick 3 on, 0.15 of 100 gives 12.
    """
    crushing = conversion("mesh", "micron", yield_=0.8, step=0.1, floor=-0.1, limit=0.15)
    got = run(two_grades(fine=30.0, conversions=(crushing,)))
    assert got.of("capacity", "micron") == close([10, 10, 18, 22, 22, 22])
    assert got.of("capacity", "mesh") == close([100, 100, 90, 85, 85, 85])
    assert got.of("output", "micron") == close([10, 10, 18, 22, 22, 22])
    assert got.of("output", "mesh") == close([50, 50, 50, 50, 50, 50])


@every_engine
def test_no_more_is_converted_than_meets_the_requests(run: Run) -> None:
    """10 more of micron take 12.5 of mesh, an eighth: a tenth after tick 0, the rest after tick 1."""
    crushing = conversion("mesh", "micron", yield_=0.8, step=0.1)
    got = run(two_grades(conversions=(crushing,)))
    assert got.of("capacity", "micron") == close([10, 18, 20, 20, 20, 20])
    assert got.of("capacity", "mesh") == close([100, 90, 87.5, 87.5, 87.5, 87.5])


@every_engine
def test_what_requests_do_not_need_any_more_is_converted_back(run: Run) -> None:
    """20 are used in the first ticks and 14 from tick 3 on. Then 6 of the 20 on the way are too many: 8 are
    ordered, so that it goes back at full speed, by 8. Later orders are 14.
    """
    demand = [20.0, 20.0, 20.0, 14.0, 14.0, 14.0]
    case = small_case(
        n_ticks=6,
        nodes=[
            use("powder", demand=20, growth=[x / 20 for x in demand]),
            use("tools", demand=50, grade="mesh"),
        ],
        sources=[source("micron", capacity=10), source("mesh", capacity=100, grade="mesh")],
        lanes=[lane("micron", "powder"), lane("mesh", "tools")],
        conversions=(conversion("mesh", "micron", yield_=0.8, step=0.1),),
    )
    assert run(case).of("capacity", "micron") == close([10, 18, 20, 20, 12, 14])


@every_engine
def test_makers_of_a_grade_convert_together_what_is_lacking(run: Run) -> None:
    """Two grades of 60 and 40 are converted into one of which 10 more are asked: a tenth of each."""
    case = small_case(
        n_ticks=3,
        nodes=[use("powder", demand=20)],
        sources=[
            source("micron", capacity=10),
            source("mesh", capacity=60, grade="mesh"),
            source("coarse", capacity=40, grade="coarse"),
        ],
        lanes=[lane("micron", "powder")],
        conversions=(conversion("mesh", "micron", step=0.5), conversion("coarse", "micron", step=0.5)),
    )
    got = run(case)
    assert got.of("capacity", "micron") == close([10, 20, 20])
    assert got.of("capacity", "mesh") == close([60, 54, 54])
    assert got.of("capacity", "coarse") == close([40, 36, 36])


@every_engine
def test_a_grade_that_is_as_short_as_the_other_is_not_converted_into_it(run: Run) -> None:
    """Both are asked for twice what there is."""
    case = two_grades(coarse=200.0, conversions=(conversion("mesh", "micron"),))
    assert run(case).of("capacity", "micron") == close([10] * 6)


@every_engine
def test_a_grade_that_is_shorter_is_converted_into_however_short_both_are(run: Run) -> None:
    """Mesh is asked for 2.5 times, micron for 3 times. Both are equally short where 30 / (10 + 80 z) is
    250 / (100 - 100 z): z = 500 / 23000.
    """
    crushing = conversion("mesh", "micron", yield_=0.8, step=0.1)
    got = run(two_grades(fine=30.0, coarse=250.0, conversions=(crushing,)))
    share = 500 / 23000
    assert 30 / (10 + 80 * share) == pytest.approx(250 / (100 * (1 - share)))
    assert got.of("capacity", "micron") == close([10] + [10 + 80 * share] * 5)
    assert got.of("capacity", "mesh") == close([100] + [100 * (1 - share)] * 5)


@every_engine
def test_conversion_ends_where_both_grades_are_equally_short(run: Run) -> None:
    """Requests of 60 and 120 for 40 and 100: both are 180 / 140 where 60 / 180 * 140 - 40 is converted."""
    spec = CaseSpec(
        nodes=(use("powder", demand=60), use("tools", demand=120, grade="mesh")),
        sources=(source("micron", capacity=40), source("mesh", capacity=100, grade="mesh")),
        lanes=(lane("micron", "powder"), lane("mesh", "tools")),
        conversions=(conversion("mesh", "micron", step=0.02),),
        n_ticks=200,
    )
    got = run(spec.build())
    share = 60 / 180 * 140 - 40
    assert got.of("capacity", "micron")[-1] == pytest.approx(40 + share, rel=1e-6)
    assert got.of("capacity", "mesh")[-1] == pytest.approx(100 - share, rel=1e-6)


@every_engine
def test_conversion_takes_a_share_of_capacity_as_projects_and_outages_leave_it(run: Run) -> None:
    """Half of 100 is out in tick 2, and a project adds a fifth there: a tenth of 60 is converted."""
    got = run(
        small_case(
            n_ticks=3,
            nodes=[use("powder", demand=20), use("tools", demand=110, grade="mesh")],
            sources=[
                source("micron", capacity=5),
                source("mesh", capacity=100, grade="mesh", index=[1.0, 1.0, 0.5]),
            ],
            lanes=[lane("micron", "powder"), lane("mesh", "tools")],
            conversions=(conversion("mesh", "micron", yield_=0.5, step=0.1, floor=-0.1),),
            projects=(project("mesh", size=0.2, delay=2),),
        )
    )
    # Requests count as 2 and 1.1, full speed: the position is 0 after tick 0, 0.1 after tick 1.
    assert got.of("capacity", "mesh") == close([100, 100, 54])
    assert got.of("capacity", "micron") == close([5, 5, 5 + 0.5 * 6])


def crushed(fine: float = 20.0) -> Case:
    crushing = conversion("mesh", "micron", yield_=0.8, step=0.1, limit=0.3)
    return two_grades(fine=fine, conversions=(crushing,))


def worth_it(worth: float, fee: float, **prices: Any) -> Case:
    """Mesh is crushed for a use that is short of powder, if it pays; prices stand still unless told."""
    return priced(crushed(), **{"gain": 0.0, "worth": worth, "fee": fee, **prices})


@every_engine
@pytest.mark.parametrize("worth, fee", [(0.8, 0.0), (1.2, 0.25), (1.0, 0.0)])
def test_nothing_is_converted_that_brings_no_more_than_it_takes(run: Run, worth: float, fee: float) -> None:
    assert run(worth_it(worth, fee)).of("capacity", "micron") == close([10] * 6)


@every_engine
def test_conversion_goes_at_half_speed_where_it_gains_half_a_tenth(run: Run) -> None:
    """1.2 - 0.15 - 1 = 0.05: half of 0.1 in a tick, until there are the 20 that are asked for."""
    got = run(worth_it(1.2, 0.15))
    assert got.of("capacity", "micron") == close([10, 14, 18, 20, 20, 20])
    assert got.of("capacity", "mesh") == close([100, 95, 90, 87.5, 87.5, 87.5])


@every_engine
def test_conversion_begins_when_the_price_of_the_grade_has_risen(run: Run) -> None:
    """Powder: 20 are ordered and 10 offered, so that its price rises by 0.3 * 2 * 10 / 30 = 0.2 (in logs).

    Crushed mesh then brings E(0.2) = 1.2214 less 0.2 of what the mesh brings: 0.0214, a fifth of full speed.
    """
    got = run(worth_it(1.0, 0.2, gain=0.3))
    assert got.of("capacity", "mesh")[:2] == close([100, 100 * (1 - (exponential(0.2) - 1.2))])


@every_engine
def test_what_a_seller_is_promised_counts_as_what_it_earns(run: Run) -> None:
    """Mesh has a floor of 0.2, so that crushing takes more than it gives; powder has one of 0.3 then."""
    promised = {"floor": {"mesh": 0.2}}
    assert run(worth_it(1.15, 0.0, **promised)).of("capacity", "micron") == close([10] * 6)
    got = run(worth_it(1.0, 0.05, floor={"mesh": 0.2, "micron": 0.3}))
    step = exponential(0.3 - 0.2) - 0.05 * exponential(-0.2) - 1
    assert 0 < step < 0.1
    assert got.of("capacity", "mesh")[:2] == close([100, 100 * (1 - step)])


@every_engine
def test_a_grade_without_a_market_is_converted_as_without_prices(run: Run) -> None:
    without = list(run(crushed()).of("capacity", "micron"))
    assert without[-1] > 10
    for grade in crushed().plan.grades:
        assert run(worth_it(0.5, 0.9, unpriced=[grade])).of("capacity", "micron") == close(without)


@every_engine
def test_a_higher_cost_never_converts_more(run: Run) -> None:
    """In no tick, of prices that rise while powder is short, and that its buyers respond to."""
    converted = []
    for fee in (0.0, 0.05, 0.1, 0.2, 0.3, 3.0):
        got = run(priced(crushed(fine=80), gain=0.05, demand=0.5, worth=1.0, fee=fee))
        converted.append([100 - mesh for mesh in got.of("capacity", "mesh")])
    for cheaper, dearer in itertools.pairwise(converted):
        assert all(y <= x + 1e-9 for x, y in zip(cheaper, dearer, strict=True))
    assert len({sum(rows) for rows in converted}) == 6
    assert converted[-1] == close([0.0] * 6)


def short(**more: Any) -> Case:
    """A use of 20 and a source of 10, which is asked for 20 in every tick."""
    return small_case(
        n_ticks=9,
        nodes=[use("powder", demand=20)],
        sources=[source("micron", capacity=10)],
        lanes=[lane("micron", "powder")],
        **more,
    )


def varying(demand: list[float], *, gain: float) -> Case:
    """A use whose demand varies, a source of 10, and a project that doubles it in the tick after."""
    return small_case(
        n_ticks=len(demand),
        nodes=[use("powder", demand=demand[0], growth=[x / demand[0] for x in demand])],
        sources=[source("micron", capacity=10)],
        lanes=[lane("micron", "powder")],
        projects=(project("micron", threshold=1.1, gain=gain, delay=1, size=1.0),),
    )


PROJECT = project("micron", threshold=1.4, gain=0.5, delay=2, ramp=2, size=0.4, times=2)


@every_engine
def test_a_project_is_decided_when_a_shortage_lasts_and_arrives_later(run: Run) -> None:
    """Short in every tick: 0.5 of it in tick 0, 0.75 in tick 1: decided. It adds 2 in tick 3, 4 from tick 4
    on. Requests of 20 / 14 are still above 1.4, and all of it has arrived: decided again, for ticks 6 and 7.
    Then 20 / 18 is not short.
    """
    got = run(short(projects=(PROJECT,)))
    assert got.of("capacity", "micron") == close([10, 10, 10, 12, 14, 14, 16, 18, 18])
    assert got.of("output", "micron") == close([10, 10, 10, 12, 14, 14, 16, 18, 18])


@every_engine
def test_no_project_is_decided_where_requests_do_not_exceed_the_threshold(run: Run) -> None:
    got = run(short(projects=(project("micron", threshold=2.0),)))
    assert got.of("capacity", "micron") == close([10] * 9)


@every_engine
@pytest.mark.parametrize("ticks", [1, 2, 4, 7])
def test_a_shortage_without_a_break_decides_after_the_time_that_it_must_last(run: Run, ticks: int) -> None:
    """Short in the ticks 0, 1, ...: decided at the end of tick `ticks - 1`, there in the next."""
    gain = 1 - math.exp(-1 / ticks)
    got = run(short(projects=(project("micron", threshold=1.1, gain=gain, delay=1, size=1.0),)))
    assert got.of("capacity", "micron") == close([10.0] * ticks + [20.0] * (9 - ticks))


@every_engine
def test_large_requests_count_for_no_more_than_a_shortage(run: Run) -> None:
    """Twice the capacity is asked in three ticks, and then what there is: 1 - exp(-3 / 4) is below 63 %.

    The requests themselves, smoothed from 100 %, would be at 122 % in tick 0.
    """
    case = varying([20, 20, 20, 10, 10, 10, 10, 10, 10], gain=1 - math.exp(-1 / 4))
    assert run(case).of("capacity", "micron") == close([10] * 9)


@every_engine
def test_a_break_delays_a_decision(run: Run) -> None:
    """Four ticks would decide at the end of tick 3. With tick 2 not short, the parts are 0.22, 0.39, 0.31,
    0.46, 0.58, 0.67: it is tick 5.
    """
    case = varying([20, 20, 10, 20, 20, 20, 20, 20, 20], gain=1 - math.exp(-1 / 4))
    assert run(case).of("capacity", "micron") == close([10.0] * 6 + [20.0] * 3)


@every_engine
def test_equipment_controls_reduce_a_project_by_the_tick_of_its_decision(run: Run) -> None:
    """Decided in tick 1, with half of its size; again in tick 4, with all of it."""
    reduced = project(
        "micron", threshold=1.4, gain=0.5, delay=2, ramp=2, size=0.4, times=2, kept=[0.0, 0.5, 0.0, 0.0, 1.0]
    )
    got = run(short(projects=(reduced,)))
    assert got.of("capacity", "micron") == close([10, 10, 10, 11, 12, 12, 14, 16, 16])


@every_engine
def test_a_source_that_can_make_nothing_decides_nothing(run: Run) -> None:
    """It stands still: its requests count as 1, however large they are."""
    still = small_case(
        n_ticks=4,
        nodes=[use("powder", demand=11)],
        sources=[source("micron", capacity=10, index=[0.0, 0.0, 1.0])],
        lanes=[lane("micron", "powder")],
        projects=(project("micron", gain=1.0, threshold=1.2, delay=1, size=1.0),),
    )
    assert run(still).of("capacity", "micron") == close([0, 0, 10, 10])


@every_engine
@pytest.mark.parametrize("margin", [0.5, 0.25, 0.1, -0.2])
def test_what_a_project_adds_counts_towards_what_the_price_calls_forth(run: Run, margin: float) -> None:
    """At an elasticity of 1 a margin of 0.25 (in logs) calls forth 28 % more. The project adds 20, then 40 %.

    The larger of both counts. At a loss all that there is makes less.
    """
    terms = {"floor": margin} if margin > 0 else {"costs": {"micron": [0.0, -margin]}}
    got = run(priced(short(projects=(PROJECT,)), gain=0.0, supply=1.0, **terms))
    grown = [1.0, 1.0, 1.0, 1.2, 1.4, 1.4]
    response = exponential(margin)
    expected = [10 * (max(x, response) if margin > 0 else x * response) for x in grown]
    assert got.of("capacity", "micron")[2:6] == close(expected[2:])


@every_engine
def test_a_source_without_projects_answers_its_margin_as_if_others_had_none(run: Run) -> None:
    case = small_case(
        n_ticks=5,
        nodes=[use("powder", demand=20), use("tools", demand=20, grade="mesh")],
        sources=[source("micron", capacity=10), source("mesh", capacity=10, grade="mesh")],
        lanes=[lane("micron", "powder"), lane("mesh", "tools")],
        projects=(project("micron", threshold=1.1, gain=1.0, delay=1, size=0.1),),
    )
    got = run(priced(case, gain=0.0, supply=1.0, floor=0.3))
    assert got.of("capacity", "mesh") == close([10 * exponential(0.3)] * 5)
    assert got.of("capacity", "micron") == close([10 * exponential(0.3)] * 5)


def test_a_project_goes_on_where_those_of_most_other_replications_have_arrived_in_full() -> None:
    """Decided in tick 1. In the last replication it adds 4 in four steps from tick 4 on, in the others all of
    it in tick 2.
    """
    delay, ramp = np.array([1, 1, 1, 3]), np.array([1, 1, 1, 4])
    projects = (replace(PROJECT, delay=delay, ramp=ramp, times=1),)
    plan, draws = short(projects=projects, replications=4)
    capacity = batch.run(plan, draws)["capacity"][:, 0]
    assert capacity[:, 0].tolist() == close([10, 10, 14, 14, 14, 14, 14, 14, 14])
    assert capacity[:, 1:3].tolist() == capacity[:, [0, 0]].tolist()
    assert capacity[:, 3].tolist() == close([10, 10, 10, 10, 11, 12, 13, 14, 14])


@pytest.mark.parametrize("ramp", [1, 2])
def test_the_event_log_tells_once_that_an_expansion_arrives_however_long_it_rises(ramp: int) -> None:
    _, events = event.run(*short(projects=(replace(PROJECT, ramp=ramp, times=1),)))
    [arrives] = [x for x in events if x.kind is EventKind.EXPANSION_ARRIVES]
    assert arrives.tick == 3
    assert arrives.quantity == pytest.approx(0.4)


def test_the_event_log_tells_of_decisions_arrivals_and_conversions() -> None:
    _, events = event.run(*short(projects=(PROJECT,)))
    rows = [x for x in events if "expansion" in x.kind]
    assert {x.entity for x in rows} == {"micron.project0"}
    assert [(x.tick, x.kind) for x in rows] == [
        (1, EventKind.EXPANSION_DECIDED),
        (3, EventKind.EXPANSION_ARRIVES),
        (4, EventKind.EXPANSION_DECIDED),
        (6, EventKind.EXPANSION_ARRIVES),
    ]
    assert [x.quantity for x in rows] == close([2.0, 0.4, 20 / 14, 0.4])
    case = two_grades(conversions=(conversion("mesh", "micron", yield_=0.8, step=0.1, limit=0.3),))
    _, events = event.run(*case)
    begins = next(x for x in events if "conversion" in x.kind)
    assert (begins.tick, begins.kind, begins.entity) == (0, EventKind.CONVERSION_BEGINS, "mesh into micron")


def test_the_event_log_tells_that_a_conversion_ends_because_it_has_become_a_loss() -> None:
    """Powder has a floor of 1 (in logs) and is short all the time. Mesh becomes dearer when 90 are ordered of
    it and 45 offered: by 0.5 * 2 * 45 / 135 in tick 2, when 0.45 * E(2 / 3) is 0.88, and more in tick 3.
    """
    case = small_case(
        n_ticks=8,
        nodes=[use("powder", demand=20), use("tools", demand=50, grade="mesh", growth=[1.0, 1.0, 1.8])],
        sources=[source("micron", capacity=10), source("mesh", capacity=100, grade="mesh")],
        lanes=[lane("micron", "powder"), lane("mesh", "tools")],
        conversions=(conversion("mesh", "micron", step=0.05),),
    )
    _, events = event.run(*priced(case, gain=0.5, floor={"micron": 1.0}, worth=0.45))
    begins, ends = (x for x in events if "conversion" in x.kind)
    assert (begins.tick, begins.kind) == (0, EventKind.CONVERSION_BEGINS)
    assert (ends.tick, ends.kind) == (3, EventKind.CONVERSION_ENDS)
    assert ends.quantity == pytest.approx(0.1)
    assert ends.why == "it brings less than it costs"


def test_the_event_log_tells_that_a_conversion_ends_because_requests_are_met() -> None:
    """Powder has a floor of 1 (in logs): a unit brings 0.45 * E(1) = 1.22 of its cost, a gain of 0.22."""
    case = small_case(
        n_ticks=12,
        nodes=[use("powder", demand=20, growth=[1.0, 1.0, 0.2]), use("tools", demand=50, grade="mesh")],
        sources=[source("micron", capacity=10), source("mesh", capacity=100, grade="mesh")],
        lanes=[lane("micron", "powder"), lane("mesh", "tools")],
        conversions=(conversion("mesh", "micron", step=0.05),),
    )
    _, events = event.run(*priced(case, gain=0.5, floor={"micron": 1.0}, worth=0.45))
    begins, ends = (x for x in events if "conversion" in x.kind)
    assert (begins.tick, begins.kind) == (0, EventKind.CONVERSION_BEGINS)
    assert ends.kind == EventKind.CONVERSION_ENDS
    assert ends.why == "requests are met without it"
