"""What facilities make and change, as sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from diamondsim.constants import DAYS_PER_MONTH
from diamondsim.reporting.few_replications import are_few, paired, short_in
from diamondsim.reporting.formatting import month, percent, percent_range
from diamondsim.reporting.headline_uses import hit
from diamondsim.reporting.margins import LITTLE_UNMET
from diamondsim.reporting.place_labels import distinct_labels
from diamondsim.reporting.report import FacilityRow, Report
from diamondsim.reporting.use_rows import Onset, UseRow
from diamondsim.results import Estimate


def facility_sentences(report: Report) -> Iterator[str]:
    """Yield when each facility first makes anything, what it cannot supply, and what all of them change."""
    for row in report.facilities:
        yield from _facility(row, report)
    yield from _effects(report)


def _facility(row: FacilityRow, report: Report) -> Iterator[str]:
    last = month(report.head.last_day)
    if row.first_output is None:
        yield f"Facility {row.facility}: no first output by {last} in any replication."
    elif are_few(report):
        output, late = row.first_output, f"none by {last} in {short_in(row.no_output)} replications"
        span = month(output.early)
        span += "" if output.early == output.late else f" to {month(output.late)}"
        yield f"Facility {row.facility}: first output {span}; {late} (cancelled, or later)."
    else:
        output, missing = row.first_output, percent(row.no_output.value)
        yield (
            f"Facility {row.facility}: median first output {month(output.median)} (10-90 %: "
            f"{month(output.early)} to {month(output.late)}); none by {last} in {missing} of "
            f"replications (cancelled, or later).{_too_late(output, report.rows)}"
        )
    if row.not_supplied:
        names = "; ".join(row.not_supplied)
        yield f"Facility {row.facility} does not supply: {names}. It makes none of their grades."


def _too_late(output: Onset, rows: Sequence[UseRow]) -> str:
    onsets = [row.onset.median for row in hit(rows) if row.onset is not None]
    if not onsets or min(onsets) >= output.median:
        return ""
    months = (output.median - min(onsets)).days / DAYS_PER_MONTH
    return f" That is {months:.0f} months after the first use is hit."


def _effects(report: Report) -> Iterator[str]:
    names = distinct_labels(effect.region_name for effect in report.effects)
    shares = [
        f"{names[effect.region_name]} {percent(effect.unmet_share.value)}"
        + ("" if are_few(report) else f" [{_limits(effect.unmet_share)}]")
        for effect in report.effects
        if effect.unmet >= LITTLE_UNMET and not math.isnan(effect.unmet_share.value)
    ]
    little = [names[effect.region_name] for effect in report.effects if effect.unmet < LITTLE_UNMET]
    plants = " and ".join(row.facility for row in report.facilities)
    if shares:
        n = paired(report, report.effects[0].unmet_share.n)
        yield (
            f"With {plants}, unmet demand over the whole horizon is the following share of unmet demand "
            f"with {plants} cancelled ({n} each, same random numbers): {'; '.join(shares)}."
        )
    if little:
        yield (
            f"Less than {percent(LITTLE_UNMET)} of demand is unmet, with {plants} and with {plants} "
            f"cancelled, in: {', '.join(little)}."
        )


def _limits(share: Estimate) -> str:
    return percent_range(share.low, share.high)
