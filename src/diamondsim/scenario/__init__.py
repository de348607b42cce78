"""Scenario files: reading, merging, checking, writing. Other packages import from here alone."""

from typing import TYPE_CHECKING

from diamondsim.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from diamondsim.scenario.branches import ForkMap, Outcome
    from diamondsim.scenario.buyers import Buyer, Qualify, use_of
    from diamondsim.scenario.checks.names import ANY, CIVIL
    from diamondsim.scenario.controls import (
        ANY_REGION,
        DEFAULT_LICENSING,
        IN_EFFECT,
        LICENSING_NUMBERS,
        Control,
        Covers,
        Diversion,
        Equipment,
        Licensing,
        Overcompliance,
        Spillover,
        WatchList,
    )
    from diamondsim.scenario.fields import ONCE, Drawn
    from diamondsim.scenario.financing import FAILURES, CallSurcharge, FundingCall, Tranche
    from diamondsim.scenario.json_schema import scenario_schema
    from diamondsim.scenario.load import load_scenario, read_scenario
    from diamondsim.scenario.market import Lane, Use
    from diamondsim.scenario.policies import DEFAULT_INVENTORY_POLICY, Feed, InventoryPolicy, Noise
    from diamondsim.scenario.prices import Prices, Since, Supply, Surcharge
    from diamondsim.scenario.sampling import MOST_DIMENSIONS, split_pair
    from diamondsim.scenario.scenario import Scenario, require_scenario
    from diamondsim.scenario.schema import Content
    from diamondsim.scenario.sellers import ASKS_MARKET_PRICE, Facility, Producer
    from diamondsim.scenario.sentences import key_meaning
    from diamondsim.scenario.shipped import Listing, shipped_scenarios
    from diamondsim.scenario.source import FILE_SUFFIXES, parse_value
    from diamondsim.scenario.streams import drawn_at, latent_words, stream_name
    from diamondsim.scenario.totals import PublishedTotal
    from diamondsim.scenario.tree import Path

__all__ = [
    "ANY",
    "ANY_REGION",
    "ASKS_MARKET_PRICE",
    "CIVIL",
    "DEFAULT_INVENTORY_POLICY",
    "DEFAULT_LICENSING",
    "FAILURES",
    "FILE_SUFFIXES",
    "IN_EFFECT",
    "LICENSING_NUMBERS",
    "MOST_DIMENSIONS",
    "ONCE",
    "Buyer",
    "CallSurcharge",
    "Content",
    "Control",
    "Covers",
    "Diversion",
    "Drawn",
    "Equipment",
    "Facility",
    "Feed",
    "ForkMap",
    "FundingCall",
    "InventoryPolicy",
    "Lane",
    "Licensing",
    "Listing",
    "Noise",
    "Outcome",
    "Overcompliance",
    "Path",
    "Prices",
    "Producer",
    "PublishedTotal",
    "Qualify",
    "Scenario",
    "Since",
    "Spillover",
    "Supply",
    "Surcharge",
    "Tranche",
    "Use",
    "WatchList",
    "drawn_at",
    "key_meaning",
    "latent_words",
    "load_scenario",
    "parse_value",
    "read_scenario",
    "require_scenario",
    "scenario_schema",
    "shipped_scenarios",
    "split_pair",
    "stream_name",
    "use_of",
]

_HOMES = {
    "branches": ("ForkMap", "Outcome"),
    "buyers": ("Buyer", "Qualify", "use_of"),
    "checks.names": ("ANY", "CIVIL"),
    "controls": (
        "ANY_REGION",
        "DEFAULT_LICENSING",
        "IN_EFFECT",
        "LICENSING_NUMBERS",
        "Control",
        "Covers",
        "Diversion",
        "Equipment",
        "Licensing",
        "Overcompliance",
        "Spillover",
        "WatchList",
    ),
    "fields": ("ONCE", "Drawn"),
    "financing": ("FAILURES", "CallSurcharge", "FundingCall", "Tranche"),
    "json_schema": ("scenario_schema",),
    "load": ("load_scenario", "read_scenario"),
    "market": ("Lane", "Use"),
    "policies": ("DEFAULT_INVENTORY_POLICY", "Feed", "InventoryPolicy", "Noise"),
    "prices": ("Prices", "Since", "Supply", "Surcharge"),
    "sampling": ("MOST_DIMENSIONS", "split_pair"),
    "scenario": ("Scenario", "require_scenario"),
    "schema": ("Content",),
    "sellers": ("ASKS_MARKET_PRICE", "Facility", "Producer"),
    "sentences": ("key_meaning",),
    "shipped": ("Listing", "shipped_scenarios"),
    "source": ("FILE_SUFFIXES", "parse_value"),
    "streams": ("drawn_at", "latent_words", "stream_name"),
    "totals": ("PublishedTotal",),
    "tree": ("Path",),
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_attributes(__name__, _HOMES)
