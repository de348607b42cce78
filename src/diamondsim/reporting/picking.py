"""Which use is named where a sentence has room for one.

Where two are equal, one whose volumes somebody has estimated comes first, then the one more deeply short.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from diamondsim.reporting.rows import UseRow

NOTABLE_CHANCE = 0.05
"""A use that goes short less often is not called hit."""


def hit(rows: Sequence[UseRow]) -> list[UseRow]:
    """Return the rows of the uses that are hit."""
    return [row for row in rows if row.onset is not None and row.chance.value >= NOTABLE_CHANCE]


def first_hit(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use whose shortages begin first, by their median; None where none is hit."""

    def begin(row: UseRow) -> tuple[dt.date, bool, float, float]:
        assert row.onset is not None, "a use that is hit goes short in some replication"
        return row.onset.median, *_rank(row), -row.chance.value

    return min(hit(rows), key=begin, default=None)


def hardest_hit(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use with the deepest shortages in the worst replications; None where none is hit."""
    return min(hit(rows), key=lambda row: (-row.depth.value, *_rank(row), -row.chance.value), default=None)


def most_often_short(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use that goes short in most replications, hit or not; None where there are no rows."""
    return min(rows, key=lambda row: (-row.chance.value, *_rank(row)), default=None)


def _rank(row: UseRow) -> tuple[bool, float]:
    return row.assumed_volumes, -row.depth.value
