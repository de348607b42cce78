"""Growth that is slowed and swing capacity, in closed form. A tick has seven days."""

import numpy as np
import pytest

from diamondsim.distributions import Uniform
from diamondsim.plan import CapacityRow, ControlState, ScheduledOutage, Slowing, Swing
from diamondsim.sampling import draw
from tests.sampling.plans import entry, make_control, make_plan, number

NONE, LICENSING, BANNED = ControlState.NONE, ControlState.LICENSING, ControlState.BANNED
YEARS = 7 / 365.25


def index(row, *controls, n_ticks=40, **changes):
    plan = make_plan(capacity_rows=(row,), controls=controls, n_ticks=n_ticks, **changes)
    return draw(plan, seed=0).capacity_index[:, 0]


def growing(*slowings, growth=0.25, swings=(), scripted=()) -> CapacityRow:
    return CapacityRow("p0", number(growth, "growth"), (), scripted, -1, slowings, swings)


def test_growth_goes_on_at_the_part_that_is_kept_while_the_control_is_in_force():
    control = make_control(timeline=(entry(10, LICENSING), entry(20, NONE)))
    grown = index(growing(Slowing(0, number(0.4))), control)[:, 0]
    passed = np.array([*range(11), *(10 + 0.4 * k for k in range(1, 11)), *(14 + k for k in range(1, 20))])
    np.testing.assert_allclose(grown, 1.25 ** (passed * YEARS), rtol=1e-12)


def test_a_control_that_never_comes_slows_nothing():
    plain, slowed = index(growing()), index(growing(Slowing(0, number(0.0))), make_control())
    np.testing.assert_allclose(slowed, plain, rtol=1e-13)


def test_of_two_controls_the_one_that_leaves_less_counts():
    controls = (make_control("a", start=LICENSING), make_control("b", start=BANNED))
    grown = index(growing(Slowing(0, number(0.7)), Slowing(1, number(0.2))), *controls)[:, 0]
    np.testing.assert_allclose(grown, 1.25 ** (0.2 * np.arange(40) * YEARS), rtol=1e-12)


def test_a_control_slows_only_while_the_one_that_it_requires_is_in_force():
    controls = (make_control("a", start=BANNED), make_control("b", timeline=(entry(30, LICENSING),)))
    grown = index(growing(Slowing(0, number(0.0))), *controls, requires=np.array([1, -1]))[:, 0]
    np.testing.assert_allclose(grown, 1.25 ** (np.minimum(np.arange(40), 30) * YEARS), rtol=1e-12)


def test_what_shrinks_is_not_slowed():
    grown = index(growing(Slowing(0, number(0.0)), growth=-0.1), make_control(start=BANNED))[:, 0]
    np.testing.assert_allclose(grown, 0.9 ** (np.arange(40) * YEARS), rtol=1e-12)


def test_the_kept_part_is_drawn_once_for_a_replication():
    row = growing(Slowing(0, number(Uniform(0.2, 0.8), "kept")))
    grown = index(row, make_control(start=LICENSING))
    kept = np.log(grown[1:]) / (np.log(1.25) * YEARS * np.arange(1, 40)[:, np.newaxis])
    assert np.ptp(kept, axis=0).max() < 1e-9
    assert (kept[0].min() > 0.2, kept[0].max() < 0.8) == (True, True)
    assert kept[0].std() == pytest.approx(0.6 / np.sqrt(12), rel=0.1)


def swing(share=0.4, delay=0.0, days=70.0, tick=None, control=-1) -> Swing:
    return Swing(number(share, "share"), number(delay), number(days), tick, control)


def test_a_swing_arrives_in_equal_parts_after_its_delay_and_stays():
    grown = index(growing(growth=0.0, swings=(swing(tick=5, delay=35.0),)))[:, 0]
    expected = 1 + 0.4 * np.clip((np.arange(40) - 10) / 10, 0, 1)
    np.testing.assert_allclose(grown, expected, rtol=1e-13)


def test_a_swing_without_a_time_is_there_at_once():
    grown = index(growing(growth=0.0, swings=(swing(tick=5, delay=14.0, days=0.0),)))[:9, 0]
    assert grown.tolist() == [1, 1, 1, 1, 1, 1, 1, 1.4, 1.4]


def test_a_swing_opens_with_its_control_and_outlives_it():
    control = make_control(timeline=(entry(4, LICENSING), entry(6, NONE)))
    grown = index(growing(growth=0.0, swings=(swing(control=0),)), control)[:, 0]
    np.testing.assert_allclose(grown, 1 + 0.4 * np.clip((np.arange(40) - 4) / 10, 0, 1), rtol=1e-13)


def test_a_control_in_force_before_the_horizon_has_opened_its_swing_then():
    control = make_control(timeline=(entry(-5, BANNED),))
    assert index(growing(growth=0.0, swings=(swing(control=0),)), control)[0, 0] == pytest.approx(1.2)


def test_a_control_that_is_only_announced_opens_no_swing():
    control = make_control(start=ControlState.ANNOUNCED)
    assert (index(growing(growth=0.0, swings=(swing(control=0),)), control) == 1).all()


def test_swings_add_up_and_outages_take_their_share_of_them_too():
    swings = (swing(0.15, tick=0, days=0.0), swing(0.25, tick=2, days=0.0))
    row = growing(growth=0.0, swings=swings, scripted=(ScheduledOutage(3, 4, number(0.5)),))
    np.testing.assert_allclose(index(row)[:5, 0], [1.15, 1.15, 1.4, 0.7, 1.4], rtol=1e-13)
