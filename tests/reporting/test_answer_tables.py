"""The tables of answers hold the numbers of their Dataset, each with its interval and its unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from diamondsim.reporting import WIDTH, worst_start_lines
from tests.reporting.printed_answers import SHOWN, lines_of
from tests.small_answers import MORE, OPENING, PLACE, USUAL, small_answers

CHANCE, SHORTAGE = {"metric": "probability_of_shortage"}, {"metric": "shortage_mean"}
SET: dict[str, dict[str, tuple[dict[str, str], Any]]] = {
    "select": {
        "value": ({"scenario": USUAL}, (0.123, 0.101, 0.145)),
        "difference": ({"scenario": USUAL}, (0.02, -0.01, 0.05)),
    },
    "marginal": {
        "change": ({**CHANCE, **PLACE}, (-0.05, -0.1, -0.01)),
        "change 2": ({**SHORTAGE, **PLACE}, (-1500, -2000, -1000)),
        "money": ({"item": "economic_loss"}, (-2e6, -3e6, -1e6)),
    },
    "information": {
        "expected": ({"scenario": USUAL}, (4000, 3900, 4100)),
        "information": ({"input": OPENING}, (120, 101, 150)),
        "perfect_information": ({}, (321, 300, 345)),
    },
    "discover": {"share": ({}, (0.25, 0.2, 0.3))},
    "independence": {
        "independent_quarters_mean": ({"area": "home"}, (3.2, 3.0, 3.4)),
        "probability_of_independence": ({"area": "home"}, (0.8, 0.7, 0.9)),
    },
    "worst-start": {
        "value": ({"start": "2026-02-06"}, (0.5, 0.4, 0.6)),
        "chance_worst": ({"start": "2026-02-06"}, 0.75),
        "difference": ({}, (0.11, 0.05, 0.17)),
    },
    "reverse-stress": {
        "severity": ({"shock": OPENING}, (0.25, 0.2, 0.3)),
        "breaking_value": ({"shock": OPENING}, (67, 63, 71)),
        "chance_severe": ({"shock": OPENING}, 0.88),
    },
    "mixture": {
        "probability_of_shortage": (PLACE, (0.3, 0.2, 0.4)),
        "probability_of_shortage_between": (PLACE, 0.35),
    },
    "sensitivity --design": {"total": ({"group": "inventory_policy"}, (0.42, 0.31, 0.53))},
}
"""Numbers by command and variable, and where they are put; a number behind a name only tells two apart."""
READ = {
    "select": ["12.3 % [10.1, 14.5]", "+2.0 [-1.0, +5.0]"],
    "marginal": [
        *("-5.0 [-10.0, -1.0]", "-1.5 [-2, -1] kct"),
        "economic loss, uses with a value: -2 [-3, -1] MUSD",
    ],
    "information": [", kct; ", "  4 [3.9, 4.1]", "0.12 [0.1, 0.15]", "would be worth 0.321 [0.3, 0.345]"],
    "discover": ["in 25.0 % [20.0, 30.0] of 48 replications"],
    "independence": ["3.2 [3.0, 3.4]", "80.0 % [70.0, 90.0]"],
    "worst-start": ["2026-02-06  50.0 % [40.0, 60.0]", "75 %", "difference +11.0 [+5.0, +17.0]"],
    "reverse-stress": ["breaks at 67 days [63, 71], 25 % of the way", "and 88 %"],
    "mixture": ["30.0 % [20.0, 40.0]", "35 %"],
    "sensitivity --design": ["0.42 [0.31, 0.53]"],
}
"""What people read of them."""


@pytest.mark.parametrize("command", SET)
def test_numbers_of_an_answer_are_in_its_table_with_interval_and_unit(command, monkeypatch):
    name, _ = SHOWN[command]
    found = small_answers()[name].copy(deep=True)
    for variable, (place, values) in SET[command].items():
        of_place = found[variable.split()[0]].loc[place]
        of_place[...] = np.broadcast_to(values, of_place.shape)
    monkeypatch.setitem(small_answers(), name, found)
    text = "\n".join(lines_of(command, WIDTH))
    flat = " ".join(text.split())
    assert [part for part in READ[command] if part not in text and part not in flat] == []


def test_a_scenario_of_the_same_date_and_law_as_the_first_says_so():
    for command in ("select", "information"):
        text = " ".join(lines_of(command, WIDTH))
        assert text.count("legal state:") == 2
        assert f"date and legal state: as {USUAL}" in text


def test_a_worst_date_that_is_the_stated_one_is_not_compared_with_itself():
    found = small_answers()["worst_start"]
    as_stated = found.assign_attrs(stated=found.attrs["worst"])
    assert found.attrs["worst"] != found.attrs["stated"]
    assert "and the stated" in " ".join(worst_start_lines(found))
    text = " ".join(worst_start_lines(as_stated))
    assert f"{found.attrs['worst']}, as stated, looks worst. With fresh draws it has " in text
    assert "difference" not in text


def test_the_scenario_that_is_chosen_or_selected_is_marked():
    for command in ("select", "information"):
        (marked,) = (line for line in lines_of(command, WIDTH) if line.startswith("* ") and ":" not in line)
        assert MORE.startswith(marked.split()[1])
