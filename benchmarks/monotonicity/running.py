"""Run the cases of some rows, each case once, in this process or in several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.declared_runs.cases import Case
from benchmarks.declared_runs.running import Report, run_each
from benchmarks.monotonicity.comparing import Outcome, compare
from benchmarks.monotonicity.declared import POLISHING, Flip, Pair
from benchmarks.monotonicity.measuring import Measured, measure


@dataclass(frozen=True)
class FlipOutcome:
    """What one change makes of wafer polishing in the United States, in per cent.

    Attributes
    ----------
    name : str
        Of the flip.
    replications : int
    figures : tuple of float
        Probability of a shortage, share unmet or given up because of the price, shortfall in the worst 5 %,
        short within one year and within two of the control.
    given_up : float
        What of the second is given up.
    """

    name: str
    replications: int
    figures: tuple[float, ...]
    given_up: float = 0.0


def run_pairs(
    rows: Sequence[Pair], replications: int, *, workers: int = 1, report: Report = lambda _text: None
) -> list[Outcome]:
    """Run pairs and compare the cases of each."""
    cases = [case for pair in rows for case in (pair.before, pair.after)]
    measured = _measure_all(cases, replications, workers, report)
    return [compare(pair, measured[pair.before.key], measured[pair.after.key]) for pair in rows]


def run_flips(
    rows: Sequence[Flip], replications: int, *, workers: int = 1, report: Report = lambda _text: None
) -> list[FlipOutcome]:
    """Run flips and measure what becomes of wafer polishing in the United States."""
    measured = _measure_all([flip.case for flip in rows], replications, workers, report)
    return [_flip_outcome(flip, measured[flip.case.key]) for flip in rows]


def _flip_outcome(flip: Flip, measured: Measured) -> FlipOutcome:
    unmet = float(measured.unmet[measured.row(POLISHING)].mean())
    shares = (
        measured.probability(POLISHING),
        unmet,
        measured.worst(POLISHING),
        *(measured.short_within(POLISHING, flip.since, years) for years in (1, 2)),
    )
    given_up = 100 * float(measured.given_up[measured.row(POLISHING)].mean())
    return FlipOutcome(flip.name, measured.unmet.shape[1], tuple(100 * share for share in shares), given_up)


def _measure_all(
    cases: Sequence[Case], replications: int, workers: int, report: Report
) -> Mapping[str, Measured]:
    job = partial(measure, replications=replications)
    return dict(run_each(cases, job, workers=workers, report=report))
