import math

import pytest

from diamondsim.errors import ScenarioError
from tests.plan.small_scenarios import FAB, small_plan

COVER, WEIGHT, GROWTH = (
    "inventory_policy.any.cover",
    "inventory_policy.any.queue_weight",
    "uses.polishing.growth",
)
UNCERTAIN = {COVER: "tri(45 60 90) days", WEIGHT: "uniform(0.3 0.7)", GROWTH: "tri(1 2 3) %/yr"}


def groups(pairs, more=()):
    return small_plan({**UNCERTAIN, "correlation": pairs, **dict(more)}).correlated


def messages(pairs, more=()):
    with pytest.raises(ScenarioError) as caught:
        groups(pairs, more)
    return [str(problem) for problem in caught.value.problems]


def test_the_normal_correlation_behind_a_rank_correlation_is_that_of_pearson():
    ((names, factor),) = [(g.names, g.factor) for g in groups({f"{WEIGHT} ~ {COVER}": 0.5})]
    normal = 2 * math.sin(math.pi / 12)
    assert names == (COVER, WEIGHT)
    assert factor == ((1.0,), (pytest.approx(normal), pytest.approx(math.sqrt(1 - normal**2))))


def test_pairs_that_share_an_input_make_one_group_whatever_their_order():
    pairs = {f"{COVER} ~ {WEIGHT}": 0.5, f"{GROWTH} ~ {WEIGHT}": -0.3}
    (group,) = groups(pairs)
    assert group.names == (COVER, WEIGHT, GROWTH)
    assert groups(dict(reversed(pairs.items()))) == (group,)


def test_pairs_without_a_common_input_are_groups_of_their_own():
    other = {"uses.grinding.growth": "tri(1 2 3) %/yr"}
    pairs = {f"{COVER} ~ {WEIGHT}": 0.5, f"{GROWTH} ~ uses.grinding.growth": 0.9}
    assert [len(group.names) for group in groups(pairs, other)] == [2, 2]


def test_without_correlations_there_is_no_group():
    assert small_plan(UNCERTAIN).correlated == ()


def test_a_name_that_nobody_has_is_answered_with_the_nearest():
    (message,) = messages({f"{COVER} ~ inventory_policy.any.queue_weigth": 0.5})
    meant = "'inventory_policy.any.queue_weight'"
    assert f"no input is called 'inventory_policy.any.queue_weigth'; did you mean {meant}?" in message


def test_a_certain_input_cannot_be_correlated():
    (message,) = messages({f"{COVER} ~ producers.mine.capacity.micron": 0.5})
    assert "'producers.mine.capacity.micron' is certain, so it cannot be correlated; allowed: " in message


def test_an_input_that_is_drawn_for_each_outage_cannot_be_correlated():
    outages = {"fire": {"rate": "uniform(1 2) /yr", "length": "tri(1 2 3) days"}}
    (message,) = messages(
        {f"{COVER} ~ producers.mine.outages.fire.length": 0.5}, {"producers.mine.outages": outages}
    )
    assert "is drawn anew for each outage, so it cannot be correlated" in message


def test_correlations_that_contradict_each_other_are_refused_with_the_least_eigenvalue():
    pairs = {f"{COVER} ~ {WEIGHT}": 0.9, f"{WEIGHT} ~ {GROWTH}": 0.9}
    (message,) = messages(pairs)
    # Two correlations r and a zero: the eigenvalues are 1 and 1 +- r sqrt(2).
    least = 1 - math.sqrt(2) * 2 * math.sin(0.15 * math.pi)
    assert f"{COVER}, {WEIGHT}, {GROWTH} has the eigenvalue {least:.3g}" in message
    assert "a pair that is not named counts as 0" in message


def test_a_perfect_correlation_is_refused_as_its_matrix_is_singular():
    (message,) = messages({f"{COVER} ~ {WEIGHT}": 1.0})
    assert "contradict each other" in message


def test_every_mistake_is_told_at_once():
    assert len(messages({f"{COVER} ~ x": 0.5, "y ~ z": 0.5})) == 3


def test_the_stages_of_a_facility_can_be_correlated():
    stages = {"financing": "tri(3 6 9) months", "construction": "tri(12 18 24) months"}
    path = "facilities.fab.stages"
    (group,) = groups(
        {f"{path}.financing ~ {path}.construction": 0.6}, {"facilities.fab": {**FAB, "stages": stages}}
    )
    assert group.names == (f"{path}.construction", f"{path}.financing")


def test_a_chance_that_is_shared_by_a_draw_is_correlated_by_the_name_of_the_draw():
    fork = {"shared_draw": "truce", "unchanged": "beta(3 1)", "banned": "25%"}
    ban = {"covers": {"from": "away", "grades": "mesh"}, "timeline": {"2027-11-10": fork}}
    (group,) = groups({f"draws.truce.branch1 ~ {COVER}": 0.5}, {"controls.ban": ban})
    assert group.names == ("draws.truce.branch1", COVER)
    (message,) = messages(
        {f"controls.ban.timeline.2027-11-10.unchanged ~ {COVER}": 0.5}, {"controls.ban": ban}
    )
    assert "no input is called 'controls.ban.timeline.2027-11-10.unchanged'" in message
