"""Which use is named where a sentence has room for one.

Where two are equal, one whose volumes somebody has estimated comes first, then the one more deeply short.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from diamondsim.reporting.rows import UseRow

NOTABLE_CHANCE = 0.05
"""A use that goes short less often is not called hit."""
ABOUT_AS_SOON = dt.timedelta(days=31)
"""No order is claimed between uses that are closer together: another seed may turn it round."""


def hit(rows: Sequence[UseRow]) -> list[UseRow]:
    """Return the rows of the uses that are hit."""
    return [row for row in rows if row.onset is not None and row.chance.value >= NOTABLE_CHANCE]


def first_hit(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use that is short soonest in half of all replications; None where none is hit.

    What never happens comes last, lest a use that is seldom short, but then early, seem to be hit first.
    Of uses that are short in less than half, the median among those replications counts.
    """
    return min(hit(rows), key=_begin, default=None)


def hit_about_as_soon(rows: Sequence[UseRow]) -> list[UseRow]:
    """Return the uses that are hit hardly later than the first, soonest first."""
    first, *others = sorted(hit(rows), key=_begin)
    if first.half_short is None:
        return []
    latest = first.half_short + ABOUT_AS_SOON
    return [row for row in others if row.half_short is not None and row.half_short <= latest]


def hardest_hit(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use with the deepest shortages in the worst replications; None where none is hit."""
    return min(hit(rows), key=lambda row: (-row.depth.value, *_rank(row), -row.chance.value), default=None)


def most_often_short(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use that goes short in most replications, hit or not; None where there are no rows."""
    return min(rows, key=lambda row: (-row.chance.value, *_rank(row)), default=None)


def _begin(row: UseRow) -> tuple[dt.date, dt.date, bool, float, float]:
    assert row.onset is not None, "a use that is hit goes short in some replication"
    return row.half_short or dt.date.max, row.onset.median, *_rank(row), -row.chance.value


def _rank(row: UseRow) -> tuple[bool, float]:
    return row.assumed_volumes, -row.depth.value
