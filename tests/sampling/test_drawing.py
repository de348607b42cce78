import weakref
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from diamondsim.distributions import Beta, Triangular, Uniform
from diamondsim.draws import Draws
from diamondsim.plan import CapacityRow, GrowthGroup, NodeKind, NoiseRow, Outages, Plan, compile_plan
from diamondsim.sampling import BLOCK, Scratch, draw, drawing
from diamondsim.scenario import load_scenario
from tests.sampling.baseline import baseline_plan
from tests.sampling.plans import (
    BANNED,
    LICENSING,
    NONE,
    all_arrays,
    make_control,
    make_plan,
    make_rule,
    number,
    split,
)

LARGE = (
    "noise",
    "substitution",
    "capacity_index",
    "growth",
    "approval_rate",
    "front_loading",
    "hoarding_cover_ticks",
    "diversion_share",
)
INTEGERS = {"replications", "lead_ticks", "open_tick", "review_ticks", "diversion_delay_ticks"}


def assert_same(one: Draws, two: Draws, *, except_for: tuple[str, ...] = ()) -> None:
    first, second = all_arrays(one), all_arrays(two)
    assert first.keys() == second.keys()
    for name, values in first.items():
        if name not in except_for:
            assert np.array_equal(values, second[name], equal_nan=True), name


@pytest.fixture(scope="module")
def plan() -> Plan:
    return baseline_plan(n_ticks=160, n_noise=3, n_rows=3)


@pytest.fixture(scope="module")
def block(plan) -> Draws:
    return draw(plan, seed=1)


@pytest.fixture(scope="module")
def second_block(plan) -> Draws:
    return draw(plan, seed=1, first=BLOCK)


@pytest.mark.parametrize("replication", [0, 1, 511, 1023])
def test_a_replication_alone_is_that_of_its_block_to_the_bit(plan, block, replication):
    alone = draw(plan, seed=1, first=replication, count=1)
    assert alone.replications.tolist() == [replication]
    assert_same(alone, block.select([replication]))


@pytest.mark.parametrize("first, count", [(0, 7), (3, 100), (500, 524), (1000, 24)])
def test_some_replications_are_those_of_the_block(plan, block, first, count):
    assert_same(draw(plan, seed=1, first=first, count=count), block.select(slice(first, first + count)))


def test_replications_across_blocks_are_those_of_the_blocks(plan, block, second_block):
    across = draw(plan, seed=1, first=1000, count=60)
    assert across.replications.tolist() == list(range(1000, 1060))
    assert_same(across.select(slice(0, 24)), block.select(slice(1000, 1024)))
    assert_same(across.select(slice(24, 60)), second_block.select(slice(0, 36)))


def test_a_block_can_be_drawn_again(plan, block):
    assert_same(draw(plan, seed=1), block)


def test_other_seeds_and_blocks_have_other_draws(plan, block, second_block):
    for other in (draw(plan, seed=0), second_block):
        for name in ("cover_ticks", "noise", "approval_rate", "capacity_index", "growth"):
            assert not np.array_equal(getattr(other, name), getattr(block, name)), name


def test_seed_zero_is_a_seed_like_any_other(plan):
    zero, one = (draw(plan, seed=seed, count=5).cover_ticks for seed in (0, 1))
    assert not np.isin(zero, one).any()


@pytest.mark.parametrize("first, count", [(-1, 5), (0, 0), (3, -1)])
def test_replications_that_do_not_exist_are_refused(plan, first, count):
    with pytest.raises(ValueError, match=f"first={first}, count={count}"):
        draw(plan, seed=1, first=first, count=count)


def shapes(plan: Plan, count: int) -> dict[str, tuple[int, ...]]:
    t, n, s, lanes = plan.n_ticks, plan.n_nodes, plan.n_sources, plan.n_lanes
    c, d, v = len(plan.controls), len(plan.licensing_rules), len(plan.reserves)
    rows: list[tuple[tuple[int, ...], str]] = [
        ((n,), "base_flow cover_ticks reserve_goal opening_stock opening_tracked max_order queue_weight"),
        ((n,), "lot_ticks"),
        ((n,), "backorder_share backorder_lapse fill_rate_gain min_fill_rate"),
        ((n,), "qualification_rate qualification_trigger"),
        ((lanes,), "contract_share sourcing_limit lead_ticks open_tick allocation_weight"),
        ((1,), "contract_weight purchase_gain"),
        ((s,), "capacity finished_stock_ceiling opening_finished feed_yield tracked_share"),
        ((v,), "reserve_rate reserve_trigger reserve_hold_back"),
        ((d,), "review_ticks withdrawal_rate"),
        ((c,), "diversion_delay_ticks relay_share relay_gain release_factor"),
        ((t, len(plan.growth_groups)), "growth"),
        ((t, len(plan.noise_rows)), "noise"),
        ((t, len(plan.substitution_rows)), "substitution"),
        ((t, len(plan.capacity_rows)), "capacity_index"),
        ((t, c), "control_state front_loading hoarding_cover_ticks diversion_share seized_share"),
        ((t, d), "approval_rate"),
        ((), "replications"),
    ]
    found = {name: (*shape, count) for shape, names in rows for name in names.split()}
    return found | {f"milestones{k}": (len(f.milestones), count) for k, f in enumerate(plan.facilities)}


@pytest.mark.parametrize("first, count", [(0, 1024), (5, 3), (1020, 10)])
def test_every_array_has_its_shape_and_type_and_lies_in_order(first, count):
    small = baseline_plan(n_ticks=31, n_noise=5, n_rows=4)
    drawn = all_arrays(draw(small, seed=1, first=first, count=count))
    expected = shapes(small, count)
    assert drawn.keys() == expected.keys()
    for name, values in drawn.items():
        assert values.shape == expected[name], name
        integer = name in INTEGERS or name.startswith("milestones")
        kind = np.int8 if name == "control_state" else np.int64 if integer else np.float64
        assert values.dtype == kind, name
        assert values.flags.c_contiguous, name
        assert np.isfinite(values).all(), name


def test_what_a_plan_has_not_has_an_axis_of_length_nothing():
    draws = draw(make_plan(), seed=0, count=3)
    assert draws.approval_rate.shape == (20, 0, 3)
    assert draws.control_state.shape == (20, 0, 3)
    assert draws.control_state.dtype == np.int8
    assert draws.noise.shape == (20, 0, 3)
    assert draws.substitution.shape == (20, 0, 3)
    assert draws.capacity_index.shape == (20, 0, 3)
    assert draws.reserve_rate.shape == (0, 3)
    assert draws.review_ticks.shape == (0, 3)
    assert draws.milestones == ()


def test_values_lie_where_the_model_expects_them(block):
    for name in (
        "approval_rate",
        "diversion_share",
        "seized_share",
        "substitution",
        "withdrawal_rate",
        "opening_tracked",
    ):
        values = getattr(block, name)
        assert values.min() >= 0, name
        assert values.max() <= (1.2 if name == "approval_rate" else 1), name
    assert block.noise.min() > -1
    assert block.lead_ticks.min() >= 1
    assert block.diversion_delay_ticks.min() >= 1


def test_an_uncertain_number_more_leaves_everything_else_as_it_was(plan, block):
    weight = (number(Uniform(0.0, 1.0), "trust.new"), *plan.numbers["queue_weight"][1:])
    more = replace(plan, numbers={**plan.numbers, "queue_weight": weight})
    assert_same(draw(more, seed=1), block, except_for=("queue_weight",))


def test_a_control_more_leaves_the_others_as_they_were(plan, block):
    new = make_control(
        "new",
        sojourn={NONE: number(Triangular(7.0, 70.0, 500.0), "new.off"), BANNED: number(50.0)},
        transitions={NONE: split((0.5, BANNED), (0.5, LICENSING)), BANNED: split(NONE)},
    )
    more = replace(
        plan,
        controls=(*plan.controls, new),
        requires=np.append(plan.requires, -1),
        licensing_rules=(*plan.licensing_rules, make_rule(3, name="new", initial_rate=Beta(1.0, 2.0))),
        rule_of=np.full((4, plan.n_lanes), -1),
    )
    drawn = all_arrays(draw(more, seed=1))
    for name in ("control_state", "front_loading", "hoarding_cover_ticks", "diversion_share", "seized_share"):
        assert np.array_equal(drawn[name][:, :3], getattr(block, name)), name
    assert np.array_equal(drawn["approval_rate"][:, :8], block.approval_rate)
    for name in ("noise", "growth", "capacity_index", "cover_ticks", "open_tick"):
        assert np.array_equal(drawn[name], getattr(block, name)), name


def test_an_outage_a_noise_row_and_a_growth_group_more_leave_the_others_as_they_were(plan, block):
    stops = Outages("new", number(3.0), number(Uniform(1.0, 60.0), "new.days"), number(0.3))
    more = replace(
        plan,
        capacity_rows=(*plan.capacity_rows, CapacityRow("new", number(0.0), (stops,), (), -1)),
        noise_rows=(NoiseRow("new", False, number(0.3), number(10.0)), *plan.noise_rows),
        growth_groups=(*plan.growth_groups, GrowthGroup("new", number(Uniform(0.0, 0.1), "new.g"), (), ())),
    )
    drawn = draw(more, seed=1)
    assert np.array_equal(drawn.capacity_index[:, :3], block.capacity_index)
    assert np.array_equal(drawn.noise[:, 1:], block.noise)
    assert np.array_equal(drawn.growth[:, :3], block.growth)
    assert_same(drawn, block, except_for=("capacity_index", "noise", "growth"))


def test_room_of_an_earlier_draw_is_overwritten_as_a_whole(plan, block):
    priced = compile_plan(load_scenario("priced-2027").override({"horizon.length": "60 weeks"}))
    for drawn_plan in (plan, priced):
        scratch = Scratch()
        old = draw(drawn_plan, seed=9, scratch=scratch)
        rooms = [array for name in LARGE for array in [getattr(old, name)] if array.size]
        for room in (*rooms, *([old.prices.surcharge, old.prices.cost] if old.prices else [])):
            # A table of what is certain shows one column for all replications.
            (room if room.flags.writeable else room.base).fill(np.nan)
        again, fresh = draw(drawn_plan, seed=1, scratch=scratch), draw(drawn_plan, seed=1)
        assert_same(again, fresh)
        assert all(np.shares_memory(getattr(again, name), getattr(old, name)) for name in LARGE)
    assert_same(draw(plan, seed=1, scratch=scratch), block)


def test_parts_that_are_drawn_one_after_the_other_in_one_scratch_are_those_of_the_block():
    """What is drawn once is kept from part to part, and from plan to plan as far as they agree."""
    one = load_scenario("rollover").override({"horizon.length": "40 weeks"})
    two = one.override({"inventory_policy.polishing.cover": "400 days", "sampling.method": "sobol"})
    scratch = Scratch()
    for plan in map(compile_plan, (one, two, one)):
        for first in (0, 2 * BLOCK):
            whole = draw(plan, seed=1, first=first)
            for begin, end in ((0, 256), (1000, BLOCK), (0, 64)):
                part = draw(plan, seed=1, first=first + begin, count=end - begin, scratch=scratch)
                assert_same(part, whole.select(slice(begin, end)))


CHANGES = {
    "inventory_policy.polishing.cover": "uniform(20 90) days",
    "inventory_policy.any.noise.cv": "30%",
    "uses.polishing.growth": "20%/yr",
    "uses.machining.substitution.time": "20 days",
    "producers.us_makers.growth": "-10%/yr",
    "producers.jp_makers.outages.plant.rate": "5/yr",
    "facilities.georgia.outages.power.loss": "70%",
    "facilities.georgia.decision": "2026-12-01",
    "controls.cn_55.timeline.2027-03-03": "suspended",
    "controls.cn_55.diversion.crackdown_wait": "1 week",
    "controls.cn_55.front_loading": "3",
}


def test_a_step_is_drawn_anew_for_a_plan_that_changes_what_it_depends_on():
    """One change after the other in one scratch, each beside the last: none sees what another left."""
    scenario = load_scenario("swing-capacity").override({"horizon.length": "40 weeks"})
    as_many_ticks = {"horizon.length": "80 weeks", "horizon.tick": "2 weeks"}
    scratch = Scratch()
    for changes in ({}, *({path: value} for path, value in CHANGES.items()), as_many_ticks):
        for plan in map(compile_plan, (scenario, scenario.override(changes))):
            fresh = draw(plan, seed=1, count=16)
            assert_same(draw(plan, seed=1, count=16, scratch=scratch), fresh)


def test_a_step_is_drawn_once_for_plans_that_agree_on_it(monkeypatch):
    drawn: list[str] = []

    def noted(name: str, step: Any, *given: Any) -> Any:
        drawn.append(name)
        return step(*given)

    for name in ("draw_noise", "draw_controls", "draw_growth", "draw_capacity_index"):
        monkeypatch.setattr(drawing, name, partial(noted, name, getattr(drawing, name)))
    scenario = load_scenario("reinstated-2027").override({"horizon.length": "40 weeks"})
    scratch = Scratch()
    for cover in ("20 days", "30 days"):
        plan = compile_plan(scenario.override({"inventory_policy.polishing.cover": cover}))
        draw(plan, seed=1, count=16, scratch=scratch)
    assert len(drawn) == len(set(drawn)) == 4
    draw(plan, seed=2, count=16, scratch=scratch)
    assert len(drawn) == 8
    scratch.forget()
    draw(plan, seed=2, count=16, scratch=scratch)
    assert len(drawn) == 12


def test_a_scratch_forgets_what_the_last_two_plans_did_not_ask_for(plan):
    scratch = Scratch()
    kept = []
    for days in (9.0, 10.0, 11.0):
        lead = tuple(number(Uniform(1.0, days), "lead") for _ in plan.numbers["lead"])
        changed = replace(plan, numbers={**plan.numbers, "lead": lead})
        block = scratch.whole_block(changed, seed=1, number=0, redraw_seed=None)
        kept.append(weakref.ref(block.value(lead[0])))
        if days == 9.0:
            always = weakref.ref(block.value(number(Uniform(0.0, 1.0), "always")))
        assert always() is block.value(number(Uniform(0.0, 1.0), "always"))
    assert [values() is None for values in kept] == [True, False, False]


def test_blocks_that_are_joined_share_no_room(plan, block, second_block):
    both = draw(plan, seed=1, count=2 * BLOCK, scratch=Scratch())
    assert_same(both.select(slice(0, BLOCK)), block)
    assert_same(both.select(slice(BLOCK, None)), second_block)


def test_a_second_outage_process_leaves_the_first_as_it_was():
    def index(*names):
        outages = tuple(
            Outages(n, number(2.0), number(Uniform(5.0, 50.0), f"{n}.days"), number(0.5)) for n in names
        )
        rows = (CapacityRow("p", number(0.0), outages, (), -1),)
        return draw(make_plan(capacity_rows=rows, n_ticks=200), seed=0).capacity_index

    both, first, second = index("a", "b"), index("a"), index("b")
    assert np.array_equal(both, first * second)
    assert not np.array_equal(first, second)


def test_the_order_in_which_things_stand_changes_only_the_order_of_rows(plan, block):
    turned = replace(
        plan,
        noise_rows=plan.noise_rows[::-1],
        growth_groups=plan.growth_groups[::-1],
        licensing_rules=plan.licensing_rules[::-1],
    )
    drawn = draw(turned, seed=1)
    assert np.array_equal(drawn.noise, block.noise[:, ::-1])
    assert np.array_equal(drawn.growth, block.growth[:, ::-1])
    assert np.array_equal(drawn.approval_rate, block.approval_rate[:, ::-1])


def test_inputs_are_not_correlated_with_each_other():
    plan = make_plan(
        nodes=(NodeKind.USE,) * 26,
        values={"cover": [Triangular(20.0, 45.0, 90.0)] * 26, "queue_weight": [Uniform(0.0, 1.0)] * 26},
    )
    draws = draw(plan, seed=4)
    correlation = np.corrcoef(np.concatenate([draws.cover_ticks, draws.queue_weight]))
    off = correlation[~np.eye(52, dtype=bool)]
    # 1,326 pairs; with 4.8 standard errors a false alarm has a chance of 0.2 %.
    assert np.abs(off).max() < 4.8 / np.sqrt(BLOCK)
