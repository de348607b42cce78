"""Who takes part: the sources and the nodes of a scenario, in the order of its file.

Owns which rows there are and what each of them is called. Sources come by producer, then facility, each with
its grades as written; nodes by region, use and grade, then the feed stocks, then the reserves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from diamondsim.distributions import Constant, Distribution, scaled
from diamondsim.plan.selectors import Buyer, SelectorRules
from diamondsim.plan.structure import Input, Node, NodeKind, Source
from diamondsim.scenario.buyers import Buyer as Firm
from diamondsim.scenario.buyers import use_of
from diamondsim.scenario.content import Content
from diamondsim.scenario.habits import Feed
from diamondsim.scenario.sellers import Facility, Producer
from diamondsim.scenario.streams import drawn_at, stream_name

Path: TypeAlias = tuple[str | int, ...]

_NOTHING = 1e-9  # What is left of a facility's output where all of it is promised.


@dataclass(frozen=True)
class SourceRow:
    """A source, the seller it belongs to, and what it can make in a day.

    `offtake` is the selector of those to whom alone a part of a facility's output belongs (model.md, eq. 92).
    """

    source: Source
    seller: Producer | Facility
    path: Path
    capacity: Input
    feed: Feed | None
    offtake: str | None = None


@dataclass(frozen=True)
class NodeRow:
    """A node, the buyer it is to selectors, and what it takes in a day.

    `flow` of a feed stock is not a number: it follows from the contracts of its source, the row `feeds`. But
    that of a facility, `planned`, has no contracts and needs what its nameplate does.
    `firm` is the buyer that was carved out of an aggregate; to selectors it is what the aggregate is.
    """

    node: Node
    buyer: Buyer
    path: Path
    flow: Input
    feeds: int | None = None
    planned: bool = False
    firm: str | None = None


@dataclass(frozen=True)
class Entities:
    """Everybody who takes part, and what the words of selectors mean."""

    content: Content
    selector_rules: SelectorRules
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


def make_entities(content: Content) -> Entities:
    """Return the sources and nodes of a scenario."""
    sources = tuple(_sources(content))
    words = SelectorRules(regions=frozenset(content.regions), uses=frozenset(content.uses))
    nodes = (*_uses(content), *_feeds(sources), *_reserves(content))
    return Entities(content, words, sources, nodes)


def number(path: Path, distribution: Distribution, factor: float = 1.0) -> Input:
    """Return the number at a path of the scenario; a factor makes it another number of the same draw."""
    return Input(path_name(path), scaled(distribution, factor), stream_name(path), drawn_at(path))


def certain(path: Path, value: float) -> Input:
    """Return a number that is derived, or nobody gave."""
    return Input(path_name(path), Constant(value))


def path_name(path: Path) -> str:
    """Return a path as people write it."""
    return ".".join(map(str, path))


def _sources(content: Content) -> list[SourceRow]:
    rows = []
    for name, producer in content.producers.items():
        for grade, flow in producer.capacity.items():
            path: Path = ("producers", name)
            source = Source(f"{name}.{grade}", name, producer.region, grade, None)
            capacity = number((*path, "capacity", grade), flow)
            rows.append(SourceRow(source, producer, path, capacity, producer.feed.get(grade)))
    for name, facility in content.facilities.items():
        rows += [row for grade in facility.product_mix for row in _planned(name, facility, grade)]
    return rows


def _planned(name: str, facility: Facility, grade: str) -> Iterator[SourceRow]:
    """Yield the sources of one grade of a facility: what anybody may buy, then the part of each offtake."""
    path: Path = ("facilities", name)
    free = 1.0 - sum(facility.offtake.values()) if facility.offtake else 1.0
    parts: list[tuple[str | None, float]] = [(None, free), *facility.offtake.items()]
    for buyers, share in ((buyers, share) for buyers, share in parts if share > _NOTHING):
        called = f"{name}.{grade}" if buyers is None else f"{name}.{grade} for {buyers}"
        source = Source(called, name, facility.region, grade, name)
        capacity = number((*path, "nameplate"), facility.nameplate, facility.product_mix[grade] * share)
        yield SourceRow(source, facility, path, capacity, facility.feed.get(grade), buyers)


def _uses(content: Content) -> list[NodeRow]:
    rows: list[NodeRow] = []
    for region in content.regions:
        for use, about in content.uses.items():
            demand = content.demand.get(region, {}).get(use)
            if demand is None:
                continue
            grades = about.grades if demand.grades is None else demand.grades
            firms = {n: f for n, f in content.buyers.items() if (f.region, f.use) == (region, use)}
            rows += _parts(content, region, use, grades, firms)
    return rows


def _parts(
    content: Content, region: str, use: str, grades: Mapping[str, float], firms: Mapping[str, Firm]
) -> Iterator[NodeRow]:
    """Yield the nodes of a use in a region: those of the aggregate, then those of each buyer."""
    path: Path = ("demand", region, use, "flow")
    flow, use_class = content.demand[region][use].flow, content.uses[use].use_class
    whole = (use, path, None, 1.0 - sum(firm.share for firm in firms.values()))
    carved = [(use_of(use, name), ("buyers", name, "aggregate"), name, f.share) for name, f in firms.items()]
    for called, place, firm, share in (whole, *carved):
        for grade in content.grades:
            if grades.get(grade, 0.0) > 0:
                node = Node(f"{region}.{called}.{grade}", NodeKind.USE, region, grade, called)
                taken = number(path, flow, grades[grade] * share)
                yield NodeRow(node, Buyer(region, use, use_class), place, taken, firm=firm)


def _feeds(sources: tuple[SourceRow, ...]) -> list[NodeRow]:
    rows = []
    for s, row in enumerate(sources):
        if row.feed is None:
            continue
        source, path = row.source, (*row.path, "feed", row.source.grade)
        node = Node(f"{source.name}.feed", NodeKind.FEED, source.region, row.feed.grade, None)
        planned = row.source.facility is not None
        flow = certain(path, 0.0)
        if planned:
            made = row.capacity
            flow = number((made.name,), made.distribution, 1.0 / row.feed.feed_yield.central())
        rows.append(NodeRow(node, Buyer(source.region, None), path, flow, feeds=s, planned=planned))
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
