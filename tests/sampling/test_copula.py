from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from diamondsim.plan import Correlated, compile_plan
from diamondsim.plan.correlated_groups import inputs_by_name
from diamondsim.sampling import draw
from diamondsim.sampling.block import Block
from diamondsim.scenario import load_scenario
from tests.sampling.plans import arrays_of

ROWS = ("inventory_policy.any.cover", "uses.polishing.growth", "inventory_policy.any.queue_weight")
PAIRS = {f"{ROWS[0]} ~ {ROWS[1]}": 0.6, f"{ROWS[1]} ~ {ROWS[2]}": -0.4}
# Without the driver that multiplies the growth of the uses of the United States.
SHORT = {"horizon": {"length": "1 yr"}, "drivers.us_balance": None}


@pytest.fixture(scope="module")
def plain():
    return compile_plan(load_scenario("reinstated-2027").override(SHORT))


@pytest.fixture(scope="module")
def coupled():
    changes = {**SHORT, "correlation": PAIRS}
    return compile_plan(load_scenario("reinstated-2027").override(changes))


def uniforms(plan, blocks=16):
    drawn = [Block(0, number, correlated=plan.correlated) for number in range(blocks)]
    return {name: np.concatenate([block.uniform(name) for block in drawn]) for name in ROWS}


def test_the_empirical_rank_correlations_are_those_asked_for(coupled):
    drawn = uniforms(coupled)
    # 16,384 replications: a standard error of 1 / 128, here four of them.
    for one, other, wanted in ((0, 1, 0.6), (1, 2, -0.4), (0, 2, 0.0)):
        found = stats.spearmanr(drawn[ROWS[one]], drawn[ROWS[other]]).statistic
        assert abs(found - wanted) < 4 / 128


def test_the_margins_stay_uniform(coupled):
    for drawn in uniforms(coupled).values():
        assert stats.kstest(drawn, "uniform").pvalue > 1e-3


def test_the_rank_correlation_reaches_the_values(coupled):
    """The cover is a product: its first factor follows the copula, its second is drawn alone."""
    draws = draw(coupled, seed=0)
    weight = next(n for n, number in enumerate(coupled.numbers["queue_weight"]) if number.name == ROWS[2])
    group = next(k for k, g in enumerate(coupled.growth_groups) if g.per_year and g.per_year.name == ROWS[1])
    found = stats.spearmanr(draws.growth[-1, group], draws.queue_weight[weight]).statistic
    assert abs(found + 0.4) < 4 / 32


def test_inputs_outside_the_group_keep_their_draws_to_the_bit(plain, coupled):
    one, other = draw(plain, seed=0, count=8), draw(coupled, seed=0, count=8)
    moved = {
        name
        for name, drawn in arrays_of(one).items()
        if not np.array_equal(drawn, arrays_of(other)[name], equal_nan=True)
    }
    assert moved == {"queue_weight", "cover_ticks", "opening_stock", "growth"}
    names = [number.name for number in plain.numbers["cover"]]
    outside = [n for n, name in enumerate(names) if name not in ROWS]
    assert len(outside) > 10
    assert np.array_equal(one.cover_ticks[outside], other.cover_ticks[outside])


def test_a_replication_has_the_same_draws_alone_in_a_block_and_across_blocks(coupled):
    many = draw(coupled, seed=3, first=1020, count=10)
    for k in (0, 3, 4, 9):
        alone = draw(coupled, seed=3, first=1020 + k, count=1)
        for name, other in arrays_of(alone).items():
            one = arrays_of(many)[name][..., k : k + 1]
            assert np.array_equal(one, other, equal_nan=True), name


def test_some_columns_of_a_block_are_correlated_like_all(coupled):
    whole = Block(0, 0, correlated=coupled.correlated)
    part = whole.pick(np.array([5, 700]))
    assert np.array_equal(part.uniform(ROWS[1]), whole.uniform(ROWS[1])[[5, 700]])


def test_no_correlated_uniform_reaches_0_or_1():
    group = Correlated(("a", "b"), ((1.0,), (1.0, 1e-9)))
    block = Block(0, 0, correlated=[replace(group, factor=((1.0,), (50.0, 1.0)))])
    drawn = block.uniform("b")
    assert 0 < drawn.min() < 1e-15
    assert 1 - 1e-15 < drawn.max() < 1


@pytest.mark.parametrize(
    "name, never_in_force",
    [
        ("us-ban-2027", ()),
        ("equipment-controls", ()),
        ("general-licences", ("controls.us_46_2.",)),
        ("japan-step-2027", ("controls.us_46_2.", "controls.cn_55.")),
        ("one-toolmaker", ("controls.us_46_2.",)),
    ],
)
def test_what_may_be_correlated_is_just_what_is_drawn_once(name, never_in_force, monkeypatch):
    """Whoever adds an Input that is drawn anew must say so, or correlating it would do nothing."""
    plan = compile_plan(load_scenario(name))
    asked = set()
    uniform = Block.uniform

    def listen(block, name):
        asked.add(name)
        return uniform(block, name)

    monkeypatch.setattr(Block, "uniform", listen)
    draw(plan, seed=0, count=64)
    allowed = {name for name, why in inputs_by_name(plan).items() if not why}
    assert len(allowed) > 30
    assert [name for name in allowed - asked if not name.startswith(never_in_force)] == []
