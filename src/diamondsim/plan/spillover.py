"""Spillover: what a control slows without covering it becomes a control of its own (model.md, eq. 75-76)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from diamondsim.arrays import IntArray
from diamondsim.plan.entities import Entities, NodeRow, SourceRow, certain, number
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.licensing import make_open_rule
from diamondsim.plan.structure import Control, ControlState, Input, LicensingRule, Spillover
from diamondsim.scenario import Covers
from diamondsim.scenario import Spillover as WrittenSpillover


@dataclass(frozen=True)
class Spillovers:
    """The controls that spillovers become, a licensing rule each, and the (controls, L) rule of each lane."""

    controls: tuple[Control, ...]
    rules: tuple[LicensingRule, ...]
    rule_of: IntArray


def make_spillovers(
    entities: Entities, lanes: Sequence[LaneRow], rule_of: IntArray, n_rules: int
) -> Spillovers:
    """Return the spillovers of a scenario.

    Parameters
    ----------
    entities : Entities
        Sources, nodes and selectors.
    lanes : sequence of LaneRow
        The lanes.
    rule_of : (C, L) int array
        Licensing rule of each control of the file for each lane, -1 where it does not cover the lane.
    n_rules : int
        Number of these rules; those of spillovers are numbered from here on.
    """
    controls: list[Control] = []
    rules: list[LicensingRule] = []
    rows: list[IntArray] = []
    for i, (name, written) in enumerate(entities.content.controls.items()):
        if written.spillover is None:
            continue
        row = np.full(len(lanes), -1, dtype=np.int64)
        for column, lane in enumerate(lanes):
            source, node = entities.sources[lane.source], entities.nodes[lane.node]
            if rule_of[i, column] < 0 and names_lane(entities, written.spillover.covers, source, node):
                row[column] = n_rules + len(rules)
        control = _control(
            name, i, written.spillover, number(("controls", name, "release_factor"), written.release_factor)
        )
        path = ("controls", name, "spillover", "rule")
        # The approval rate follows from the spillover itself.
        rules.append(make_open_rule(control.name, len(rule_of) + len(controls), path))
        controls.append(control)
        rows.append(row)
    shape = (len(rows), len(lanes))
    return Spillovers(tuple(controls), tuple(rules), np.array(rows, dtype=np.int64).reshape(shape))


def names_lane(entities: Entities, covers: Covers, source: SourceRow, node: NodeRow) -> bool:
    """Tell whether the goods, the seller's region and the buyer of a lane are among those named."""
    return (
        source.source.region in covers.sellers
        and node.node.region not in covers.sellers
        and source.source.grade in covers.grades
        and any(entities.selector_rules.fits(selector, node.buyer) for selector in covers.to)
    )


def _control(name: str, of: int, spillover: WrittenSpillover, release_factor: Input) -> Control:
    path = ("controls", name, "spillover")
    return Control(
        name=f"{name} spillover",
        start=ControlState.NONE,
        timeline=(),
        sojourn=MappingProxyType({}),
        transitions=MappingProxyType({}),
        front_loading=certain((*path, "front_loading"), 1.0),
        release_factor=release_factor,
        relapse_per_year=certain((*path, "relapse", "rate"), 0.0),
        relapse_days=certain((*path, "relapse", "length"), 0.0),
        diversion=None,
        spillover=Spillover(
            of, number((*path, "lost"), spillover.lost), number((*path, "time"), spillover.time)
        ),
    )
