"""The sources and nodes of a scenario, in the order of its file.

Owns which rows there are and their names. Sources come by producer, then facility, each with
its grades as written; nodes by region, use and grade, then the feed stocks, then the reserves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from diamondsim.addition import sum_in_order
from diamondsim.distributions import Constant, Distribution, scaled
from diamondsim.plan.selectors import BuyerProfile, SelectorRules
from diamondsim.plan.structure import Input, Node, NodeKind, Source
from diamondsim.scenario import Buyer, Content, Facility, Feed, Path, Producer, drawn_at, stream_name, use_of

_NEGLIGIBLE = 1e-9  # Share of a facility's output that is left to rounding where all of it is promised.


@dataclass(frozen=True)
class SourceRow:
    """A source, the seller it belongs to, and its capacity per day.

    `offtake` is the selector of the buyers to whom a part of a facility's output is promised (eq. 92).
    """

    source: Source
    seller: Producer | Facility
    path: Path
    capacity: Input
    feed: Feed | None
    offtake: str | None = None


@dataclass(frozen=True)
class NodeRow:
    """A node, the buyer that selectors see in it, and what it takes per day.

    The `flow` of a feed stock is not given: it follows from the contracts of its source, the row `feeds`. A
    facility, `planned`, has no contracts, and its feed stock takes what its nameplate needs.
    `firm` is the buyer that was carved out of an aggregate; selectors see the aggregate.
    """

    node: Node
    buyer: BuyerProfile
    path: Path
    flow: Input
    feeds: int | None = None
    planned: bool = False
    firm: str | None = None


@dataclass(frozen=True)
class Entities:
    """The sources and nodes of a scenario, and the meaning of its selectors."""

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
        """Numbers of the sources that make each grade."""
        return {
            grade: tuple(s for s, row in enumerate(self.sources) if row.source.grade == grade)
            for grade in self.content.grades
        }


def make_entities(content: Content) -> Entities:
    """Return the sources and nodes of a scenario."""
    sources = tuple(_sources(content))
    rules = SelectorRules(regions=frozenset(content.regions), uses=frozenset(content.uses))
    nodes = (*_uses(content), *_feeds(sources), *_reserves(content))
    return Entities(content, rules, sources, nodes)


def number(path: Path, distribution: Distribution, factor: float = 1.0) -> Input:
    """Return the number at a path of the scenario; a factor makes it another number of the same draw."""
    return Input(path_name(path), scaled(distribution, factor), stream_name(path), drawn_at(path))


def certain(path: Path, value: float) -> Input:
    """Return a number that is derived or was not given."""
    return Input(path_name(path), Constant(value))


def path_name(path: Path) -> str:
    """Return a path as it is written in messages, with dots."""
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
    """Yield the sources of one grade of a facility: the part for any buyer, then that of each offtake."""
    path: Path = ("facilities", name)
    free = 1.0 - sum_in_order(facility.offtake.values()) if facility.offtake else 1.0
    parts: list[tuple[str | None, float]] = [(None, free), *facility.offtake.items()]
    for buyers, share in ((buyers, share) for buyers, share in parts if share > _NEGLIGIBLE):
        label = f"{name}.{grade}" if buyers is None else f"{name}.{grade} for {buyers}"
        source = Source(label, name, facility.region, grade, name)
        capacity = number((*path, "nameplate"), facility.nameplate, facility.product_mix[grade] * share)
        yield SourceRow(source, facility, path, capacity, facility.feed.get(grade), buyers)


def _uses(content: Content) -> list[NodeRow]:
    rows: list[NodeRow] = []
    for region in content.regions:
        for use, written in content.uses.items():
            demand = content.demand.get(region, {}).get(use)
            if demand is None:
                continue
            grades = written.grades if demand.grades is None else demand.grades
            firms = {n: f for n, f in content.buyers.items() if (f.region, f.use) == (region, use)}
            rows += _parts(content, region, use, grades, firms)
    return rows


def _parts(
    content: Content, region: str, use: str, grades: Mapping[str, float], firms: Mapping[str, Buyer]
) -> Iterator[NodeRow]:
    """Yield the nodes of a use in a region: those of the aggregate, then those of each buyer."""
    path: Path = ("demand", region, use, "flow")
    flow, use_class = content.demand[region][use].flow, content.uses[use].use_class
    whole = (use, path, None, 1.0 - sum_in_order(firm.share for firm in firms.values()))
    carved = [(use_of(use, name), ("buyers", name, "aggregate"), name, f.share) for name, f in firms.items()]
    for label, node_path, firm, share in (whole, *carved):
        for grade in content.grades:
            if grades.get(grade, 0.0) > 0:
                node = Node(f"{region}.{label}.{grade}", NodeKind.USE, region, grade, label)
                taken = number(path, flow, grades[grade] * share)
                yield NodeRow(node, BuyerProfile(region, use, use_class), node_path, taken, firm=firm)


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
            output = row.capacity
            flow = number((output.name,), output.distribution, 1.0 / row.feed.feed_yield.central())
        rows.append(NodeRow(node, BuyerProfile(source.region, None), path, flow, feeds=s, planned=planned))
    return rows


def _reserves(content: Content) -> list[NodeRow]:
    rows = []
    for name, reserve in content.reserves.items():
        path: Path = ("reserves", name)
        node = Node(f"reserve.{name}", NodeKind.RESERVE, reserve.region, reserve.grade, None)
        rows.append(
            NodeRow(node, BuyerProfile(reserve.region, None), path, number((*path, "refill"), reserve.refill))
        )
    return rows
