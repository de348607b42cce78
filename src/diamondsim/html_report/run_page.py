"""The content of the page of a run, as its template takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xarray as xr

from diamondsim.html_report.assumed_numbers import deciding_numbers, number_sections
from diamondsim.html_report.facility_milestones import milestones
from diamondsim.html_report.likelihood import SCALE, likelihood
from diamondsim.html_report.made_with import made_with
from diamondsim.html_report.page_parts import Bar, PagePart, blocks_of, with_month_names
from diamondsim.html_report.run_charts import (
    facility_charts,
    legal_chart,
    origin_chart,
    quarter_chart,
    shortfall_chart,
)
from diamondsim.html_report.since_former import since, size_text
from diamondsim.plan.check import check
from diamondsim.reporting import (
    BaselineChanges,
    Report,
    UseRow,
    are_few,
    build_report,
    chance,
    is_rare,
    labels_of_rows,
    legal_state_lines,
    month,
    observed_lines,
    observed_table,
    percent,
    price_block,
    quarter_tables,
    rare_sentences,
    replications,
    sentences_by_topic,
    short_in,
    table_of_reserves,
    use_cells,
)
from diamondsim.scenario import Scenario, read_scenario

_BETWEEN = "between two words"
"""Heads the uses whose interval lies in no range of the likelihood scale."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The runs beside a run, with the same seed: all optional, and as for `build_report`."""

    baseline: xr.Dataset | None = None
    baseline_changes: BaselineChanges | None = None
    without_facilities: xr.Dataset | None = None
    without_diversion: xr.Dataset | None = None
    without_reserve: Mapping[str, xr.Dataset] | None = None


@dataclass(frozen=True)
class UseLine:
    """A use in the table of the answer.

    Attributes
    ----------
    name : str
    bar : Bar
    baseline : str
        Its chance in the baseline; empty without one.
    begins, spread, lasts, depth : str
        Median and 10 to 90 % of the onset; the first shortage; the worst 5 %.
    assumed : bool
        Whether its volumes are assumed.
    """

    name: str
    bar: Bar
    baseline: str
    begins: str
    spread: str
    lasts: str
    depth: str
    assumed: bool


def run_page(
    dataset: xr.Dataset,
    beside: Beside,
    *,
    former: xr.Dataset | None = None,
    command: str | None = None,
    scenario: Scenario | None = None,
) -> dict[str, Any]:
    """Return what the template `run.html.jinja` shows.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    beside : Beside
    former : xarray.Dataset, optional
        A former result, for what changed since.
    command : str, optional
        That makes the page.
    scenario : Scenario, optional
        That was run; by default the one that the Dataset holds.
    """
    scenario = scenario or read_scenario(str(dataset.attrs["scenario"]))
    report = build_report(scenario, dataset, check=check(scenario), **vars(beside))
    shown = [row for row in report.rows if not is_rare(row, report)]
    often = sorted(shown, key=lambda row: -row.chance.value)
    topics = {
        topic: [with_month_names(text) for text in texts]
        for topic, texts in sentences_by_topic(report).items()
    }
    charts = (
        quarter_chart(report, shown),
        shortfall_chart(dataset, report, _chosen_first(often, report)),
        legal_chart(report),
        *facility_charts(dataset),
        origin_chart(dataset, report),
    )
    return {
        "title": report.head.title,
        "report": report,
        "few": are_few(report),
        "first_day": with_month_names(month(report.head.first_day)),
        "last_day": with_month_names(month(report.head.last_day)),
        "size": replications(report.head.replications),
        "lead": headline(report),
        "ladder": ladder(report),
        "lines": use_lines(shown, report),
        "rare": rare_sentences(report),
        "topics": topics,
        "basis": topics["limits"][-2],
        "limits": [*topics["limits"][:-2], topics["limits"][-1]],
        "observed": [
            *blocks_of([*observed_lines(report.observed, baseline=False), *observed_table(report.observed)])
        ],
        "legal_states": [with_month_names(text) for text in legal_state_lines(report.legal_states)],
        "charts": {chart.key: chart for chart in charts if chart is not None},
        "milestones": milestones(dataset, report),
        "quarter_blocks": _quarter_blocks(report, shown),
        "reserve_blocks": [*blocks_of([table_of_reserves(report)] if report.reserves else [], "Reserves")],
        "price_blocks": [*blocks_of(price_block(report))],
        "deciding": deciding_numbers(report, scenario),
        "sections": number_sections(scenario),
        "since": None if former is None else since(dataset, former, scenario),
        "former": "" if former is None else size_text(former),
        "scale": SCALE,
        "made_with": made_with(dataset.attrs, command=command),
        "warnings": report.check.warnings,
    }


def headline(report: Report) -> str:
    """Return the answer in a sentence: how many uses each likelihood word holds for."""
    if are_few(report):
        return ""
    before = with_month_names(month(report.head.last_day))
    words = Counter(word.word for row in report.rows if (word := _word(row)) is not None)
    if not words:
        return f"No word of the likelihood scale holds for a shortage of any use before {before}."
    most = [word.word for word in SCALE if words[word.word] and word.low >= 0.33]
    if not most:
        least = " or ".join(word.word for word in SCALE if words[word.word])
        uses = "the one use" if words.total() == 1 else f"each of {words.total()} uses"
        return f"Before {before} a shortage is {least} for {uses}."
    parts = [f"{word} for {_count(words[word], first=word == most[0])}" for word in most]
    rest = [word.word for word in SCALE if words[word.word] and word.low < 0.33]
    parts += [f"{' or '.join(rest)} for {sum(words[word] for word in rest)}"] if rest else []
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"Before {before} a shortage is {listed}."


def ladder(report: Report) -> list[tuple[str, str, list[str]]]:
    """Return the uses by likelihood word: word, its range, and the uses with their chances in percent.

    From the most likely down to what is about as likely as not; only what is below, if nothing else is.
    """
    if are_few(report):
        return []
    by_word: dict[str, dict[str, list[str]]] = {}
    labels = labels_of_rows(report.rows)
    for row in sorted(report.rows, key=lambda row: -row.chance.value):
        if not row.assumed_volumes and not is_rare(row, report):
            word = likelihood(row.chance)
            regions = by_word.setdefault(_BETWEEN if word is None else word.word, {})
            region, use = labels[row.region, row.use]
            regions.setdefault(use, []).append(_unbroken(f"{region} {percent(row.chance.value)}"))
    ranges = {word.word: word.range_text for word in SCALE if word.low >= 0.33 or len(by_word) == 1}
    return [
        (word, ranges.get(word, ""), [with_month_names(f"{use}: {', '.join(r)}") for use, r in uses.items()])
        for word, uses in by_word.items()
        if word in ranges or word == _BETWEEN
    ]


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _count(number: int, *, first: bool) -> str:
    return f"{number} use{'' if number == 1 else 's'}" if first else f"{number}"


def _word(row: UseRow) -> Any:
    """Return the word for a use; none if its volumes are assumed, which gives its chance no interval."""
    return None if row.assumed_volumes else likelihood(row.chance)


def use_lines(shown: Sequence[UseRow], report: Report) -> dict[str, list[UseLine]]:
    """Return the lines of the table of the answer by label of the region."""
    lines: dict[str, list[UseLine]] = {}
    few, labels = are_few(report), labels_of_rows(report.rows)
    for row in shown:
        region, name_of_use = labels[row.region, row.use]
        text, begins, depth, _, lasts = use_cells(row, few=few)
        median, _, spread = begins.partition(" (")
        base = report.baseline_rows.get((row.region, row.use))
        word = None if few else _word(row)
        lines.setdefault(region, []).append(
            UseLine(
                name=name_of_use,
                bar=Bar.of(
                    row.chance,
                    text.removesuffix(", assumed volumes"),
                    "" if word is None else word.word,
                    has_interval=not few and not row.assumed_volumes,
                ),
                baseline="" if base is None else with_month_names(_chance(base, few=few)),
                begins=with_month_names(median),
                spread=with_month_names(spread.removesuffix(")")),
                lasts=lasts.replace("\n", " ") + (" days" if lasts != "-" and "(" not in lasts else ""),
                depth=depth,
                assumed=row.assumed_volumes,
            )
        )
    return lines


def _chance(row: UseRow, *, few: bool) -> str:
    return short_in(row.chance) if few else chance(row.chance.value, row.chance.low, row.chance.high)


def _chosen_first(often: Sequence[UseRow], report: Report) -> list[UseRow]:
    """Return the uses with the one that the sentences on inputs are about first."""
    about = None if report.deciding is None else (report.deciding.region, report.deciding.use)
    return sorted(often, key=lambda row: (row.region, row.use) != about)


def _quarter_blocks(report: Report, shown: Sequence[UseRow]) -> list[PagePart]:
    if report.quarters is None:
        return []
    tables = quarter_tables(report.quarters, [(row.region, row.use) for row in shown])
    return [*blocks_of(tables, "Controls and output by quarter")][1:]
