"""The tables and documents of `size_reserve` and `size_stock`, of answers that are known functions."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.analysis import size_search, sized_stock
from diamondsim.reporting import json_reserve_size, json_stock_size, reserve_size_lines, stock_size_lines

WIDEST = 80


NONE = (math.nan,) * 3
WORTH = xr.Variable(
    ("item", "bound"),
    [(3e6, 2e6, 4.25e6), (-2e4, -3e4, -1e4), NONE, (2.98e6, 1.97e6, 4.24e6)],
    {"units": "USD", "comment": "delivery_cost: uses.u gives no `delivery_cost`"},
)
"""What the second source saves: economic loss, cost of stock, cost of deliveries, total."""


class Run:
    """Stands for the Dataset of a run: its scenario decides the answer."""

    def __init__(self, scenario):
        self.scenario = scenario


@pytest.fixture
def known(monkeypatch):
    """Let the answer be a function of the scenario, with limits 0.02 away."""

    def install(function):
        def answer(self, run):
            middle = function(run.scenario)
            return np.array([middle, *(sorted((max(middle - 0.02, 0.0), middle + 0.02)))])

        def simulated(scenarios, _sampling, _done=0, **_):
            return {name: Run(scenario) for name, scenario in scenarios.items()}

        monkeypatch.setattr("diamondsim.analysis.sizing_target.Target.answer", answer)
        for module in (size_search, sized_stock):
            monkeypatch.setattr(module, "simulated", simulated)
        monkeypatch.setattr(sized_stock, "worth_variable", lambda *_, **__: WORTH)

    return install


@pytest.fixture(scope="module")
def small():
    """A textbook with two reserves, and a firm that can qualify a second source."""
    reserve = {"region": "home", "grade": "g", "opening": "1 kct", "release": "1 kct/day", "serves": ["u"]}
    qualify = {"other": {"from": "2026-01-01", "share": "50%", "lead": "1 day"}}
    return ds.load_scenario("tests/theory/exponential-ban.yaml").override(
        {
            "reserves": {name: {**reserve, "lead": "1 day"} for name in ("east", "west")},
            "regions.ally": {},
            "producers.other": {"region": "ally", "capacity": {"g": "1 kct/day"}},
            "buyers.firm": {"aggregate": "home.u", "share": "50%", "qualify": qualify}
            | {"inventory_policy": {"cover": "75 days"}},
        }
    )


@pytest.fixture
def size(small):
    def sized(*reserves, **options):
        return ds.size_reserve(small, reserves, **{"region": "home", "use": "u", "chance": 0.1, **options})

    return sized


def opening(scenario, name):
    return scenario.reserves[name].opening.central() / 1e3


def lines(found, of):
    texts = [*of(found)]
    assert max(map(len, texts)) <= 110
    return texts


def test_the_size_of_a_reserve_is_a_sentence_and_its_frontier_a_table(known, size):
    known(lambda scenario: 0.5 * math.exp(-opening(scenario, "east") / 20))
    found = size("east", most="100 kct")
    texts = lines(found, reserve_size_lines)
    # 0.5 exp(-x / 20) = 0.1 at 32.2 kct; the limits cross at 28.6 and 36.7.
    told = next(text for text in texts if text.startswith("east ("))
    assert told.startswith("east (g): 32.")
    assert "kct [27." in told
    assert told.endswith("is the smallest opening stock that meets it.")
    assert any(text.startswith("On other random numbers (seed 1): 9.") for text in texts)
    table = texts[texts.index("east      chance of a shortage") :]
    assert table[1] == "0 ct      50.0 % [48.0, 52.0]"
    assert all(len(text) <= WIDEST for text in table[: table.index("")])
    document = json.loads(json.dumps(json_reserve_size(found), allow_nan=False))
    value = document["reserves"]["east"]["opening"]["estimate"]
    assert value == pytest.approx(20e3 * math.log(5), rel=0.05)
    assert document["cost"]["estimate"] == value
    assert document["cost_unit"] == "ct"
    assert document["achieved"]["estimate"]["estimate"] <= 0.1
    assert len(document["sizes"]) == found.sizes["size"]


def test_a_mix_names_each_reserve_and_what_it_costs(known, size):
    known(lambda s: 0.5 * math.exp(-min(opening(s, "east"), opening(s, "west")) / 20))
    found = size(
        *("east", "west"),
        unit_costs={"east": 0.2, "west": "0.1 USD/ct"},
        most={"east": "90 kct", "west": "90 kct"},
    )
    texts = lines(found, reserve_size_lines)
    assert any(text.startswith("west (g): 3") for text in texts)
    assert any(text.startswith("It costs ") and "kUSD [" in text for text in texts)
    heads = next(text for text in texts if text.startswith("east  "))
    assert heads.split("  ")[-1].strip() == "chance of a shortage"
    assert json_reserve_size(found)["cost_unit"] == "USD"


def test_a_target_out_of_reach_has_a_best_answer_and_a_reason(known, size):
    known(lambda scenario: max(0.4 - opening(scenario, "east") / 100, 0.3))
    found = size("east", most="100 kct")
    texts = " ".join(lines(found, reserve_size_lines))
    assert "No opening stock up to 100 kct meets it: the best is 30.0 % [28.0, 32.0], with 12.5 kct." in texts
    assert "The largest sizes do equally well: release, trigger or the other uses it serves decide." in texts
    assert json_reserve_size(found)["reserves"]["east"]["opening"]["estimate"] is None


def test_a_limit_that_does_not_exist_is_more_than_the_largest(known, size):
    known(lambda scenario: 0.2 - opening(scenario, "east") / 1000)
    found = size("east", most="101 kct")
    assert ", more than 101 kct] is the" in " ".join(lines(found, reserve_size_lines))
    assert json_reserve_size(found)["reserves"]["east"]["opening"]["high"] is None


def test_an_answer_that_goes_back_is_told(known, size):
    known(lambda scenario: 0.0 if 20 < opening(scenario, "east") < 30 else 0.05)
    assert "A larger stock did worse by more than" in " ".join(
        lines(size("east", most="100 kct", chance=0.06), reserve_size_lines)
    )


def cover(scenario):
    """Stock of the firm, with a second source as if it were 100 days more."""
    firm = scenario.buyers["firm"]
    return firm.inventory_policy.cover.central() + 100 * bool(firm.qualify)


def test_what_a_buyer_may_do_is_a_table_of_four_choices(known, small):
    known(lambda scenario: math.exp(-cover(scenario) / 200))
    found = ds.size_stock(small, "firm", chance=0.3)
    texts = lines(found, stock_size_lines)
    start = next(k for k, text in enumerate(texts) if text.startswith("choice "))
    table = texts[start : start + 5]
    assert [text.split("  ")[0] for text in table] == [
        *("choice", "as stated", "second source alone", "stock alone", "both")
    ]
    assert all(len(text) <= WIDEST for text in table)
    # exp(-x / 200) = 0.3 at 241 days, with the second source at 141.
    assert " 24" in table[3]
    assert " 14" in table[4]
    document = json.loads(json.dumps(json_stock_size(found), allow_nan=False))
    options = document["options"]
    assert options["stock"]["stock_days"]["estimate"] == pytest.approx(240.8, rel=0.05)
    assert options["stock and second source"]["stock_days"]["estimate"] == pytest.approx(140.8, rel=0.05)
    assert document["second_source"] == "other"
    begin = next(k for k, text in enumerate(texts) if text.startswith("Over the horizon the second source"))
    assert [" ".join(text.split()) for text in texts[begin + 1 : begin + 5]] == [
        "economic loss 3 [2, 4.25] MUSD",
        "cost of holding stock -20 [-30, -10] kUSD",
        "total 2.98 [1.97, 4.24] MUSD",
        "Not in the total, because it is unknown: "
        "fixed cost of deliveries (uses.u gives no `delivery_cost`).",
    ]
    assert document["worth"]["items"]["total"] == {"estimate": 2.98e6, "low": 1.97e6, "high": 4.24e6}
    assert document["worth"]["items"]["delivery_cost"]["estimate"] is None
    assert document["worth"]["unknown"] == {"delivery_cost": "uses.u gives no `delivery_cost`"}


def test_what_a_second_source_is_worth_without_a_value_is_unknown_and_not_nothing(known, small, monkeypatch):
    known(lambda scenario: math.exp(-cover(scenario) / 200))
    why = {"comment": "economic_loss: uses.u gives neither `value` nor `delay_cost`"}
    monkeypatch.setattr(
        sized_stock, "worth_variable", lambda *_, **__: xr.Variable(("item", "bound"), [NONE] * 4, why)
    )
    texts = lines(ds.size_stock(small, "firm", chance=0.3), stock_size_lines)
    sentence = "What the second source is worth in money is unknown: uses.u gives neither `value` nor"
    assert any(text.startswith(sentence) for text in texts)
    assert not any("USD" in text for text in texts)


def test_without_a_second_source_the_table_says_how_to_name_one(known, small):
    known(lambda scenario: max(0.9 - cover(scenario) / 1000, 0.7))
    bare = small.override({"buyers.firm.qualify": None})
    texts = lines(ds.size_stock(bare, "firm", chance=0.3), stock_size_lines)
    assert any(text.startswith("stock alone") and "none is enough" in text for text in texts)
    joined = " ".join(texts)
    assert "No stock alone up to 730.5 days meets it: the best is 70.0 %" in joined
    assert "The largest stocks do equally well: what arrives decides, not what is wanted." in joined
    assert "name one with --second-source" in joined
