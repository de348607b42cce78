"""Uses that are so seldom short that they have no row of the table: what is said of them below it."""

from __future__ import annotations

from diamondsim.reporting.few_replications import are_few
from diamondsim.reporting.formatting import inside, region, upper_limit
from diamondsim.reporting.report import Report
from diamondsim.reporting.use_rows import UseRow

RARE = 0.01
"""A use with a lower probability, also in the baseline, is listed below the table instead."""


def is_rare(row: UseRow, report: Report) -> bool:
    """Return whether a use is so seldom short, also in the baseline, that it has no row of the table."""
    base = report.baseline_rows.get((row.region, row.use))
    return row.chance.value < RARE and (base is None or base.chance.value < RARE)


def rare_sentences(report: Report) -> list[str]:
    """Return the sentences on the uses without a row of the table, those that the baseline lacks apart."""
    rare = [row for row in report.rows if is_rare(row, report)]
    if not report.baseline_rows:
        return _rare(rare, "", report)
    known = [row for row in rare if (row.region, row.use) in report.baseline_rows]
    alone = [row for row in rare if row not in known]
    return [
        *_rare(known, " here and in the baseline", report),
        *_rare(alone, " here (the baseline has no such use)", report),
    ]


def _rare(rows: list[UseRow], where: str, report: Report) -> list[str]:
    """Return the sentence on some uses that are rarely short; none if there is no such use."""
    if not rows:
        return []
    places: dict[str, list[str]] = {}
    for row in rows:
        remarks = ("assumed volumes",) if row.assumed_volumes else ()
        places.setdefault(inside(row.use_name, *remarks), []).append(region(row.region_name))
    names = "; ".join(f"{use} in {', '.join(regions)}" for use, regions in places.items())
    if are_few(report):
        return [f"Never short{where}: {names}."]
    limit = upper_limit(max(row.chance.high for row in rows))
    return [f"Rarely short{where}, each with a probability {limit} (95 % confidence): {names}."]
