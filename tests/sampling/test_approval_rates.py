from typing import Any

import numpy as np
import pytest

from diamondsim.distributions import Beta, Constant, Lognormal, Product, Triangular, Uniform
from diamondsim.plan import Control, LicensingRule
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

REGIME: dict[str, Any] = {
    "initial_rate": Beta(0.9, 7.05),
    "long_run_rate": Beta(4.0, 2.0),
    "dead_days": Triangular(15.0, 52.0, 91.0),
    "recovery_days": Lognormal(91.0, 0.66),
}


def rates(control: Control, *rules: LicensingRule, n_ticks: int = 10, seed: int = 0, **changes):
    plan = make_plan(controls=(control,), licensing_rules=rules, n_ticks=n_ticks, **changes)
    return draw(plan, seed=seed).approval_rate


def licensing(tick: int = 2, **changes) -> Control:
    return make_control(timeline=(entry(tick, LICENSING),), **changes)


def test_the_curve_by_hand():
    rule = make_rule(initial_rate=0.1, long_run_rate=0.9, dead_days=10.0, recovery_days=20.0)
    ages = np.array([0.0, 7.0, 14.0, 21.0, 28.0])
    risen = 0.9 + (0.1 - 0.9) * np.exp(-(ages[2:] - 10.0) / 20.0)
    expected = [1.0, 1.0, 0.1, 0.1, *risen]
    np.testing.assert_allclose(rates(licensing(), rule, n_ticks=7)[:, 0, 5], expected, rtol=1e-14)


def test_the_climb_begins_at_the_initial_rate_when_the_dead_time_ends_on_a_tick():
    rule = make_rule(initial_rate=0.1, long_run_rate=0.9, dead_days=14.0, recovery_days=20.0)
    rate = rates(licensing(0), rule)[:, 0, 0]
    assert rate[:3].tolist() == [0.1, 0.1, 0.1]
    assert rate[3] > 0.1


def test_without_a_time_constant_the_climb_is_a_step():
    rule = make_rule(initial_rate=0.1, long_run_rate=0.9, dead_days=14.0, recovery_days=0.0)
    np.testing.assert_allclose(rates(licensing(0), rule, n_ticks=4)[:, 0, 0], [0.1, 0.1, 0.9, 0.9])


def test_a_spell_that_began_before_the_horizon_has_its_age():
    rule = make_rule(initial_rate=0.0, long_run_rate=1.0, dead_days=0.0, recovery_days=70.0)
    rate = rates(licensing(-5), rule)
    np.testing.assert_allclose(rate[:, 0, 0], 1 - np.exp(-(np.arange(10) + 5) / 10), rtol=1e-14)


def test_outside_a_spell_everything_passes_denied_or_not():
    control = make_control(
        timeline=(entry(2, ANNOUNCED), entry(4, LICENSING), entry(6, SUSPENDED), entry(8, NONE))
    )
    rate = rates(control, make_rule(long_run_rate=0.5, denied_parties=0.25))[:, 0, 0]
    np.testing.assert_allclose(rate, [1, 1, 1, 1, 0.375, 0.375, 1, 1, 1, 1])


def test_a_ban_has_its_own_rate_and_the_clock_of_the_curve_runs_on():
    control = make_control(timeline=(entry(0, LICENSING), entry(3, BANNED), entry(6, LICENSING)))
    rule = make_rule(long_run_rate=1.0, recovery_days=70.0, ban=0.02)
    curve = 1 - np.exp(-np.arange(10) / 10)
    curve[3:6] = 0.02
    np.testing.assert_allclose(rates(control, rule)[:, 0, 0], curve, rtol=1e-14)


def test_the_rate_of_a_rule_by_hand_line_by_line():
    # Eq. 70 with initial rate 40 %, long-run rate 80 % at once, ban 5 %, a quarter of the buyers denied; a
    # relapse that never ends. Ticks: before, in relapse, banned though in relapse, in relapse again, after.
    control = make_control(
        timeline=(entry(1, LICENSING), entry(4, BANNED), entry(6, LICENSING), entry(8, SUSPENDED)),
        relapse_per_year=number(1e6),
        relapse_days=number(1e9),
    )
    rule = make_rule(initial_rate=0.4, long_run_rate=0.8, ban=0.05, denied_parties=0.25)
    relapse, ban = 0.75 * 0.4, 0.75 * 0.05
    expected = [1, relapse, relapse, relapse, ban, ban, relapse, relapse, 1, 1]
    np.testing.assert_allclose(rates(control, rule)[:, 0, 0], expected, rtol=1e-14)
    quiet = make_control(timeline=control.timeline)
    expected = [1, 0.6, 0.6, 0.6, ban, ban, 0.6, 0.6, 1, 1]
    np.testing.assert_allclose(rates(quiet, rule)[:, 0, 0], expected, rtol=1e-14)


def test_a_relapse_below_a_initial_rate_that_lies_above_the_long_run_keeps_the_curve():
    control = licensing(0, relapse_per_year=number(1e6), relapse_days=number(1e9))
    rule = make_rule(initial_rate=0.6, long_run_rate=0.2)
    np.testing.assert_allclose(rates(control, rule, n_ticks=3)[:, 0, 0], 0.2, rtol=1e-14)


def test_a_ban_lets_nothing_pass_unless_a_rate_is_given():
    assert (rates(make_control(start=BANNED), make_rule())[:, 0] == 0).all()


def test_the_rules_of_a_control_read_one_regime():
    rate = rates(
        licensing(0),
        make_rule(name="a", **REGIME),
        make_rule(name="b", **REGIME),
        make_rule(name="c", **REGIME | {"long_run_rate": Beta(2.0, 3.0)}),
        n_ticks=150,
    )
    assert np.array_equal(rate[:, 0], rate[:, 1])
    ranks = rate[-1, [0, 2]].argsort(axis=1).argsort(axis=1)
    assert np.corrcoef(ranks)[0, 1] > 0.98


def test_rules_share_the_further_factors_of_equal_products():
    shared = REGIME | {"long_run_rate": Product((Beta(4.0, 2.0), Uniform(0.9, 1.2)))}
    rate = rates(licensing(0), make_rule(name="a", **shared), make_rule(name="b", **shared), n_ticks=50)
    assert np.array_equal(rate[:, 0], rate[:, 1])


def test_a_rule_reads_its_distributions_at_the_streams_of_the_spell():
    block = Block(0, 0)
    rate = rates(licensing(0), make_rule(**REGIME | {"dead_days": 700.0}))
    assert np.array_equal(rate[0, 0], block.read(REGIME["initial_rate"], "c/spell0/initial_rate"))


def test_each_spell_has_a_regime_of_its_own():
    control = make_control(timeline=(entry(0, LICENSING), entry(3, NONE), entry(6, LICENSING)))
    rate = rates(control, make_rule(**REGIME | {"dead_days": 700.0}))
    assert np.array_equal(rate[6, 0], Block(0, 0).read(REGIME["initial_rate"], "c/spell1/initial_rate"))
    assert abs(np.corrcoef(rate[0, 0], rate[6, 0])[0, 1]) < 0.15


def test_two_controls_have_regimes_of_their_own():
    plan = make_plan(
        controls=(licensing(0), make_control("other", timeline=(entry(0, LICENSING),))),
        licensing_rules=(make_rule(0, **REGIME), make_rule(1, **REGIME)),
        n_ticks=100,
    )
    last = draw(plan, seed=0).approval_rate[-1]
    assert abs(np.corrcoef(last)[0, 1]) < 0.15


def test_a_relapse_takes_the_rate_back_to_the_initial_rate_and_the_clock_runs_on():
    control = licensing(0, relapse_per_year=number(2.0), relapse_days=number(28.0))
    rule = make_rule(initial_rate=0.1, long_run_rate=0.9, recovery_days=30.0)
    rate = rates(control, rule, n_ticks=200)[:, 0]
    curve = 0.9 + (0.1 - 0.9) * np.exp(-np.arange(200) * 7.0 / 30.0)
    on = np.isclose(rate, 0.1)
    np.testing.assert_allclose(rate, np.where(on, 0.1, curve[:, np.newaxis]), rtol=1e-13)
    lasting = np.diff(np.flatnonzero(np.diff(np.pad(on[3:, 0], 1).astype(int))))[::2]
    assert set(lasting) <= {4, 8}


def test_relapses_take_the_share_of_time_that_their_rate_and_length_say():
    # Long after the start the share of time in relapse is m / (m + w): 28 days against 365.25 / 2.
    control = licensing(0, relapse_per_year=number(2.0), relapse_days=number(28.0))
    rate = rates(control, make_rule(initial_rate=0.0, long_run_rate=1.0), n_ticks=300)[150:, 0]
    share = (rate == 0).mean(axis=0)
    error = share.std() / np.sqrt(share.size)
    assert share.mean() == pytest.approx(28 / (28 + 365.25 / 2), abs=4 * error)


def test_the_wait_for_a_relapse_runs_from_the_begin_of_the_spell():
    control = licensing(0, relapse_per_year=number(4.0), relapse_days=number(1e9))
    rate = rates(control, make_rule(initial_rate=0.0, long_run_rate=1.0), n_ticks=40)[:, 0]
    expected = np.exp(-(np.arange(40) + 0.5) * 7 * 4 / 365.25)
    open_share = (rate == 1).mean(axis=1)
    assert np.abs(open_share - expected).max() < 4 * 0.5 / np.sqrt(1024)


def test_a_relapse_never_lifts_the_rate():
    control = licensing(0, relapse_per_year=number(5.0), relapse_days=number(50.0))
    quiet = rates(licensing(0), make_rule(**REGIME), n_ticks=100)
    relapsing = rates(control, make_rule(**REGIME), n_ticks=100)
    assert (relapsing <= quiet).all()
    assert (relapsing < quiet).any()


def test_relapses_end_with_the_spell():
    control = make_control(
        timeline=(entry(0, LICENSING), entry(30, NONE), entry(32, LICENSING)),
        relapse_per_year=number(4.0),
        relapse_days=number(1e9),
    )
    rate = rates(control, make_rule(initial_rate=0.0, long_run_rate=1.0), n_ticks=40)[:, 0]
    assert (rate[29] == 0).mean() > 0.8
    assert (rate[30:32] == 1).all()
    assert (rate[32] == 0).mean() < 0.1


def test_spells_of_a_semi_markov_control_are_numbered_in_each_replication():
    control = make_control(
        sojourn={NONE: number(Uniform(7.0, 70.0), "off"), LICENSING: number(21.0)},
        transitions={NONE: split(LICENSING), LICENSING: split(NONE)},
    )
    rule = make_rule(
        initial_rate=Uniform(0.0, 0.5), long_run_rate=Constant(0.5), dead_days=700.0, recovery_days=1.0
    )
    rate = rates(control, rule, n_ticks=60)[:, 0]
    block = Block(0, 0)
    for column in (0, 17, 1023):
        inside = rate[:, column] < 1
        begins = np.flatnonzero(inside & ~np.pad(inside, (1, 0))[:-1])
        read = [block.read(Uniform(0.0, 0.5), f"c/spell{j}/initial_rate")[column] for j in range(len(begins))]
        assert rate[begins, column].tolist() == read
