"""Hypothesis strategies for small scenario files, as mappings of strings like those in a file.

Hypothesis draws the size of a scenario, its mechanisms, and a seed that determines all numbers. So generation
is fast, and a failing scenario still shrinks to few regions, uses, ticks and mechanisms.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.invented.allocating import add_allocation
from tests.invented.building import add_adaptation, add_building, add_equipment, add_swings, add_terms
from tests.invented.carving import add_buyer
from tests.invented.chances import add_chances
from tests.invented.correlating import add_correlation
from tests.invented.dice import START, date_of
from tests.invented.market import add_market, add_trade
from tests.invented.mechanisms import (
    add_controls,
    add_drivers,
    add_facility,
    add_inventory_policies,
    add_reserves,
)
from tests.invented.outline import MECHANISMS, Outline
from tests.invented.pricing import add_prices, add_surcharges
from tests.invented.producers import add_producers
from tests.invented.selecting import Mapping
from tests.invented.sharing import add_registry


@st.composite
def outlines(
    draw: st.DrawFn, *, most_ticks: int = 40, uncertain: bool = True, chance: bool = True
) -> Outline:
    """Draw the outline of a scenario."""
    present = frozenset(name for name in MECHANISMS if draw(st.integers(0, 2)))
    return Outline(
        seed=draw(st.integers(0, 2**20)),
        ticks=draw(st.integers(10, most_ticks)),
        tick_days=draw(st.sampled_from([1, 7])),
        regions=draw(st.integers(2, 3)),
        uses=draw(st.integers(1, 3)),
        second_grade=draw(st.sampled_from([None, "mesh", "plate"])),
        mechanisms=present,
        uncertain=uncertain,
        chance=chance,
    )


def invent(outline: Outline) -> Mapping:
    """Build the scenario that an outline describes."""
    days = outline.ticks * outline.tick_days
    end = {"length": f"{days} days"} if outline.seed % 2 else {"end": date_of(days)}
    scenario: Mapping = {
        "title": "An invented world",
        "horizon": {"start": START.isoformat(), **end, "tick": f"{outline.tick_days} days"},
        "tracked_origin": "CN",
        "assumed": "Invented",
    }
    flows = add_market(scenario, outline)
    add_producers(scenario, outline, flows)
    add_trade(scenario, outline, flows)
    add_inventory_policies(scenario, outline)
    if outline.has("drivers"):
        add_drivers(scenario, outline)
    if outline.has("control"):
        add_controls(scenario, outline)
        add_chances(scenario, outline)
    if outline.has("facility"):
        add_facility(scenario, outline, flows)
    if outline.has("facility") and outline.has("building"):
        add_building(scenario, outline)
    if outline.has("swing"):
        add_swings(scenario, outline)
    add_adaptation(scenario, outline)
    if outline.has("equipment"):
        add_equipment(scenario, outline)
    if outline.has("reserves"):
        add_reserves(scenario, outline)
    if outline.has("registry"):
        add_registry(scenario, outline)
    if outline.has("buyer"):
        add_buyer(scenario, outline)
    if outline.has("correlation") and outline.uncertain:
        add_correlation(scenario, outline)
    if outline.has("allocation"):
        add_allocation(scenario, outline)
    if outline.has("prices"):
        add_prices(scenario, outline)
        if outline.has("surcharges"):
            add_surcharges(scenario, outline)
    add_terms(scenario, outline)
    return scenario
