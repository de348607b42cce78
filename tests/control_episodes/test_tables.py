"""The shipped tables of earlier controls: their form, and what can be recomputed from them."""

import csv
import math
from collections import Counter
from pathlib import Path

import pytest

from diamondsim.control_episodes.shares import EU, PARTITION, share_series
from diamondsim.control_episodes.tables import (
    ALL,
    KG_PER_UNIT,
    PANEL,
    month_number,
    month_text,
    read_bases,
    read_episodes,
    read_points,
)

PUBLISHED = Path(__file__).with_name("published_shares.csv")
POINTS = read_points()
IDS = {row.episode for row in read_episodes()}
RENAMED = {"EU (11 listed)": "European Union (6 listed)"}

# Published for a group of eleven European countries, six of which are in the file, and for a rest with India.
OTHER_GROUPS = {("graphite", "EU (11 listed)"), ("graphite", "rest")}


def published() -> dict[tuple[str, str, int], float]:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        return {
            (row["episode"], row["destination"], int(row["month"])): float(row["share"])
            for row in csv.DictReader(file)
        }


def computed() -> dict[tuple[str, str, int], float]:
    both = (*share_series(), *share_series(destinations="each"))
    return {
        (one.episode.episode, one.destination, month): share
        for one in both
        for month, share in one.by_month.items()
    }


def test_no_figure_is_given_twice():
    keys = Counter(
        (p.episode, p.first_month, p.last_month, p.destination, p.measure, p.alternative, p.source)
        for p in POINTS
    )
    assert [key for key, count in keys.items() if count > 1] == []


def test_each_disagreement_has_one_figure_that_counts():
    by_place: dict[tuple[str, ...], list[int]] = {}
    for p in POINTS:
        place = (p.episode, p.first_month, p.last_month, p.destination, p.measure)
        by_place.setdefault(place, []).append(p.alternative)
    assert {place: found for place, found in by_place.items() if sorted(found) != [*range(len(found))]} == {}
    disagreements = {place[:2] for place, found in by_place.items() if len(found) > 1}
    assert disagreements == {("gallium", "2024-07"), ("gallium", "2024-01"), ("tungsten", "2025-01")}


@pytest.mark.parametrize("row", [*POINTS, *read_bases()], ids=lambda row: row.episode)
def test_each_row_names_a_known_episode_unit_status_confidence_and_its_source(row):
    assert row.episode in IDS
    assert row.unit in {*KG_PER_UNIT, "1"}
    assert row.status in {"reported", "derived", "estimate"}
    assert row.confidence in {"H", "M", "L"}
    assert row.source.strip()
    assert row.destination == row.destination.strip() != ""


def test_a_quantity_has_a_mass_and_a_ratio_says_to_what():
    for p in POINTS:
        assert (p.unit == "1") == (p.measure in {"year_before", "normal"})
        assert p.quantity >= 0
        assert math.isnan(p.kg) == (p.unit == "1")


def test_months_are_written_as_year_and_month_and_in_order():
    for p in POINTS:
        assert [month_text(month_number(m)) for m in (p.first_month, p.last_month)] == [
            p.first_month,
            p.last_month,
        ]
        assert p.first_month <= p.last_month


def test_a_control_is_announced_no_later_than_it_comes_into_force_and_month_1_is_not_before():
    for row in read_episodes():
        assert row.announced <= row.in_force
        assert row.in_force[:7] <= row.first_month
        assert row.confidence in {"H", "M", "L"}
        assert row.source
        assert row.controlled


def test_the_panel_leaves_out_the_year_of_imputed_quantities_and_has_no_gap():
    months = sorted({p.first_month for p in POINTS if p.episode == PANEL})
    first, last = month_number("2018-01"), month_number("2024-12")
    assert months == [month_text(number) for number in range(first, last + 1)]


def test_the_destinations_of_the_panel_add_up_to_no_more_than_all_and_to_most_of_it():
    totals: dict[str, dict[str, float]] = {}
    for p in POINTS:
        if p.episode == PANEL:
            totals.setdefault(p.first_month, {})[p.destination] = p.kg
    parts = {
        month: math.fsum(kg for name, kg in by_place.items() if name != ALL) / by_place[ALL]
        for month, by_place in totals.items()
    }
    assert len(totals["2018-01"]) == 23
    assert max(parts.values()) <= 1 + 1e-9
    assert min(parts.values()) == pytest.approx(0.871, abs=5e-4)


def test_the_groups_of_the_panel_add_up_to_all():
    by_place = {one.destination: one for one in share_series() if one.episode.episode == PANEL}
    groups = [one for place, one in by_place.items() if place != ALL]
    assert len(groups) == len(PARTITION) + 2
    assert len(EU) == 6
    for month in range(14):
        total = math.fsum(one.by_month[month] * one.base_kg for one in groups)
        assert total == pytest.approx(by_place[ALL].by_month[month] * by_place[ALL].base_kg)


def test_shares_recomputed_from_the_points_are_those_that_were_published():
    ours, theirs = computed(), published()
    compared = {key: share for key, share in theirs.items() if key[:2] not in OTHER_GROUPS}
    assert len(compared) == 155
    # Published to three digits, from a base rounded to whole units.
    assert {key: share for key, share in compared.items() if abs(ours[key] - share) > 0.0015} == {}


def test_the_six_european_destinations_move_as_the_eleven_that_were_published():
    ours, theirs = computed(), published()
    gaps = {
        month: ours[(PANEL, RENAMED[place], month)] - share
        for (episode, place, month), share in theirs.items()
        if place in RENAMED and episode == PANEL
    }
    assert len(gaps) == 14
    assert max(map(abs, gaps.values())) == pytest.approx(0.074, abs=5e-4)


def test_the_rest_that_was_published_included_india():
    theirs = published()
    base = {"all": 12034.5, "South Korea": 3811.9, "Japan": 2237.3, "United States": 1221.9}
    base["EU (11 listed)"] = 1388.0  # the bases that were published with the shares, in tonnes
    for month in range(14):
        tonnes = {place: theirs[(PANEL, place, month)] * kg for place, kg in base.items()}
        left = tonnes.pop("all") - sum(tonnes.values())
        assert left / 3375.4 == pytest.approx(theirs[(PANEL, "rest", month)], abs=0.003)
