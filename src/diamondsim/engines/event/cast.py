"""The cast of the play: who there is, and who deals with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.control import Control, Desk
from diamondsim.engines.event.facility import Facility, Qualification
from diamondsim.engines.event.lane import Lane
from diamondsim.engines.event.node import Feed, Node
from diamondsim.engines.event.plant import Plant
from diamondsim.engines.event.prices import Earnings, Fare, PriceScript, Quote
from diamondsim.engines.event.reserve import Reserve
from diamondsim.engines.event.script import Script
from diamondsim.engines.event.source import Source
from diamondsim.engines.event.story import Story
from diamondsim.engines.event.traders import Exchange
from diamondsim.engines.event.use import Use
from diamondsim.plan import NodeKind, Plan


@dataclass(frozen=True)
class Cast:
    """Everybody, each kind in the order of the Plan."""

    controls: Sequence[Control]
    desks: Sequence[Desk]
    lanes: Sequence[Lane]
    nodes: Sequence[Node]
    sources: Sequence[Source]
    quotes: Sequence[Quote]


def engage(plan: Plan, script: Script, clock: Clock, story: Story) -> Cast:
    """Build everybody, those first on whom others rely, and start their processes."""
    controls = _controls(plan, script, clock, story)
    desks = [
        Desk(clock, d, plan.licensing_rules[d].name, controls[plan.licensing_rules[d].control], path)
        for d, path in enumerate(script.desks())
    ]
    lanes = _lanes(plan, script, clock, desks)
    nodes = _nodes(plan, script, clock, lanes, controls)
    sources = _sources(plan, script, clock, story, lanes, nodes)
    _newcomers(plan, script, clock, story)
    prices = script.prices()
    quotes = _quotes(prices, clock, lanes, nodes, sources) if prices is not None else []
    return Cast(controls, desks, lanes, nodes, sources, quotes)


def _controls(plan: Plan, script: Script, clock: Clock, story: Story) -> list[Control]:
    controls = [
        Control(clock, story, i, plan.controls[i].name, path) for i, path in enumerate(script.controls())
    ]
    for i, control in enumerate(controls):
        control.lanes_covered = int((plan.rule_of[i] >= 0).sum())
        needed = int(plan.requires[i])
        control.requires = controls[needed] if needed >= 0 else None
    return controls


def _lanes(plan: Plan, script: Script, clock: Clock, desks: Sequence[Desk]) -> list[Lane]:
    lanes = []
    for number, contract in enumerate(script.contracts()):
        ends = (int(plan.lane_source[number]), int(plan.lane_node[number]))
        covering = tuple(desks[d] for d in plan.rule_of[:, number].tolist() if d >= 0)
        lanes.append(Lane(clock, number, ends, contract, covering))
    return lanes


def _nodes(
    plan: Plan, script: Script, clock: Clock, lanes: Sequence[Lane], controls: Sequence[Control]
) -> list[Node]:
    mandates = script.mandates()
    nodes: list[Node] = []
    for n, habits in enumerate(script.habits()):
        known = (n, plan.nodes[n].name, habits, [x for x in lanes if x.node == n], controls)
        if plan.node_kind[n] == NodeKind.RESERVE:
            nodes.append(Reserve(*known, mandates[n]))
        elif plan.node_kind[n] == NodeKind.FEED:
            nodes.append(Feed(*known))
        else:
            nodes.append(Use(*known))
    for stockpile in plan.reserves:
        reserve = nodes[stockpile.node]
        assert isinstance(reserve, Reserve), "the node of a reserve"
        for n in stockpile.serves:
            use = nodes[n]
            assert isinstance(use, Use), "a reserve serves uses"
            reserve.serves.append(use)
    for node in nodes:
        node.live(clock)
    return nodes


def _sources(
    plan: Plan, script: Script, clock: Clock, story: Story, lanes: Sequence[Lane], nodes: Sequence[Node]
) -> list[Source]:
    producers = dict(zip(plan.source_index.tolist(), plan.sources, strict=True))
    plants = [
        Plant(clock, story, row, producers[row].producer if row in producers else "", index)
        for row, index in enumerate(script.capacity_paths())
    ]
    sources = []
    for s, works in enumerate(script.works()):
        row, at = int(plan.source_index[s]), int(plan.source_feed[s])
        feed = nodes[at] if at >= 0 else None
        assert feed is None or isinstance(feed, Feed), "a processor draws on a feed stock"
        source = Source(s, plan.sources[s].name, works, [x for x in lanes if x.source == s])
        source.plant = plants[row] if row >= 0 else None
        source.feed = feed
        source.live(clock)
        sources.append(source)
    return sources


def _newcomers(plan: Plan, script: Script, clock: Clock, story: Story) -> None:
    works, unit_of = script.works(), script.units()
    for f, facility in enumerate(plan.facilities):
        milestones, without_output = script.milestones(f)
        nameplate, unit = 0.0, ""
        for source, mine in zip(plan.sources, works, strict=True):
            if source.facility == facility.name and unit in ("", unit_of[source.grade]):
                nameplate += mine.capacity
                unit = unit_of[source.grade]
        person = Facility(f, facility.name, milestones, nameplate, unit or plan.grade_units[0])
        clock.start(person.live(clock, story, without_output=without_output))
    for rank, (tick, s, buyers) in enumerate(script.qualified_buyers()):
        clock.start(Qualification(rank, tick, plan.sources[s].name, buyers).live(clock, story))


def _quotes(
    script: PriceScript,
    clock: Clock,
    lanes: Sequence[Lane],
    nodes: Sequence[Node],
    sources: Sequence[Source],
) -> list[Quote]:
    """Put up the prices, and tell everybody where to look."""
    quotes = [Quote(grade, zone) for grade, zone in script.quotes]
    buyer_sees = [quotes[m] if m >= 0 else None for m in script.buys_in]
    seller_sees = [quotes[m] if m >= 0 else None for m in script.sells_in]
    for lane in lanes:
        lane.fare = Fare(buyer_sees[lane.node], seller_sees[lane.source], script.surcharges[lane.number])
    for node in nodes:
        node.tastes = script.tastes[node.number]
    for source, home in zip(sources, seller_sees, strict=True):
        if home is not None:
            source.earnings = Earnings(home, script.terms[source.number])
    Exchange(clock, script, quotes, nodes, lanes, sources)
    return quotes
