"""The uses that the sentences of the report name.

Of equals, a use with estimated volumes comes before one with assumed volumes, then the deeper shortage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from diamondsim.reporting.use_rows import UseRow

NOTABLE_CHANCE = 0.05
"""A use that goes short less often does not count as hit."""
ABOUT_AS_SOON = dt.timedelta(days=31)
"""Uses that are closer together are reported as simultaneous: another seed may reverse their order."""


def hit(rows: Sequence[UseRow]) -> list[UseRow]:
    """Return the rows of the uses that are hit."""
    return [row for row in rows if row.onset is not None and row.chance.value >= NOTABLE_CHANCE]


def first_hit(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use with the earliest median onset over all replications, or None if none is hit.

    "Never" counts as later than any date; otherwise a use that is seldom short, but early, would come first.
    For uses that go short in less than half of the replications the median among these counts.
    """
    return min(hit(rows), key=_begin, default=None)


def hit_about_as_soon(rows: Sequence[UseRow]) -> list[UseRow]:
    """Return the uses that are hit at about the same time as the first, earliest first."""
    first, *others = sorted(hit(rows), key=_begin)
    if first.half_short is None:
        return []
    latest = first.half_short + ABOUT_AS_SOON
    return [row for row in others if row.half_short is not None and row.half_short <= latest]


def hardest_hit(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use with the deepest shortages in the worst replications, or None if none is hit."""
    return min(hit(rows), key=lambda row: (-row.depth.value, *_rank(row), -row.chance.value), default=None)


def most_often_short(rows: Sequence[UseRow]) -> UseRow | None:
    """Return the use that goes short in most replications, hit or not, or None if there are no rows."""
    return min(rows, key=lambda row: (-row.chance.value, *_rank(row)), default=None)


def _begin(row: UseRow) -> tuple[dt.date, dt.date, bool, float, float]:
    assert row.onset is not None, "a use that is hit goes short in some replication"
    return row.half_short or dt.date.max, row.onset.median, *_rank(row), -row.chance.value


def _rank(row: UseRow) -> tuple[bool, float]:
    return row.assumed_volumes, -row.depth.value
