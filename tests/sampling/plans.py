"""Small plans by hand: one source, one use and one lane unless said otherwise, and nothing that is random."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from diamondsim.distributions import Constant, Distribution
from diamondsim.draws import LISTS, NESTED, Draws
from diamondsim.plan import (
    NO_CEILING,
    Branch,
    Control,
    ControlState,
    Facility,
    GrowthGroup,
    Input,
    LicensingRule,
    Node,
    NodeKind,
    Plan,
    Reserve,
    Source,
    TimelineEntry,
)
from diamondsim.sampling import NUMBERS
from diamondsim.scenario.fields import Drawn

NONE = ControlState.NONE
ANNOUNCED = ControlState.ANNOUNCED
LICENSING = ControlState.LICENSING
BANNED = ControlState.BANNED
SUSPENDED = ControlState.SUSPENDED

QUIET = GrowthGroup("constant", None, (), ())

DEFAULTS = {
    "base_flow": 100.0,
    "cover": 70.0,
    "reserve_goal": 0.0,
    "opening_stock": np.nan,
    "opening_days": np.nan,
    "max_order": NO_CEILING,
    "lot": 0.0,
    "queue_weight": 1.0,
    "backorder_share": 0.5,
    "backorder_lapse": 0.0,
    "fill_rate_memory_days": 90.0,
    "value_added": np.nan,
    "qualification_days": np.nan,
    "qualification_trigger": 0.9,
    "min_fill_rate": 0.05,
    "contract_share": 1.0,
    "sourcing_limit": NO_CEILING,
    "lead": 21.0,
    "capacity": 150.0,
    "finished_stock_ceiling": 14.0,
    "finished_opening": np.nan,
    "feed_yield": 1.0,
    "tracked_share": 0.0,
    "reserve_rate": 10.0,
    "reserve_trigger": 0.05,
    "contract_weight": 0.5,
    "value_exponent": 1.0,
    "home_preference": 1.0,
    "purchase_memory_days": 365.25,
    "reserve_hold_back": 0.0,
}


def number(value: float | Distribution, name: str = "fixed") -> Input:
    """Make an Input; what is uncertain needs a name of its own."""
    distribution = value if isinstance(value, Distribution) else Constant(float(value))
    assert isinstance(distribution, Constant) or name != "fixed"
    return Input(name, distribution)


def numbers(counts: Mapping[str, int], given: Mapping[str, Sequence[Any]]) -> dict[str, tuple[Input, ...]]:
    """Fill `Plan.numbers` from floats, distributions (named by key and row) or Inputs, else defaults."""
    table = {}
    for key, what in NUMBERS.items():
        rows = given.get(key, [DEFAULTS[key]] * counts[what.rows])
        table[key] = tuple(
            row if isinstance(row, Input) else number(row, f"{key}.{k}") for k, row in enumerate(rows)
        )
    return table


def make_plan(
    *,
    nodes: Sequence[NodeKind] = (NodeKind.USE,),
    n_sources: int = 1,
    lanes: Sequence[tuple[int, int]] = ((0, 0),),
    values: Mapping[str, Sequence[Any]] | None = None,
    **changes: Any,
) -> Plan:
    """Make a plan. `lanes` are (source, node); `values` go into `Plan.numbers`; the rest replaces fields."""
    reserves = tuple(Reserve(f"r{n}", n, (0,)) for n, kind in enumerate(nodes) if kind is NodeKind.RESERVE)
    counts = {"nodes": len(nodes), "lanes": len(lanes), "sources": n_sources, "reserves": len(reserves)}
    counts["scenario"] = 1
    controls = changes.get("controls", ())
    fields: dict[str, Any] = {
        "title": "by hand",
        "scenario_hash": "0" * 64,
        "start": dt.date(2026, 1, 1),
        "as_of": None,
        "tick_days": 7.0,
        "n_ticks": 20,
        "tracked_region": None,
        "regions": ("here",),
        "grades": ("grit",),
        "grade_units": ("ct",),
        "uses": ("polishing",),
        "producers": tuple(f"p{s}" for s in range(n_sources)),
        "nodes": tuple(Node(f"n{n}", kind, "here", "grit", None) for n, kind in enumerate(nodes)),
        "node_kind": np.array(nodes, dtype=np.int64),
        "node_growth": np.zeros(len(nodes), dtype=np.int64),
        "node_noise": np.full(len(nodes), -1),
        "node_substitution": np.full(len(nodes), -1),
        "sources": tuple(Source(f"s{s}", f"p{s}", "here", "grit", None) for s in range(n_sources)),
        "source_feed": np.full(n_sources, -1),
        "source_index": np.full(n_sources, -1),
        "rationing": np.zeros(n_sources, dtype=np.int64),
        "lane_source": np.array([source for source, _ in lanes], dtype=np.int64),
        "lane_node": np.array([node for _, node in lanes], dtype=np.int64),
        "tier": np.zeros(len(lanes), dtype=np.int64),
        "entrant": np.zeros(len(lanes), dtype=bool),
        "lane_facility": np.full(len(lanes), -1),
        "lane_class": ("",) * len(lanes),
        "controls": (),
        "requires": np.full(len(controls), -1),
        "licensing_rules": (),
        "rule_of": np.full((len(controls), len(lanes)), -1),
        "third_country": np.zeros((len(controls), len(lanes)), dtype=bool),
        "relay": np.zeros(len(controls), dtype=np.int64),
        "reserves": reserves,
        "facilities": (),
        "capacity_rows": (),
        "growth_groups": (QUIET,),
        "noise_rows": (),
        "substitution_rows": (),
        "numbers": numbers(counts, values or {}),
    }
    return Plan(**(fields | changes))


T = TypeVar("T")

SPELL, SOJOURN, ANNOUNCEMENT = Drawn("spell"), Drawn("sojourn"), Drawn("announcement")


def declared(part: T, **drawn: Drawn) -> T:
    """Declare how some numbers of a part of a Plan are drawn."""
    numbers = {name: getattr(part, name) for name in drawn}
    changes = {name: replace(row, drawn=drawn[name]) for name, row in numbers.items() if row is not None}
    return replace(part, **changes)  # type: ignore[type-var]


def latent(**words: str) -> dict[str, Drawn]:
    """Declare numbers that all rules of a control read from a uniform of the spell."""
    return {name: Drawn("spell", latent=word) for name, word in words.items()}


CURVE = latent(
    initial_rate="initial_rate",
    long_run_rate="long_run_rate",
    dead_days="dead_time",
    recovery_days="recovery_time",
)
BATCH = latent(batch_days="batch")
GENERAL = latent(share="general_share", after_days="general_after", time_days="general_time")
VALIDITY = latent(days="validity", renewal_days="renewal")


def make_control(name: str = "c", **changes: Any) -> Control:
    """Make a control that is never announced or in force; times in days, numbers drawn as in scenarios."""
    fields: dict[str, Any] = {
        "name": name,
        "start": NONE,
        "timeline": (),
        "sojourn": {},
        "transitions": {},
        "front_loading": number(1.0),
        "release_factor": number(3.0),
        "relapse_per_year": number(0.0),
        "relapse_days": number(0.0),
        "diversion": None,
        "spillover": None,
    }
    fields |= changes
    fields["sojourn"] = {state: replace(row, drawn=SOJOURN) for state, row in fields["sojourn"].items()}
    if fields["diversion"] is not None:
        anew = dict.fromkeys(("share", "crackdown_wait", "after_crackdown", "seized", "ramp", "fade"), SPELL)
        fields["diversion"] = declared(fields["diversion"], **anew)
    if fields["spillover"] is not None:
        fields["spillover"] = declared(fields["spillover"], lost=SPELL, days=SPELL)
    return declared(Control(**fields), front_loading=ANNOUNCEMENT, relapse_per_year=SPELL)


def make_rule(control: int = 0, **changes: Any) -> LicensingRule:
    """Make a licensing rule; numbers are floats or distributions and are named after the field."""
    fields: dict[str, Any] = {
        "initial_rate": 0.0,
        "long_run_rate": 1.0,
        "dead_days": 0.0,
        "recovery_days": 0.0,
        "ban": 0.0,
        "denied_parties": 0.0,
        "review_days": 0.0,
        "withdrawal_per_day": 0.0,
        "batch_days": 0.0,
    }
    given = fields | changes
    name = given.pop("name", f"c{control}/any")
    how = {"general": GENERAL, "validity": VALIDITY, "watch_list": CURVE}
    parts: dict[str, Any] = {key: given.pop(key, None) for key in how}
    parts = {key: part and declared(part, **how[key]) for key, part in parts.items()}
    rows: dict[str, Any] = {key: number(value, f"{name}.{key}") for key, value in given.items()}
    return declared(LicensingRule(name=name, control=control, **rows, **parts), **CURVE, **BATCH)


def make_facility(**changes: Any) -> Facility:
    """Make a facility that is decided on day 0 and produces at once."""
    fields: dict[str, Any] = {
        "name": "plant",
        "producer": "plant",
        "decision_day": 0.0,
        "stages": (("building", number(0.0)),),
        "cancelled": number(0.0),
        "availability": number(1.0),
        "ramp_days": number(0.0),
        "yield_start": number(1.0),
        "yield_end": number(1.0),
        "qualification": {},
        "qualification_start_tick": None,
    }
    return Facility(**(fields | changes))


def entry(tick: int, *branches: ControlState | tuple[Any, ControlState | None] | None) -> TimelineEntry:
    """Make a dated entry: one state, or several (probability, state)."""
    return TimelineEntry(tick, f"timeline.{tick}", split(*branches))


def split(*branches: ControlState | tuple[Any, ControlState | None] | None) -> tuple[Branch, ...]:
    """Make branches from one state, or from several (probability, state)."""
    pairs = [branch if isinstance(branch, tuple) else (1.0, branch) for branch in branches]
    return tuple(Branch(number(probability, "branch"), state) for probability, state in pairs)


def arrays_of(draws: Draws) -> dict[str, np.ndarray]:
    """Return the arrays of some Draws by name, those of their parts as `part.name`; no list of arrays."""
    named = {f.name: getattr(draws, f.name) for f in fields(draws) if f.name not in (*LISTS, *NESTED)}
    for part in NESTED:
        drawn = getattr(draws, part)
        if drawn is not None:
            named |= {f"{part}.{f.name}": getattr(drawn, f.name) for f in fields(drawn)}
    return named


def all_arrays(draws: Draws) -> dict[str, np.ndarray]:
    """Return the arrays of some Draws by name, those of the milestones by number."""
    return arrays_of(draws) | {f"milestones{k}": m for k, m in enumerate(draws.milestones)}
