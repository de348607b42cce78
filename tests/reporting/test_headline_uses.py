"""Which use a sentence names."""

from __future__ import annotations

from diamondsim.reporting.headline_uses import first_hit, hardest_hit, hit_about_as_soon, most_often_short
from tests.reporting.builders import use_row as row


def test_the_first_the_hardest_and_the_most_often_hit_are_named():
    rows = [row("a", begins=3), row("b", depth=0.9), row("c", chance=0.8)]
    named = [pick(rows) for pick in (first_hit, hardest_hit, most_often_short)]
    assert [each.use for each in named if each] == ["a", "b", "c"]


def test_a_use_that_is_seldom_short_but_then_early_is_not_hit_first():
    rows = [row("a", chance=0.3, begins=1), row("b", chance=0.9, begins=5, half=6)]
    assert first_hit(rows) is rows[1]
    assert hit_about_as_soon(rows) == []


def test_uses_that_are_hit_within_a_month_of_the_first_are_named_with_it():
    rows = [row("a", half=5), row("b", half=3), row("c", half=4), row("d"), row("e", chance=0.01, half=3)]
    assert first_hit(rows) is rows[1]
    assert hit_about_as_soon(rows) == [rows[2]]
    assert hit_about_as_soon(rows[3:4]) == []


def test_of_equals_one_with_estimated_volumes_is_named_and_then_the_deeper():
    rows = [row("a", assumed=True, depth=0.9), row("b", depth=0.2), row("c", depth=0.3)]
    assert [pick(rows) for pick in (first_hit, most_often_short)] == [rows[2], rows[2]]
    rows = [row("a", assumed=True, chance=0.9), row("b", chance=0.1), row("c", chance=0.2)]
    assert hardest_hit(rows) is rows[2]


def test_an_assumed_volume_does_not_hide_a_use_that_is_hit_sooner_or_harder():
    rows = [row("a"), row("b", assumed=True, begins=1, depth=0.9, chance=0.9)]
    assert [pick(rows) for pick in (first_hit, hardest_hit, most_often_short)] == [rows[1]] * 3


def test_what_is_hardly_ever_short_is_not_hit():
    rows = [row("a", chance=0.04, begins=1, depth=1.0), row("b", begins=9)]
    assert first_hit(rows) is hardest_hit(rows) is rows[1]
    assert first_hit(rows[:1]) is None
    assert hardest_hit(rows[:1]) is None
    assert most_often_short(rows[:1]) is rows[0]
    assert most_often_short([]) is None
