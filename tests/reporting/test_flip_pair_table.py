"""The tables and the document of `flip_pairs`, of answers that are known functions."""

from __future__ import annotations

import json

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis.threshold_question import AnswerRuns
from diamondsim.reporting import flip_pair_lines, json_flip_pairs

WIDEST = 80
SHARE, STOCK = "inventory_policy.u.backorder_share", "inventory_policy.u.cover"
CAPACITY, GROWTH = "producers.plant.capacity.g", "uses.u.growth"


@pytest.fixture(scope="module")
def scenario():
    return ds.load_scenario("tests/theory/exponential-ban.yaml").override({SHARE: "uniform(0 1)"})


@pytest.fixture
def flip_pairs(scenario, monkeypatch):
    """Return `ds.flip_pairs`, for which the answer is a function of both values."""

    def found(function, pair, *, half=0.02, units="1", **options):
        def answers(self, changes):
            self.done, self.units = self.done + len(changes), units
            values = ([float(text.split()[0]) for text in change.values()] for change in changes)
            return [np.clip(function(*each) + half * np.array([0, -1, 1]), 0, None) for each in values]

        monkeypatch.setattr(AnswerRuns, "answers", answers)
        asked = {"region": "home", "use": "u", "threshold": 0.2, "tolerance": 0.001}
        return ds.flip_pairs(scenario, [pair], **{**asked, **options})

    return found


def table(found):
    """Return the cells of the table, after its head."""
    lines = [*flip_pair_lines(found)]
    assert max(map(len, lines)) <= 110
    first = next(k for k, line in enumerate(lines) if line.startswith("  A"))
    rows = lines[first : lines.index("", first)]
    assert max(map(len, rows)) <= WIDEST
    return [[cell.strip() for cell in row.split("  ") if cell.strip()] for row in rows]


def test_each_level_is_a_row_with_the_crossing_and_both_ends(flip_pairs):
    found = flip_pairs(
        *(lambda share, days: max(0.9 - days / 100 - share / 2, 0.0), (SHARE, STOCK)),
        levels=2,
        ranges={STOCK: ("0 days", "70 days")},
    )
    # 0.9 - x / 100 - a / 2 = 0.2 at x = 57.5 and 32.5; the limits are 2 days away.
    assert table(found) == [
        ["A", "quantile", "B, where it crosses (days)", "at lowest, highest B"],
        ["0.25", "25 %", "57.5 [55.5, 59.5]", "78 %, 7.5 %"],
        ["0.75", "75 %", "32.5 [30.5, 34.5]", "52 %, < 2 %"],
    ]
    text = "\n".join(flip_pair_lines(found))
    assert f"A: {SHARE} (the scenario states uniform(0 1))" in text
    assert "from 0 days to 70 days" in text
    assert "512 replications a run, " in text
    assert "quantile: the share of the distribution of A that lies below." in text
    assert "throughout" not in text


def test_what_does_not_cross_and_limits_beyond_the_ends_are_told(flip_pairs):
    found = flip_pairs(
        *(lambda growth, days: 0.216 - days / 1000 + growth, (GROWTH, STOCK)),
        levels=3,
        ranges={GROWTH: ("-10 %/yr", "10 %/yr"), STOCK: ("10 days", "30 days")},
    )
    assert table(found) == [
        ["A (%/yr)", "B, where it crosses (days)", "at lowest, highest B"],
        ["-10", "not above throughout", "11 %, 8.6 %"],
        ["0", "16 [< 10, > 30]", "21 %, 19 %"],
        ["10", "above throughout", "31 %, 29 %"],
    ]
    text = " ".join(flip_pair_lines(found))
    assert "throughout: on that side of 20 % at the lowest, the middle and the highest B." in text
    assert "quantile:" not in text


def test_a_table_of_long_numbers_and_units_fits(flip_pairs):
    found = flip_pairs(
        *(lambda _, plate: 2e9 - 1e3 * plate, (GROWTH, CAPACITY)),
        half=5e8,
        units="ct",
        levels=20,
        metric="shortage_mean",
        threshold=1.2e9,
        ranges={CAPACITY: ("123456 ct/week", "9999999 ct/week"), GROWTH: ("-12.3456 %/yr", "12.3456 %/yr")},
    )
    rows = table(found)
    assert rows[0][1] == "B, where it crosses (ct/week)"
    assert rows[1] == ["-12.3", "5600000 [2100000, 9100000]", "1.982e+09, 5.714e+08"]
    assert "crosses 1.2e+09 ct;" in " ".join(flip_pair_lines(found))


def test_an_answer_that_goes_back_and_forth_is_told(flip_pairs):
    found = flip_pairs(
        *(lambda _, days: 0.3 + 0.2 * np.cos(days), (SHARE, STOCK)),
        levels=1,
        tolerance=0.05,
        ranges={STOCK: ("0 days", "70 days")},
    )
    text = " ".join(flip_pair_lines(found))
    assert "At some A the answer goes back and forth by more than its interval" in text


def test_the_document_says_the_same_and_has_null_where_there_is_no_value(flip_pairs):
    found = flip_pairs(
        *(lambda growth, days: 0.216 - days / 1000 + growth, (GROWTH, STOCK)),
        levels=3,
        ranges={GROWTH: ("-10 %/yr", "10 %/yr"), STOCK: ("10 days", "30 days")},
    )
    document = json.loads(json.dumps(json_flip_pairs(found), allow_nan=False))
    assert (document["region"], document["use"], document["threshold"]) == ("home", "u", 0.2)
    (pair,) = document["pairs"]
    assert pair["first"]["path"] == GROWTH
    assert (pair["second"]["unit"], pair["second"]["shown_unit"]) == ("days", "days")
    assert pair["second_ends"] == [10, 30]
    low, middle, high = pair["levels"]
    assert [level["side"] for level in pair["levels"]] == ["not above", "crosses", "above"]
    assert low["crossing"] == high["crossing"] == {"estimate": None, "low": None, "high": None}
    assert middle["crossing"]["estimate"] == pytest.approx(16.0)
    assert middle["crossing"]["low"] is None
    assert middle["first_quantile"] is None
    assert high["first_value"] == pytest.approx(0.1)
    assert [end["estimate"] for end in high["end_answers"]] == pytest.approx([0.306, 0.286])
