"""The answer of a run: a sentence, and the uses by likelihood word that it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.html_report.likelihood import SCALE, Likelihood, likelihood
from diamondsim.html_report.page_parts import long_day
from diamondsim.reporting import (
    LegalStateRow,
    Report,
    UseRow,
    are_few,
    is_rare,
    labels_of_rows,
    legal_state_key,
    legal_state_shares,
    percent,
)

BETWEEN = "between two words"
"""Heads the uses whose interval lies in no range of the likelihood scale."""


def headline(report: Report) -> str:
    """Return the answer in a sentence: how many uses each likelihood word holds for.

    It counts what `ladder` lists or, if that is nothing, the uses that are rarely short.
    """
    if are_few(report):
        return ""
    by = long_day(last_included(report))
    counts = {word: len(rows) for word, rows in _by_word(_listed(report)).items()}
    if not counts:
        rare = _by_word([row for row in report.rows if not row.assumed_volumes])
        words = [word for word in rare if word != BETWEEN]
        number = sum(len(rare[word]) for word in words)
        if words:
            uses = "1 use" if number == 1 else f"each of {number} uses"
            return f"By {by}, a shortage is {' or '.join(words)} for {uses}."
    if not {*counts} - {BETWEEN}:
        return f"No word of the likelihood scale holds for a shortage of any use by {by}."
    parts = [
        f"{word} for {number}{'' if rank else ' use' if number == 1 else ' uses'}"
        for rank, (word, number) in enumerate(counts.items())
    ]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"By {by}, a shortage is {listed}."


def ladder(report: Report) -> list[tuple[str, str, list[str]]]:
    """Return the uses by likelihood word: word, its range, and the uses with their chances in percent.

    From the most likely word down; uses between two words come last. Uses that are rarely short, or whose
    volumes are assumed, are left out.
    """
    if are_few(report):
        return []
    labels, ranges = labels_of_rows(report.rows), {word.word: word.range_text for word in SCALE}
    found = []
    for word, rows in _by_word(_listed(report)).items():
        uses: dict[str, list[str]] = {}
        for row in sorted(rows, key=lambda row: -row.chance.value):
            region, use = labels[row.region, row.use]
            uses.setdefault(use, []).append(_unbroken(f"{region} {percent(row.chance.value)}"))
        found.append(
            (word, ranges.get(word, ""), [f"{use}: {', '.join(each)}" for use, each in uses.items()])
        )
    return found


def word_of(row: UseRow) -> Likelihood | None:
    """Return the word for a use; none if its volumes are assumed, which gives its chance no interval."""
    return None if row.assumed_volumes else likelihood(row.chance)


def last_included(report: Report) -> dt.date:
    """Return the last day that the horizon, which is half-open, includes."""
    return max(report.head.first_day, report.head.last_day - dt.timedelta(days=1))


def explained_regions(report: Report) -> list[str]:
    """Return what names of regions say in parentheses, where labels leave it out.

    Returns
    -------
    list of str
        Such as "Other allies: EU, Taiwan, Switzerland".
    """
    labels = labels_of_rows(report.rows)
    names = {row.region_name: labels[row.region, row.use][0] for row in report.rows}
    return [
        f"{label}: {name.removeprefix(label).strip(' ()')}"
        for name, label in names.items()
        if name.startswith(f"{label} (")
    ]


def legal_state_text(rows: Sequence[LegalStateRow], first_day: dt.date) -> str:
    """Return the sentence on the probability of each legal state that is ever in effect; empty without any.

    Parameters
    ----------
    rows : sequence of LegalStateRow
    first_day : date
        Of the horizon.
    """
    ever = [row for row in rows if row.on_day.value > 0 or row.share_of_time > 0]
    if not ever:
        return ""
    day = ever[0].day
    is_year = abs((day - first_day).days - DAYS_PER_YEAR) < DAYS_PER_YEAR / 12
    what = "one year after the start" if is_year else "at the end of the horizon"
    key = legal_state_key(ever)
    return f"Legal states on {long_day(day)}, {what}: {legal_state_shares(ever)}" + (
        f". In effect: {key}" if key else ""
    )


def _listed(report: Report) -> list[UseRow]:
    return [row for row in report.rows if not row.assumed_volumes and not is_rare(row, report)]


def _by_word(rows: Sequence[UseRow]) -> dict[str, list[UseRow]]:
    """Return the uses by word, from the most likely word down, then those between two words."""
    words = [BETWEEN if (word := word_of(row)) is None else word.word for row in rows]
    order = [*(word.word for word in SCALE), BETWEEN]
    return {
        word: [row for row, its_word in zip(rows, words, strict=True) if its_word == word]
        for word in order
        if word in words
    }


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")
