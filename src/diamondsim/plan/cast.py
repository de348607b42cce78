"""Who takes part: the sources and the nodes of a scenario, in the order of its file.

Owns which rows there are and what each of them is called. Sources come by producer, then facility, each with
its grades as written; nodes by region, use and grade, then the feed stocks, then the reserves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from diamondsim.distributions import Constant, Distribution, scaled
from diamondsim.plan.selectors import Buyer, Words
from diamondsim.plan.structure import Input, Node, NodeKind, Source
from diamondsim.scenario.content import Content
from diamondsim.scenario.habits import Feed
from diamondsim.scenario.sellers import Facility, Producer

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class SourceRow:
    """A source, the seller it belongs to, and what it can make in a day."""

    source: Source
    seller: Producer | Facility
    path: Path
    capacity: Input
    feed: Feed | None


@dataclass(frozen=True)
class NodeRow:
    """A node, the buyer it is to selectors, and what it takes in a day.

    `flow` of a feed stock is not a number: it follows from the contracts of its source, the row `feeds`.
    """

    node: Node
    buyer: Buyer
    path: Path
    flow: Input
    feeds: int | None = None


@dataclass(frozen=True)
class Cast:
    """Everybody who takes part, and what the words of selectors mean."""

    content: Content
    words: Words
    sources: tuple[SourceRow, ...]
    nodes: tuple[NodeRow, ...]

    @cached_property
    def sellers(self) -> tuple[str, ...]:
        """Producers, then facilities."""
        return (*self.content.producers, *self.content.facilities)

    @cached_property
    def sources_of(self) -> Mapping[str, tuple[int, ...]]:
        """Sources by the grade they make."""
        return {
            grade: tuple(s for s, row in enumerate(self.sources) if row.source.grade == grade)
            for grade in self.content.grades
        }


def make_cast(content: Content) -> Cast:
    """Return the sources and nodes of a scenario."""
    sources = tuple(_sources(content))
    words = Words(regions=frozenset(content.regions), uses=frozenset(content.uses))
    nodes = (*_uses(content), *_feeds(sources), *_reserves(content))
    return Cast(content, words, sources, nodes)


def number(path: Path, distribution: Distribution, factor: float = 1.0) -> Input:
    """Return the number at a path of the scenario; a factor makes it another number of the same draw."""
    return Input(path_name(path), scaled(distribution, factor))


def certain(path: Path, value: float) -> Input:
    """Return a number that is derived, or nobody gave."""
    return Input(path_name(path), Constant(value))


def path_name(path: Path) -> str:
    """Return a path as people write it."""
    return ".".join(map(str, path))


def _sources(content: Content) -> list[SourceRow]:
    rows = []
    for name, producer in content.producers.items():
        for grade, flow in producer.makes.items():
            path: Path = ("producers", name)
            source = Source(f"{name}.{grade}", name, producer.region, grade, None)
            capacity = number((*path, "makes", grade), flow)
            rows.append(SourceRow(source, producer, path, capacity, producer.feed.get(grade)))
    for name, facility in content.facilities.items():
        for grade, share in facility.makes.items():
            path = ("facilities", name)
            source = Source(f"{name}.{grade}", name, facility.region, grade, name)
            capacity = number((*path, "nameplate"), facility.nameplate, share)
            rows.append(SourceRow(source, facility, path, capacity, None))
    return rows


def _uses(content: Content) -> list[NodeRow]:
    rows = []
    for region in content.regions:
        for use, about in content.uses.items():
            demand = content.demand.get(region, {}).get(use)
            if demand is None:
                continue
            grades = about.grades if demand.grades is None else demand.grades
            path: Path = ("demand", region, use, "flow")
            rows += [
                NodeRow(
                    Node(f"{region}.{use}.{grade}", NodeKind.USE, region, grade, use),
                    Buyer(region, use, about.use_class),
                    path,
                    number(path, demand.flow, grades[grade]),
                )
                for grade in content.grades
                if grades.get(grade, 0.0) > 0
            ]
    return rows


def _feeds(sources: tuple[SourceRow, ...]) -> list[NodeRow]:
    rows = []
    for s, row in enumerate(sources):
        if row.feed is None:
            continue
        source, path = row.source, (*row.path, "feed", row.source.grade)
        node = Node(f"{source.name}.feed", NodeKind.FEED, source.region, row.feed.grade, None)
        rows.append(NodeRow(node, Buyer(source.region, None), path, certain(path, 0.0), feeds=s))
    return rows


def _reserves(content: Content) -> list[NodeRow]:
    rows = []
    for name, reserve in content.reserves.items():
        path: Path = ("reserves", name)
        node = Node(f"reserve.{name}", NodeKind.RESERVE, reserve.region, reserve.grade, None)
        rows.append(
            NodeRow(node, Buyer(reserve.region, None), path, number((*path, "refill"), reserve.refill))
        )
    return rows
