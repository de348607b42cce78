"""The scenarios shipped with the library."""

import datetime as dt

import pytest

from diamondsim.scenario import load_scenario, read_scenario, shipped_scenarios

RUNNABLE = [listing.name for listing in shipped_scenarios() if not listing.component]
PARTS = [listing.name for listing in shipped_scenarios() if listing.component]


def test_those_that_are_promised_are_there():
    assert {"calm", "baseline-2026", "reinstated-2027", "us-ban-2027"} <= set(RUNNABLE)


@pytest.mark.parametrize("name", RUNNABLE)
def test_a_shipped_scenario_holds_and_has_the_title_that_is_listed(name):
    titles = {listing.name: listing.title for listing in shipped_scenarios()}
    assert load_scenario(name).title == titles[name]


@pytest.mark.parametrize("name", RUNNABLE)
def test_a_shipped_scenario_says_where_every_number_comes_from(name):
    silent = [
        number.path for number in load_scenario(name).numbers if not number.source and not number.assumed
    ]
    assert silent == []


@pytest.mark.parametrize("name", RUNNABLE)
def test_the_dump_of_a_shipped_scenario_reads_back_as_the_same(name):
    scenario = load_scenario(name)
    again = read_scenario(scenario.dump())
    assert again == scenario
    assert again.hash == scenario.hash
    assert again.dump() == scenario.dump()
    assert [(n.path, n.source, n.assumed) for n in again.numbers] == [
        (n.path, n.source, n.assumed) for n in scenario.numbers
    ]


def test_a_lapse_with_notice_differs_by_the_notice_alone():
    without, notice = (load_scenario(name) for name in ("lapse-2027", "lapse-2027-notice"))
    before, after = (dict(each.controls["cn_55"].timeline) for each in (without, notice))
    assert [*after.pop(dt.date(2026, 12, 11))] == ["announced"]
    assert after == before


def test_a_lapse_with_prices_is_the_lapse_with_the_prices_of_the_other_priced_scenario():
    without, priced, other = (
        load_scenario(name) for name in ("lapse-2027", "lapse-2027-priced", "priced-2027")
    )
    assert without.prices is None
    assert priced.prices == other.prices is not None
    assert priced.legal_state == without.legal_state
    for part in ("controls", "producers", "buyers", "inventory_policy", "horizon"):
        assert getattr(priced, part) == getattr(without, part), part


def test_building_blocks_are_listed_as_such():
    assert {"market", "controls", "facility"} <= set(PARTS)


def test_scenarios_are_listed_by_name_with_a_shorter_name_before_those_that_go_on():
    names = [listing.name for listing in shipped_scenarios()]
    assert names == sorted(names)
    assert names.index("lapse-2027") < names.index("lapse-2027-notice")
