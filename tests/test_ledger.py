"""The Ledger keeps the requested fields and rows, and its mass balance detects missing quantities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diamondsim.ledger import FIELDS, Ledger, opening_pipeline
from tests.engines.small_case import Case, feed, lane, reserve, small_case, source, use


def mine_saw_and_use() -> Case:
    """Case: 100 ct of crystal per tick become 25 cm2 of plate; a crystal reserve; leads of 3 and 2 ticks."""
    return small_case(
        n_ticks=2,
        replications=2,
        nodes=[
            use("plates", demand=25, stock=[10.0, 0.0], grade="plate"),
            feed("crystal", demand=100, stock=40, grade="crystal"),
            reserve("r", serves=[], stock=60, grade="crystal"),
            use("tools", demand=8, stock=0, grade="crystal"),
        ],
        sources=[
            source("reactor", capacity=108, finished_stock=5, grade="crystal"),
            source("saw", capacity=30, finished_stock=0, feed="crystal", yield_=0.25, grade="plate"),
        ],
        lanes=[
            lane("reactor", "crystal", lead=[3, 1]),
            lane("saw", "plates", lead=2),
            lane("reactor", "tools", contract_share=0.5, lead=1, opens=0),
        ],
        grade_units={"plate": "cm2", "crystal": "ct"},
    )


def by_hand(w: Case) -> Ledger:
    """Two ticks that conserve mass: 100 crystal produced, shipped, received and sawn into 25 plate, all
    used.
    """
    book = Ledger.empty(w.plan, 2)
    reactor, saw = w.source("reactor"), w.source("saw")
    book["output"][:, reactor], book["output"][:, saw] = 100, 25
    book["finished_stock"][:, reactor] = 5
    book["used"][:, w.node("crystal")], book["used"][:, w.node("plates")] = 100, 25
    book["stock"][:, w.node("crystal")] = 40
    book["stock"][:, w.node("plates")] = [10, 0]
    book["stock"][:, w.node("r")] = 60
    book["pipeline"][:, w.lane("reactor", "crystal")] = [300, 100]
    book["pipeline"][:, w.lane("saw", "plates")] = 50
    return book


def test_an_empty_ledger_has_room_for_every_field() -> None:
    w = mine_saw_and_use()
    book = Ledger.empty(w.plan, 7)
    assert list(book.arrays) == list(FIELDS)
    shapes = {"node": (2, 4, 7), "lane": (2, 3, 7), "source": (2, 2, 7), "market": (2, 0, 7)}
    for name, kind in FIELDS.items():
        assert book[name].shape == shapes[kind.entity], name
        assert not book[name].any()


def test_a_ledger_keeps_the_fields_asked_for_in_its_own_order() -> None:
    w = mine_saw_and_use()
    assert list(Ledger.empty(w.plan, 1, ["output", "shortage", "queue"]).arrays) == [
        "shortage",
        "queue",
        "output",
    ]
    assert not Ledger.empty(w.plan, 1, []).arrays


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(AssertionError, match="tonnage"):
        Ledger.empty(mine_saw_and_use().plan, 1, ["stock", "tonnage"])


def test_a_field_that_was_not_recorded_is_not_there() -> None:
    book = Ledger.empty(mine_saw_and_use().plan, 1, ["stock"])
    with pytest.raises(KeyError, match="queue"):
        book["queue"]


def test_a_ledger_of_some_nodes_and_sources_knows_them_by_their_numbers() -> None:
    w = mine_saw_and_use()
    saw, tools = w.source("saw"), w.node("tools")
    book = Ledger.empty(
        w.plan, 7, ["stock", "output", "queue"], {"node": np.array([1, tools]), "source": np.array([saw])}
    )
    assert [book[name].shape for name in ("stock", "output", "queue")] == [(2, 2, 7), (2, 1, 7), (2, 3, 7)]
    book["stock"][:, 1], book["output"][:, 0], book["queue"][:, 2] = 3, 4, 5
    assert book.of("stock", tools).shape == (2, 7)
    assert [book.of(name, i).min() for name, i in (("stock", tools), ("output", saw), ("queue", 2))] == [
        3,
        4,
        5,
    ]
    for missing in (0, 2, 99):
        with pytest.raises(AssertionError, match="not kept"):
            book.of("stock", missing)


def test_incumbents_start_with_their_contract_flow_on_the_way() -> None:
    """The opening pipeline is share * flow * lead per replication; an entrant's is empty."""
    w = mine_saw_and_use()
    pipeline = opening_pipeline(*w)
    assert pipeline[w.lane("reactor", "crystal")].tolist() == [300, 100]
    assert pipeline[w.lane("saw", "plates")].tolist() == [50, 50]
    assert pipeline[w.lane("reactor", "tools")].tolist() == [0, 0]


def test_what_is_on_the_way_at_the_start_follows_a_driver_that_began_before_it() -> None:
    w = mine_saw_and_use()
    grown = w.draws.growth.copy()
    grown[0] *= 1.5
    pipeline = opening_pipeline(w.plan, replace(w.draws, growth=grown))
    assert pipeline[w.lane("reactor", "crystal")].tolist() == [450, 150]


def test_mass_is_balanced_for_each_unit_on_its_own() -> None:
    w = mine_saw_and_use()
    balance = by_hand(w).mass_balance(*w)
    assert balance.shape == (2, 2, 2)
    np.testing.assert_allclose(balance, 0.0, atol=1e-15)


# Total supply up to tick 1. Plates: 10 or 0 in stock, 50 in transit, 25 produced per tick. Crystal: 105 in
# stock, 300 or 100 in transit, 100 produced per tick.
PLATES = np.array([110.0, 100.0])
CRYSTAL = np.array([605.0, 405.0])


@pytest.mark.parametrize(
    "field, entity, missing, unit, there",
    [
        ("stock", "plates", 1, 0, PLATES),
        ("used", "plates", 2, 0, PLATES),
        ("from_reserve", "plates", 2, 0, PLATES),
        ("output", "saw", -2, 0, PLATES),
        ("pipeline", "saw -> plates", 1, 0, PLATES),
        ("stock", "r", 1, 1, CRYSTAL),
        ("finished_stock", "reactor", 1, 1, CRYSTAL),
        ("used", "crystal", 2, 1, CRYSTAL),
        ("pipeline", "reactor -> crystal", 1, 1, CRYSTAL),
        ("queue", "reactor -> crystal", 1, 1, CRYSTAL),
        ("seized", "reactor -> crystal", 2, 1, CRYSTAL),
        ("relay_drawdown", "reactor", -1, 1, CRYSTAL),
    ],
)
def test_one_carat_too_many_anywhere_is_seen_in_its_unit_alone(
    field: str, entity: str, missing: int, unit: int, there: np.ndarray
) -> None:
    """Adds a carat in both ticks: stocks count it once, flows twice."""
    w = mine_saw_and_use()
    book = by_hand(w)
    rows = {
        "node": [n.name for n in w.plan.nodes],
        "source": [s.name for s in w.plan.sources],
        "lane": [w.plan.lane_name(x) for x in range(w.plan.n_lanes)],
    }
    book[field][:, rows[FIELDS[field].entity].index(entity)] += 1.0
    there = there + (2.0 if field == "output" else 0.0)
    balance = book.mass_balance(*w)[1]
    np.testing.assert_allclose(balance[unit], -missing / there, rtol=1e-12)
    np.testing.assert_allclose(balance[1 - unit], 0.0, atol=1e-15)


def test_what_a_source_makes_from_nothing_counts_as_there() -> None:
    w = mine_saw_and_use()
    book = by_hand(w)
    book["output"][1, w.source("reactor")] += 10.0
    expected = np.array([[0.0, 0.0], [10 / 615, 10 / 415]])
    np.testing.assert_allclose(book.mass_balance(*w)[:, 1], expected, atol=1e-15)


def test_what_a_reserve_releases_is_counted_where_it_is_used() -> None:
    """The reserve's `used` is a transfer: its stock falls by 6, and the use gets 6."""
    w = mine_saw_and_use()
    book = by_hand(w)
    book["used"][1, w.node("r")] = 6.0
    book["stock"][1, w.node("r")] = 54.0
    book["from_reserve"][1, w.node("tools")] = 6.0
    np.testing.assert_allclose(book.mass_balance(*w), 0.0, atol=1e-15)


def test_a_case_without_lanes_has_a_balance_too() -> None:
    w = small_case(n_ticks=1, nodes=[use("a", demand=1, stock=3)], sources=[source("s", capacity=1)])
    book = Ledger.empty(w.plan, 1)
    book["used"][:], book["stock"][:] = 1.0, 2.0
    assert book.mass_balance(*w).tolist() == [[[0.0]]]


def test_a_ledger_cannot_be_given_other_arrays() -> None:
    book = Ledger.empty(mine_saw_and_use().plan, 1)
    with pytest.raises(AttributeError):
        book.arrays = {}  # type: ignore[misc]
    assert replace(book, arrays={}).arrays == {}
