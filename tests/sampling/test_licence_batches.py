"""Licences in batches (model.md, eq. 74a; backtest.md, eq. B2)."""

from typing import Any

import numpy as np
import pytest

from diamondsim.distributions import Constant, Lognormal, Mixture, Uniform
from diamondsim.plan import Control, GeneralLicences, LicensingRule, Plan, Validity, WatchList
from diamondsim.sampling import draw
from diamondsim.sampling.block import Block
from tests.sampling.plans import BANNED, LICENSING, NONE, entry, make_control, make_plan, make_rule, number

MONTH = 28.0  # Four weeks, so that months hold whole ticks.
MONTHS = 12


def plan(
    *rules: LicensingRule, control: Control | None = None, tick_days: float = 7.0, days=MONTH * MONTHS
) -> Plan:
    in_force = make_control(timeline=(entry(0, LICENSING),)) if control is None else control
    n_ticks = round(days / tick_days)
    return make_plan(controls=(in_force,), licensing_rules=rules, tick_days=tick_days, n_ticks=n_ticks)


def rate(rule: LicensingRule, *, seed: int = 0, **changes: Any) -> np.ndarray:
    return draw(plan(rule, **changes), seed=seed).approval_rate[:, 0]


def monthly(rule: LicensingRule, tick_days: float, seed: int = 0) -> np.ndarray:
    """What passes in each month, in months of normal flow: (months * R,)."""
    drawn = rate(rule, tick_days=tick_days, seed=seed)
    return drawn.reshape(MONTHS, -1, drawn.shape[-1]).mean(axis=1).reshape(-1)


@pytest.mark.parametrize("tick_days", [1.0, 7.0, 28.0])
@pytest.mark.parametrize("mu, months", [(0.8, 0.15), (0.3, 0.6), (1.2, 2.0)])
def test_the_months_have_the_law_of_the_backtest_whatever_the_tick(mu, months, tick_days):
    passed = monthly(make_rule(long_run_rate=mu, batch_days=months * MONTH), tick_days)
    variance = 2 * mu * months
    assert passed.mean() == pytest.approx(mu, abs=4 * np.sqrt(variance / passed.size))
    fourth = 24 * mu * months**3 + 3 * variance**2
    assert passed.var() == pytest.approx(variance, abs=4 * np.sqrt((fourth - variance**2) / passed.size))
    nothing = np.exp(-mu / months)
    assert (passed == 0).mean() == pytest.approx(nothing, abs=4 * np.sqrt(nothing / passed.size))


def test_ticks_of_a_day_and_of_a_week_give_one_distribution_of_months():
    rule = make_rule(long_run_rate=0.8, batch_days=0.15 * MONTH)
    shares = np.linspace(0.05, 0.95, 10)
    by_day, by_week = (np.quantile(monthly(rule, days), shares) for days in (1.0, 7.0))
    np.testing.assert_allclose(by_day, by_week, atol=0.04)


def test_small_batches_are_a_steady_flow():
    curve: dict[str, Any] = {
        "initial_rate": 0.1,
        "long_run_rate": 0.9,
        "dead_days": 10.0,
        "recovery_days": 40.0,
    }
    steady = rate(make_rule(**curve))
    for days, allowed in ((1e-6, 0.02), (1e-9, 1e-3), (1e-15, 1e-9), (5e-324, 1e-9)):
        np.testing.assert_allclose(rate(make_rule(**curve, batch_days=days)), steady, atol=allowed)


def test_without_batches_nothing_changes_to_the_bit():
    curve: dict[str, Any] = {"long_run_rate": Uniform(0.2, 1.4), "recovery_days": 40.0, "denied_parties": 0.1}
    general = GeneralLicences(number(0.4), number(30.0), number(20.0))
    plain = rate(make_rule(**curve, general=general))
    some = Mixture((0.5, 0.5), (Constant(0.0), Constant(5.0)))
    mixed = rate(make_rule(**curve, general=general, batch_days=some))
    has_none = Block(0, 0).read(some, "c/spell0/batch") == 0
    assert 400 < has_none.sum() < 600
    assert np.array_equal(mixed[:, has_none], plain[:, has_none])
    assert (mixed[10][~has_none] != plain[10][~has_none]).all()


def test_at_given_uniforms_no_tick_passes_less_at_a_higher_rate():
    lower, higher = (rate(make_rule(long_run_rate=mu, batch_days=9.0)) for mu in (0.5, 0.6))
    assert (higher >= lower).all()
    assert (higher > lower).mean() > 0.05


def test_batches_twice_as_large_are_rarer_and_move_with_the_others():
    small, large = (rate(make_rule(long_run_rate=0.8, batch_days=days)) for days in (5.0, 10.0))
    assert ((large == 0) >= (small == 0)).all()
    assert np.corrcoef(small.reshape(-1), large.reshape(-1))[0, 1] > 0.7


def test_a_ban_and_free_trade_are_steady():
    control = make_control(timeline=(entry(0, LICENSING), entry(10, BANNED), entry(20, NONE)))
    drawn = rate(make_rule(long_run_rate=0.8, ban=0.05, batch_days=9.0), control=control)
    assert np.unique(drawn[:10]).size > 1000
    assert (drawn[10:20] == 0.05).all()
    assert (drawn[20:] == 1.0).all()


def test_a_rate_of_nothing_has_no_batches():
    drawn = rate(make_rule(initial_rate=0.0, long_run_rate=0.8, dead_days=70.0, batch_days=9.0))
    assert (drawn[:10] == 0).all()
    assert (drawn[10:] > 0).any()


def test_general_licences_pass_steadily_beside_the_batches():
    general = GeneralLicences(number(0.5), number(0.0), number(0.0))
    drawn = rate(make_rule(long_run_rate=0.6, denied_parties=0.2, general=general, batch_days=14.0))
    assert drawn.min() == pytest.approx(0.4)  # Half of the four fifths that are not denied.
    assert drawn.mean() == pytest.approx(0.4 + 0.4 * 0.6, abs=0.01)


def test_a_watch_list_has_the_batches_of_its_rule():
    curve = {"initial_rate": 0.0, "long_run_rate": 0.1, "dead_days": 0.0, "recovery_days": 0.0}
    watch_list = WatchList(number(0.5, "share"), **{key: number(value, key) for key, value in curve.items()})
    drawn = rate(make_rule(long_run_rate=0.9, watch_list=watch_list, batch_days=14.0))
    assert drawn.min() == 0.0
    assert drawn.mean() == pytest.approx(0.5, abs=0.01)


def test_relapses_and_renewals_make_batches_rarer_and_not_smaller():
    relapsing = make_control(
        timeline=(entry(0, LICENSING),), relapse_per_year=number(1e9), relapse_days=number(1e9)
    )
    rule = make_rule(initial_rate=0.2, long_run_rate=0.9, batch_days=70.0)
    relapsed = rate(rule, control=relapsing)[1:]
    renewed = rate(make_rule(long_run_rate=0.4, batch_days=70.0, validity=Validity(number(0.0), number(0.0))))
    for drawn, mean in ((relapsed, 0.2), (renewed, 0.4)):
        assert drawn.mean() == pytest.approx(mean, abs=0.02)
        assert (drawn == 0).mean() == pytest.approx(np.exp(-mean / 10), abs=0.005)


def test_rules_that_read_one_line_have_their_batches_together():
    """The name of the number is the path of the line that gives it."""
    one, other = (make_rule(name=name, long_run_rate=0.5, batch_days=9.0) for name in ("one", "other"))
    drawn = draw(plan(one, other, one), seed=0).approval_rate
    assert np.array_equal(drawn[:, 0], drawn[:, 2])
    assert abs(np.corrcoef(drawn[:, 0].reshape(-1), drawn[:, 1].reshape(-1))[0, 1]) < 0.02


def test_a_rule_has_its_batches_whichever_rules_read_the_same_line():
    first, second, banning, denying = (
        make_rule(long_run_rate=mu, batch_days=9.0, ban=ban, denied_parties=denied)
        for mu, ban, denied in ((0.5, 0.0, 0.0), (0.9, 0.0, 0.0), (0.9, 0.1, 0.0), (0.9, 0.0, 0.3))
    )
    control = make_control(timeline=(entry(0, LICENSING), entry(40, BANNED)))
    rules = (first, second, first, banning, denying, second)
    together = draw(plan(*rules, control=control), seed=0).approval_rate
    for k, rule in enumerate(rules):
        assert np.array_equal(together[:, k], rate(rule, control=control))


def test_the_size_is_drawn_for_each_spell_at_a_latent_uniform_that_all_rules_share():
    control = make_control(timeline=(entry(0, LICENSING), entry(10, NONE), entry(20, LICENSING)))
    size = Lognormal(7.0, 1.2)
    rules = tuple(make_rule(name=name, long_run_rate=0.9, batch_days=size) for name in ("one", "other"))
    drawn = draw(plan(*rules, control=control), seed=0).approval_rate
    block = Block(0, 0)
    for rows, spell in ((slice(0, 10), 0), (slice(20, 48), 1)):
        days = block.read(size, f"c/spell{spell}/batch")
        for k in range(2):
            small, large = days < np.quantile(days, 0.1), days > np.quantile(days, 0.9)
            assert drawn[rows, k][:, small].std() < drawn[rows, k][:, large].std()
            nothing = (drawn[rows, k] == 0).mean()
            assert nothing == pytest.approx(np.exp(-0.9 / (days / 7)).mean(), abs=0.02)


def test_a_replication_has_its_batches_whatever_is_drawn_with_it():
    made = plan(make_rule(long_run_rate=0.8, batch_days=Lognormal(7.0, 1.2)), days=700.0)
    whole, part = draw(made, seed=3, count=1100), draw(made, seed=3, first=1020, count=7)
    assert np.array_equal(whole.approval_rate[..., 1020:1027], part.approval_rate)
    longer = plan(make_rule(long_run_rate=0.8, batch_days=Lognormal(7.0, 1.2)), days=1400.0)
    assert np.array_equal(draw(longer, seed=3).approval_rate[:100], draw(made, seed=3).approval_rate)


def test_with_another_seed_for_what_recurs_only_the_batches_differ():
    made = plan(make_rule(long_run_rate=0.8, batch_days=9.0))
    assert (draw(made, seed=0).approval_rate != draw(made, seed=0, redraw_seed=1).approval_rate).any()
