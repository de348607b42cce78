"""The conclusions of a report as sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from diamondsim.analysis import DecidingInput
from diamondsim.reporting.draw_names import readable_draw
from diamondsim.reporting.facility_sentences import facility_sentences
from diamondsim.reporting.few_replications import FEW, are_few, caveat, paired, short_in
from diamondsim.reporting.formatting import (
    days,
    month,
    percent,
    percent_range,
    points,
    region,
    replications,
    short_name,
)
from diamondsim.reporting.headline_uses import (
    NOTABLE_CHANCE,
    first_hit,
    hardest_hit,
    hit_about_as_soon,
    most_often_short,
)
from diamondsim.reporting.margins import margin_sentences
from diamondsim.reporting.place_labels import distinct_labels
from diamondsim.reporting.report import Deciding, DiversionEffect, OriginRow, Report
from diamondsim.reporting.reserve_table import reserve_sentences
from diamondsim.reporting.use_rows import UseRow
from diamondsim.results import Estimate

_METHODS = {"random": "", "sobol": " on Sobol' sequences", "latin": " in Latin hypercubes"}
LITTLE_CHANCE, LITTLE_DAYS = 0.05, 28.0
"""Diversion that moves the chance of a shortage by less than the first (in both limits of its interval) and
the onset by less than the second is told in one short sentence."""


def sentences(report: Report) -> tuple[str, ...]:
    """Return the conclusions of a report.

    Parameters
    ----------
    report : Report

    Returns
    -------
    tuple of str
        Uses hit, effect of diversion, deciding inputs, baseline, facilities, reserves, origin of the
        crystal, uses whose loss is unknown, basis of the numbers.
    """
    return tuple(text for texts in sentences_by_topic(report).values() for text in texts)


def sentences_by_topic(report: Report, *, names_files: bool = True) -> dict[str, tuple[str, ...]]:
    """Return the same sentences by what they are about, in the same order.

    Parameters
    ----------
    report : Report
    names_files : bool
        Whether to name pages of the documentation, for somebody who has them.

    Returns
    -------
    dict of str to tuple of str
        By `uses`, `diversion`, `inputs`, `baseline`, `facilities`, `reserves`, `origin` and `limits` (what is
        not known, and what the figures rest on); a topic may have none.
    """
    few = are_few(report)
    return {
        "uses": () if few else tuple(_hit(report)),
        "diversion": () if few else tuple(_diversion(report)),
        "inputs": () if few else tuple(_deciding(report.deciding)),
        "baseline": tuple(_baseline(report)),
        "facilities": tuple(facility_sentences(report)),
        "reserves": tuple(reserve_sentences(report)),
        "origin": tuple(_origins(report.tracked_origin, report.origins, report.head.replications)),
        "limits": (
            *_loss_unknown(report),
            *_without_prices(report),
            _basis(report, names_files=names_files),
            caveat(report) if few else _caveat(report),
        ),
    }


def _hit(report: Report) -> Iterator[str]:
    first, worst = first_hit(report.rows), hardest_hit(report.rows)
    if first is None or worst is None:
        yield f"No use goes short in {percent(NOTABLE_CHANCE)} of replications or more."
        yield from margin_sentences(report.rows, report.least_cover, window_days=report.window_days)
        return
    assert first.onset is not None, "a use that is hit goes short in some replication"
    if first.half_short is None:
        half = f"; half of these shortages begin by {month(first.onset.median)}"
    else:
        half = f", and in half of all replications by {month(first.half_short)}"
    yield (
        f"Hit first: {first.place}. It goes short in {percent(first.chance.value)} of replications{half}."
        f"{_time_to_survive(first)}{_hit_about_then(report.rows)}"
    )
    yield (
        f"Hit hardest: {worst.place}. In the worst 5 % of replications, an average of "
        f"{percent(worst.depth.value)} of its demand is unmet over the worst {report.window_days:g} days"
        f"{_typical(worst)}."
    )


def _typical(worst: UseRow) -> str:
    typical = worst.depth_if_short
    if typical.n < FEW:
        return ""
    return f"; in the median of those in which it goes short, {percent(typical.value)}"


def _hit_about_then(rows: Sequence[UseRow]) -> str:
    soon = [f"{row.place} (by {month(row.half_short)})" for row in hit_about_as_soon(rows) if row.half_short]
    return f" At about the same time: {', '.join(soon)}." if soon else ""


def _time_to_survive(row: UseRow) -> str:
    survived = row.days_survived
    if survived.n == 0 or math.isinf(survived.value):
        return ""
    lasts = days(survived.value)
    return f" Once inflow is lost, stock, licensed and diverted goods last for a median of {lasts}."


def _diversion(report: Report) -> Iterator[str]:
    for effect in report.diversion_effects:
        if not _is_little(effect):
            chance, without = effect.chance, effect.chance_without
            yield (
                f"Without diversion via third countries, which is assumed, {effect.place} would go short in "
                f"{percent(without.value)} [{percent_range(without.low, without.high)}] instead of "
                f"{percent(chance.value)} [{percent_range(chance.low, chance.high)}] of "
                f"{paired(report, chance.n)} (same random numbers; "
                f"{points(effect.more_often.low, effect.more_often.high)} percentage points)"
                f"{_sooner(effect)}."
            )
    little = [effect for effect in report.diversion_effects if _is_little(effect)]
    if little:
        yield (
            f"Diversion via third countries, which is assumed, makes little difference to "
            f"{' and to '.join(effect.place for effect in little)}: less than "
            f"{100 * LITTLE_CHANCE:g} percentage points in the chance of a shortage, and less than "
            f"{LITTLE_DAYS:g} days in its onset (95 % intervals, {paired(report, little[0].chance.n)})."
        )


def _is_little(effect: DiversionEffect) -> bool:
    """Whether diversion changes neither the chance of a shortage nor its onset notably."""
    change = effect.more_often
    return max(abs(change.low), abs(change.high)) < LITTLE_CHANCE and _begins_as_soon(effect)


def _begins_as_soon(effect: DiversionEffect) -> bool:
    earlier = effect.earlier_days
    # Not a number where there are too few shortages in both runs: then nothing can be said.
    return max(abs(earlier.low), abs(earlier.high)) < LITTLE_DAYS if _is_known(earlier) else False


def _is_known(earlier: Estimate) -> bool:
    return math.isfinite(earlier.low) and math.isfinite(earlier.high)


def _sooner(effect: DiversionEffect) -> str:
    if effect.onset is None or effect.onset_without is None:
        return ""
    if _begins_as_soon(effect):
        return f"; shortages in both runs begin less than {LITTLE_DAYS:g} days apart, in the median"
    begin, begin_without = month(effect.onset.median), month(effect.onset_without.median)
    text = f". Half of these shortages would begin by {begin_without} instead of {begin}"
    earlier = effect.earlier_days
    if _is_known(earlier):
        text += (
            f"; in replications short in either case, a median of {earlier.value:,.0f} days earlier "
            f"[{earlier.low:,.0f}, {earlier.high:,.0f}]"
        )
    return text


def _deciding(deciding: Deciding | None) -> Iterator[str]:
    if deciding is None or not deciding.inputs:
        return
    changes = "; ".join(
        f"{_named(each)}: {percent(each.chance_low.value)}, then {percent(each.chance_high.value)}"
        for each in deciding.inputs
    )
    yield (
        f"The uncertain inputs that decide most whether {deciding.place} goes short, each with the chance of "
        f"a shortage in its lowest and in its highest third: {changes}. Numbers that the scenario does not "
        "make uncertain are not compared."
    )


def _named(each: DecidingInput) -> str:
    name = readable_draw(each.name, each.path)
    return f"{name} ({each.meaning[0].lower()}{each.meaning[1:]})" if each.meaning else name


def _baseline(report: Report) -> Iterator[str]:
    if report.baseline_head is None:
        return
    rows = [
        report.baseline_rows[key]
        for row in report.rows
        if (key := (row.region, row.use)) in report.baseline_rows
    ]
    worst = most_often_short(rows)
    if worst is not None:
        baseline = f"In the baseline ({report.baseline_head.title}),"
        if worst.chance.value > 0:
            n = replications(worst.chance.n)
            often = f"{percent(worst.chance.value)} of {n}"
            if are_few(report):
                often = f"{short_in(worst.chance)} replications"
            yield f"{baseline} the use most often short is {worst.place}, in {often}."
        else:
            number = worst.chance.n
            where = f"in any of {replications(number)}" if number > 1 else "in the only replication"
            yield f"{baseline} no use goes short {where}."


def _origins(origin: str, rows: Sequence[OriginRow], n: int) -> Iterator[str]:
    names = distinct_labels(row.region_name for row in rows)
    shares = [
        f"{names[row.region_name]} {percent(row.start.mean)}, then {percent(row.end.mean)}"
        + (f" (5-95 %: {percent_range(row.end.low, row.end.high)})" if n >= FEW else "")
        for row in rows
        if row.region_name != origin
    ]
    if shares:
        yield (
            f"Share of consumption that is crystal from {region(origin)}, including crystal processed "
            f"elsewhere, at the start and at the end: {'; '.join(shares)}."
        )


def _loss_unknown(report: Report) -> Iterator[str]:
    unknown = report.loss_unknown
    if {row.use for row in report.rows} <= {*unknown}:
        yield "The economic loss is unknown: no use gives a `value` or a `delay_cost`."
    elif unknown:
        names = []
        for use, name in unknown.items():
            places = ", ".join(region(row.region_name) for row in report.rows if row.use == use)
            # Uses of several regions may have one name, such as "All uses".
            is_known = [*map(short_name, unknown.values())].count(short_name(name)) == 1
            names.append(short_name(name) if is_known else f"{short_name(name)} in {places}")
        yield (
            "The economic loss of uses that give neither `value` nor `delay_cost` is unknown: "
            f"{'; '.join(names)}."
        )


def _without_prices(report: Report) -> Iterator[str]:
    if report.prices is None or not report.prices.prices:
        yield (
            "No prices: the scenario has no `prices`, so nothing responds to one, and no use is given up "
            "because a grade is dear."
        )


def _basis(report: Report, *, names_files: bool) -> str:
    numbers = {row.basis: row for row in report.check.numbers}
    total = sum(row.numbers for row in numbers.values())
    if not total:
        return "The scenario gives no numbers."
    assumed, uncertain = numbers["assumed"], sum(row.uncertain for row in numbers.values())
    share = percent(assumed.numbers / total)
    changed = _changed(report)
    return (
        f"Of the {total} numbers in the scenario, {assumed.numbers} ({share}) are merely assumed, "
        f"{numbers['sourced'].numbers} have a source and {numbers['none'].numbers} have neither{changed}; "
        f"{uncertain} are uncertain, {assumed.uncertain} of them assumed."
        f"{_kept_inputs(report, uncertain) if names_files else ''}"
    )


def _kept_inputs(report: Report, uncertain: int) -> str:
    if report.n_inputs == uncertain:
        return ""
    kept = f"A replication draws {report.n_inputs} inputs once, which the Dataset keeps"
    return f" {kept} (docs/results.md, section 4)."


def _changed(report: Report) -> str:
    changed = sum(row.changed for row in report.check.numbers if row.basis == "none")
    return f" ({changed} of these changed by --set)" if changed else ""


def _caveat(report: Report) -> str:
    sampled = f"{replications(report.head.replications)}{_METHODS[report.head.sampling]}"
    if report.observed is not None:
        sampled += f" with an effective sample size of {report.observed.effective_size:,.0f}"
    return (
        f"The intervals cover only the sampling of {sampled}. They are not the whole uncertainty: they do "
        f"not include errors in assumptions, and every figure applies only under the legal state named above."
    )
