import math

import numpy as np
import pytest

from diamondsim.distributions import (
    Constant,
    Exponential,
    Lognormal,
    Mixture,
    Product,
    Sum,
    Triangular,
    Uniform,
)
from diamondsim.plan import CapacityRow, Outages, ScheduledOutage
from diamondsim.sampling import draw
from diamondsim.sampling.block import Block
from diamondsim.sampling.outages import draw_outages
from tests.sampling.plans import make_plan, number


def index(*rows: CapacityRow, n_ticks: int = 20, seed: int = 0):
    return draw(make_plan(capacity_rows=rows, n_ticks=n_ticks), seed=seed).capacity_index


def row(*, growth=0.0, outages=(), scripted=()) -> CapacityRow:
    return CapacityRow("p0", number(growth, "growth"), outages, scripted, -1)


def lost(days, *, per_year=2.0, loss=1.0, n_ticks=400, tick_days=1.0, first=0, blocks=1):
    """Shares lost, (T, R)."""
    outages = Outages("stops", number(per_year, "rate"), number(days, "days"), number(loss, "loss"))
    drawn = [
        draw_outages(outages, Block(3, first + k), n_ticks=n_ticks, tick_days=tick_days)
        for k in range(blocks)
    ]
    return np.concatenate(drawn, axis=1)


def test_capacity_grows_by_its_yearly_rate():
    years = np.arange(200) * 7 / 365.25
    np.testing.assert_allclose(index(row(growth=0.08), n_ticks=200)[:, 0, 3], 1.08**years, rtol=1e-13)


def test_without_growth_and_outages_capacity_is_constant():
    assert (index(row()) == 1).all()


def test_scripted_outages_take_their_share_in_their_ticks_and_multiply():
    scripted = (ScheduledOutage(2, 5, number(0.5)), ScheduledOutage(4, 6, number(0.2)))
    assert index(row(scripted=scripted))[:7, 0, 0].tolist() == [1, 1, 0.5, 0.5, 0.4, 0.8, 1]


def test_a_scripted_outage_that_began_before_the_horizon_takes_what_is_left_of_it():
    assert index(row(scripted=(ScheduledOutage(-5, 2, number(0.5)),)))[:3, 0, 0].tolist() == [0.5, 0.5, 1]
    assert (index(row(scripted=(ScheduledOutage(-5, -2, number(0.5)),))) == 1).all()


DAYS = [
    30.0,
    Triangular(7.0, 30.0, 120.0),
    Exponential(40.0),
    Lognormal(20.0, 1.0),
    Product((Triangular(20.0, 30.0, 60.0), Uniform(0.5, 1.5))),
    Mixture((0.8, 0.2), (Uniform(5.0, 10.0), Product((Uniform(60.0, 100.0), Uniform(0.5, 1.5))))),
    Sum((Exponential(40.0), Constant(20.0))),
    Sum(
        (Uniform(0.0, 10.0), Exponential(30.0), Mixture((0.5, 0.5), (Uniform(0.0, 1.0), Uniform(40.0, 50.0))))
    ),
]


@pytest.mark.parametrize("days", DAYS, ids=str)
def test_outages_are_stationary_from_the_first_tick(days):
    # The plant stands still with probability m / (m + w) in every tick.
    mean = number(days, "days").distribution.central()
    expected = mean / (mean + 365.25 / 2)
    down = lost(days, blocks=4) > 0
    error = math.sqrt(expected * (1 - expected) / down.shape[1])
    for tick in (0, 5, 40, 399):
        assert down[tick].mean() == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize("days", DAYS, ids=str)
def test_what_is_left_of_an_outage_met_at_the_start_is_what_renewal_theory_says(days):
    # What is left has the mean E[L^2] / (2 m); it is met with probability m / (m + w).
    lengths = np.concatenate([Block(8, k).value(number(days, "days")) for k in range(40)])
    expected = (lengths**2).mean() / (2 * (lengths.mean() + 365.25 / 2))
    left = np.concatenate(
        [(lost(days, n_ticks=800, first=k) > 0).cumprod(axis=0).sum(axis=0) for k in range(12)]
    )
    error = left.std() / math.sqrt(len(left))
    assert left.mean() == pytest.approx(expected, abs=4 * error)
    assert 4 * error < 0.15 * expected


def test_outages_begin_at_their_rate():
    down = lost(10.0, n_ticks=2000, blocks=2) > 0
    begins = (down[1:] & ~down[:-1]).sum(axis=0)
    expected = 1999 / (10 + 365.25 / 2)
    assert begins.mean() == pytest.approx(expected, abs=4 * begins.std() / math.sqrt(len(begins)))


def test_short_outages_keep_their_share_of_time_on_long_ticks():
    share = (lost(2.0, n_ticks=400, tick_days=7.0, per_year=10.0, blocks=4) > 0).mean()
    assert share == pytest.approx(2 / (2 + 36.525), rel=0.05)


def test_each_outage_draws_its_own_loss():
    values = np.unique(lost(10.0, loss=Uniform(0.2, 0.6)))
    assert values[0] == 0
    assert values[1] >= 0.2
    assert values[-1] <= 0.6
    assert len(values) > 1024


def test_each_outage_has_its_own_wait_length_and_loss():
    """The first three, worked out by hand from their streams, of plants that run at the start."""
    days, loss, block, n_ticks = Exponential(40.0), Uniform(0.2, 0.6), Block(3, 0), 3000
    found = lost(days, loss=loss, n_ticks=n_ticks)
    running = block.uniform("stops/start") * (40 + 365.25 / 2) >= 40
    tick = np.arange(n_ticks)[:, np.newaxis]
    expected, after = np.zeros(found.shape), np.zeros(block.size)
    for k in range(3):
        begin = after - 365.25 / 2 * np.log1p(-block.uniform_row("stops/wait", k))
        end = begin - 40 * np.log1p(-block.uniform_row("days/outage", k))
        down = (tick >= np.floor(begin + 0.5)) & (tick < np.floor(end + 0.5))
        expected = np.where(down, 0.2 + 0.4 * block.uniform_row("loss/outage", k), expected)
        after = end
    # What a fourth one might overwrite is left out.
    known = running & (tick < np.floor(after + 0.5))
    assert (known & (expected > 0)).sum() > 50_000
    np.testing.assert_allclose(found[known], expected[known], rtol=1e-12)


def test_random_outages_cut_the_index():
    stops = Outages("stops", number(3.0), number(30.0), number(0.4))
    values = np.unique(index(row(outages=(stops,)), n_ticks=200))
    np.testing.assert_allclose(values, [0.6, 1.0])


def test_a_rate_of_zero_means_no_outage():
    assert (lost(30.0, per_year=0.0) == 0).all()


def test_a_rate_of_zero_in_some_replications_means_no_outage_in_them_and_changes_none_in_others():
    rates = Mixture((0.5, 0.5), (Constant(0.0), Constant(2.0)))
    found = lost(30.0, per_year=rates)
    without = Block(3, 0).value(number(rates, "rate")) == 0
    assert 400 < without.sum() < 624
    assert (found[:, without] == 0).all()
    assert np.array_equal(found[:, ~without], lost(30.0)[:, ~without])


def test_a_longer_horizon_keeps_the_outages():
    assert np.array_equal(lost(30.0, n_ticks=900)[:400], lost(30.0, n_ticks=400))
