import numpy as np
import pytest

from diamondsim.distributions import Uniform
from diamondsim.plan import GrowthGroup
from diamondsim.sampling import draw
from diamondsim.sampling.growth import slowed
from tests.sampling.plans import make_plan, number


def growth(*groups: GrowthGroup, n_ticks: int = 60):
    return draw(make_plan(growth_groups=groups, n_ticks=n_ticks), seed=0).growth


def group(rate: float | None = None, drivers=(), mix=(), name="g") -> GrowthGroup:
    return GrowthGroup(name, None if rate is None else number(rate), drivers, mix)


def test_growth_is_one_at_the_start_and_compounds_by_the_year():
    years = np.arange(60) * 7 / 365.25
    index = growth(group(0.05))[:, 0, 9]
    assert index[0] == 1
    np.testing.assert_allclose(index, 1.05**years, rtol=1e-14)


def test_a_shrinking_use_shrinks():
    assert growth(group(-0.1))[-1, 0, 0] == pytest.approx(0.9 ** (59 * 7 / 365.25))


def test_a_driver_is_one_before_its_first_date_linear_between_dates_and_constant_after_the_last():
    driver = ((14.0, number(1.0)), (42.0, number(2.0)))
    expected = [1, 1, 1, 1.25, 1.5, 1.75, 2, 2, 2]
    np.testing.assert_allclose(growth(group(drivers=(driver,)), n_ticks=9)[:, 0, 0], expected)


def test_a_driver_with_one_date_is_a_step():
    driver = ((15.0, number(1.3)),)
    assert growth(group(drivers=(driver,)), n_ticks=5)[:, 0, 0].tolist() == [1, 1, 1, 1.3, 1.3]


def test_a_driver_that_began_before_the_horizon_is_on_its_way():
    driver = ((-70.0, number(1.0)), (70.0, number(3.0)))
    assert growth(group(drivers=(driver,)))[0, 0, 0] == 2.0


def test_drivers_multiply_each_other_and_the_growth():
    step = ((7.0, number(2.0)),)
    other = ((14.0, number(3.0)),)
    index = growth(group(0.05, drivers=(step, other)), n_ticks=3)[:, 0, 0]
    np.testing.assert_allclose(index, 1.05 ** (np.arange(3) * 7 / 365.25) * [1, 2, 6], rtol=1e-14)


def test_an_uncertain_factor_is_drawn_once():
    driver = ((0.0, number(1.0)), (140.0, number(Uniform(1.0, 2.0), "boom")))
    index = growth(group(drivers=(driver,)))[:, 0]
    np.testing.assert_allclose(index[10], (1 + index[30]) / 2)
    assert index[30].std() > 0.25


def test_feed_follows_the_mean_of_its_customers():
    index = growth(group(0.0), group(0.1), group(mix=((0, 1.0), (1, 3.0))))[:, :, 0]
    np.testing.assert_allclose(index[:, 2], (index[:, 0] + 3 * index[:, 1]) / 4, rtol=1e-14)


def test_feed_may_follow_feed_in_whatever_order_they_stand():
    index = growth(group(mix=((1, 2.0),)), group(mix=((2, 1.0),)), group(0.1))[:, :, 0]
    np.testing.assert_allclose(index[:, 0], index[:, 2], rtol=1e-14)


def test_groups_that_follow_each_other_in_a_cycle_are_refused():
    with pytest.raises(AssertionError, match="cycle"):
        growth(group(mix=((1, 1.0),)), group(mix=((0, 1.0),)))


def test_the_opening_stock_is_counted_in_flow_of_the_first_tick():
    driver = ((-7.0, number(1.5)),)
    plan = make_plan(growth_groups=(group(drivers=(driver,)),))
    assert draw(plan, seed=0).opening_stock[0, 0] == pytest.approx(70 * 100 * 1.5)


def test_growth_by_minus_all_leaves_nothing_after_the_start():
    index = growth(group(-1.0), group(-0.5))
    assert index[:, 0, 0].tolist() == [1.0, *[0.0] * 59]
    assert index[1, 1, 0] == pytest.approx(0.5 ** (7 / 365.25))


def test_a_source_whose_capacity_shrinks_by_all_makes_nothing_after_the_start():
    shrinking = slowed(np.array([-1.0, 0.0]), np.ones((4, 2)), tick_days=7)
    assert shrinking.tolist() == [[1, 1], [0, 1], [0, 1], [0, 1]]
