import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.scenario import read_scenario
from tests.plan.worlds import SMALL, central, lane_number, node_number, small, with_mill

REGISTRY = {"regions": "home", "trust": "90%", "belief_time": "3 weeks", "order_ceiling": "1.1"}
HABITS = {"trust": "40%", "belief_time": "8 weeks", "order_ceiling": "2"}


def with_registry(registry=REGISTRY, more=()):
    return small({"habits.home": HABITS, "registry": registry, **dict(more)})


@pytest.mark.parametrize(
    "key, member, other", [("trust", 0.9, 0.5), ("belief_days", 21, 56), ("order_ceiling", 1.1, 1.5)]
)
def test_members_order_by_the_registry_and_others_by_habit(key, member, other):
    plan = with_registry()
    assert central(node_number(plan, key, "home.arms.mesh")) == member
    assert central(node_number(plan, key, "away.grinding.mesh")) == other


def test_what_the_registry_does_not_say_stays_habit():
    plan = with_registry({"regions": ["home", "away"], "trust": "90%"})
    assert central(node_number(plan, "order_ceiling", "home.arms.mesh")) == 2
    assert central(node_number(plan, "cover", "home.arms.mesh")) == 60


def test_lanes_stay_as_wide_as_without_a_registry():
    one, two = with_registry(), small({"habits.home": HABITS})
    name = "mine.mesh -> home.arms.mesh"
    assert central(lane_number(one, "qualified", name)) == pytest.approx(2 * 50 / 80)
    assert lane_number(one, "qualified", name) == lane_number(two, "qualified", name)


def test_a_feed_stock_takes_part_but_for_what_it_says_of_itself():
    plan = compile_plan(with_mill({"registry": REGISTRY, "producers.mill.feed.micron.trust": "20%"}))
    assert central(node_number(plan, "trust", "mill.micron.feed")) == 0.2
    assert central(node_number(plan, "belief_days", "mill.micron.feed")) == 21


def test_a_buyer_keeps_what_it_says_of_itself():
    firm = {"of": "home.grinding", "share": "25%", "habits": {"trust": "10%", "order_ceiling": "3"}}
    plan = with_registry(more={"buyers.firm": firm})
    assert central(node_number(plan, "trust", "home.grinding/firm.mesh")) == 0.1
    assert central(node_number(plan, "belief_days", "home.grinding/firm.mesh")) == 21
    # Its lanes are as wide as its own ceiling.
    name = "mine.mesh -> home.grinding/firm.mesh"
    assert central(lane_number(plan, "qualified", name)) == pytest.approx(3 * 50 / 80)


@pytest.mark.parametrize(
    "registry, message",
    [
        ({**REGISTRY, "regions": ["home", "abroad"]}, "unknown region 'abroad'"),
        ({**REGISTRY, "regions": []}, "registry.regions: at least one region is wanted"),
        ({"regions": "home"}, "registry: a registry changes something: 'trust', 'belief_time' or"),
        ({**REGISTRY, "cover": "9 days"}, "registry.cover: unknown key 'cover'"),
        ({"trust": "90%"}, "registry: the key 'regions' is missing"),
    ],
)
def test_a_wrong_registry_is_answered(registry, message):
    with pytest.raises(ScenarioError) as caught:
        read_scenario({**SMALL, "registry": registry})
    assert [message in str(problem) for problem in caught.value.problems] == [True]
