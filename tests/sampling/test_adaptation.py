"""The numbers of conversions and projects, in ticks of seven days."""

import numpy as np
import pytest

from diamondsim.distributions import Uniform
from diamondsim.plan import CapacityProject, ControlState, GradeConversion, Slowing
from diamondsim.sampling import draw
from tests.sampling.plans import entry, make_control, make_plan, number


def conversion(*, limit=0.3, gives=0.9, days=182.0, qualification=0.0) -> GradeConversion:
    numbers = (number(limit, "limit"), number(gives), number(days), number(qualification), number(0.0))
    return GradeConversion("conversion", 0, 1, *numbers)


def project(*, trigger=0.1, lasting=0.0, delay=0.0, ramp=0.0, size=0.2, kept_row=-1) -> CapacityProject:
    numbers = (number(trigger), number(lasting), number(delay), number(ramp), number(size, "size"))
    return CapacityProject("project", 0, *numbers, times=1, kept_row=kept_row)


def drawn(**changes):
    adaptation = draw(make_plan(n_sources=2, **changes), seed=0, count=64).adaptation
    assert adaptation is not None
    return adaptation


def test_nothing_is_drawn_where_no_source_adapts():
    assert draw(make_plan(), seed=0, count=1).adaptation is None


def test_a_conversion_goes_to_its_limit_in_equal_steps_after_its_tests():
    got = drawn(conversions=(conversion(limit=0.26, days=182.0, qualification=70.0),))
    assert got.conversion_step[0, 0] == pytest.approx(0.01)
    assert got.conversion_floor[0, 0] == pytest.approx(-0.1)
    assert (got.conversion_limit[0, 0], got.conversion_yield[0, 0]) == (0.26, 0.9)


def test_a_conversion_at_once_takes_one_tick():
    got = drawn(conversions=(conversion(days=0.0),))
    assert (got.conversion_step[0, 0], got.conversion_floor[0, 0]) == (0.3, 0.0)


def test_a_project_is_at_least_a_tick_away_and_rounds_its_times():
    got = drawn(projects=(project(), project(trigger=0.25, lasting=7 / np.log(2), delay=31.0, ramp=25.0)))
    assert got.project_delay_ticks[:, 0].tolist() == [1, 4]
    assert got.project_ramp_ticks[:, 0].tolist() == [1, 4]
    assert got.project_threshold[:, 0].tolist() == [1.1, 1.25]
    assert got.project_gain[:, 0] == pytest.approx([1.0, 0.5])


def test_numbers_are_drawn_once_for_a_replication():
    got = drawn(projects=(project(size=Uniform(0.1, 0.3)), project(size=Uniform(0.1, 0.3))))
    # Two projects of one name are one draw, as where two grades of a producer have the same project.
    assert np.array_equal(got.project_size[0], got.project_size[1])
    assert len(np.unique(got.project_size[0])) == 64


def test_a_control_on_machines_leaves_a_part_of_a_project_while_it_is_in_force():
    control = make_control(timeline=(entry(5, ControlState.LICENSING), entry(9, ControlState.NONE)))
    got = drawn(
        controls=(control,),
        projects=(project(kept_row=0),),
        project_slowings=((Slowing(0, number(0.4)),),),
    )
    assert got.project_kept[:, 0, 0].tolist() == [1] * 5 + [0.4] * 4 + [1] * 11
