"""Warnings about a scenario that can be run.

Owns, among others, which dates begin something and which end it: entries outside the horizon are unused. A
date that only limits something, such as one by which money must be there, may lie anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.errors import shown
from diamondsim.plan.balance import trade_fits
from diamondsim.plan.compile import Derivation
from diamondsim.plan.entities import path_name
from diamondsim.plan.feasibility import per_year
from diamondsim.plan.qmc_dimensions import spare_names
from diamondsim.plan.structure import Plan, Relay
from diamondsim.scenario import Path, Scenario

_NOTABLE = 0.01
_NEVER_YEARS = 100
"""What takes longer is likely to be a slip, while plants and loans may well outlast a horizon."""
_CALM_TICKS = 4
"""A price that moves by a whole imbalance in fewer ticks overshoots before goods can follow."""


def warnings(derived: Derivation, scenario: Scenario) -> Iterator[str]:
    """Yield the warnings of a scenario and of what was derived from it."""
    if scenario.outdated is not None:
        yield f"legal_state was {scenario.outdated}; state it again"
    yield from scenario.dropped
    yield from _fit(derived)
    yield from _idle_sources(derived)
    yield from _controls(derived)
    yield from _empty_threats(scenario)
    yield from _second_sources(derived, scenario)
    yield from _draws(scenario)
    yield from _prices(derived)
    yield from unused_entries(scenario, derived.plan)
    yield from _far_too_long(scenario, derived.plan)
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


_SHOWN = 4


@dataclass(frozen=True)
class Dated:
    """An entry of a scenario, at `path`, that acts from one date on, up to another one if it ends."""

    path: Path
    begin: dt.date
    end: dt.date | None = None


def unused_entries(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield one warning for each reason for which entries have no effect.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        What it was compiled to.

    Yields
    ------
    str
    """
    start, end = plan.start, plan.start + dt.timedelta(days=plan.n_ticks * plan.tick_days)
    dated = [*_of_controls(scenario), *_of_market(scenario), *_of_prices(scenario)]
    late = [entry.path for entry in dated if entry.begin >= end]
    if late:
        yield f"the horizon ends on {end}, so this has no effect: {_listed(late)}"
    over = [entry.path for entry in dated if entry.end is not None and entry.end <= start]
    if over:
        yield f"the horizon starts on {start}, after the end of this: {_listed(over)}"
    costed: list[Path] = [
        ("facilities", f, "cost") for f, facility in scenario.facilities.items() if facility.cost
    ]
    if costed and scenario.prices is None:
        yield f"without 'prices' these costs are neither used nor reported: {_listed(costed)}"
    called: list[Path] = [
        ("facilities", f, "financing", "call")
        for f, facility in scenario.facilities.items()
        if facility.financing is not None and facility.financing.call is not None
    ]
    if called and scenario.prices is None:
        yield f"without 'prices' a surcharge has no effect, and nor has this: {_listed(called)}"


def _far_too_long(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield leads that are never over within the horizon, and durations far beyond it."""
    horizon = plan.n_ticks * plan.tick_days
    least = {path: duration.support()[0] for path, duration in scenario.durations}
    leads = [path for path in least if "lead" in path[-2:]]
    late = [path for path in leads if least[path] >= horizon]
    if late:
        yield f"the horizon is {horizon:,.0f} days long, so nothing arrives with this lead: {_listed(late)}"
    far = max(horizon, _NEVER_YEARS * DAYS_PER_YEAR)
    long = [path for path in least if path not in leads and least[path] > far]
    if long:
        yield (
            f"longer than {_NEVER_YEARS} years, which is more than enough for never: {_listed(long)}; "
            "is the unit right?"
        )


def _of_controls(scenario: Scenario) -> Iterator[Dated]:
    for name, control in scenario.controls.items():
        path: Path = ("controls", name)
        for date in control.timeline:
            yield Dated((*path, "timeline", date.isoformat()), date)
        if control.expiries is not None:
            yield Dated((*path, "expiries", "first"), control.expiries.first)


def _of_market(scenario: Scenario) -> Iterator[Dated]:
    for name, driver in scenario.drivers.items():
        yield from _of_driver(("drivers", name, "points"), driver.points)
    for name, use in scenario.uses.items():
        if use.substitution is not None and isinstance(use.substitution.opens, dt.date):
            yield Dated(("uses", name, "substitution", "opens"), use.substitution.opens)
    for name, producer in scenario.producers.items():
        for what, outage in producer.scheduled_outages.items():
            yield Dated(("producers", name, "scheduled_outages", what), outage.begin, outage.end)
        for what, swing in producer.swing.items():
            if isinstance(swing.opens, dt.date):
                yield Dated(("producers", name, "swing", what, "opens"), swing.opens)
    for name, facility in scenario.facilities.items():
        yield Dated(("facilities", name, "decision"), facility.decision)
        if facility.power is not None:
            yield from _steps(("facilities", name, "power", "available"), facility.power.available)
            yield from _steps(("facilities", name, "power", "price"), facility.power.price)
        call = None if facility.financing is None else facility.financing.call
        if call is not None and call.date is not None:
            yield Dated(("facilities", name, "financing", "call", "date"), call.date)
    for name, buyer in scenario.buyers.items():
        if buyer.pre_buy is not None:
            yield Dated(("buyers", name, "pre_buy"), buyer.pre_buy.date, buyer.pre_buy.until)
        for seller, source in buyer.qualify.items():
            yield Dated(("buyers", name, "qualify", seller, "from"), source.begin)


def _of_driver(path: Path, points: Iterable[dt.date]) -> Iterator[Dated]:
    """Yield the points of a driver: each but the first acts from the one before, by the line between them."""
    dates = sorted(points)
    for before, date in pairwise([*dates[:1], *dates]):
        yield Dated((*path, date.isoformat()), before)


def _of_prices(scenario: Scenario) -> Iterator[Dated]:
    prices = scenario.prices
    if prices is None:
        return
    for name, surcharge in prices.surcharges.items():
        yield from _steps(("prices", "surcharges", name, "rate"), surcharge.rate)
    for name, supply in prices.supply.items():
        yield from _steps(("prices", "supply", name, "cost"), supply.cost or {})


def _steps(path: Path, steps: Iterable[object]) -> Iterator[Dated]:
    for date in steps:
        if isinstance(date, dt.date):
            yield Dated((*path, date.isoformat()), date)


def _listed(paths: list[Path]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(map(path_name, paths[:_SHOWN])) + more
