"""Export controls, and which of their licensing rules applies to which lane."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import BoolArray, IntArray
from diamondsim.plan.control_states import (
    STATES,
    make_hazards,
    make_sojourns,
    make_timeline,
    make_transitions,
)
from diamondsim.plan.entities import Entities, NodeRow, SourceRow, certain, number
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.licensing import choose_selectors, make_rule
from diamondsim.plan.spillover import make_spillovers, names_lane
from diamondsim.plan.structure import (
    Control,
    Diversion,
    Input,
    LicensingRule,
    Relay,
)
from diamondsim.scenario import Control as WrittenControl
from diamondsim.scenario import Diversion as WrittenDiversion
from diamondsim.scenario import Path


@dataclass(frozen=True)
class Controls:
    """The controls and licensing rules of a plan; `rule_of` and `third_country` are (C, L) arrays."""

    controls: tuple[Control, ...]
    rules: tuple[LicensingRule, ...]
    rule_of: IntArray
    third_country: BoolArray
    requires: tuple[int, ...]


def make_controls(entities: Entities, lanes: Sequence[LaneRow], start: dt.date, tick_days: float) -> Controls:
    """Return the controls of a scenario with their licensing rules.

    Dates become ticks from the start of the horizon, negative before it.
    """
    written = entities.content.controls
    names = list(written)
    rule_of = np.full((len(names), len(lanes)), -1, dtype=np.int64)
    rules: list[LicensingRule] = []
    for i, (name, control) in enumerate(written.items()):
        rule_numbers: dict[tuple[str | None, ...], int] = {}
        for column, lane in enumerate(lanes):
            node = entities.nodes[lane.node]
            if not covers(entities, control, entities.sources[lane.source], node):
                continue
            selectors = choose_selectors(entities, control, node)
            if selectors not in rule_numbers:
                rule_numbers[selectors] = len(rules)
                rules.append(make_rule(entities, name, i, selectors))
            rule_of[i, column] = rule_numbers[selectors]
    spillovers = make_spillovers(entities, lanes, rule_of, len(rules))
    rule_of = np.concatenate([rule_of, spillovers.rule_of])
    rule_of.flags.writeable = False
    third_country = np.zeros(rule_of.shape, dtype=bool)
    for i, control in enumerate(written.values()):
        if control.diversion is not None and control.diversion.via:
            third_country[i] = [_is_passed(entities, control, control.diversion.via, lane) for lane in lanes]
    third_country.flags.writeable = False
    horizon = entities.content.horizon
    assert horizon is not None, "a loaded scenario has a horizon"
    end = start + dt.timedelta(days=math.ceil(horizon.days))
    return Controls(
        (
            *(_control(name, about, start, end, tick_days) for name, about in written.items()),
            *spillovers.controls,
        ),
        (*rules, *spillovers.rules),
        rule_of,
        third_country,
        (
            *(-1 if c.requires is None else names.index(c.requires) for c in written.values()),
            *(-1 for _ in spillovers.controls),
        ),
    )


def covers(entities: Entities, control: WrittenControl, source: SourceRow, node: NodeRow) -> bool:
    """Tell whether a control covers a lane: its goods, the seller's region and the buyer."""
    return (
        control.covers is not None
        and names_lane(entities, control.covers, source, node)
        and any(entities.selector_rules.fits(selector, node.buyer) for selector in control.licensing)
    )


def _is_passed(entities: Entities, control: WrittenControl, via: Sequence[str], lane: LaneRow) -> bool:
    """Tell whether a lane brings goods of the kind that a control covers into a third country."""
    source, buyer = entities.sources[lane.source].source, entities.nodes[lane.node].buyer
    goods = control.covers
    return (
        goods is not None
        and source.region in goods.sellers
        and source.grade in goods.grades
        and buyer.region not in goods.sellers
        and any(entities.selector_rules.fits(selector, buyer) for selector in via)
    )


def _control(name: str, written: WrittenControl, start: dt.date, end: dt.date, tick_days: float) -> Control:
    path: Path = ("controls", name)
    relapse = written.relapse
    rate, length = (*path, "relapse", "rate"), (*path, "relapse", "length")
    return Control(
        name=name,
        start=STATES[written.start],
        timeline=make_timeline(path, written, start, end, tick_days),
        sojourn=make_sojourns(path, written),
        transitions=make_transitions(path, written),
        front_loading=number((*path, "front_loading"), written.front_loading),
        release_factor=number((*path, "release_factor"), written.release_factor),
        relapse_per_year=certain(rate, 0.0) if relapse is None else number(rate, relapse.rate),
        relapse_days=certain(length, 0.0) if relapse is None else number(length, relapse.length),
        diversion=_diversion(path, written),
        hazards=make_hazards(path, written),
    )


def _diversion(path: Path, written: WrittenControl) -> Diversion | None:
    diversion = written.diversion
    if diversion is None:
        return None

    def part(key: str) -> Input:
        return number((*path, "diversion", key), getattr(diversion, key))

    return Diversion(
        share=part("share"),
        delay=part("delay"),
        crackdown_wait=None if diversion.crackdown_wait is None else part("crackdown_wait"),
        after_crackdown=part("after_crackdown"),
        seized=part("seized"),
        ramp=part("ramp"),
        fade=part("fade"),
        relay=certain((*path, "diversion", "relay"), 1.0) if diversion.relay is None else part("relay"),
        relay_memory=part("relay_memory"),
        limit=_limit(diversion),
    )


def _limit(diversion: WrittenDiversion) -> Relay:
    if diversion.reading == "inside":
        return Relay.INSIDE
    return Relay.UNLIMITED if diversion.relay is None else Relay.BESIDE
