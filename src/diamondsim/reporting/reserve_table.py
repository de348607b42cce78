"""The reserves of a run as a table, and what they do as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from diamondsim.reporting.few_replications import are_few, short_in
from diamondsim.reporting.formatting import (
    amount,
    chance,
    figures,
    month,
    multiple_for,
    percent,
    points,
    replications,
)
from diamondsim.reporting.plain_tables import add_figures, bare_table, is_narrow, stacked
from diamondsim.reporting.report import Report
from diamondsim.reporting.reserve_rows import ReserveEffect, ReserveUse
from diamondsim.results import Estimate


def table_of_reserves(report: Report) -> Table:
    """Return the table of the reserves of a report: what each releases, and when it is spent."""
    few = are_few(report)
    table = bare_table()
    table.add_column("Reserve, grade", max_width=24, overflow="fold")
    interval = "[95 %]" if is_narrow() else "[95 % interval]"
    for title in ("Released, mean", "Releases in", "Spent in"):
        add_figures(table, title if few else f"{title}\n{interval}")
    add_figures(table, "First spent" if few else "First spent:\nmedian (10-90 %)")
    for row in report.reserves:
        table.add_row(
            f"{row.reserve}, {row.grade}",
            amount(row.released.value, row.unit) if few else stacked(_amount(row.released, row.unit)),
            *(short_in(each) if few else stacked(chance(*_limits(each))) for each in (row.used, row.spent)),
            stacked(_first_spent(row)),
        )
    return table


def _first_spent(row: ReserveUse) -> str:
    onset = row.first_spent
    if onset is None:
        return "-"
    if onset.early == onset.late:
        return month(onset.median)
    return f"{month(onset.median)} ({month(onset.early)}..{month(onset.late)})"


def reserve_sentences(report: Report) -> Iterator[str]:
    """Yield for each reserve of a report what it buys: demand that is met, and shortages that do not come."""
    for row in report.reserves:
        if row.effects is None:
            yield (
                f"What reserve {row.reserve} buys was not computed: `diamondsim compare` sets the scenario "
                f"beside one with --set reserves.{row.reserve}=null."
            )
        elif effects := [_effect(effect, few=are_few(report)) for effect in row.effects if _changes(effect)]:
            yield (
                f"With reserve {row.reserve}, unmet demand over the horizon changes by (mean of "
                f"{replications(row.effects[0].met.n)} less that without it, same random numbers): "
                f"{'; '.join(effects)}."
            )
        else:
            yield f"Reserve {row.reserve} changes nothing for any use."


def _changes(effect: ReserveEffect) -> bool:
    is_same = effect.met.value == 0 and effect.met.low == effect.met.high
    return not is_same or (effect.less_often is not None and effect.less_often.value != 0)


def _effect(effect: ReserveEffect, *, few: bool) -> str:
    met = Estimate(-effect.met.value, -effect.met.high, -effect.met.low, effect.met.n)
    change = amount(met.value, effect.unit) if few else _amount(met, effect.unit)
    where = effect.place or "all other uses together"
    less = effect.less_often
    if effect.chance is None or effect.chance_without is None or less is None or less.value == 0:
        return f"{where} {change}"
    if few:
        often = f"{short_in(effect.chance)} instead of {short_in(effect.chance_without)} replications"
    else:
        fewer = points(-less.high, -less.low)
        often = (
            f"{percent(effect.chance.value)} instead of {percent(effect.chance_without.value)} of "
            f"replications, {fewer} percentage points"
        )
    return f"{where} {change} (short in {often})"


def _amount(estimate: Estimate, unit: str) -> str:
    """Return a quantity with its interval, all three in one multiple of the unit."""
    largest = max(map(abs, _limits(estimate)), default=0.0)
    factor, multiple = multiple_for(largest, unit)
    value, low, high = (figures(each / factor) for each in _limits(estimate))
    return f"{value} [{low}, {high}] {multiple}"


def _limits(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high
