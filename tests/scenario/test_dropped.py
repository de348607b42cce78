"""What a file drops without naming it, and the ways to name it."""

import pytest

from diamondsim.scenario import load_scenario, read_scenario, shipped_scenarios

BELOW = """\
extends: calm
title: Below
controls:
  cn_55:
    covers: {from: CN, grades: [micron]}
    timeline: {2026-12-01: announced, 2027-01-01: licensing, 2028-01-01: suspended}
demand: {US: {machining: {flow: 100 Mct/yr, grades: {mesh: 100%}}}}
prices:
  start: {micron: {outside: 1 USD/ct}}
  adjustment_time: 26 weeks
  surcharges: {tariff: {from: CN, to: US, rate: 10%}}
"""


@pytest.fixture
def above(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below.yaml").write_text(BELOW, encoding="utf-8")

    def load(text, extends="./below.yaml", name="above"):
        (tmp_path / f"{name}.yaml").write_text(f"extends: {extends}\n{text}", encoding="utf-8")
        return load_scenario(f"./{name}.yaml")

    return load


def dates(scenario):
    return [date.isoformat() for date in scenario.controls["cn_55"].timeline]


def rates(scenario):
    rate = scenario.prices.surcharges["tariff"].rate
    return {str(since): share.value for since, share in rate.items()}


def test_dates_of_a_timeline_that_the_file_above_does_not_name_are_told_with_their_place(above):
    scenario = above("controls:\n  cn_55:\n    timeline: {2027-01-01: banned}\n")
    assert scenario.dropped == (
        "above.yaml:4:5: controls.cn_55.timeline: this replaces the timeline of below.yaml without a word on "
        "2026-12-01 and 2028-01-01: write each date that stays, and null for one that goes "
        "(2026-12-01: null)",
    )
    assert dates(scenario) == ["2027-01-01"]


def test_dates_named_with_null_go_without_a_word(above):
    scenario = above(
        "controls: {cn_55: {timeline: {2026-12-01: null, 2027-01-01: banned, 2028-01-01: null}}}"
    )
    assert (scenario.dropped, dates(scenario)) == ((), ["2027-01-01"])


def test_a_timeline_with_all_dates_and_more_says_nothing(above):
    timeline = "{2026-12-01: none, 2027-01-01: banned, 2027-06-01: none, 2028-01-01: banned}"
    scenario = above(f"controls: {{cn_55: {{timeline: {timeline}}}}}")
    assert (scenario.dropped, len(dates(scenario))) == ((), 4)


def test_a_file_that_deletes_the_control_or_states_no_timeline_says_nothing(above):
    assert above("controls: {cn_55: null}").dropped == ()
    assert above("controls: {cn_55: {start: suspended}}").dropped == ()


def test_a_file_further_up_may_name_what_one_in_between_has_dropped(above):
    above("controls: {cn_55: {timeline: {2027-01-01: banned}}}", name="between")
    kept = above("title: Top", "./between.yaml", "top")
    [said] = kept.dropped
    assert said.startswith("between.yaml:2:20: ")
    half = above(
        "controls: {cn_55: {timeline: {2027-01-01: banned, 2028-01-01: none}}}", "./between.yaml", "top"
    )
    assert [text.partition("without a word on ")[2][:11] for text in half.dropped] == ["2026-12-01:"]
    both = above(
        "controls: {cn_55: {timeline: {2026-12-01: none, 2027-01-01: banned, 2028-01-01: none}}}",
        "./between.yaml",
        "top",
    )
    assert both.dropped == ()


def test_of_two_overlays_side_by_side_the_later_drops_the_dates_of_the_earlier(above):
    above("controls: {cn_55: {timeline: {2026-12-01: none, 2027-01-01: none, 2028-01-01: none}}}", name="one")
    above(
        "controls: {cn_55: {timeline: "
        "{2026-12-01: none, 2027-01-01: none, 2028-01-01: none, 2029-01-01: none}}}",
        name="two",
    )
    assert above("title: Both", "[./one.yaml, ./two.yaml]", "both").dropped == ()
    [said] = above("title: Both", "[./two.yaml, ./one.yaml]", "both").dropped
    assert said.startswith("one.yaml:2:20: controls.cn_55.timeline: this replaces the timeline of two.yaml")
    assert "2029-01-01" in said


def test_one_value_in_place_of_a_map_tells_what_it_drops(above):
    assert above("demand: {US: {machining: 90 Mct/yr}}").dropped == (
        "above.yaml:2:15: demand.US.machining: this replaces a map of below.yaml without a word on grades: "
        "write {flow: 90 Mct/yr} to keep grades, or {flow: 90 Mct/yr, grades: null}",
    )
    kept = above("demand: {US: {machining: {flow: 90 Mct/yr}}}")
    gone = above("demand: {US: {machining: {flow: 90 Mct/yr, grades: null}}}")
    assert kept.dropped == gone.dropped == ()
    assert [s.demand["US"]["machining"].grades for s in (kept, gone)] == [{"mesh": 1.0}, None]


def test_a_map_over_one_value_merges_with_the_map_for_which_the_value_is_short(above):
    scenario = above("prices: {surcharges: {tariff: {rate: {2027-06-01: 25%}}}}")
    assert (scenario.dropped, rates(scenario)) == ((), {"always": 0.1, "2027-06-01": 0.25})
    later = above("prices: {surcharges: {tariff: {rate: {always: null, 2027-06-01: 25%}}}}")
    assert (later.dropped, rates(later)) == ((), {"2027-06-01": 0.25})
    # One number for good says by itself that the dates are over.
    below = above("prices: {surcharges: {tariff: {rate: {2027-06-01: 25%}}}}", name="between")
    assert below.override({"prices.surcharges.tariff.rate": "5%"}).dropped == ()
    path = "prices.surcharges.tariff.rate.2027-06-01"
    changed = load_scenario("./below.yaml").override({path: "25%"})
    assert rates(changed) == {"always": 0.1, "2027-06-01": 0.25}


def test_changes_by_path_tell_what_they_drop_unless_the_path_names_the_timeline(above):
    scenario = above("title: Above")
    timeline = {"2027-01-01": "banned"}
    assert scenario.override({"controls.cn_55.timeline": timeline}).dropped == ()
    assert scenario.override({"controls.cn_55.timeline.2027-01-01": "banned"}).dropped == ()
    [said] = scenario.override({"controls.cn_55": {"timeline": timeline}}, name="--set").dropped
    assert said.startswith("--set controls.cn_55.timeline: this replaces the timeline of ")
    [said] = scenario.override({"demand.US.machining": "90 Mct/yr"}, name="--set").dropped
    assert said.startswith("--set demand.US.machining: this replaces a map of below.yaml without a word on g")


def test_changes_by_path_name_what_a_file_has_dropped(above):
    scenario = above("controls: {cn_55: {timeline: {2027-01-01: banned}}}")
    first = scenario.override({"controls.cn_55.timeline.2026-12-01": "announced"})
    assert [("2026-12-01 and" in text, "2028-01-01" in text) for text in first.dropped] == [(False, True)]
    assert first.override({"controls.cn_55.timeline.2028-01-01": "none"}).dropped == ()
    assert scenario.override({"controls.cn_55.timeline": {"2027-01-01": "none"}}).dropped == ()
    assert scenario.override({"controls.cn_55": None}).dropped == ()


def test_what_was_resolved_names_everything(above):
    scenario = above("controls: {cn_55: {timeline: {2027-01-01: banned}}}")
    assert read_scenario(scenario.dump()).dropped == ()


@pytest.mark.parametrize("listing", [s for s in shipped_scenarios() if not s.component], ids=lambda s: s.name)
def test_shipped_scenarios_name_all_that_they_drop(listing):
    assert load_scenario(listing.name).dropped == ()
