import pytest

from benchmarks.compare import Pair, compared
from tests.benchmarks.made import MACHINE, case, figures

SLOW = (1.2, 1.21, 1.22, 1.23, 1.24)
FAST = (0.7, 0.71, 0.72, 0.73, 0.74)


def pair(folder, before, after):
    return Pair(figures(folder, before).cases[0], figures(folder, after).cases[0])


@pytest.mark.parametrize("seconds, verdict", [(SLOW, "SLOWER"), (FAST, "FASTER")])
def test_rounds_that_all_lie_to_one_side_differ(tmp_path, seconds, verdict):
    assert pair(tmp_path, case(), case(seconds=seconds)).verdict == verdict


def test_rounds_that_overlap_do_not_differ(tmp_path):
    found = pair(tmp_path, case(), case(seconds=(1.035, 1.2, 1.3, 1.4, 1.5)))
    assert found.ratio > 1.2
    assert found.verdict == "within the spread"


@pytest.mark.parametrize("seconds, yardstick", [(SLOW, (0.01, 0.0125)), (FAST, (0.0065, 0.01))])
def test_a_difference_that_the_machine_shows_too_is_not_one_of_the_code(tmp_path, seconds, yardstick):
    assert pair(tmp_path, case(), case(seconds=seconds, yardstick=yardstick)).verdict == "within the spread"


def test_a_machine_that_became_slower_hides_no_case_that_became_faster(tmp_path):
    assert pair(tmp_path, case(), case(seconds=FAST, yardstick=(0.02, 0.02))).verdict == "FASTER"


def test_a_machine_whose_speed_is_unknown_is_taken_for_steady(tmp_path):
    before, after = case(), case(seconds=SLOW)
    for one in (before, after):
        del one["extra_info"]["yardstick_seconds"]
    assert pair(tmp_path, before, after).verdict == "SLOWER"


def test_three_rounds_are_too_few_to_say_anything(tmp_path):
    assert pair(tmp_path, case(seconds=FAST[:3]), case(seconds=SLOW)).verdict == "too few rounds"


@pytest.mark.parametrize(
    "other", [{"replications": 8}, {"lanes": 4}, {"ticks": 6}, {"scenario": "x"}, {"workers": 1}]
)
def test_another_job_under_the_same_name_is_not_compared(tmp_path, other):
    assert pair(tmp_path, case(), case(seconds=SLOW, **other)).verdict == "another job"


def test_the_time_of_a_lane_tick_is_compared_also_where_there_are_more_lanes(tmp_path):
    few, many = case(ns_per_lane_tick=40.0), case(lanes=4, ns_per_lane_tick=46.0)
    assert pair(tmp_path, few, many).ratio_of_lane_ticks == pytest.approx(1.15)
    assert "1.15" in compared(figures(tmp_path, few), figures(tmp_path, many))
    assert pair(tmp_path, case(), many).ratio_of_lane_ticks is None


def test_memory_is_told_where_it_differs_notably(tmp_path):
    before = case(allocated_bytes=1_000_000, worker_peak_bytes=1_000_000)
    more = case(allocated_bytes=1_300_000, worker_peak_bytes=1_010_000)
    assert pair(tmp_path, before, more).memory == "memory +30%"
    assert pair(tmp_path, before, case(worker_peak_bytes=500_000)).memory == "memory of a worker -50%"
    assert pair(tmp_path, before, case(allocated_bytes=2_000_000, replications=14)).memory == ""
    caller = pair(tmp_path, case(peak_bytes=1_000_000), case(peak_bytes=1_060_000))
    assert caller.memory == "memory of the caller +6%"


def test_the_conclusion_names_what_differs_and_nothing_else(tmp_path):
    before = figures(tmp_path, case("draw"), case("step"), case("load"))
    after = figures(tmp_path, case("draw", seconds=SLOW), case("step"), case("load", replications=8))
    said = compared(before, after).partition("1 of 2 cases differ by more than the spread of the runs:")[2]
    assert said.strip() == "draw (calm: 3 x 5 x 7): SLOWER, 1.20 times"


def test_two_equal_runs_have_no_difference(tmp_path):
    run = figures(tmp_path, case("draw"), case("step"))
    said = compared(run, run)
    assert said.endswith("None of 2 cases differs by more than the spread of the runs.")
    assert "The machines" not in said


def test_runs_that_cannot_be_judged_are_said_to_be_so(tmp_path):
    run = figures(tmp_path, case(seconds=(1.0,)))
    assert compared(run, run).endswith("No case can be compared: too few rounds, or different jobs.")


def test_a_case_of_one_run_only_is_named(tmp_path):
    said = compared(figures(tmp_path, case("draw"), case("step")), figures(tmp_path, case("step")))
    assert "Only in A: benchmarks/test_made.py::test_draw" in said
    assert "Only in B" not in said


def test_another_machine_is_told(tmp_path):
    other = figures(tmp_path, case(), machine_info=MACHINE | {"cpu": "Abacus"})
    assert "The machines or the versions differ" in compared(figures(tmp_path, case()), other)
