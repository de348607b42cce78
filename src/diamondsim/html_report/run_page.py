"""The content of the page of a run, as its template takes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xarray as xr

from diamondsim.html_report.answer import (
    explained_regions,
    headline,
    ladder,
    last_included,
    legal_state_text,
    word_of,
)
from diamondsim.html_report.assumed_numbers import deciding_numbers, number_sections
from diamondsim.html_report.beside_runs import Beside
from diamondsim.html_report.facility_milestones import milestones
from diamondsim.html_report.likelihood import SCALE
from diamondsim.html_report.made_with import made_with
from diamondsim.html_report.page_parts import (
    Bar,
    PagePart,
    blocks_of,
    long_day,
    month_writer,
    names_in,
    with_month_names,
)
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
    Report,
    UseRow,
    are_few,
    build_report,
    chance,
    is_rare,
    labels_of_rows,
    not_in_baseline,
    observed_lines,
    observed_table,
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


@dataclass(frozen=True)
class UseLine:
    """A use in the table of the answer.

    Attributes
    ----------
    name : str
    bar : Bar
    baseline : str
        Its chance in the baseline, or that it is not in it; empty without one.
    begins, spread, lasts, depth, worst : str
        Median and 10 to 90 % of the onset; the first shortage; what is unmet, the median if short, and in the
        worst 5 %. Of few replications `depth` is the largest, and `worst` is empty.
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
    worst: str
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
    beside_it = [each for each in (beside.baseline,) if each is not None]
    written = month_writer(names_in(dataset, *beside_it))
    topics = {
        topic: [*map(written, texts)]
        for topic, texts in sentences_by_topic(report, names_files=False).items()
    }
    charts = (
        quarter_chart(report, shown),
        shortfall_chart(dataset, report, _chosen_first(often, report)),
        legal_chart(report),
        *facility_charts(dataset),
        origin_chart(dataset, report),
    )
    lines = use_lines(shown, report)
    reserves = [table_of_reserves(report)] if report.reserves else []
    return {
        "title": report.head.title,
        "report": report,
        "few": are_few(report),
        "description": _paragraphs(scenario.description or ""),
        "first_day": long_day(report.head.first_day),
        "last_day": long_day(last_included(report)),
        "size": replications(report.head.replications),
        "lead": headline(report),
        "ladder": ladder(report),
        "regions": explained_regions(report),
        "lines": lines,
        "lasts_note": lasts_note(lines).replace(" %", "\N{NO-BREAK SPACE}%"),
        "rare": rare_sentences(report),
        "topics": topics,
        "basis": topics["limits"][-2],
        "limits": [*topics["limits"][:-2], topics["limits"][-1]],
        "observed": observed_parts(report, written),
        "legal_states": _unbroken_shares(legal_state_text(report.legal_states, report.head.first_day)),
        "charts": {chart.key: chart for chart in charts if chart is not None},
        "milestones": milestones(dataset, report),
        "quarter_blocks": _quarter_blocks(report, shown, written),
        "reserve_blocks": [*blocks_of(reserves, "Reserves", written=written)],
        "price_blocks": [*blocks_of(price_block(report), written=written)],
        "deciding": deciding_numbers(report, scenario),
        "sections": number_sections(scenario),
        "since": None if former is None else since(dataset, former, scenario),
        "former": "" if former is None else size_text(former),
        "scale": SCALE,
        "made_with": made_with(dataset.attrs, command=command),
        "warnings": report.check.warnings,
    }


def use_lines(shown: Sequence[UseRow], report: Report) -> dict[str, list[UseLine]]:
    """Return the lines of the table of the answer by label of the region."""
    lines: dict[str, list[UseLine]] = {}
    few, labels = are_few(report), labels_of_rows(report.rows)
    for row in shown:
        region, name_of_use = labels[row.region, row.use]
        text, begins, depth, _, lasts = use_cells(row, few=few)
        median, _, spread = begins.partition(" (")
        typical, _, worst = depth.partition("(")
        word = None if few else word_of(row)
        lines.setdefault(region, []).append(
            UseLine(
                name=name_of_use,
                bar=Bar.of(
                    row.chance,
                    text.removesuffix(", assumed volumes"),
                    "" if word is None else word.word,
                    has_interval=not few and not row.assumed_volumes,
                ),
                baseline=_baseline(row, report),
                begins=with_month_names(median),
                spread=with_month_names(spread.removesuffix(")")),
                lasts=_in_days(lasts),
                depth=typical.strip() or "-",
                worst=worst.removesuffix(")"),
                assumed=row.assumed_volumes,
            )
        )
    return lines


def _baseline(row: UseRow, report: Report) -> str:
    base = report.baseline_rows.get((row.region, row.use))
    if base is not None:
        return f"baseline {with_month_names(_chance(base, few=are_few(report)))}"
    return not_in_baseline(row) if report.baseline_rows else ""


def _unbroken_shares(text: str) -> str:
    """Return a text in which no line ends between a name, its number and the percent sign.

    Examples
    --------
    >>> _unbroken_shares("then: A 0.5 %, B > 99 %; in effect: A").replace("\N{NO-BREAK SPACE}", "_")
    'then: A_0.5_%, B_>_99_%; in effect: A'
    """
    return re.sub(r"\S+ ([<>] )?[\d.]+ %", lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), text)


def _in_days(lasts: str) -> str:
    """Return the median in days, or the longest time watched and the share of shortages that last longer."""
    if lasts == "-":
        return lasts
    time, _, share = lasts.partition("\n(")
    return f"{time} days in {share.removesuffix(')')}" if share else f"{time} days"


def lasts_note(lines: Mapping[str, Sequence[UseLine]]) -> str:
    """Return what a share beside the length of a first shortage means, by an example; empty without any."""
    for line in (line for uses in lines.values() for line in uses):
        time, _, share = line.lasts.removeprefix("> ").partition(" in ")
        if share:
            return (
                f"\u201c{line.lasts}\u201d: {share} of them last longer than {time}. Too few "
                "shortages are watched from their beginning to their end for a median."
            )
    return ""


def _paragraphs(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split("\n\n") if each.strip()]


def _chance(row: UseRow, *, few: bool) -> str:
    return short_in(row.chance) if few else chance(row.chance.value, row.chance.low, row.chance.high)


def _chosen_first(often: Sequence[UseRow], report: Report) -> list[UseRow]:
    """Return the uses with the one that the sentences on inputs are about first."""
    about = None if report.deciding is None else (report.deciding.region, report.deciding.use)
    return sorted(often, key=lambda row: (row.region, row.use) != about)


def observed_parts(report: Report, written: Callable[[str], str]) -> list[PagePart]:
    """Return the sentences on what the run is conditioned on, and the table; nothing if on nothing."""
    texts = [part.text for part in blocks_of(observed_lines(report.observed, baseline=False))]
    table = observed_table(report.observed, names_files=False)
    return [
        *(PagePart(text=text[:1].upper() + text[1:]) for text in texts),
        *blocks_of(table, "Observations", written=written),
    ]


def _quarter_blocks(report: Report, shown: Sequence[UseRow], written: Callable[[str], str]) -> list[PagePart]:
    if report.quarters is None:
        return []
    tables = quarter_tables(report.quarters, [(row.region, row.use) for row in shown])
    # The last line names what the command prints otherwise; the section says that no use is shown.
    tables = tables if shown else tables[:-1]
    return [*blocks_of(tables, "Controls and output by quarter", written=written)][1:]
