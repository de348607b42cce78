"""Warnings about a scenario that can be run."""

from __future__ import annotations

from collections.abc import Iterator

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.errors import joined, shown
from diamondsim.plan.balance import trade_fits
from diamondsim.plan.compile import Derivation
from diamondsim.plan.feasibility import per_year
from diamondsim.plan.outranked_lines import outranked_lines
from diamondsim.plan.qmc_dimensions import spare_names
from diamondsim.plan.short_durations import short_durations
from diamondsim.plan.structure import Relay
from diamondsim.plan.unused_entries import far_too_long, unused_entries
from diamondsim.scenario import Scenario

_NOTABLE = 0.01
_CALM_TICKS = 4
"""A price that moves by a whole imbalance in fewer ticks overshoots before goods can follow."""
_TEMPLATE_DESCRIPTION = "What this scenario asks, and what it changes."
"""The description that `diamondsim new` writes, to be replaced."""


def warnings(derived: Derivation, scenario: Scenario) -> Iterator[str]:
    """Yield the warnings of a scenario and of what was derived from it."""
    if scenario.outdated is not None:
        yield f"legal_state was {scenario.outdated}; state it again"
    if (scenario.description or "").strip() == _TEMPLATE_DESCRIPTION:
        yield "description is still that of the template: say what the scenario asks, and what it changes"
    yield from scenario.dropped
    yield from scenario.lookalikes
    yield from _fit(derived)
    yield from _idle_sources(derived)
    yield from _controls(derived)
    yield from _empty_threats(scenario)
    yield from _second_sources(derived, scenario)
    yield from _uncontrolled_buyers(derived, scenario)
    yield from outranked_lines(derived, scenario)
    yield from _draws(scenario)
    yield from _prices(derived)
    yield from unused_entries(scenario, derived.plan)
    yield from far_too_long(scenario, derived.plan)
    yield from short_durations(scenario, derived.plan)
    yield from spare_names(scenario, derived.plan)


def _fit(derived: Derivation) -> Iterator[str]:
    for fitted in derived.contracts.fits:
        if not fitted.fit.converged:
            yield (
                f"the fit of the flows in {fitted.unit} has not converged "
                f"after {fitted.fit.cycles} cycles; trade, output and demand contradict each other"
            )
    for cell in trade_fits(derived):
        unit = cell.unit.removesuffix("/yr")
        if abs(cell.fitted - cell.table) > _NOTABLE * cell.table:
            table, sold = (per_year(flow / DAYS_PER_YEAR, unit) for flow in (cell.table, cell.fitted))
            yield f"{cell.seller} -> {cell.region}: the trade table gives {table}, the fit to demand {sold}"


def _idle_sources(derived: Derivation) -> Iterator[str]:
    for s, row in enumerate(derived.entities.sources):
        if row.source.facility is None and not derived.contracts.flow[s].any():
            yield f"{row.source.name} has no contract: its capacity is idle unless a lane opens to it"


def _second_sources(derived: Derivation, scenario: Scenario) -> Iterator[str]:
    """Yield second sources that sell to the aggregate of the firm already."""
    sources, nodes = derived.entities.sources, derived.entities.nodes
    for name, buyer in scenario.buyers.items():
        # A firm that names its suppliers has said from whom it buys before.
        if buyer.suppliers:
            continue
        its = [row.node.use == buyer.use and row.node.region == buyer.region for row in nodes]
        for seller in buyer.qualify:
            is_seller = [row.source.producer == seller for row in sources]
            if (derived.contracts.flow[is_seller][:, its] > 0).any():
                yield (
                    f"buyers.{name}.qualify.{seller}: it sells to {buyer.aggregate} already; "
                    "without 'suppliers' the firm buys nothing there until it has qualified"
                )


def _uncontrolled_buyers(derived: Derivation, scenario: Scenario) -> Iterator[str]:
    """Yield buyers of grades that no control covers: their question is not one of controls."""
    plan = derived.plan
    ruled = plan.lane_node[(plan.rule_of >= 0).any(axis=0)]
    covered = {derived.entities.nodes[n].node.grade for n in ruled}
    for name in scenario.buyers:
        own = [row.node.grade for row in derived.entities.nodes if row.firm == name]
        if plan.controls and own and not covered & {*own}:
            yield (
                f"buyers.{name}: no control covers {joined(own, 'or')}, which it buys, so no control can "
                "make it short by itself"
            )


def _controls(derived: Derivation) -> Iterator[str]:
    plan = derived.plan
    for i, control in enumerate(plan.controls):
        written = derived.entities.content.controls.get(control.name)
        # A spillover is not in the file, and names goods.
        names_goods = written is None or written.covers is not None
        if names_goods and not (plan.rule_of[i] >= 0).any():
            yield f"{control.name} covers no lane"
        if plan.relay[i] != Relay.UNLIMITED and not plan.third_country[i].any():
            yield f"{control.name}: nobody in 'diversion.via' buys what it covers, so nothing is diverted"
    for name, facility in derived.entities.content.facilities.items():
        if not facility.contract_shares:
            yield f"{name} sells to nobody"
        yield from _unsold_offtakes(derived, name)
    supplied = {lane.node for lane in derived.lanes}
    for n, node in enumerate(derived.entities.nodes):
        if node.planned and n not in supplied:
            yield f"{node.node.name}: nobody sells {node.node.grade} in {node.node.region}"


def _empty_threats(scenario: Scenario) -> Iterator[str]:
    """Yield controls that are announced and that nothing brings into force.

    A timeline is replaced as a whole: a file that adds an announcement to another's loses the other dates.
    """
    for name, control in scenario.controls.items():
        states: set[str] = {control.start}
        for fork in (*control.timeline.values(), *control.transitions.values()):
            states.update(fork)
        for rates in control.hazards.values():
            states.update(rates)
        if control.expiries is not None:
            states.update(control.expiries.then)
        if "announced" in states and not states & {"licensing", "banned"}:
            yield f"controls.{name} is announced, and nothing ever brings it into force"


def _draws(scenario: Scenario) -> Iterator[str]:
    """Yield shared draws with one user only: dates share with dates, and expiries with expiries."""
    dates: dict[str | None, list[str]] = {}
    expiries: dict[str | None, list[str]] = {}
    for name, control in scenario.controls.items():
        for date, fork in control.timeline.items():
            dates.setdefault(fork.shared_draw, []).append(f"controls.{name}.timeline.{date.isoformat()}")
        if control.expiries is not None:
            expiries.setdefault(control.expiries.then.shared_draw, []).append(f"controls.{name}.expiries")
    for named, others in ((dates, "date"), (expiries, "control's expiries")):
        for draw, places in named.items():
            if draw is not None and len(places) == 1:
                yield f"only {places[0]} uses the shared draw {shown(draw)}, and no other {others}"


def _prices(derived: Derivation) -> Iterator[str]:
    plan = derived.plan
    if plan.prices is not None:
        days = plan.prices.adjustment_days.distribution.central()
        if days < _CALM_TICKS * plan.tick_days:
            least = f"at least {_CALM_TICKS} ticks"
            yield f"expected prices.adjustment_time of {least}, found {days:g} days: prices will overshoot"


def _unsold_offtakes(derived: Derivation, facility: str) -> Iterator[str]:
    """Yield offtakes of a facility whose buyers it does not sell to."""
    rows = derived.entities.sources
    bought = {lane.source for lane in derived.lanes}
    promised = [
        s for s, row in enumerate(rows) if row.source.facility == facility and row.offtake is not None
    ]
    reached = {rows[s].offtake for s in promised if s in bought}
    for buyers in dict.fromkeys(rows[s].offtake for s in promised):
        if buyers not in reached:
            yield f"{facility} sells nothing to {buyers}, to whom a part of its output is promised"
