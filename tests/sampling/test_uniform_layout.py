"""What is drawn once in a replication is laid out by a method; everything else is drawn at random."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from diamondsim.plan import Sampling, compile_plan, drawn_once
from diamondsim.plan.drawn_once import names_drawn_once
from diamondsim.plan.sampling_design import HYPERCUBE
from diamondsim.sampling import BLOCK, draw
from diamondsim.sampling.block import Block
from diamondsim.scenario import load_scenario
from tests.sampling.plans import arrays_of

METHODS = ("random", "sobol", "latin")
SHORT = {"horizon": {"length": "1 yr"}}
PAIR = ("inventory_policy.any.cover", "inventory_policy.any.queue_weight")
AGAIN = re.compile(r"/(start|elapsed|outage|met)\b|/(spell|visit|run)[1-9]|\.relapse\.length/spell0")
"""Streams of what comes again and again: outages, relapses, and all but the first spell, visit or run."""


def plan_of(method, name="reinstated-2027", **changes):
    scenario = load_scenario(name).override({**SHORT, "sampling": {"method": method}, **changes})
    return compile_plan(scenario)


@pytest.fixture(scope="module", params=METHODS)
def plan(request):
    return plan_of(request.param)


def same(one, other, columns=slice(None)):
    return all(
        np.array_equal(drawn, arrays_of(other)[name][..., columns], equal_nan=True)
        for name, drawn in arrays_of(one).items()
    )


def test_a_replication_has_the_same_draws_alone_in_a_block_and_across_blocks(plan):
    many = draw(plan, seed=3, first=1020, count=10)
    for k in (0, 3, 4, 9):
        assert same(draw(plan, seed=3, first=1020 + k, count=1), many, slice(k, k + 1))


def test_fewer_replications_are_the_first_of_more(plan):
    assert same(draw(plan, seed=3, count=77), draw(plan, seed=3, count=1500), slice(0, 77))


def test_each_input_of_a_block_is_spread_evenly():
    """Sobol': each scramble has a point in every 64th part; Latin: there is one in every 1,024th."""
    for method, parts, group in (("sobol", 64, 16), ("latin", 1024, 1)):
        plan = plan_of(method)
        for number in (0, 3):
            block = Block(5, number, sampling=plan.sampling)
            for name in plan.sampling.dimensions:
                drawn = np.sort((block.uniform(name) * parts).astype(int).reshape(-1, group), axis=0)
                assert (drawn == np.arange(parts)[:, np.newaxis]).all(), (method, name)


def test_at_random_they_are_not():
    block = Block(5, 0, sampling=plan_of("random").sampling)
    drawn = np.sort((block.uniform("inventory_policy.any.cover") * 1024).astype(int))
    assert len(np.unique(drawn)) < 800


def test_a_hypercube_pairs_its_strata_at_random_and_anew_in_each_block():
    sampling = plan_of("latin").sampling
    one, other, later = (
        Block(5, number, sampling=sampling).uniform(name)
        for number, name in ((0, PAIR[0]), (0, PAIR[1]), (1, PAIR[0]))
    )
    assert abs(float(stats.spearmanr(one, other).statistic)) < 4.5 / 32
    assert abs(float(stats.spearmanr(one, later).statistic)) < 4.5 / 32
    assert stats.kstest(one * HYPERCUBE % 1, "uniform").pvalue > 1e-3


def test_what_comes_again_and_again_is_the_same_under_every_method():
    drawn = {method: draw(plan_of(method), seed=2, count=64) for method in METHODS}
    for method in ("sobol", "latin"):
        assert np.array_equal(drawn[method].noise, drawn["random"].noise)
        assert not np.array_equal(drawn[method].queue_weight, drawn["random"].queue_weight)
        assert not np.array_equal(drawn[method].approval_rate, drawn["random"].approval_rate)


def test_plain_random_numbers_are_those_of_the_streams():
    plan = plan_of("random")
    assert same(draw(plan, seed=2, count=16), draw(replace(plan, sampling=Sampling()), seed=2, count=16))


@pytest.mark.parametrize(
    "name",
    [
        *("reinstated-2027", "us-ban-2027", "equipment-controls", "general-licences", "flare-up", "rollover"),
        *("one-toolmaker", "priced-2027", "truce", "plant-on-time", "relapse", "scope-widening"),
    ],
)
def test_the_names_that_have_dimensions_are_those_that_are_drawn_once(name, monkeypatch):
    """Whoever draws under a new name must say so in the Plan, or it would be plain random for ever."""
    plan = compile_plan(load_scenario(name))
    asked = set()
    uniform = Block.uniform

    def listen(block, name):
        asked.add(name)
        return uniform(block, name)

    monkeypatch.setattr(Block, "uniform", listen)
    draw(plan, seed=0, count=192)
    once = names_drawn_once(plan)
    assert len(set(once)) == len(once)
    assert [name for name in asked - set(once) if not AGAIN.search(name)] == []
    # What belongs to a control that is never in force is not asked for.
    idle = ("controls.", *(f"{control.name}/" for control in plan.controls))
    assert [name for name in set(once) - asked if not name.startswith(idle)] == []


def test_dimensions_are_numbered_from_one_controls_first_then_facilities():
    numbered = plan_of("sobol").sampling.dimensions
    assert sorted(numbered.values()) == list(range(1, len(numbered) + 1))
    kinds = [name.partition(".")[0].partition("/")[0] for name in sorted(numbered, key=numbered.__getitem__)]
    assert list(dict.fromkeys(kinds)) == [
        "cn_55",
        "controls",
        "facilities",
        "allocation",
        "drivers",
        "inventory_policy",
        "producers",
        "uses",
    ]


def test_an_input_more_leaves_the_others_where_the_scenario_says_their_dimensions():
    from diamondsim.plan import with_dimensions

    before = load_scenario("reinstated-2027").override({**SHORT, "sampling": {"method": "sobol"}})
    more = {"controls.cn_55.licensing.any.civil.extra_review": "tri(10 20 30) days"}
    told = with_dimensions(before)
    old = compile_plan(told).sampling.dimensions
    assert dict(old) == dict(compile_plan(before).sampling.dimensions)
    kept = compile_plan(told.override(more)).sampling.dimensions
    (new,) = kept.keys() - old.keys()
    assert new == "controls.cn_55.licensing.any.civil.extra_review"
    assert {name: kept[name] for name in old} == dict(old)
    assert kept[new] == len(old) + 1
    one, other = (
        draw(compile_plan(told), seed=0, count=8),
        draw(compile_plan(told.override(more)), seed=0, count=8),
    )
    moved = {
        name
        for name, drawn in arrays_of(one).items()
        if not np.array_equal(drawn, arrays_of(other)[name], equal_nan=True)
    }
    assert moved == {"review_ticks"}
    # Without them it comes in the midst of the others and moves what stands behind it.
    moved_dimensions = compile_plan(before.override(more)).sampling.dimensions
    assert {name for name in old if moved_dimensions[name] != old[name]}


def test_a_new_name_takes_a_dimension_that_is_free():
    given = {"inventory_policy.any.queue_weight": 1, "inventory_policy.any.cover": 3, "something.else": 2}
    numbered = plan_of("sobol", **{"sampling.dimensions": given}).sampling.dimensions
    assert (numbered["inventory_policy.any.queue_weight"], numbered["inventory_policy.any.cover"]) == (1, 3)
    others = sorted(set(numbered.values()) - {1, 3})
    assert others == list(range(4, len(numbered) + 2))


def test_names_beyond_the_last_dimension_are_drawn_at_random(monkeypatch):
    monkeypatch.setattr(drawn_once, "MOST_DIMENSIONS", 12)
    sampling = plan_of("sobol").sampling
    once = names_drawn_once(plan_of("sobol"))
    assert list(sampling.dimensions) == once[:12]
    assert sampling.plain == len(once) - 12
    evenly, plainly = Block(1, 0, sampling=sampling), Block(1, 0)
    assert np.array_equal(evenly.uniform(once[12]), plainly.uniform(once[12]))
    assert not np.array_equal(evenly.uniform(once[11]), plainly.uniform(once[11]))


@pytest.mark.parametrize("method", METHODS)
def test_correlated_inputs_take_the_numbers_of_their_names(method):
    """The factor of the copula works on uniforms wherever they come from; others keep theirs."""
    plain = plan_of(method)
    coupled = plan_of(method, correlation={" ~ ".join(PAIR): 0.6})
    drawn = {
        name: np.concatenate([_block(coupled, number).uniform(name) for number in range(8)])
        for name in (*PAIR, "facilities.georgia.ramp")
    }
    # 8,192 replications: four standard errors of 1 / 90.
    assert abs(stats.spearmanr(drawn[PAIR[0]], drawn[PAIR[1]]).statistic - 0.6) < 4 / 90
    assert stats.kstest(drawn[PAIR[1]], "uniform").pvalue > 1e-3
    # The first of a group is its own, but for rounding on the way through the normal law.
    assert np.allclose(_block(plain, 0).uniform(PAIR[0]), drawn[PAIR[0]][:BLOCK], rtol=1e-12)
    assert np.array_equal(
        _block(plain, 0).uniform("facilities.georgia.ramp"), drawn["facilities.georgia.ramp"][:BLOCK]
    )


def _block(plan, number):
    return Block(0, number, correlated=plan.correlated, sampling=plan.sampling)


@pytest.mark.parametrize("method", METHODS)
def test_other_numbers_again_and_again_leave_what_is_drawn_once(method):
    plan = plan_of(method)
    one, other = draw(plan, seed=1, count=32), draw(plan, seed=1, count=32, redraw_seed=9)
    assert np.array_equal(one.cover_ticks, other.cover_ticks)
    assert np.array_equal(one.milestones[0], other.milestones[0])
    assert np.array_equal(one.growth, other.growth)
    assert not np.array_equal(one.noise, other.noise)
    assert same(one, draw(plan, seed=1, count=32, redraw_seed=1))
