"""What must hold from a scenario file on (docs/model.md, section 5), asked of both engines."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import diamondsim as ds
from diamondsim.draws import LISTS, NESTED, Draws
from diamondsim.engines import batch
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import ControlState, compile_plan
from diamondsim.results import provenance_of, trace_dataset
from diamondsim.sampling import draw
from diamondsim.scenario import read_scenario
from tests.engines.comparing import INDICES
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import Case
from tests.invented.dice import date_of
from tests.invented.outline import MECHANISMS, Outline
from tests.invented.playing import case_of, unlike
from tests.invented.reshaping import (
    as_in,
    renamed,
    reordered,
    scaled,
    with_producer_in_two,
    with_use_in_two,
)
from tests.invented.selecting import Mapping
from tests.invented.strategies import invent, outlines

some = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=15
)

both_engines = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


def assert_same_bits(one: Ledger, other: Ledger, ticks: int | None = None) -> None:
    for name in FIELDS:
        np.testing.assert_array_equal(one[name][:ticks], other[name][:ticks], err_msg=name)


# Calm


AT_REST: Mapping = {
    "zones": {"china": ["CN"]},
    "start": {
        grade: {"china": "0.05 USD/ct", "outside": "0.17 USD/ct"} for grade in ("micron", "mesh", "coarse")
    },
    "adjustment_time": "13 weeks",
    "arbitrage_time": "4 weeks",
    "supplier_elasticity": "2",
    "demand": {"any": "0.3"},
    "supply": {"any": {"elasticity": "2", "time": "9 weeks"}},
    "surcharges": {"duty": {"from": "CN", "to": "US", "rate": "30%"}},
}


@both_engines
@pytest.mark.parametrize("prices", [None, AT_REST], ids=["without prices", "with prices"])
def test_in_the_calm_scenario_nothing_moves(run: Run, prices: Mapping | None) -> None:
    calm = ds.load_scenario("calm").override({"horizon.length": "280 days"})
    plan = compile_plan(calm if prices is None else calm.override({"prices": prices}))
    draws = draw(plan, seed=4, count=2)
    got = run(Case(plan, draws)).ledger
    for name in FIELDS:
        if not got[name].size:
            continue
        top = np.abs(got[name]).max(axis=0)
        assert np.all(np.ptp(got[name], axis=0) <= 1e-9 * np.maximum(top, got["demand"].max())), name
    for name in (
        "shortage",
        "lost_sales",
        "backlog",
        "from_reserve",
        "substituted",
        "queue",
        "diverted",
        "withdrawn",
    ):
        assert not got[name].any(), name
    for name in ("price", "paid"):
        np.testing.assert_allclose(got[name], 1.0, rtol=1e-12)
    used = got["demand"] > 0
    np.testing.assert_allclose(got["arrived"][used], got["demand"][used], rtol=1e-9)
    np.testing.assert_allclose(got["stock"] - draws.opening_stock, 0.0, atol=1e-9 * got["stock"].max())


HARSH: Mapping = {
    "covers": {"from": ["CN", "US"], "to": "any", "grades": ["micron"]},
    "front_loading": "3",
    "licensing": {"any": {"withdrawal_rate": "50%/month", "extra_review": "9 days", "denied_parties": "50%"}},
    "diversion": {"share": "90%", "delay": "3 days", "crackdown_wait": "1 day", "seized": "100%"},
}
IDLE: dict[str, Mapping] = {
    "nothing said": {},
    "suspended": {"start": "suspended", "timeline": {"2026-03-20": "suspended", "2026-04-01": "none"}},
    "to and fro": {
        "sojourn": {"none": "exponential(9 days)", "suspended": "5 days"},
        "transitions": {"none": "suspended", "suspended": {"none": "50%", "suspended": "50%"}},
    },
}


@both_engines
@settings(some, max_examples=30)
@given(
    outline=outlines(), idle=st.sampled_from(list(IDLE.values())), place=st.sampled_from(["first", "last"])
)
def test_a_control_that_is_never_announced_or_in_force_changes_nothing(
    run: Run, outline: Outline, idle: Mapping, place: str
) -> None:
    """Nor does one that is in force on paper while the control it requires is not. To the bit."""
    content = invent(outline)
    more = {"idle": {**HARSH, **idle}, "paper": {**HARSH, "start": "banned", "requires": "idle"}}
    given_controls = content.get("controls", {})
    both = {**more, **given_controls} if place == "first" else {**given_controls, **more}
    one = case_of(content, seed=outline.seed)
    two = case_of({**content, "controls": both}, seed=outline.seed)
    assert_same_bits(run(one).ledger, run(two).ledger)


# Sameness in other words


@both_engines
@some
@given(outline=outlines())
def test_a_thousandfold_of_all_quantities_is_a_thousandfold_of_the_result(run: Run, outline: Outline) -> None:
    content = invent(outline)
    small = run(case_of(content, seed=outline.seed)).ledger
    large = run(case_of(scaled(content, "1000"), seed=outline.seed)).ledger
    expected = Ledger({name: small[name] * (1.0 if name in INDICES else 1000.0) for name in FIELDS})
    assert not unlike(expected, large)


OLD_NAMES = [
    *("CN", "US", "JP", "micron", "mesh", "plate", "polishing", "machining", "radar", "chip", "military"),
    *("mine", "works", "recycling", "recut", "mill", "spare", "georgia", "c55", "c46", "vault", "depot"),
    *("fab", "slump", "blackout", "press", "strike", "money", "building"),
    *("china", "atlantic", "duty", "freight"),
]
NEW_NAMES = {name: f"{'zyxa'[k % 4]}-{len(OLD_NAMES) - k}" for k, name in enumerate(OLD_NAMES)}


@both_engines
@some
@given(outline=outlines(uncertain=False, chance=False))
def test_other_names_change_nothing_but_names(run: Run, outline: Outline) -> None:
    """To the bit. Names are names of streams too, so nothing is left to chance here."""
    content = invent(outline)
    one = case_of(content, seed=1, count=1)
    two = case_of(renamed(content, NEW_NAMES), seed=1, count=1)
    there = [NEW_NAMES.get(region, region) for region in one.plan.regions]
    assert list(two.plan.regions) == there
    assert not set(one.plan.producers) & set(two.plan.producers)
    assert_same_bits(run(one).ledger, run(two).ledger)


@both_engines
@some
@given(outline=outlines(), seed=st.integers(0, 99))
def test_the_order_in_which_a_file_says_things_is_of_no_consequence(
    run: Run, outline: Outline, seed: int
) -> None:
    content = invent(outline)
    one, two = (case_of(c, seed=outline.seed) for c in (content, reordered(content, seed)))
    assert not unlike(run(one).ledger, as_in(one, two, run(two).ledger))


def limited(content: Mapping) -> Mapping:
    """Return a scenario in which the limit of every lane follows its share: there is something to split.

    Nobody has suppliers of his own: they would be two as well.
    """
    other = copy.deepcopy(content)
    other.pop("buyers", None)
    for about in other["producers"].values():
        about.pop("rated_orders", None)
    return other


@both_engines
@some
@given(outline=outlines(uncertain=False), part=st.sampled_from([("0.5", "0.5"), ("0.25", "0.75")]))
def test_a_producer_in_two_parts_makes_the_same(run: Run, outline: Outline, part: tuple[str, str]) -> None:
    """Outages that come by chance would come to each part alone, so it has none."""
    content = limited(invent(outline))
    name = "works" if "works" in content["producers"] and outline.seed % 2 else "mine"
    content["producers"][name].pop("outages", None)
    one = case_of(content, seed=outline.seed)
    two = case_of(with_producer_in_two(content, name, *part), seed=outline.seed)
    assert two.plan.n_sources > one.plan.n_sources
    whole = as_in(one, two, run(two).ledger, lambda word: word.replace(f"{name}-2.", f"{name}."))
    assert not unlike(run(one).ledger, whole)


def without_turns(content: Mapping, use: str) -> Mapping:
    """Return a scenario in which no two parts of a use are treated differently.

    Max-min looks at nodes one by one, a reserve serves one use after the other, so does a seller who names
    uses, a promise to a use is one to each of its parts, and demand wavers for each use by itself. Two lines
    of licensing have batches of their own.
    """
    other = copy.deepcopy(content)
    other.pop("buyers", None)
    for about in (*other["producers"].values(), *other.get("facilities", {}).values()):
        for key in ("serves", "rated_orders"):
            about[key] = [selector for selector in about.get(key, []) if use not in selector]
        if about.get("rationing") == "max_min":
            about["rationing"] = "weighted"
    for about in other.get("facilities", {}).values():
        promised = about.get("offtake", {})
        about["offtake"] = {buyers: share for buyers, share in promised.items() if use not in buyers}
    for about in other["inventory_policy"].values():
        about.pop("noise", None)
    for control in other.get("controls", {}).values():
        for selector, rule in control.get("licensing", {}).items():
            if use in selector:
                rule.pop("batch", None)
    for name, about in list(other.get("reserves", {}).items()):
        about["serves"] = [served for served in about["serves"] if served != use]
        if not about["serves"]:
            del other["reserves"][name]
    return other


@both_engines
@some
@given(outline=outlines(uncertain=False), part=st.sampled_from([("0.5", "0.5"), ("0.25", "0.75")]))
def test_a_use_in_two_parts_fares_the_same(run: Run, outline: Outline, part: tuple[str, str]) -> None:
    content = invent(outline)
    use = next(use for row in content["demand"].values() for use in row)
    content = without_turns(content, use)
    one = case_of(content, seed=outline.seed)
    two = case_of(with_use_in_two(content, use, *part), seed=outline.seed)
    assert two.plan.n_nodes > one.plan.n_nodes
    whole = as_in(one, two, run(two).ledger, lambda word: word.replace(f".{use}-2.", f".{use}."))
    assert not unlike(run(one).ledger, whole)


# Draws

EVERYTHING = Outline(
    seed=0,
    ticks=30,
    tick_days=7,
    regions=3,
    uses=3,
    second_grade="mesh",
    mechanisms=frozenset(MECHANISMS),
)
ADDED: dict[str, tuple[Any, Any, set[str]]] = {
    "inventory_policy.any.queue_weight": ("50%", "uniform(0 1)", {"queue_weight"}),
    "inventory_policy.any.fill_rate_memory": ("20 days", "tri(10 20 30) days", {"fill_rate_gain"}),
    "inventory_policy.any.backorder_share": ("30%", "beta(2 3)", {"backorder_share"}),
    "inventory_policy.any.backorder_lapse": ("9%/month", "uniform(5 50) %/month", {"backorder_lapse"}),
    "inventory_policy.any.min_fill_rate": ("9%", "uniform(0.01 0.2)", {"min_fill_rate"}),
    "inventory_policy.any.cover": ("20 days", "exponential(20 days)", {"cover_ticks", "opening_stock"}),
    "inventory_policy.any.noise.cv": ("0.2", "uniform(0.1 0.3)", {"noise"}),
    "uses.polishing.growth": ("3%/yr", "uniform(-9 15) %/yr", {"growth"}),
    "uses.polishing.value_added": ("9 USD/ct", "uniform(5 20) USD/ct", {"allocation_weight"}),
    "allocation.contract_weight": ("50%", "uniform(0.3 1)", {"contract_weight"}),
    "allocation.value_exponent": ("1", "tri(0 1 3)", {"allocation_weight"}),
    "allocation.home_preference": ("2", "uniform(1 3)", {"allocation_weight"}),
    "allocation.purchase_memory": ("90 days", "tri(30 90 400) days", {"purchase_gain"}),
    "inventory_policy.any.qualification_time": ("9 weeks", "tri(1 9 17) weeks", {"qualification_rate"}),
    "inventory_policy.any.qualification_trigger": ("80%", "uniform(0.5 1)", {"qualification_trigger"}),
    "producers.mine.growth": ("3%/yr", "uniform(-9 15) %/yr", {"capacity_index"}),
    "producers.mine.tracked_share": ("90%", "uniform(0.8 1)", {"tracked_share", "opening_tracked"}),
    "producers.mine.finished_stock_ceiling": (
        "9 days",
        "tri(1 9 17) days",
        {"finished_stock_ceiling", "opening_finished"},
    ),
    "producers.mine.opening": ("9 days", "tri(1 9 17) days", {"opening_finished"}),
    "producers.mine.swing.shifts": (
        {"share": "20%", "time": "30 days", "opens": "2026-01-01"},
        {"share": "uniform(0 1)", "time": "30 days", "opens": "2026-01-01"},
        {"capacity_index"},
    ),
    "facilities.georgia.ownership_change": (
        {"probability": "100%", "delay": "9 days"},
        {"probability": "100%", "delay": "uniform(1 90) days"},
        # The interest of construction is part of what the plant costs, and of what it asks for.
        {"capacity_index", "open_tick", "milestones", "unit_cost", "ask"},
    ),
    "facilities.georgia.stages.money": (
        "60 days",
        "uniform(1 120) days",
        {"capacity_index", "open_tick", "milestones", "unit_cost", "ask"},
    ),
    "facilities.georgia.nameplate": (
        "9 ct/day",
        "tri(1 9 17) ct/day",
        {"base_flow", "capacity", "finished_stock_ceiling", "unit_cost", "ask"},
    ),
    "controls.c55.front_loading": ("2", "pert(1 2 3)", {"front_loading", "hoarding_cover_ticks"}),
    "controls.c55.release_factor": ("2", "uniform(1 5)", {"release_factor"}),
    "controls.c55.relapse": (
        {"rate": "0/yr", "length": "2 weeks"},
        {"rate": "exponential(60) /yr", "length": "2 weeks"},
        {"approval_rate"},
    ),
    "controls.c55.hazards": (
        {"licensing": {"suspended": "9 /yr"}, "suspended": {"announced": "9 /yr"}},
        {"licensing": {"suspended": "exponential(9) /yr"}, "suspended": {"announced": "9 /yr"}},
        # Producers may add capacity when the control comes into force, or be kept from it.
        {
            "project_kept",
            "control_state",
            "approval_rate",
            "front_loading",
            "hoarding_cover_ticks",
            "diversion_share",
            "seized_share",
            "capacity_index",
        },
    ),
    "controls.c55.spillover": (
        {"covers": {"from": "CN", "grades": ["micron", "mesh"]}, "lost": "30%", "time": "5 weeks"},
        {"covers": {"from": "CN", "grades": ["micron", "mesh"]}, "lost": "beta(2 3)", "time": "5 weeks"},
        {"approval_rate"},
    ),
    "controls.c55.diversion.delay": ("14 days", "uniform(1 40) days", {"diversion_delay_ticks"}),
    "controls.c55.diversion.relay_memory": ("14 days", "uniform(1 99) days", {"relay_gain"}),
    "prices.adjustment_time": ("40 weeks", "uniform(20 60) weeks", {"adjustment_gain"}),
    "prices.supplier_elasticity": ("2", "uniform(1 3)", {"supplier_elasticity"}),
    "prices.start.micron.outside": (
        "0.2 USD/ct",
        "uniform(0.1 0.3) USD/ct",
        {"start_usd", "floor", "stop", "ask", "conversion_worth", "conversion_cost"},
    ),
    "prices.demand.polishing": ("0.3", "uniform(0 1)", {"demand_elasticity"}),
    "prices.supply.mine": (
        {"elasticity": "1", "time": "9 weeks"},
        {"elasticity": "1", "time": "uniform(3 30) weeks"},
        {"supply_gain"},
    ),
    "prices.supply.georgia.cost": (
        {"2026-03-09": "90%"},
        {"2026-03-09": "uniform(80% 110%)"},
        {"cost", "ask_change"},
    ),
    "prices.surcharges.more": (
        {"from": "CN", "to": "US", "rate": {"2026-03-09": "9%"}},
        {"from": "CN", "to": "US", "rate": {"2026-03-09": "uniform(0% 20%)"}},
        {"surcharge"},
    ),
    "facilities.georgia.cost": (
        {"other": "0.1 USD/ct", "capital": "1 MUSD", "life": "9 yr"},
        {"other": "uniform(0.05 0.2) USD/ct", "capital": "1 MUSD", "life": "9 yr"},
        {"stop", "unit_cost", "cash_cost", "ask"},
    ),
    "facilities.georgia.floor_price": ("0.2 USD/ct", "uniform(0.1 0.3) USD/ct", {"floor"}),
    "reserves.vault.hold_back": ("20%", "uniform(0 0.5)", {"reserve_hold_back"}),
    "reserves.vault.opening": ("90 ct", "uniform(0 200) ct", {"opening_stock", "reserve_goal"}),
}


def arrays_of(draws: Draws) -> dict[str, list[Any]]:
    """All that was drawn, by name; prices and adaptation are told one by one."""
    several = {name: list(getattr(draws, name)) for name in LISTS}
    single = {name: value for name, value in vars(draws).items() if name not in (*LISTS, *NESTED)}
    for part in NESTED:
        drawn = getattr(draws, part)
        single |= {} if drawn is None else vars(drawn)
    return several | {name: [array] for name, array in single.items()}


def same_numbers(a: Any, b: Any) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def with_value(content: Mapping, path: str, value: Any) -> Mapping:
    other = copy.deepcopy(content)
    at = other
    *way, last = path.split(".")
    for key in way:
        at = at.setdefault(key, {})
    at[last] = value
    return other


@pytest.mark.parametrize("path", ADDED)
def test_another_uncertain_input_leaves_all_other_draws_as_they_were(path: str) -> None:
    """And it is drawn: in some scenarios the numbers differ that follow from it, and no others in any."""
    plain, uncertain, may_change = ADDED[path]
    changed: set[str] = set()
    for seed in range(7):
        content = invent(dataclasses.replace(EVERYTHING, seed=seed))
        content.pop("correlation", None)
        if path == "facilities.georgia.cost":
            content["facilities"]["georgia"].pop("power", None)  # its price requires another cost
        leakage = content["controls"]["c55"].setdefault("diversion", {"share": "50%", "delay": "14 days"})
        leakage["share"] = "50%"
        for line in content["controls"]["c55"].get("licensing", {}).values():
            line.pop("batch", None)  # so few come in so short a time that what moves them is not seen
        for use in content["uses"].values():
            use.setdefault("value_added", "9 USD/ct")  # sellers compare them, so all of them give one
        one = case_of(with_value(content, path, plain), seed=seed)
        two = case_of(with_value(content, path, uncertain), seed=seed)
        a, b = arrays_of(one.draws), arrays_of(two.draws)
        changed |= {name for name in a if not all(map(same_numbers, a[name], b[name]))}
    assert changed == may_change


# Time


def later(content: Mapping, kind: str, date: str) -> Mapping:
    """Return a scenario that differs from a date on."""
    other = copy.deepcopy(content)
    match kind:
        case "timeline":
            about = other["controls"]["c55"]
            kept = {day: entry for day, entry in about.get("timeline", {}).items() if day < date}
            about["timeline"] = kept | {date: "banned"}
        case "driver":
            other.setdefault("drivers", {})["later"] = {"uses": "any", "points": {date: "0.37"}}
        case "outage":
            strikes = other["producers"]["mine"].setdefault("scheduled_outages", {})
            strikes["later"] = {"begin": date, "end": "2030-01-01", "loss": "87%"}
    return other


@both_engines
@settings(some, max_examples=30)
@given(outline=outlines(), kind=st.sampled_from(["timeline", "driver", "outage"]), part=st.floats(0.1, 0.9))
def test_scenarios_that_differ_from_a_date_on_share_their_history(
    run: Run, outline: Outline, kind: str, part: float
) -> None:
    """To the bit. An announcement says how long it will last, so that a control that is announced when its
    timelines part has a future that buyers know.
    """
    if kind == "timeline":
        outline = dataclasses.replace(outline, mechanisms=outline.mechanisms | {"control"})
    turn = int(part * outline.ticks)
    content = invent(outline)
    one = case_of(content, seed=outline.seed)
    two = case_of(later(content, kind, date_of(turn * outline.tick_days)), seed=outline.seed)
    assume(not (one.draws.control_state[turn - 1] == ControlState.ANNOUNCED).any())
    assert_same_bits(run(one).ledger, run(two).ledger, ticks=turn)


# Replications

# Two projects of one source that end in different ticks, and in other ticks in other replications.
TWO_PROJECTS = Outline(
    seed=2,
    ticks=10,
    tick_days=1,
    regions=2,
    uses=1,
    second_grade=None,
    mechanisms=frozenset({"adaptation", "control"}),
)


@some
@given(outline=outlines())
@example(outline=TWO_PROJECTS)
def test_a_replication_is_the_same_alone_and_in_any_block(outline: Outline) -> None:
    """To the bit, on both sides of the border between two blocks of draws."""
    content = invent(outline)
    plan, draws = case_of(content, seed=outline.seed, first=1021, count=6)
    together = batch.run(plan, draws)
    for column in (0, 2, 3, 5):
        alone = draw(plan, seed=outline.seed, first=1021 + column, count=1)
        picked = arrays_of(draws.select([column]))
        for name, arrays in arrays_of(alone).items():
            assert all(map(same_numbers, arrays, picked[name])), name
        ledger = batch.run(plan, alone)
        for name in FIELDS:
            np.testing.assert_array_equal(ledger[name], together[name][..., [column]], err_msg=name)


@some
@given(outline=outlines())
def test_simulate_tells_the_path_of_the_batch(outline: Outline) -> None:
    scenario = read_scenario(invent(outline))
    plan = compile_plan(scenario)
    draws = draw(plan, seed=outline.seed, first=0, count=8)
    ledger = batch.run(plan, draws)
    for number in (0, 7):
        trace = ds.simulate(scenario, seed=outline.seed, replication=number)
        path = Ledger({name: ledger[name][..., [number]] for name in FIELDS})
        told = trace_dataset(plan, draws.select([number]), path, provenance_of(scenario, outline.seed))
        assert told.attrs == trace.dataset.attrs
        assert set(told.coords) == set(trace.dataset.coords)
        for name in told.coords:
            xr.testing.assert_identical(told[name], trace.dataset[name])
        assert ("price" in trace.dataset) == (plan.prices is not None)
        columns = {
            name: trace.dataset[name].to_numpy()[..., None] for name in FIELDS if name in trace.dataset
        }
        assert not unlike(path, Ledger(dict(path.arrays) | columns))
        for name in ("control_state", "approval_rate"):
            np.testing.assert_array_equal(told[name], trace.dataset[name])
