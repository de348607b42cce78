"""The tables in Markdown, and the page that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.declared_runs.declarations import rows_named
from benchmarks.declared_runs.marked_pages import markdown_table
from benchmarks.monotonicity.comparing import Outcome, UseChange
from benchmarks.monotonicity.declared import Flip, Pair
from benchmarks.monotonicity.running import FlipOutcome
from diamondsim.reporting import signed

PAGE = Path(__file__).resolve().parents[2] / "docs" / "monotonicity.md"
_SHOWN = 3
"""The largest number of uses in a cell."""
_PAIR_HEADS = (
    *("pair", "what should not hurt", "for", "points", "worse", "by more than 0.1", "better"),
    *("chance of shortage", "served, but worse off", "others worse off", "before", "reason"),
)
_FLIP_HEADS = (
    *("change", "chance of shortage", "unmet", "worst 5 %", "short within 1 y / 2 y", "given up"),
    *("before: chance", "unmet", "worst 5 %", "1 y / 2 y"),
)


def pair_table(pairs: Sequence[Pair], outcomes: Sequence[Outcome]) -> str:
    """Return the table of pairs; `before` are the figures of commit 23c8d37."""
    outcome_of = {outcome.name: outcome for outcome in outcomes}
    rows = [_pair_row(pair, outcome_of[pair.name]) for pair in pairs if pair.name in outcome_of]
    return markdown_table(_PAIR_HEADS, rows)


def renew_reasons(table: str, pairs: Sequence[Pair]) -> str:
    """Return a table of pairs, as it stands on the page, with the reasons of `pairs` and the same figures.

    Raises
    ------
    DeclarationError
        If the table has a row that is no pair.
    """
    return "\n".join(
        _with_reason(line, pairs) if line.startswith("| `") else line for line in table.splitlines()
    )


def pair_summary(outcomes: Sequence[Outcome]) -> str:
    """Return how many pairs hold, in a sentence."""
    bad = [outcome for outcome in outcomes if outcome.violations]
    in_mean = [o for o in bad if any(o.changes[use].mean_is_worse for use in o.violations)]
    count = " or ".join(map(str, sorted({outcome.replications for outcome in outcomes})))
    good = len(outcomes) - len(bad)
    return (
        f"{len(outcomes)} pairs with {count} replications each: {good} make nobody served worse off; "
        f"of the {len(bad)} others, {len(in_mean)} do so in the mean."
    )


def flip_table(flips: Sequence[Flip], outcomes: Sequence[FlipOutcome]) -> str:
    """Return the flip table, the least likely shortage first."""
    flip_of = {flip.name: flip for flip in flips}
    known = [outcome for outcome in outcomes if outcome.name in flip_of]
    ordered = sorted(known, key=lambda outcome: outcome.figures[0])
    return markdown_table(_FLIP_HEADS, [_flip_row(flip_of[outcome.name], outcome) for outcome in ordered])


def _pair_row(pair: Pair, outcome: Outcome) -> list[str]:
    change = outcome.changes[pair.headline]
    return [
        f"`{pair.name}`",
        pair.what,
        ", ".join(pair.serves) + (f", not {', '.join(pair.unserved)}" if pair.unserved else ""),
        _points(change),
        _percent(change.worse),
        _percent(change.much_worse),
        _percent(change.better),
        f"{_percent(outcome.before)} -> {_percent(outcome.after)}",
        _list(outcome, outcome.violations),
        _list(outcome, outcome.others_worse),
        pair.old,
        pair.reason if outcome.violations else "",
    ]


def _with_reason(line: str, pairs: Sequence[Pair]) -> str:
    cells = line.strip("|").split("|")
    (pair,) = rows_named(pairs, [cells[0].strip(" `")])
    is_worse = cells[_PAIR_HEADS.index("served, but worse off")].strip()
    cells[_PAIR_HEADS.index("reason")] = f" {pair.reason if is_worse else ''} "
    return f"|{'|'.join(cells)}|"


def _list(outcome: Outcome, uses: Sequence[str]) -> str:
    """Return the uses with their changes: those that are most often worse, and how many more there are."""
    ordered = sorted(uses, key=lambda use: -outcome.changes[use].worse)
    shown = [
        f"{use} {signed(outcome.changes[use].mean, '.2f')} ({_percent(outcome.changes[use].worse)})"
        for use in ordered[:_SHOWN]
    ]
    return "; ".join(shown) + (f"; {len(uses) - _SHOWN} more" if len(uses) > _SHOWN else "")


def _flip_row(flip: Flip, outcome: FlipOutcome) -> list[str]:
    chance, unmet, *rest = outcome.figures
    alone = (chance, unmet - outcome.given_up, *rest)
    given_up = f"{outcome.given_up:.2f} %" if outcome.given_up else ""
    return [flip.what, *_figures(alone), given_up, *_figures(flip.old)]


def _figures(figures: Sequence[float]) -> list[str]:
    if not figures:
        return [""] * 4
    chance, unmet, worst, one, two = figures
    return [f"{chance:.1f} %", f"{unmet:.2f} %", f"{worst:.0f} %", f"{one:.0f} / {two:.0f} %"]


def _points(change: UseChange) -> str:
    return f"{signed(change.mean, '.2f')} ± {change.half_width:.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 0.0995 else f"{100 * share:.0f} %"
