"""General licences, validity and watched buyers in the rate of a rule (model.md, eq. 71-74)."""

from typing import Any

import numpy as np
import pytest

from diamondsim.distributions import Beta, Constant, Distribution, Uniform
from diamondsim.plan import Control, GeneralLicences, LicensingRule, Validity, WatchList
from diamondsim.sampling import draw
from diamondsim.sampling.block import Block
from tests.sampling.plans import BANNED, LICENSING, NONE, entry, make_control, make_plan, make_rule, number

WEEKS = np.arange(10)


def rate(rule: LicensingRule, control: Control | None = None, seed: int = 0):
    """Approval rate of a rule whose control is in force from tick 0 on: (10, 1024)."""
    in_force = make_control(timeline=(entry(0, LICENSING),)) if control is None else control
    plan = make_plan(controls=(in_force,), licensing_rules=(rule,), n_ticks=10)
    return draw(plan, seed=seed).approval_rate[:, 0]


def general(share: float | Distribution = 0.5, after: float = 21.0, time: float = 0.0) -> GeneralLicences:
    return GeneralLicences(number(share, "share"), number(after), number(time))


def watched(share: float | Distribution = 0.2, **changes: Any) -> WatchList:
    curve = {"initial_rate": 0.0, "long_run_rate": 0.1, "dead_days": 0.0, "recovery_days": 0.0} | changes
    return WatchList(number(share, "watch_list"), **{key: number(value, key) for key, value in curve.items()})


# General licences


def test_a_general_licence_passes_in_full_from_its_age_on():
    rule = make_rule(long_run_rate=0.2, general=general())
    np.testing.assert_allclose(rate(rule)[:, 3], [0.2] * 3 + [0.6] * 7)


def test_general_licences_grow_with_their_time_constant():
    rule = make_rule(long_run_rate=0.2, general=general(time=28.0))
    share = 0.5 * (1 - np.exp(-np.maximum(WEEKS * 7 - 21.0, 0) / 28.0))
    np.testing.assert_allclose(rate(rule)[:, 3], share + (1 - share) * 0.2, rtol=1e-14)


def test_they_are_a_share_of_those_who_are_not_denied():
    rule = make_rule(long_run_rate=0.2, denied_parties=0.25, general=general(after=0.0))
    np.testing.assert_allclose(rate(rule), 0.75 * 0.6)


def test_a_ban_ends_them_and_the_age_of_the_spell_runs_on():
    control = make_control(timeline=(entry(0, BANNED), entry(5, LICENSING), entry(8, NONE)))
    rule = make_rule(long_run_rate=0.2, ban=0.01, general=general(after=42.0))
    expected = [0.01] * 5 + [0.2, 0.6, 0.6] + [1.0, 1.0]
    np.testing.assert_allclose(rate(rule, control)[:, 3], expected)


def test_a_relapse_does_not_touch_them():
    control = make_control(
        timeline=(entry(0, LICENSING),), relapse_per_year=number(1e9), relapse_days=number(1e9)
    )
    rule = make_rule(initial_rate=0.1, long_run_rate=0.9, general=general(after=0.0))
    np.testing.assert_allclose(rate(rule, control)[1:], 0.5 + 0.5 * 0.1)


def test_they_are_drawn_for_each_spell_and_shared_by_all_rules():
    control = make_control(timeline=(entry(0, LICENSING), entry(3, NONE), entry(5, LICENSING)))
    some = general(share=Uniform(0.0, 1.0), after=0.0)
    rules = tuple(make_rule(name=name, long_run_rate=0.0, general=some) for name in ("one", "two"))
    drawn = draw(make_plan(controls=(control,), licensing_rules=rules, n_ticks=10), seed=0).approval_rate
    block = Block(0, 0)
    for tick, spell in ((0, 0), (2, 0), (5, 1), (9, 1)):
        share = block.read(Uniform(0.0, 1.0), f"c/spell{spell}/general_share")
        np.testing.assert_allclose(drawn[tick, 0], share, rtol=1e-12)
    assert np.array_equal(drawn[:, 0], drawn[:, 1])


# Validity


def test_from_the_age_of_a_licence_on_a_part_of_them_waits_for_renewal():
    rule = make_rule(long_run_rate=0.8, validity=Validity(number(28.0), number(14.0)))
    np.testing.assert_allclose(rate(rule)[:, 3], [0.8] * 4 + [0.8 * 28 / 42] * 6)


def test_a_renewal_in_no_time_costs_nothing():
    plain = make_rule(long_run_rate=Beta(4.0, 2.0))
    renewed = make_rule(long_run_rate=Beta(4.0, 2.0), validity=Validity(number(28.0), number(0.0)))
    assert np.array_equal(rate(plain), rate(renewed))


def test_what_runs_out_is_not_the_general_licence():
    rule = make_rule(
        long_run_rate=0.8, general=general(after=0.0), validity=Validity(number(28.0), number(14.0))
    )
    np.testing.assert_allclose(rate(rule)[5], 0.5 + 0.5 * 0.8 * 28 / 42)


def test_replications_without_a_second_spell_need_no_validity_there():
    branching = entry(3, (0.5, NONE), (0.5, None))
    control = make_control(timeline=(entry(0, LICENSING), branching, entry(5, LICENSING)))
    rule = make_rule(long_run_rate=0.8, validity=Validity(number(28.0), number(14.0)))
    with np.errstate(all="raise"):
        drawn = rate(rule, control)
    assert sorted(set(np.round(drawn[5], 6))) == [0.533333, 0.8]


# Watched buyers


def test_watched_buyers_have_a_curve_of_their_own():
    rule = make_rule(long_run_rate=0.9, watch_list=watched(dead_days=21.0, recovery_days=14.0))
    own = 0.1 * (1 - np.exp(-np.maximum(WEEKS * 7 - 21.0, 0) / 14.0))
    np.testing.assert_allclose(rate(rule)[:, 3], 0.8 * 0.9 + 0.2 * own, rtol=1e-14)


def test_a_watch_list_with_the_curve_of_the_rule_changes_nothing():
    curve: dict[str, Any] = {
        "initial_rate": Beta(0.9, 7.05),
        "long_run_rate": Beta(4.0, 2.0),
        "dead_days": 20.0,
        "recovery_days": 50.0,
    }
    plain = make_rule(**curve, denied_parties=0.1)
    listed = make_rule(**curve, denied_parties=0.1, watch_list=watched(**curve))
    np.testing.assert_allclose(rate(listed), rate(plain), rtol=1e-13)


def test_they_have_no_general_licence_but_their_licences_run_out():
    rule = make_rule(
        long_run_rate=0.5,
        general=general(share=1.0, after=0.0),
        validity=Validity(number(28.0), number(28.0)),
        watch_list=watched(0.2),
    )
    np.testing.assert_allclose(rate(rule)[:, 3], [0.8 + 0.2 * 0.1] * 4 + [0.8 + 0.2 * 0.05] * 6)


@pytest.mark.parametrize("denied, share, expected", [(0.7, 0.6, 0.3 * 0.1), (1.0, 0.5, 0.0), (0.0, 1.0, 0.1)])
def test_what_is_denied_goes_before_what_is_watched(denied, share, expected):
    rule = make_rule(long_run_rate=0.9, denied_parties=denied, watch_list=watched(share))
    np.testing.assert_allclose(rate(rule), expected, atol=1e-15)


def test_under_a_ban_it_is_of_no_account_who_is_watched():
    control = make_control(timeline=(entry(0, BANNED),))
    rule = make_rule(ban=0.04, denied_parties=0.25, watch_list=watched(0.5))
    np.testing.assert_allclose(rate(rule, control), 0.03)


def test_in_a_relapse_they_fall_to_their_own_initial_rate():
    control = make_control(
        timeline=(entry(0, LICENSING),), relapse_per_year=number(1e9), relapse_days=number(1e9)
    )
    rule = make_rule(
        initial_rate=0.2, long_run_rate=0.9, watch_list=watched(0.5, initial_rate=0.05, long_run_rate=0.5)
    )
    np.testing.assert_allclose(rate(rule, control)[1:], 0.5 * 0.2 + 0.5 * 0.05)


def test_the_watched_share_is_drawn_once_and_its_curve_in_the_regime_of_the_spell():
    rule = make_rule(
        long_run_rate=Beta(4.0, 2.0), watch_list=watched(Uniform(0.0, 0.4), long_run_rate=Beta(1.0, 6.0))
    )
    block = Block(0, 0)
    share = block.read(Uniform(0.0, 0.4), "watch_list")
    rest = block.read(Beta(4.0, 2.0), "c/spell0/long_run_rate")
    own = block.read(Beta(1.0, 6.0), "c/spell0/long_run_rate")
    np.testing.assert_allclose(rate(rule)[4], (1 - share) * rest + share * own, rtol=1e-12)
    assert rule.ban.distribution == Constant(0.0)
