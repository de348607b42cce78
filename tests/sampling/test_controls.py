from typing import Any

import numpy as np
import pytest
from scipy import stats

from diamondsim.distributions import Exponential, Pert, Uniform
from diamondsim.plan import Control, Diversion, Relay
from diamondsim.sampling import draw
from diamondsim.sampling.block import Block
from tests.sampling.plans import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    entry,
    make_control,
    make_plan,
    make_rule,
    number,
    split,
)


def drawn(*controls: Control, requires=None, n_ticks: int = 10, seed: int = 0, **changes):
    asked = np.full(len(controls), -1) if requires is None else np.array(requires)
    plan = make_plan(controls=controls, requires=asked, n_ticks=n_ticks, **changes)
    return draw(plan, seed=seed)


def announced(begin: int = 2, end: int = 5, factor=2.0, **changes) -> Control:
    return make_control(
        timeline=(entry(begin, ANNOUNCED), entry(end, LICENSING)),
        front_loading=number(factor, "factor"),
        **changes,
    )


# Front-loading (model.md, eq. 77)


def test_the_factor_holds_while_announced_and_the_extra_cover_until_the_spell_ends():
    control = make_control(
        timeline=(entry(2, ANNOUNCED), entry(5, LICENSING), entry(8, SUSPENDED)), front_loading=number(2.5)
    )
    draws = drawn(control)
    assert draws.front_loading[:, 0, 3].tolist() == [0, 0, 2.5, 2.5, 2.5, 0, 0, 0, 0, 0]
    assert draws.hoarding_cover_ticks[:, 0, 3].tolist() == [0, 0, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5, 0, 0]


def test_a_factor_below_one_holds_back_but_needs_no_cover():
    draws = drawn(announced(factor=0.8))
    assert draws.front_loading[3, 0, 0] == 0.8
    assert (draws.hoarding_cover_ticks == 0).all()


def test_extra_cover_ends_when_the_announcement_comes_to_nothing():
    control = make_control(timeline=(entry(2, ANNOUNCED), entry(5, NONE)), front_loading=number(2.0))
    assert drawn(control).hoarding_cover_ticks[:, 0, 0].tolist() == [0, 0, 3, 3, 3, 0, 0, 0, 0, 0]


def test_a_spell_that_does_not_follow_at_once_inherits_nothing():
    control = make_control(
        timeline=(entry(1, ANNOUNCED), entry(3, NONE), entry(4, LICENSING)), front_loading=number(2.0)
    )
    assert drawn(control).hoarding_cover_ticks[:, 0, 0].tolist() == [0, 2, 2, 0, 0, 0, 0, 0, 0, 0]


def test_each_announced_run_draws_its_own_factor_and_counts_its_own_ticks():
    control = make_control(
        timeline=(entry(0, ANNOUNCED), entry(2, NONE), entry(3, ANNOUNCED), entry(6, BANNED)),
        front_loading=number(Pert(1.0, 2.0, 3.5), "factor"),
    )
    draws = drawn(control)
    block = Block(0, 0)
    first, second = (block.read(Pert(1.0, 2.0, 3.5), f"factor/run{j}") for j in range(2))
    assert np.array_equal(draws.front_loading[0, 0], first)
    assert np.array_equal(draws.front_loading[4, 0], second)
    np.testing.assert_allclose(draws.hoarding_cover_ticks[1, 0], 2 * (first - 1))
    np.testing.assert_allclose(draws.hoarding_cover_ticks[9, 0], 3 * (second - 1))


def test_an_announcement_before_the_horizon_counts_in_full():
    draws = drawn(announced(begin=-4, end=1))
    assert draws.front_loading[:3, 0, 0].tolist() == [2, 0, 0]
    assert draws.hoarding_cover_ticks[:3, 0, 0].tolist() == [5, 5, 5]


def test_an_announcement_counts_only_while_the_required_control_is_announced_or_in_force():
    other = make_control("other", timeline=(entry(3, ANNOUNCED), entry(4, LICENSING)))
    draws = drawn(announced(begin=1, end=6), other, requires=[1, -1])
    assert draws.front_loading[:, 0, 0].tolist() == [0, 0, 0, 2, 2, 2, 0, 0, 0, 0]
    assert draws.hoarding_cover_ticks[:, 0, 0].tolist() == [0, 0, 0, 3, 3, 3, 3, 3, 3, 3]


def test_the_extra_cover_falls_away_while_the_required_control_is_suspended():
    other = make_control("other", start=LICENSING, timeline=(entry(7, SUSPENDED), entry(9, BANNED)))
    draws = drawn(announced(), other, requires=[1, -1])
    assert draws.hoarding_cover_ticks[:, 0, 0].tolist() == [0, 0, 3, 3, 3, 3, 3, 0, 0, 3]


def test_an_announcement_under_a_control_that_never_comes_counts_for_nothing():
    draws = drawn(announced(), make_control("other"), requires=[1, -1])
    assert (draws.front_loading == 0).all()
    assert (draws.hoarding_cover_ticks == 0).all()


# Diversion (model.md, eq. 78, 78a)


def diversion_of(**changes) -> Diversion:
    fields: dict[str, Any] = {
        "share": number(0.8),
        "delay": number(70.0),
        "crackdown_wait": number(21.0),
        "after_crackdown": number(0.2),
        "seized": number(0.5),
        "ramp": number(0.0),
        "fade": number(0.0),
        "relay": number(1.0),
        "relay_memory": number(56.0),
        "limit": Relay.UNLIMITED,
    }
    return Diversion(**fields | changes)


def test_the_crackdown_cuts_the_share_and_only_then_goods_are_seized():
    control = make_control(timeline=(entry(1, BANNED), entry(7, NONE)), diversion=diversion_of())
    draws = drawn(control)
    assert draws.diversion_share[:, 0, 0].tolist() == [0, 0.8, 0.8, 0.8, 0.2, 0.2, 0.2, 0, 0, 0]
    assert draws.seized_share[:, 0, 0].tolist() == [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0, 0]
    assert draws.diversion_delay_ticks.tolist() == [[10] * 1024]


def test_without_a_crackdown_the_share_stays_and_nothing_is_seized():
    control = make_control(start=BANNED, diversion=diversion_of(crackdown_wait=None))
    draws = drawn(control)
    assert (draws.diversion_share == 0.8).all()
    assert (draws.seized_share == 0).all()


def test_the_wait_for_the_crackdown_begins_with_the_spell_before_the_horizon_too():
    draws = drawn(make_control(timeline=(entry(-2, LICENSING),), diversion=diversion_of()))
    assert draws.diversion_share[:3, 0, 0].tolist() == [0.8, 0.2, 0.2]


def test_the_share_rises_over_the_ramp_and_fades_after_the_crackdown():
    """The ramp takes four ticks. The crackdown comes after three, when 0.8 begins to fall to 0.2 within two:
    0.75 of 0.8, then all of 0.5, then 0.2.
    """
    control = make_control(
        timeline=(entry(1, BANNED), entry(8, NONE)),
        diversion=diversion_of(ramp=number(28.0), fade=number(14.0)),
    )
    share = drawn(control).diversion_share[:, 0, 0]
    assert share == pytest.approx([0, 0, 0.2, 0.4, 0.6, 0.5, 0.2, 0.2, 0, 0])


def test_a_ramp_that_began_before_the_horizon_has_its_age():
    control = make_control(
        timeline=(entry(-2, LICENSING),), diversion=diversion_of(crackdown_wait=None, ramp=number(28.0))
    )
    assert drawn(control).diversion_share[:4, 0, 0] == pytest.approx([0.4, 0.6, 0.8, 0.8])


def test_every_spell_has_its_own_ramp_and_fade_and_a_replication_its_relay():
    law = Uniform(7.0, 70.0)
    names = ("ramp", "fade")
    control = make_control(
        timeline=(entry(0, BANNED), entry(3, NONE), entry(5, BANNED)),
        diversion=diversion_of(
            **{name: number(law, name) for name in names},
            crackdown_wait=number(0.0),
            relay=number(Uniform(0.0, 1.0), "relay"),
            relay_memory=number(law, "relay_memory"),
        ),
    )
    draws, block = drawn(control), Block(0, 0)
    for tick, spell in ((1, 0), (6, 1)):
        risen, faded = (np.minimum(7.0 / block.read(law, f"{name}/spell{spell}"), 1.0) for name in names)
        np.testing.assert_allclose(draws.diversion_share[tick, 0], risen * (0.2 + 0.6 * (1 - faded)))
    np.testing.assert_array_equal(draws.relay_share[0], block.read(Uniform(0.0, 1.0), "relay"))
    np.testing.assert_allclose(draws.relay_gain[0], 1 - np.exp(-7.0 / block.read(law, "relay_memory")))


@pytest.mark.parametrize("days, gain", [(0.0, 1.0), (7.0 / np.log(2.0), 0.5)])
def test_a_memory_is_smoothed_and_without_one_only_the_tick_counts(days, gain):
    control = make_control(diversion=diversion_of(relay_memory=number(days)))
    assert drawn(control).relay_gain[0] == pytest.approx(gain, rel=1e-15)
    assert (drawn(make_control()).relay_gain == 1.0).all()


def test_every_spell_draws_its_own_diversion():
    control = make_control(
        timeline=(entry(0, BANNED), entry(3, NONE), entry(5, BANNED)),
        diversion=diversion_of(
            share=number(Uniform(0.0, 1.0), "share"), crackdown_wait=number(Exponential(30.0), "wait")
        ),
    )
    draws = drawn(control)
    block = Block(0, 0)
    assert np.array_equal(
        draws.diversion_share[0, 0],
        np.where(
            block.read(Exponential(30.0), "wait/spell0") < 3.5,
            0.2,
            block.read(Uniform(0.0, 1.0), "share/spell0"),
        ),
    )
    assert np.array_equal(
        draws.diversion_share[5, 0],
        np.where(
            block.read(Exponential(30.0), "wait/spell1") < 3.5,
            0.2,
            block.read(Uniform(0.0, 1.0), "share/spell1"),
        ),
    )


def test_a_control_without_diversion_diverts_nothing_and_has_a_delay_of_a_tick():
    draws = drawn(make_control(start=BANNED))
    assert (draws.diversion_share == 0).all()
    assert (draws.diversion_delay_ticks == 1).all()


def test_a_detour_takes_a_tick_at_least():
    assert (drawn(make_control(diversion=diversion_of(delay=number(0.0)))).diversion_delay_ticks == 1).all()


# Rules and states


@pytest.mark.parametrize("days, ticks", [(0.0, 0), (3.4, 0), (3.5, 2), (35.0, 6)])
def test_extra_review_is_rounded_and_comes_on_top_of_the_tick_that_any_application_waits(days, ticks):
    assert (drawn(make_control(), licensing_rules=(make_rule(review_days=days),)).review_ticks == ticks).all()


def test_withdrawal_per_day_compounds_over_a_tick():
    withdrawal = drawn(make_control(), licensing_rules=(make_rule(withdrawal_per_day=0.01),)).withdrawal_rate
    np.testing.assert_allclose(withdrawal, 1 - 0.99**7, rtol=1e-14)


def test_rules_stand_in_the_rows_of_the_plan_whichever_control_they_belong_to():
    controls = (make_control("a", start=BANNED), make_control("b", start=BANNED))
    rules = (
        make_rule(1, name="b1", ban=0.1),
        make_rule(0, name="a1", ban=0.2),
        make_rule(1, name="b2", ban=0.3),
    )
    assert drawn(*controls, licensing_rules=rules).approval_rate[0, :, 0].tolist() == [0.1, 0.2, 0.3]


def test_a_control_that_is_never_announced_or_in_force_leaves_no_trace():
    draws = drawn(
        make_control(start=SUSPENDED, diversion=diversion_of()),
        licensing_rules=(make_rule(initial_rate=0.0),),
    )
    assert (draws.approval_rate == 1).all()
    for table in (draws.front_loading, draws.hoarding_cover_ticks, draws.diversion_share, draws.seized_share):
        assert (table == 0).all()


def test_states_are_the_codes_of_the_plan():
    draws = drawn(announced(), make_control("b", start=SUSPENDED))
    assert draws.control_state.dtype == np.int8
    assert draws.control_state[:, :, 0].T.tolist() == [[0, 0, 1, 1, 1, 2, 2, 2, 2, 2], [4] * 10]


def test_the_chance_of_a_rollover_is_that_of_the_file():
    control = make_control(start=SUSPENDED, timeline=(entry(3, (0.25, LICENSING), (0.75, None)),))
    states = np.concatenate([drawn(control, seed=seed).control_state[3, 0] for seed in range(4)])
    interval = stats.binomtest(int((states == LICENSING).sum()), len(states)).proportion_ci(0.9999)
    assert interval.low < 0.25 < interval.high


def test_controls_that_share_a_named_entry_fall_into_the_same_branch():
    branches = split((0.5, LICENSING), (0.5, None))
    shared = type(entry(1))(3, "truce", branches)
    draws = drawn(make_control("a", timeline=(shared,)), make_control("b", timeline=(shared,)))
    assert np.array_equal(draws.control_state[:, 0], draws.control_state[:, 1])
    assert len(np.unique(draws.control_state[3, 0])) == 2
