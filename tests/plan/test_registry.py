import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.scenario import read_scenario
from tests.plan.small_scenarios import SMALL, central, lane_number, node_number, small_plan, with_mill

REGISTRY = {"regions": "home", "queue_weight": "90%", "fill_rate_memory": "3 weeks", "max_order": "1.1"}
POLICY = {"queue_weight": "40%", "fill_rate_memory": "8 weeks", "max_order": "2"}


def with_registry(registry=REGISTRY, more=()):
    return small_plan({"inventory_policy.home": POLICY, "registry": registry, **dict(more)})


@pytest.mark.parametrize(
    "key, member, other",
    [("queue_weight", 0.9, 0.5), ("fill_rate_memory_days", 21, 56), ("max_order", 1.1, 1.5)],
)
def test_members_order_by_the_registry_and_others_by_policy(key, member, other):
    plan = with_registry()
    assert central(node_number(plan, key, "home.arms.mesh")) == member
    assert central(node_number(plan, key, "away.grinding.mesh")) == other


def test_what_the_registry_does_not_say_stays_policy():
    plan = with_registry({"regions": ["home", "away"], "queue_weight": "90%"})
    assert central(node_number(plan, "max_order", "home.arms.mesh")) == 2
    assert central(node_number(plan, "cover", "home.arms.mesh")) == 60


def test_lanes_stay_as_wide_as_without_a_registry():
    one, two = with_registry(), small_plan({"inventory_policy.home": POLICY})
    name = "mine.mesh -> home.arms.mesh"
    assert central(lane_number(one, "sourcing_limit", name)) == pytest.approx(2 * 50 / 80)
    assert lane_number(one, "sourcing_limit", name) == lane_number(two, "sourcing_limit", name)


def test_a_feed_stock_takes_part_but_for_what_it_says_of_itself():
    plan = compile_plan(with_mill({"registry": REGISTRY, "producers.mill.feed.micron.queue_weight": "20%"}))
    assert central(node_number(plan, "queue_weight", "mill.micron.feed")) == 0.2
    assert central(node_number(plan, "fill_rate_memory_days", "mill.micron.feed")) == 21


def test_a_buyer_keeps_what_it_says_of_itself():
    firm = {
        "aggregate": "home.grinding",
        "share": "25%",
        "inventory_policy": {"queue_weight": "10%", "max_order": "3"},
    }
    plan = with_registry(more={"buyers.firm": firm})
    assert central(node_number(plan, "queue_weight", "home.grinding/firm.mesh")) == 0.1
    assert central(node_number(plan, "fill_rate_memory_days", "home.grinding/firm.mesh")) == 21
    # Its lanes are as wide as its own ceiling.
    name = "mine.mesh -> home.grinding/firm.mesh"
    assert central(lane_number(plan, "sourcing_limit", name)) == pytest.approx(3 * 50 / 80)


@pytest.mark.parametrize(
    "registry, message",
    [
        ({**REGISTRY, "regions": ["home", "abroad"]}, "unknown region 'abroad'"),
        ({**REGISTRY, "regions": []}, "registry.regions: expected at least one region"),
        (
            {"regions": "home"},
            "registry: a registry must set 'queue_weight', 'fill_rate_memory' or",
        ),
        ({**REGISTRY, "cover": "9 days"}, "registry.cover: unknown key 'cover'"),
        ({"queue_weight": "90%"}, "registry: the key 'regions' is missing"),
    ],
)
def test_a_wrong_registry_is_answered(registry, message):
    with pytest.raises(ScenarioError) as caught:
        read_scenario({**SMALL, "registry": registry})
    assert [message in str(problem) for problem in caught.value.problems] == [True]
