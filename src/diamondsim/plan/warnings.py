"""What deserves a second look in a scenario that can be run, in words."""

from __future__ import annotations

from collections.abc import Iterator

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.errors import shown
from diamondsim.plan.balance import trade_fits
from diamondsim.plan.compile import Derivation
from diamondsim.plan.flows import per_year
from diamondsim.plan.idle import idle
from diamondsim.plan.misnamed import spare_names
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
    for s, row in enumerate(derived.cast.sources):
        if row.source.facility is None and not derived.contracts.flow[s].any():
            yield f"{row.source.name} has no contract: its capacity is idle unless a lane opens to it"


def _controls(derived: Derivation) -> Iterator[str]:
    plan = derived.plan
    for i, control in enumerate(plan.controls):
        written = derived.cast.content.controls.get(control.name)
        names_goods = written is None or written.covers is not None  # A drag is not written, and has some.
        if names_goods and not (plan.rule_of[i] >= 0).any():
            yield f"{control.name} covers no lane"
    for name, facility in derived.cast.content.facilities.items():
        if not facility.contract_shares:
            yield f"{name} sells to nobody"
        yield from _unwanted(derived, name)
    supplied = {lane.node for lane in derived.lanes}
    for n, node in enumerate(derived.cast.nodes):
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
    rows = derived.cast.sources
    bought = {lane.source for lane in derived.lanes}
    mine = [s for s, row in enumerate(rows) if row.source.facility == facility and row.offtake is not None]
    reached = {rows[s].offtake for s in mine if s in bought}
    for buyers in dict.fromkeys(rows[s].offtake for s in mine):
        if buyers not in reached:
            yield f"{facility} sells nothing to {buyers}, to whom a part of its output is promised"
