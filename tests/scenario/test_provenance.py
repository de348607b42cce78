"""Where numbers come from."""

import datetime as dt

import pytest

from diamondsim.distributions import Constant
from tests.scenario.small import small


def numbers(*changes):
    return {number.path: number for number in small(*changes).numbers}


def test_every_number_and_date_that_is_given_is_listed_by_its_path():
    found = numbers()
    assert found["demand.US.grinding.flow"].value == Constant(100_000.0)
    assert found["uses.grinding.grades.mesh"].value == 1.0
    assert found["facilities.plant.decision"].value == dt.date(2026, 2, 17)
    assert found["controls.licence.timeline.2027-03-03"].value == dt.date(2027, 3, 3)
    assert found["controls.licence.timeline.2028-03-03.licensing"].value == Constant(0.75)
    assert found["drivers.boom.points.2027-06-01"].value == Constant(1.0)


def test_choices_defaults_and_certain_branches_are_no_inputs():
    found = numbers()
    assert not [path for path in found if path.split(".")[0] in ("horizon", "metrics", "expect", "as_of")]
    assert "uses.shells.growth" not in found
    assert "controls.licence.timeline.2027-03-03.licensing" not in found


def test_an_input_is_uncertain_if_it_is_a_distribution():
    uncertain = {path for path, number in numbers().items() if number.uncertain}
    assert "habits.US.civil.cover" in uncertain
    assert "facilities.plant.nameplate" in uncertain
    assert "habits.any.cover" not in uncertain
    assert "trade.cn.US" not in uncertain


@pytest.mark.parametrize(
    "said, path, source, assumed",
    [
        ('source: "customs"', "demand.CN.grinding.flow", "customs", None),
        ('source: {grinding: "customs"}', "demand.CN.grinding.flow", "customs", None),
        ('source: {grinding: "customs"}, assumed: "rest"', "demand.CN.grinding.flow", "customs", None),
        ('source: {grinding: "s"}, assumed: {grinding: "a"}', "demand.CN.grinding.flow", "s", "a"),
        ('note: "not an origin"', "demand.CN.grinding.flow", None, None),
    ],
)
def test_a_text_for_the_key_holds_before_one_for_the_map(said, path, source, assumed):
    number = numbers(('assumed: "a guess"', said))[path]
    assert (number.source, number.assumed) == (source, assumed)


def test_the_nearest_map_that_says_something_holds():
    found = numbers(
        ("  cn:\n", '  source: "outer"\n  cn:\n    assumed: {outages: "middle"}\n'),
        ("rate: 2/yr, length: 3 days", 'rate: 2/yr, length: 3 days, source: {rate: "inner"}'),
    )
    assert found["producers.cn.outages.power.rate"].source == "inner"
    assert found["producers.cn.outages.power.length"].assumed == "middle"
    assert found["producers.cn.makes.mesh"].source == "outer"
    assert found["producers.mill.makes.mesh"].source == "outer"


def test_a_source_of_its_own_holds_before_an_assumption_for_all():
    cover = numbers()["habits.US.civil.cover"]
    assert (cover.source, cover.assumed) == ("a survey", None)
