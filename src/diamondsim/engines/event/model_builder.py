"""Build the model of one replication: its processes, and how they are connected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.engines.event.adaptation_process import ConversionProcess, ProjectProcess
from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.control_process import ControlProcess, LicensingProcess
from diamondsim.engines.event.diversion_relay import DiversionRelay, TraderStock
from diamondsim.engines.event.event_log import EventLog
from diamondsim.engines.event.facility_process import FacilityProcess, QualificationProcess
from diamondsim.engines.event.inputs import ReplicationInputs
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.market_price import LanePrice, Margin, MarketPrice, PriceInputs
from diamondsim.engines.event.node_process import FeedStockProcess, NodeProcess
from diamondsim.engines.event.price_formation import PriceFormation
from diamondsim.engines.event.producer_process import ProducerProcess
from diamondsim.engines.event.reserve_process import ReserveProcess
from diamondsim.engines.event.source_process import SourceProcess
from diamondsim.engines.event.use_process import UseProcess
from diamondsim.plan import NodeKind, Plan, Relay


@dataclass(frozen=True)
class Model:
    """The parts of the model, each kind in the order of the Plan."""

    controls: Sequence[ControlProcess]
    rules: Sequence[LicensingProcess]
    lanes: Sequence[LaneState]
    nodes: Sequence[NodeProcess]
    sources: Sequence[SourceProcess]
    relays: Sequence[DiversionRelay]
    prices: Sequence[MarketPrice]
    conversions: Sequence[ConversionProcess]


def build_model(plan: Plan, inputs: ReplicationInputs, clock: Clock, log: EventLog) -> Model:
    """Build all parts, those first on which others depend, and start their processes."""
    controls = _controls(plan, inputs, clock, log)
    rules = [
        LicensingProcess(clock, d, rule.name, controls[rule.control], rule_inputs)
        for d, (rule, rule_inputs) in enumerate(zip(plan.licensing_rules, inputs.licensing(), strict=True))
    ]
    lanes = _lanes(plan, inputs, rules)
    nodes = _nodes(plan, inputs, clock, lanes, controls)
    sources = _sources(plan, inputs, clock, log, lanes, nodes)
    conversions = _adaptation(plan, inputs, clock, log, sources)
    _facilities(plan, inputs, clock, log)
    price_inputs = inputs.prices()
    prices = _prices(price_inputs, clock, lanes, nodes, sources) if price_inputs is not None else []
    relays = _relays(plan, controls, sources)
    return Model(controls, rules, lanes, nodes, sources, relays, prices, conversions)


def _controls(plan: Plan, inputs: ReplicationInputs, clock: Clock, log: EventLog) -> list[ControlProcess]:
    controls = [
        ControlProcess(clock, log, i, plan.controls[i].name, control_inputs)
        for i, control_inputs in enumerate(inputs.controls())
    ]
    for i, control in enumerate(controls):
        control.n_lanes_covered = int((plan.rule_of[i] >= 0).sum())
        required = int(plan.requires[i])
        control.requires = controls[required] if required >= 0 else None
    return controls


def _lanes(plan: Plan, inputs: ReplicationInputs, rules: Sequence[LicensingProcess]) -> list[LaneState]:
    lanes = []
    for number, lane_inputs in enumerate(inputs.lanes()):
        source, node = int(plan.lane_source[number]), int(plan.lane_node[number])
        rules_of_lane = tuple(rules[d] for d in plan.rule_of[:, number].tolist() if d >= 0)
        third_country_of = frozenset(np.flatnonzero(plan.third_country[:, number]).tolist())
        lanes.append(LaneState(number, source, node, lane_inputs, rules_of_lane, third_country_of))
    return lanes


def _relays(
    plan: Plan, controls: Sequence[ControlProcess], sources: Sequence[SourceProcess]
) -> list[DiversionRelay]:
    """Return what the third countries of each control can pass on, where that limits diversion."""
    relays = []
    for control in controls:
        if control.relay != Relay.UNLIMITED:
            n_sharing, passed = plan.n_sharing(control.number), plan.third_country[control.number]
            stocks = [
                TraderStock(source, [(x, int(n_sharing[x.number])) for x in source.lanes if passed[x.number]])
                for source in sources
            ]
            relays.append(DiversionRelay(control, stocks))
    return relays


def _nodes(
    plan: Plan,
    inputs: ReplicationInputs,
    clock: Clock,
    lanes: Sequence[LaneState],
    controls: Sequence[ControlProcess],
) -> list[NodeProcess]:
    reserves = inputs.reserves()
    nodes: list[NodeProcess] = []
    for n, node_inputs in enumerate(inputs.nodes()):
        common = (n, plan.nodes[n].name, node_inputs, [x for x in lanes if x.node == n], controls)
        if plan.node_kind[n] == NodeKind.RESERVE:
            nodes.append(ReserveProcess(*common, reserves[n]))
        elif plan.node_kind[n] == NodeKind.FEED:
            nodes.append(FeedStockProcess(*common))
        else:
            nodes.append(UseProcess(*common))
    for reserve in plan.reserves:
        node = nodes[reserve.node]
        assert isinstance(node, ReserveProcess), "the node of a reserve"
        for n in reserve.serves:
            use = nodes[n]
            assert isinstance(use, UseProcess), "a reserve serves uses"
            node.serves.append(use)
    for node in nodes:
        node.start(clock)
    return nodes


def _sources(
    plan: Plan,
    inputs: ReplicationInputs,
    clock: Clock,
    log: EventLog,
    lanes: Sequence[LaneState],
    nodes: Sequence[NodeProcess],
) -> list[SourceProcess]:
    # Sources of one producer share its row of the capacity index; any of them names the producer.
    source_of_row = dict(zip(plan.source_index.tolist(), plan.sources, strict=True))
    producers = [
        ProducerProcess(clock, log, row, source_of_row[row].producer if row in source_of_row else "", index)
        for row, index in enumerate(inputs.capacity_indices())
    ]
    sources = []
    for s, source_inputs in enumerate(inputs.sources()):
        row, feed_node = int(plan.source_index[s]), int(plan.source_feed[s])
        feed = nodes[feed_node] if feed_node >= 0 else None
        assert feed is None or isinstance(feed, FeedStockProcess), "a processor draws on a feed stock"
        source = SourceProcess(s, plan.sources[s].name, source_inputs, [x for x in lanes if x.source == s])
        source.producer = producers[row] if row >= 0 else None
        source.feed = feed
        source.start(clock)
        sources.append(source)
    return sources


def _adaptation(
    plan: Plan,
    inputs: ReplicationInputs,
    clock: Clock,
    log: EventLog,
    sources: Sequence[SourceProcess],
) -> list[ConversionProcess]:
    """Start the projects and conversions of sources, and return the conversions."""
    conversions = []
    for rank, (row, conversion_inputs) in enumerate(zip(plan.conversions, inputs.conversions(), strict=True)):
        ends = (sources[row.from_source], sources[row.to_source])
        conversions.append(ConversionProcess(conversion_inputs, *ends))
        conversions[-1].start(clock, rank)
    for rank, (project, project_inputs) in enumerate(zip(plan.projects, inputs.projects(), strict=True)):
        ProjectProcess(project.name, project_inputs, sources[project.source]).start(clock, log, rank)
    return conversions


def _facilities(plan: Plan, inputs: ReplicationInputs, clock: Clock, log: EventLog) -> None:
    source_inputs, unit_of = inputs.sources(), inputs.units()
    for f, facility in enumerate(plan.facilities):
        milestones, no_output = inputs.milestones(f)
        # Grades of another unit than the first are left out of the sum.
        nameplate, unit = 0.0, ""
        for source, its_inputs in zip(plan.sources, source_inputs, strict=True):
            if source.facility == facility.name and unit in ("", unit_of[source.grade]):
                nameplate += its_inputs.capacity
                unit = unit_of[source.grade]
        process = FacilityProcess(f, facility.name, milestones, nameplate, unit or plan.grade_units[0])
        process.start(clock, log, no_output=no_output)
    for rank, (tick, s, buyers) in enumerate(inputs.qualified_buyers()):
        QualificationProcess(rank, tick, plan.sources[s].name, buyers).start(clock, log)


def _prices(
    inputs: PriceInputs,
    clock: Clock,
    lanes: Sequence[LaneState],
    nodes: Sequence[NodeProcess],
    sources: Sequence[SourceProcess],
) -> list[MarketPrice]:
    """Build the prices of the markets, and connect lanes, nodes and sources with theirs."""
    prices = [MarketPrice(grade, zone) for grade, zone in inputs.markets]
    price_of_node = [prices[m] if m >= 0 else None for m in inputs.node_market]
    price_of_source = [prices[m] if m >= 0 else None for m in inputs.source_market]
    for lane in lanes:
        buyer, seller = price_of_node[lane.node], price_of_source[lane.source]
        ask = inputs.supply[lane.source].ask
        lane.price = LanePrice(buyer, seller, inputs.surcharges[lane.number], ask)
    for node in nodes:
        node.elasticities = inputs.elasticities[node.number]
    for source, home in zip(sources, price_of_source, strict=True):
        if home is not None:
            source.margin = Margin(home, inputs.supply[source.number])
    PriceFormation(clock, inputs, prices, nodes, lanes, sources)
    return prices
