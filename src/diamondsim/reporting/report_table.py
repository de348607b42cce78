"""The report as a table for a terminal, or as plain text."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.reporting.few_replications import FEW, are_few, short_in
from diamondsim.reporting.formatting import (
    chance,
    difference,
    month,
    multiple,
    percent,
    place,
    price,
    replications,
    rough_chance,
)
from diamondsim.reporting.legal_state_rows import changed_lines, legal_state_lines, outdated_lines
from diamondsim.reporting.need_rows import NeedRow
from diamondsim.reporting.observed_rows import observed_lines, observed_table
from diamondsim.reporting.page_layout import WIDTH, wrapped
from diamondsim.reporting.place_labels import labels_of_rows
from diamondsim.reporting.plain_tables import add_figures, bare_table, is_narrow, set_in, stacked
from diamondsim.reporting.price_report import NOTABLE_MOVE, PriceRow, Spread
from diamondsim.reporting.price_sentences import format_spread, price_sentences
from diamondsim.reporting.rare_uses import is_rare, rare_sentences
from diamondsim.reporting.report import BaselineChanges, Report, rows_by_region
from diamondsim.reporting.report_sentences import sentences
from diamondsim.reporting.reserve_table import table_of_reserves
from diamondsim.reporting.tables_by_quarter import quarter_tables
from diamondsim.reporting.use_rows import FollowUp, Onset, UseRow
from diamondsim.results import Estimate

_NONE = "-"
_UNMET = len("31 % (55 %)")
"""Columns in which two whole percentages stand beside each other."""


def plain_console() -> Console:
    """Return a console that writes plain text into memory, at the width of the report.

    Names are shown as they are written: without this, what a name has in brackets would be taken for a style.
    """
    return Console(
        file=io.StringIO(), width=WIDTH, color_system=None, legacy_windows=False, markup=False, emoji=False
    )


def text_report(report: Report, *, by_quarter: bool = False) -> str:
    """Return the report as plain text, no line longer than 110 characters.

    Parameters
    ----------
    report : Report
    by_quarter : bool
        Whether to add the tables by quarter.

    Returns
    -------
    str
    """
    console = plain_console()
    console.print(renderable(report, by_quarter=by_quarter))
    output = console.file
    assert isinstance(output, io.StringIO), "the console writes into memory"
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines()) + "\n"


def renderable(report: Report, *, by_quarter: bool = False) -> RenderableType:
    """Return the report for a rich console, with or without the tables by quarter."""
    return Group(
        *_head(report),
        *observed_table(report.observed),
        *_table(report),
        *(part for text in rare_sentences(report) for part in (Text(), *_lines(text))),
        *_reserve_block(report),
        *price_block(report),
        *(_quarter_block(report) if by_quarter else ()),
        Text(),
        *(line for text in sentences(report) for line in _lines(text)),
    )


def _lines(text: str, style: str = "") -> list[Text]:
    return [Text(line, style=style) for line in wrapped(text)]


def _head(report: Report) -> list[Text]:
    head = report.head
    lines = [
        *_lines(head.title, "bold"),
        *_lines(f"as of {head.as_of}; legal state: {head.legal_state}"),
        *_marked(head.legal_state_outdated),
        *map(Text, changed_lines(head.changes)),
        *map(Text, legal_state_lines(report.legal_states)),
        *_lines(
            f"{head.first_day} to {head.last_day}, {replications(head.replications)}, "
            f"seed {head.seed}; a use is short if over {percent(report.threshold)} of its demand is unmet "
            f"within {report.window_days:g} days",
            "dim",
        ),
        *observed_lines(report.observed, baseline=report.baseline_head is not None),
    ]
    if report.baseline_head is not None:
        base = report.baseline_head
        lines += _lines(
            f"baseline: {base.title}, legal state: {base.legal_state}; "
            f"{replications(base.replications)}, same random numbers",
            "dim",
        )
        lines += _marked(base.legal_state_outdated)
    if report.baseline_changes is not None:
        lines += [line for text in _shared(report.baseline_changes) for line in _lines(text, "dim")]
    return lines


def _marked(outdated: str | None) -> list[Text]:
    return [Text(line, style="yellow") for line in outdated_lines(outdated)]


def _shared(changes: BaselineChanges) -> Iterator[str]:
    """Yield the line on the changes that the baseline shares; those to controls are the comparison itself."""
    made = f"with your changes to {', '.join(changes.made)}" if changes.made else ""
    left_out = [", ".join(changes.controls) + " (controls)"] if changes.controls else []
    left_out += [", ".join(changes.misfits) + " (do not fit the baseline)"] if changes.misfits else []
    left_out += [", ".join(changes.compared) + " (what is compared)"] if changes.compared else []
    those = "those" if made else "your changes"
    without = f"without {those} to {', '.join(left_out)}" if left_out else ""
    if made or without:
        yield f"baseline {', '.join(part for part in (made, without) if part)}"


def _table(report: Report) -> list[RenderableType]:
    shown = rows_by_region([row for row in report.rows if not is_rare(row, report)])
    if not shown:
        return []
    table = bare_table()
    table.add_column("Use", max_width=27, overflow="fold")
    few = are_few(report)
    chances = "Short in\nreplications" if few else "Chance of shortage\n[95 % interval]"
    add_figures(table, chances, max_width=24)
    add_figures(table, "Begins" if few else "Begins: median\n(10-90 %)", max_width=26)
    unmet = "Unmet,\nlargest" if few else "Unmet:\nmedian\nif short\n(worst 5 %)"
    add_figures(table, unmet, justify="right", width=9 if few else _UNMET)
    for title in ("Days to\nshort", "First\nlasts,\ndays"):
        add_figures(table, title, justify="right", width=7)
    labels = labels_of_rows(report.rows)
    for region_id, rows in shown.items():
        table.add_row(Text(labels[region_id, rows[0].use][0], style="bold"))
        for row in rows:
            table.add_row(set_in(labels[row.region, row.use][1], 1), *_stacked_cells(row, few=few))
            base = report.baseline_rows.get((row.region, row.use))
            if base is not None:
                table.add_row(set_in("baseline", 3), *_stacked_cells(base, few=few), style="dim")
            elif report.baseline_rows:
                table.add_row(set_in(not_in_baseline(row), 3), style="dim")
            less = report.differences.get((row.region, row.use))
            # Where the baseline is never short, the difference is the chance itself.
            known = less is not None and not few and not row.assumed_volumes
            if known and less is not None and base is not None and base.chance.value > 0:
                points = stacked(difference(less.value, less.low, less.high))
                table.add_row(set_in("difference, points", 3), points, style="dim")
    return [Text(), table]


def not_in_baseline(row: UseRow) -> str:
    """Return what stands in the place of a baseline that does not have a use."""
    return f"baseline: no such {'buyer' if '/' in row.use else 'use'}"


def _stacked_cells(row: UseRow, *, few: bool) -> Iterator[str]:
    for cell in use_cells(row, few=few):
        text = cell.replace(", assumed", ",\nassumed") if is_narrow() else cell
        yield stacked(text)


def use_cells(row: UseRow, *, few: bool) -> tuple[str, ...]:
    """Return what the table says of a use: chance, onset, shortfall, days to it, days of the first.

    `few` says that replications are counted instead of estimating probabilities.
    """
    # A single path has one onset and one length; of several, fewer than this give no range.
    untold = row.onset is None or (row.days_short.n < FEW and row.chance.n > 1)
    return (
        _chance(row, few=few),
        _NONE if untold or row.onset is None else _onset(row.onset),
        percent(row.depth.value) if few else _depth(row),
        _days(row.days_survived, row.survived_follow_up),
        _NONE if untold else _days(row.days_short, row.short_follow_up),
    )


def _chance(row: UseRow, *, few: bool) -> str:
    if few:
        return short_in(row.chance) + (", assumed volumes" if row.assumed_volumes else "")
    if row.assumed_volumes:
        return f"{rough_chance(row.chance.value, row.chance.high)}, assumed volumes"
    return chance(row.chance.value, row.chance.low, row.chance.high)


def _onset(onset: Onset) -> str:
    if onset.early == onset.late:
        return month(onset.median)
    return f"{month(onset.median)} ({month(onset.early)}..{month(onset.late)})"


def _depth(row: UseRow) -> str:
    """Return the typical shortfall of the replications that go short, and in brackets that of the worst."""
    typical, worst = row.depth_if_short, f"({percent(row.depth.value)})"
    if typical.n < FEW:
        return worst
    both = f"{percent(typical.value)} {worst}"
    return both if len(both) <= _UNMET else both.replace(" (", "\n(")


def _days(median: Estimate, follow_up: FollowUp) -> str:
    """Return a median or, where too few are watched so long, what share lasts longer than the follow-up."""
    if median.n == 0:
        return _NONE
    if math.isfinite(median.value):
        return f"{median.value:,.0f}"
    return f"> {follow_up.days:,.0f}\n({percent(follow_up.beyond.value)})"


def _reserve_block(report: Report) -> list[RenderableType]:
    return [Text(), table_of_reserves(report)] if report.reserves else []


def price_block(report: Report) -> list[RenderableType]:
    """Return the section on prices and costs, for a rich console; nothing if there are neither."""
    prices = report.prices
    if prices is None:
        return []
    title = "Prices and cost" if prices.prices else "Cost"
    block: list[RenderableType] = [Text(), Text(title, style="bold")]
    if prices.prices:
        block.append(_price_table(prices.prices))
    if prices.needs:
        block += [Text(), _need_table(report, prices.needs), Text()]
    return [*block, *(line for text in price_sentences(report) for line in _lines(text))]


def _need_table(report: Report, rows: tuple[NeedRow, ...]) -> Table:
    table = bare_table()
    need = "Need: short or given up because\nof the price, share of normal demand"
    table.add_column(need.replace("\n", " ") if is_narrow() else need, overflow="fold")
    compared = any(row.baseline_need is not None for row in rows)
    paired = any(row.above_baseline is not None for row in rows) and not are_few(report)
    for title in _two_by_two("Short", "Given up", "Together", *(["Baseline"] if compared else [])):
        add_figures(table, title, justify="right")
    if paired:
        add_figures(table, "Difference,\npoints")
    few = are_few(report)
    over = "in replications" if few else "chance\n[95 % interval]"
    add_figures(table, f"Over {percent(report.threshold)}: {over}")
    for row in rows:
        more = row.above_baseline
        shares = [*map(percent, (row.short, row.given_up, row.need.value))]
        if compared:
            shares.append(_NONE if row.baseline_need is None else percent(row.baseline_need))
        table.add_row(
            place(row.use_name, row.region_name),
            *_two_by_two(*shares),
            *(
                []
                if not paired
                else [_NONE if more is None else stacked(difference(more.value, more.low, more.high))]
            ),
            short_in(row.chance)
            if few
            else stacked(chance(row.chance.value, row.chance.low, row.chance.high)),
        )
    return table


def _two_by_two(*texts: str) -> list[str]:
    """Return the texts of columns; on a narrow page two of them stand one above the other in a column."""
    pairs = (texts[k : k + 2] for k in range(0, len(texts), 2))
    return ["\n".join(pair) for pair in pairs] if is_narrow() else [*texts]


def _quarter_block(report: Report) -> list[RenderableType]:
    """Return the tables by quarter, of the uses that are shown above."""
    shown = [(row.region, row.use) for row in report.rows if not is_rare(row, report)]
    return [] if report.quarters is None else quarter_tables(report.quarters, shown)


def _price_table(rows: tuple[PriceRow, ...]) -> Table:
    table = bare_table()
    table.add_column("Grade, zone, unit", overflow="fold")
    add_figures(table, "At the start,\nUSD")
    for extreme in ("Highest", "Lowest"):
        add_figures(table, f"{extreme}, multiple:\nmedian (10-90 %)")
        add_figures(table, "\nin")
    for row in rows:
        table.add_row(
            f"{row.grade}, {row.zone}, {row.unit}",
            stacked(format_spread(row.start, price)),
            stacked(format_spread(row.peak, multiple)),
            _when(row.peak, row.peak_at),
            stacked(format_spread(row.lowest, multiple)),
            _when(row.lowest, row.lowest_at),
        )
    return table


def _when(extreme: Spread, onset: Onset | None) -> str:
    """Return the month of an extreme if the price moves that far in half of the replications, else a dash."""
    moved = abs(extreme.median.value - 1.0) > NOTABLE_MOVE
    return month(onset.median) if moved and onset is not None else "-"
