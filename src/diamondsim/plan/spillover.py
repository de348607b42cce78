"""What a control slows without binding it becomes a control of its own (model.md, eq. 75-76).

Owns spillover, to goods that the control does not cover, and overcompliance, on the lanes that it would cover
if the control that it requires were in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from diamondsim.arrays import IntArray
from diamondsim.plan.entities import Entities, NodeRow, SourceRow, certain, number
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.licensing import make_open_rule
from diamondsim.plan.structure import Control, ControlState, LicensingRule, Spillover
from diamondsim.scenario import Covers, Overcompliance


@dataclass(frozen=True)
class Spillovers:
    """The controls that they become, a licensing rule each, and the (controls, L) rule of each lane."""

    controls: tuple[Control, ...]
    rules: tuple[LicensingRule, ...]
    rule_of: IntArray


def make_spillovers(
    entities: Entities, lanes: Sequence[LaneRow], rule_of: IntArray, n_rules: int
) -> Spillovers:
    """Return the spillovers and overcompliance of a scenario, by control.

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
        slowed: dict[str, tuple[Spillover, list[bool]]] = {}
        if written.spillover is not None:
            path = ("controls", name, "spillover")
            lost, days = (number((*path, key), getattr(written.spillover, key)) for key in ("lost", "time"))
            slowed["spillover"] = (
                Spillover(i, lost, days),
                [
                    rule < 0
                    and names_lane(
                        entities, written.spillover.covers, entities.sources[x.source], entities.nodes[x.node]
                    )
                    for x, rule in zip(lanes, rule_of[i].tolist(), strict=True)
                ],
            )
        if written.overcompliance is not None:
            slowed["overcompliance"] = (
                _overcompliance(i, name, written.overcompliance),
                [rule >= 0 for rule in rule_of[i].tolist()],
            )
        for key, (spillover, is_slowed) in slowed.items():
            control = _control(name, key, spillover)
            rows.append(np.where(is_slowed, n_rules + len(rules), -1))
            # The approval rate follows from the spillover itself.
            place = ("controls", name, key, "rule")
            rules.append(make_open_rule(control.name, len(rule_of) + len(controls), place))
            controls.append(control)
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


def _overcompliance(of: int, name: str, written: Overcompliance) -> Spillover:
    path = ("controls", name, "overcompliance")
    days = None if written.time is None else number((*path, "time"), written.time)
    return Spillover(of, number((*path, "lost"), written.lost), days, is_dormant=True)


def _control(name: str, key: str, spillover: Spillover) -> Control:
    path = ("controls", name, key)
    return Control(
        name=f"{name} {key}",
        start=ControlState.NONE,
        timeline=(),
        sojourn=MappingProxyType({}),
        transitions=MappingProxyType({}),
        front_loading=certain((*path, "front_loading"), 1.0),
        relapse_per_year=certain((*path, "relapse", "rate"), 0.0),
        relapse_days=certain((*path, "relapse", "length"), 0.0),
        diversion=None,
        spillover=spillover,
    )
