"""Prices and cost as a block below the table of uses."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from diamondsim.reporting.content import Report
from diamondsim.reporting.price_gather import NOTABLE_MOVE
from diamondsim.reporting.price_words import price_sentences, spread
from diamondsim.reporting.pricing import PriceRow, Spread
from diamondsim.reporting.rows import Onset
from diamondsim.reporting.words import month, multiple, price


def price_block(report: Report) -> list[RenderableType]:
    """Return the block for a rich console; nothing where there are neither prices nor costs."""
    found = report.prices
    if found is None:
        return []
    title = "Prices and cost" if found.prices else "Cost"
    table = [_table(found.prices)] if found.prices else []
    return [Text(), Text(title, style="bold"), *table, *map(Text, price_sentences(report))]


def _table(rows: tuple[PriceRow, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("Grade, zone, unit", overflow="fold")
    table.add_column("At the start,\nUSD", overflow="fold")
    for what in ("Highest", "Lowest"):
        table.add_column(f"{what}, times that:\nmedian (10-90 %)", overflow="fold")
        table.add_column("\nin", overflow="fold")
    for row in rows:
        table.add_row(
            f"{row.grade}, {row.zone}, {row.unit}",
            spread(row.start, price),
            spread(row.peak, multiple),
            _when(row.peak, row.peak_at),
            spread(row.lowest, multiple),
            _when(row.lowest, row.lowest_at),
        )
    return table


def _when(extreme: Spread, onset: Onset | None) -> str:
    """Return the month of an extreme, where the price of half the replications moves that far at all."""
    moved = abs(extreme.median.value - 1.0) > NOTABLE_MOVE
    return month(onset.median) if moved and onset is not None else "-"
