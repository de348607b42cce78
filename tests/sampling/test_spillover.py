"""What a control slows without binding it (model.md, eq. 75-76)."""

import numpy as np

from diamondsim.distributions import Distribution, Triangular, Uniform
from diamondsim.plan import Spillover
from diamondsim.sampling import draw
from diamondsim.sampling.block import Block
from tests.sampling.plans import (
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    entry,
    make_control,
    make_plan,
    make_rule,
    number,
)


def drawn(
    *controls,
    requires=(-1,),
    lost: float | Distribution = 0.3,
    days: float | Distribution | None = 21.0,
    is_dormant=False,
):
    """Draw controls of which the first has a spillover or overcompliance, which stands last."""
    time = None if days is None else number(days, "days")
    spillover = Spillover(0, number(lost, "lost"), time, is_dormant)
    everything = (*controls, make_control("c spillover", spillover=spillover))
    plan = make_plan(
        controls=everything,
        requires=np.array([*requires, -1]),
        licensing_rules=(make_rule(len(controls)),),
        n_ticks=10,
    )
    return draw(plan, seed=0)


def test_it_lasts_for_its_time_from_the_begin_of_the_spell():
    draws = drawn(make_control(timeline=(entry(2, LICENSING),)))
    assert draws.control_state[:, 1, 0].tolist() == [0, 0, 2, 2, 2, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(draws.approval_rate[:, 0, 0], [1, 1, 0.7, 0.7, 0.7, 1, 1, 1, 1, 1])


def test_a_tick_that_begins_within_its_time_counts_whole():
    states = drawn(make_control(timeline=(entry(2, LICENSING),)), days=15.0).control_state
    assert states[:, 1, 0].tolist() == [0, 0, 2, 2, 2, 0, 0, 0, 0, 0]


def test_it_ends_with_the_spell_and_returns_with_the_next():
    control = make_control(timeline=(entry(1, LICENSING), entry(3, SUSPENDED), entry(6, BANNED)))
    assert drawn(control).control_state[:, 1, 0].tolist() == [0, 2, 2, 0, 0, 0, 2, 2, 2, 0]


def test_a_spell_that_began_before_the_horizon_has_its_age():
    states = drawn(make_control(timeline=(entry(-2, LICENSING),))).control_state
    assert states[:3, 1, 0].tolist() == [2, 0, 0]


def test_it_lasts_only_while_the_required_control_is_in_force_too():
    control = make_control("ban", timeline=(entry(1, BANNED),))
    other = make_control("list", timeline=(entry(2, LICENSING), entry(3, NONE)))
    states = drawn(control, other, requires=(1, -1)).control_state
    assert states[:, 2, 0].tolist() == [0, 0, 2, 0, 0, 0, 0, 0, 0, 0]


def test_without_a_spell_nothing_is_slowed():
    draws = drawn(make_control(start=SUSPENDED))
    assert (draws.control_state[:, 1] == NONE).all()
    assert (draws.approval_rate == 1).all()


def test_it_is_no_announcement_and_diverts_nothing():
    draws = drawn(make_control(timeline=(entry(2, LICENSING),)))
    for table in (draws.front_loading, draws.hoarding_cover_ticks, draws.diversion_share, draws.seized_share):
        assert (table[:, 1] == 0).all()


def ban_and_list(*entries):
    """Return a ban from tick 1 on, which requires a list that comes and goes."""
    return make_control("ban", timeline=(entry(1, BANNED),)), make_control("list", timeline=entries)


def test_overcompliance_lasts_from_each_beginning_of_a_dormant_stretch():
    controls = ban_and_list(entry(3, LICENSING), entry(5, SUSPENDED))
    draws = drawn(*controls, requires=(1, -1), is_dormant=True)
    assert draws.control_state[:, 2, 0].tolist() == [0, 2, 2, 0, 0, 2, 2, 2, 0, 0]
    rates = [1, 0.7, 0.7, 1, 1, 0.7, 0.7, 0.7, 1, 1]
    np.testing.assert_allclose(draws.approval_rate[:, 0, 0], rates)


def test_overcompliance_without_a_time_lasts_as_long_as_the_control_is_dormant():
    controls = ban_and_list(entry(3, LICENSING), entry(5, SUSPENDED))
    states = drawn(*controls, requires=(1, -1), is_dormant=True, days=None).control_state
    assert states[:, 2, 0].tolist() == [0, 2, 2, 0, 0, 2, 2, 2, 2, 2]


def test_overcompliance_is_drawn_for_each_dormant_stretch():
    controls = ban_and_list(entry(3, LICENSING), entry(5, SUSPENDED))
    share = Triangular(0.1, 0.3, 0.6)
    draws = drawn(*controls, requires=(1, -1), is_dormant=True, lost=share, days=None)
    block = Block(0, 0)
    for tick, spell in ((1, 0), (2, 0), (5, 1), (9, 1)):
        np.testing.assert_allclose(draws.approval_rate[tick, 0], 1 - block.read(share, f"lost/spell{spell}"))


def test_without_the_control_itself_there_is_no_overcompliance():
    states = drawn(make_control("ban"), make_control("list"), requires=(1, -1), is_dormant=True).control_state
    assert (states == NONE).all()


def test_what_is_lost_and_how_long_are_drawn_for_each_spell():
    control = make_control(timeline=(entry(0, LICENSING), entry(4, NONE), entry(6, LICENSING)))
    share, time = Triangular(0.1, 0.3, 0.6), Uniform(0.0, 50.0)
    draws = drawn(control, lost=share, days=time)
    block = Block(0, 0)
    for first, last, spell in ((0, 4, 0), (6, 10, 1)):
        ages = 7.0 * np.arange(last - first)[:, None]
        lasts = ages < block.read(time, f"days/spell{spell}")
        expected = np.where(lasts, 1 - block.read(share, f"lost/spell{spell}"), 1.0)
        np.testing.assert_allclose(draws.approval_rate[first:last, 0], expected)


def test_the_name_of_a_spillover_seeds_no_stream(monkeypatch):
    from diamondsim.plan import compile_plan
    from diamondsim.sampling import block, draw, quasi_random
    from diamondsim.sampling.random_streams import words
    from diamondsim.scenario import load_scenario

    plan = compile_plan(load_scenario("scope-widening"))
    spillovers = [control.name for control in plan.controls if control.spillover is not None]
    assert spillovers
    seeds = set()

    def listen(seed, name, *where, **rows):
        seeds.add(name)
        return words(seed, name, *where, **rows)

    monkeypatch.setattr(block, "words", listen)
    monkeypatch.setattr(quasi_random, "words", listen)
    draw(plan, seed=0, count=8)
    assert not [name for name in seeds if name.startswith(tuple(spillovers))]
    (lost,) = [name for name in seeds if name.endswith(".drag.lost/spell0")]
    assert lost.startswith("controls.")
