import numpy as np
import pytest

from diamondsim.distributions import Beta, Pert, Triangular
from diamondsim.plan import CapacityRow, ScheduledOutage
from diamondsim.sampling import draw
from tests.sampling.plans import make_facility, make_plan, number

ROW = CapacityRow("plant", number(0.0), (), (), 0)


def drawn(*, classes=("",), n_ticks=30, row=ROW, **changes):
    lanes = tuple((k, 0) for k in range(len(classes)))
    plan = make_plan(
        n_ticks=n_ticks,
        n_sources=len(classes),
        lanes=lanes,
        entrant=np.ones(len(lanes), dtype=bool),
        lane_facility=np.zeros(len(lanes), dtype=np.int64),
        lane_class=classes,
        facilities=(make_facility(**changes),),
        capacity_rows=(row,),
    )
    return draw(plan, seed=0)


STAGES = (("financing", number(31.0)), ("building", number(30.0)))


def test_stages_follow_each_other_and_are_rounded_from_the_decision():
    # Ends on days 31 and 61: ticks 4.43 and 8.71; 90 % of nameplate 70 days later.
    draws = drawn(stages=STAGES, ramp_days=number(70.0))
    assert draws.milestones[0][:, 0].tolist() == [4, 9, 19]
    assert (draws.capacity_index[:9] == 0).all()
    assert (draws.capacity_index[9] > 0).all()


def test_a_decision_before_the_horizon_counts_from_its_own_day():
    draws = drawn(stages=STAGES, decision_day=-40.0, ramp_days=number(70.0))
    assert draws.milestones[0][:, 0].tolist() == [-1, 3, 13]


def test_the_ramp_is_a_twentieth_at_first_output_and_nine_tenths_at_the_ramp_time():
    index = drawn(ramp_days=number(70.0)).capacity_index[:, 0, 0]
    assert index[0] == pytest.approx(0.05, rel=1e-12)
    assert index[10] == pytest.approx(0.90, rel=1e-12)
    assert index[5] == pytest.approx(1 / (1 + 19 / np.sqrt(171)), rel=1e-12)
    assert index[-1] == pytest.approx(1.0, abs=1e-4)


def test_without_a_ramp_time_the_plant_is_at_nameplate_at_once():
    assert drawn(stages=STAGES).capacity_index[[8, 9], 0, 0].tolist() == [0.0, 1.0]


def test_yield_climbs_on_the_same_curve_and_is_counted_relative_to_mature_yield():
    index = drawn(ramp_days=number(70.0), yield_start=number(0.4), yield_end=number(0.8)).capacity_index
    assert index[0, 0, 0] == pytest.approx(0.05 * (0.4 + 0.4 * 0.05) / 0.8, rel=1e-12)
    assert index[10, 0, 0] == pytest.approx(0.90 * (0.4 + 0.4 * 0.90) / 0.8, rel=1e-12)


def test_availability_scales_output():
    assert drawn(availability=number(0.85)).capacity_index[:, 0, 0].tolist() == [0.85] * 30


def test_outages_of_the_plant_come_on_top():
    row = CapacityRow("plant", number(0.0), (), (ScheduledOutage(3, 5, number(0.5)),), 0)
    assert drawn(row=row).capacity_index[:6, 0, 0].tolist() == [1, 1, 1, 0.5, 0.5, 1]


def test_a_cancelled_plant_never_produces_and_passes_no_milestone():
    draws = drawn(cancelled=number(1.0), stages=STAGES)
    assert (draws.capacity_index == 0).all()
    assert draws.milestones[0][:, 0].tolist() == [0, 30, 30, 30]
    assert (draws.open_tick == 30).all()


def test_the_share_of_cancelled_plants_is_the_mean_of_the_drawn_chance():
    draws = drawn(cancelled=number(Beta(1.5, 8.5), "cancelled"))
    cancelled = draws.milestones[0][-2] == 30
    assert cancelled.mean() == pytest.approx(0.15, abs=4 * np.sqrt(0.15 * 0.85 / 1024))


def test_what_lies_beyond_the_horizon_is_never():
    draws = drawn(stages=(("building", number(1e6)),))
    assert (draws.milestones[0] == 30).all()
    assert (draws.open_tick == 30).all()


def test_qualification_takes_its_time_from_first_output():
    draws = drawn(
        classes=("wafer", "drilling"),
        stages=STAGES,
        qualification={"wafer": number(70.0), "any": number(14.0)},
    )
    assert draws.open_tick[:, 0].tolist() == [19, 11]


def test_a_later_dated_decision_delays_qualification_and_an_earlier_one_does_not():
    qualification = {"any": number(14.0)}
    late = drawn(stages=STAGES, qualification=qualification, qualification_start_tick=12)
    early = drawn(stages=STAGES, qualification=qualification, qualification_start_tick=2)
    assert (late.open_tick == 14).all()
    assert (early.open_tick == 11).all()


def test_a_class_without_a_time_is_served_from_first_output():
    assert (drawn(stages=STAGES, qualification={"wafer": number(70.0)}).open_tick == 9).all()


def test_a_plant_that_is_qualified_before_the_horizon_is_open_from_its_beginning():
    assert (drawn(decision_day=-700.0, qualification={"any": number(70.0)}).open_tick == 0).all()


def test_lanes_of_one_class_open_together_and_those_of_incumbents_are_open():
    plan = make_plan(
        n_ticks=300,
        n_sources=3,
        lanes=((0, 0), (1, 0), (2, 0)),
        entrant=np.array([False, True, True]),
        lane_facility=np.array([-1, 0, 0]),
        lane_class=("", "chip", "chip"),
        facilities=(
            make_facility(
                stages=(("building", number(Pert(300.0, 500.0, 900.0), "building")),),
                qualification={"chip": number(Triangular(90.0, 180.0, 540.0), "chip")},
            ),
        ),
    )
    draws = draw(plan, seed=0)
    assert (draws.open_tick[0] == 0).all()
    assert np.array_equal(draws.open_tick[1], draws.open_tick[2])
    waits = draws.open_tick[1] - draws.milestones[0][0]
    assert waits.min() >= 12
    assert len(np.unique(waits)) > 20


def test_the_lanes_of_a_reserve_are_open_though_they_belong_to_no_contract():
    plan = make_plan(entrant=np.array([True]), lane_facility=np.array([-1]))
    assert (draw(plan, seed=0).open_tick == 0).all()
