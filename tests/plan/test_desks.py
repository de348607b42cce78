"""The maps of a desk: general licences, validity of a licence, watched buyers."""

from typing import Any

from tests.plan.worlds import central, lane, small

COVERS = {"from": "away", "grades": ["micron", "mesh"]}


def desk_of(desks: dict[str, Any], lane_name: str):
    plan = small({"controls.ban": {"covers": COVERS, "desks": desks}})
    return plan.desks[plan.desk_of[0, lane(plan, lane_name)]]


def test_a_map_is_taken_as_a_whole_from_the_most_specific_desk_that_has_it():
    desks = {
        "any": {"trough": "10%", "general_licences": {"share": "50%", "after": "6 months", "time": "4 yr"}},
        "home.any": {"general_licences": {"share": "20%", "after": "30 days"}},
        "any.military": {"trough": "5%"},
    }
    arms = desk_of(desks, "mine.mesh -> home.arms.mesh")
    assert arms.general is not None
    assert [central(n) for n in (arms.general.share, arms.general.after_days, arms.general.time_days)] == [
        0.2,
        30.0,
        0.0,
    ]
    assert arms.general.share.name == "controls.ban.desks.home.any.general_licences.share"
    assert arms.name == "ban: any.military + home.any"


def test_watched_buyers_have_the_curve_of_their_desk_where_none_is_given():
    desks = {
        "any": {"trough": "10%", "dead_time": "50 days", "long_run": "80%"},
        "arms": {"watched": {"share": "8%", "long_run": "beta(1 6)"}},
    }
    arms = desk_of(desks, "mine.mesh -> home.arms.mesh")
    assert arms.watched is not None
    assert (arms.watched.trough, arms.watched.dead_days) == (arms.trough, arms.dead_days)
    assert arms.watched.long_run.name == "controls.ban.desks.arms.watched.long_run"
    assert central(arms.watched.share) == 0.08
    assert desk_of(desks, "mine.mesh -> home.grinding.mesh").watched is None


def test_a_licence_has_its_validity_and_the_time_of_its_renewal():
    desks = {"any": {"licence": {"validity": "180 days", "renewal": "75 days"}}}
    validity = desk_of(desks, "mine.mesh -> home.arms.mesh").validity
    assert validity is not None
    assert (central(validity.days), central(validity.renewal_days)) == (180.0, 75.0)
