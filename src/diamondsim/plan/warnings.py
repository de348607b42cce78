"""What deserves a second look in a scenario that can be run, in words."""
# MERGED: """What a scenario says in vain: dates outside its horizon, costs without prices.
#
# Owns which dates begin something, and which end it. A date that only puts a limit to something, such as one by
# which money must be there, may lie where it likes.
# """

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.errors import shown
from diamondsim.plan.balance import trade_fits
from diamondsim.plan.compile import Derivation
from diamondsim.plan.entities import Path, path_name
from diamondsim.plan.flows import per_year
from diamondsim.plan.qmc_dimensions import spare_names
from diamondsim.plan.structure import Plan
from diamondsim.scenario import Scenario

_NOTABLE = 0.01
_CALM_TICKS = 4
"""A price that moves by the whole of an imbalance in fewer ticks overshoots before goods can follow."""


def warnings(derived: Derivation, scenario: Scenario) -> Iterator[str]:
    """Yield the warnings of a scenario and of what was derived from it."""
    if scenario.outdated is not None:
        yield f"legal_state was {scenario.outdated}; say it anew"
    yield from _fit(derived)
    yield from _idle(derived)
    yield from _controls(derived)
    yield from _draws(scenario)
    yield from _prices(derived)
    yield from idle(scenario, derived.plan)
    yield from spare_names(scenario, derived.plan)


def _fit(derived: Derivation) -> Iterator[str]:
    for fitted in derived.contracts.fits:
        if not fitted.fit.settled:
            yield (
                f"the fit of what is counted in {fitted.unit} has not settled "
                f"after {fitted.fit.cycles} cycles; trade, output and demand contradict each other"
            )
    for cell in trade_fits(derived):
        unit = cell.unit.removesuffix("/yr")
        if abs(cell.fitted - cell.table) > _NOTABLE * cell.table:
            table, sold = (per_year(flow / DAYS_PER_YEAR, unit) for flow in (cell.table, cell.fitted))
            yield f"{cell.seller} -> {cell.region}: the table says {table}, demand makes it {sold}"


def _idle(derived: Derivation) -> Iterator[str]:
    for s, row in enumerate(derived.entities.sources):
        if row.source.facility is None and not derived.contracts.flow[s].any():
            yield f"{row.source.name} has no contract: its capacity is idle unless a lane opens to it"


def _controls(derived: Derivation) -> Iterator[str]:
    plan = derived.plan
    for i, control in enumerate(plan.controls):
        written = derived.entities.content.controls.get(control.name)
        names_goods = written is None or written.covers is not None  # A drag is not written, and has some.
        if names_goods and not (plan.rule_of[i] >= 0).any():
            yield f"{control.name} covers no lane"
    for name, facility in derived.entities.content.facilities.items():
        if not facility.contract_shares:
            yield f"{name} sells to nobody"
        yield from _unwanted(derived, name)
    supplied = {lane.node for lane in derived.lanes}
    for n, node in enumerate(derived.entities.nodes):
        if node.planned and n not in supplied:
            yield f"{node.node.name}: nobody sells {node.node.grade} in {node.node.region}"


def _draws(scenario: Scenario) -> Iterator[str]:
    """Yield the draws that are named once: dates share with dates, and expiries with expiries."""
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
                yield f"{places[0]} alone names the draw {shown(draw)}: no other {others} will fall like it"


def _prices(derived: Derivation) -> Iterator[str]:
    plan = derived.plan
    if plan.prices is not None:
        days = plan.prices.adjustment_days.distribution.central()
        if days < _CALM_TICKS * plan.tick_days:
            yield f"prices.adjustment_time is {days:g} days, less than {_CALM_TICKS} ticks: prices will swing"


def _unwanted(derived: Derivation, facility: str) -> Iterator[str]:
    """Yield the parts of a facility's output that are promised to buyers to whom it does not sell."""
    rows = derived.entities.sources
    bought = {lane.source for lane in derived.lanes}
    mine = [s for s, row in enumerate(rows) if row.source.facility == facility and row.offtake is not None]
    reached = {rows[s].offtake for s in mine if s in bought}
    for buyers in dict.fromkeys(rows[s].offtake for s in mine):
        if buyers not in reached:
            yield f"{facility} sells nothing to {buyers}, to whom a part of its output is promised"


_SHOWN = 4


@dataclass(frozen=True)
class Dated:
    """Something that acts from one date on, up to another one if it ends; its place in the scenario."""

    path: Path
    begin: dt.date
    end: dt.date | None = None


def idle(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield what is said in vain, in words, one for each reason.

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
    late = [each.path for each in dated if each.begin >= end]
    if late:
        yield f"the horizon ends on {end}, so that this changes nothing: {_listed(late)}"
    over = [each.path for each in dated if each.end is not None and each.end <= start]
    if over:
        yield f"the horizon starts on {start}, when this is over: {_listed(over)}"
    costed: list[Path] = [("facilities", f, "cost") for f, about in scenario.facilities.items() if about.cost]
    if costed and scenario.prices is None:
        yield f"without 'prices' no cost is told, and nothing responds to it: {_listed(costed)}"


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
