"""How often the interval of an estimate contains the true value: the table of docs/sampling.md.

`python3 dev.py coverage` measures it: each case is run with one seed after the other, with plain random
numbers and with Sobol' sequences, and the intervals of each run are held against the true value.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

import diamondsim as ds
from benchmarks.declared_runs.declarations import DeclarationError, rows_named
from benchmarks.declared_runs.marked_pages import markdown_table, write_between_marks
from benchmarks.declared_runs.options import tell

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "sampling.md"
METHODS = ("random", "sobol")
REPETITIONS = 300
REFERENCE_SEED = 1_000_000
"""Of the run that stands for the true value where no formula gives it; no repetition has this seed."""

_MEAN_BAN, _STOCK, _DEMAND = 36.0, 18, 100.0  # days, days, ct/day
_LONGEST_BAN = 340  # days in the horizon after the stock is used up


def _ban_lasts(days: int) -> float:
    """Return the probability that the ban, rounded to whole days, lasts some days or more."""
    return math.exp(-(days - 0.5) / _MEAN_BAN)


_TRUE_MEAN = _DEMAND * sum(_ban_lasts(_STOCK + day) for day in range(1, _LONGEST_BAN + 1))


@dataclass(frozen=True)
class Case:
    """A scenario, and the estimates of one use whose intervals are held against their true values.

    Attributes
    ----------
    name, title : str
        For the command, and for the table.
    scenario : str
        Name of a shipped scenario, or a file below the root.
    changes : mapping
        Of the scenario, as for `Scenario.override`.
    region, use : str
    replications : int
        Of each repetition.
    reference : int
        Replications of the run that gives the true values that no formula gives.
    metrics : mapping of str to (float or None)
        Estimates, with their true values; None: that of the reference.
    """

    name: str
    title: str
    scenario: str
    region: str
    use: str
    replications: int
    metrics: Mapping[str, float | None]
    changes: Mapping[str, object] = field(default_factory=dict)
    reference: int = 65_536

    def load(self, method: str) -> ds.Scenario:
        """Return the scenario with a sampling method."""
        path = ROOT / self.scenario
        loaded = ds.load_scenario(path if path.is_file() else self.scenario)
        return loaded.override({**self.changes, "sampling.method": method})


CASES = (
    Case(
        "ban",
        "Ban of exponential length",
        "tests/theory/exponential-ban.yaml",
        "home",
        "u",
        256,
        # Within four weeks two days without supply are more than 5 % of demand, one is not.
        {"probability_of_shortage": _ban_lasts(_STOCK + 2), "shortage_mean": _TRUE_MEAN},
        {
            "horizon.length": f"{_STOCK + _LONGEST_BAN} days",
            "controls.ban.sojourn.banned": f"exponential({_MEAN_BAN:g} days)",
            "inventory_policy.u.opening": f"{_STOCK} days",
            "inventory_policy.u.cover": f"{_STOCK} days",
        },
    ),
    Case(
        "newsvendor",
        "Newsvendor with backorders",
        "tests/theory/newsvendor.yaml",
        "home",
        "u",
        256,
        {"shortage_mean": None, "economic_loss_mean": None},
        {"horizon.length": "40 days"},
    ),
    Case(
        "disruptions",
        "Order quantity with disruptions",
        "tests/theory/order-quantity.yaml",
        "home",
        "u",
        256,
        {"probability_of_shortage": None, "economic_loss_mean": None},
        {"horizon.length": "500 days"},
        reference=32_768,
    ),
    Case(
        "lapse-2027",
        "`lapse-2027`, one year, polishing in the United States",
        "lapse-2027",
        "US",
        "polishing",
        128,
        {"probability_of_shortage": None, "shortage_mean": None},
        {"horizon.length": "1 year"},
        reference=16_384,
    ),
)


@dataclass(frozen=True)
class Coverage:
    """How often the intervals of one estimate contained the true value.

    Attributes
    ----------
    true_value : float
    covered : int
        Repetitions whose interval contains it.
    repetitions : int
    half_width : float
        Mean half-width of the intervals.
    error : float
        Standard deviation of the estimates over the repetitions.
    """

    true_value: float
    covered: int
    repetitions: int
    half_width: float
    error: float

    @property
    def share(self) -> float:
        """Share of the repetitions whose interval contains the true value."""
        return self.covered / self.repetitions


Measured = dict[str, dict[str, Coverage]]
"""By estimate, then by sampling method."""


def measure(case: Case, repetitions: int) -> Measured:
    """Run the repetitions of a case with each method."""
    true_values = _true_values(case)
    measured: Measured = {metric: {} for metric in case.metrics}
    for method in METHODS:
        scenario = case.load(method)
        bounds = np.array([_bounds(case, scenario, case.replications, seed) for seed in range(repetitions)])
        for metric, true_value, rows in zip(case.metrics, true_values, bounds.swapaxes(0, 1), strict=True):
            measured[metric][method] = coverage(true_value, rows)
        tell(f"coverage: {case.name}, {method}: done")
    return measured


def coverage(true_value: float, bounds: np.ndarray) -> Coverage:
    """Hold (repetition, 3) estimates with their limits against the true value.

    Examples
    --------
    >>> coverage(1.0, np.array([[1.1, 0.9, 1.3], [0.7, 0.5, 0.9]])).share
    0.5
    """
    value, low, high = bounds.T
    inside = (low <= true_value) & (true_value <= high)
    half_width = float((high - low).mean() / 2)
    return Coverage(float(true_value), int(inside.sum()), len(bounds), half_width, float(value.std(ddof=1)))


def _true_values(case: Case) -> list[float]:
    found = [math.nan] * len(case.metrics)
    if None in case.metrics.values():
        # On sequences, whose error is smaller, for all methods estimate the same number.
        found = [row[0] for row in _bounds(case, case.load("sobol"), case.reference, REFERENCE_SEED)]
    return [
        value if known is None else known for known, value in zip(case.metrics.values(), found, strict=True)
    ]


def _bounds(
    case: Case, scenario: ds.Scenario, replications: int, seed: int
) -> list[tuple[float, float, float]]:
    run = ds.monte_carlo(scenario, replications=replications, seed=seed, workers=1, engine="batch")
    found = [run[metric].sel(region=case.region, use=case.use).values.tolist() for metric in case.metrics]
    return [(value, low, high) for value, low, high in found]


def table(measured: Mapping[str, Measured]) -> str:
    """Return the table of the page."""
    heads = [
        "case",
        "replications",
        "estimate",
        "plain: contained",
        "Sobol': contained",
        "interval narrower by",
    ]
    rows = []
    for case in CASES:
        for metric, found in measured.get(case.name, {}).items():
            plain, sobol = found["random"], found["sobol"]
            cells = [case.title, f"{case.replications:,}", f"`{metric}`", *map(_shown, (plain, sobol))]
            rows.append([*cells, f"{plain.half_width / sobol.half_width:.1f}"])
    return markdown_table(heads, rows)


def _shown(found: Coverage) -> str:
    return f"{found.share:.1%}".replace("%", " %")


def main(arguments: Sequence[str]) -> int:
    """Run the command and return the exit code."""
    asked = parser().parse_args(arguments)
    try:
        chosen = rows_named(CASES, asked.names, what="case")
        measured: dict[str, Measured] = {}
        for file in asked.read or ():
            measured |= read(file)
        for case in () if asked.read else chosen:
            measured[case.name] = measure(case, asked.repetitions)
            if asked.json:
                asked.json.write_text(json.dumps(written(measured), indent=1) + "\n", encoding="utf-8")
        text = table(measured)
        print(text)
        if asked.page:
            if {case.name for case in CASES} - measured.keys():
                raise DeclarationError("the page holds all cases: name none, or read the files of all")
            write_between_marks("coverage", text, PAGE)
    except (DeclarationError, OSError) as error:
        print(f"coverage: {error}", file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    made = argparse.ArgumentParser(
        prog="dev.py coverage",
        description="Measure how often the intervals that a run reports contain the true value, with plain "
        "random numbers and with Sobol' sequences.",
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="cases to measure; by default all")
    made.add_argument("--repetitions", type=int, default=REPETITIONS, metavar="N", help=f"({REPETITIONS})")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to a file")
    made.add_argument("--read", type=Path, nargs="+", metavar="FILE", help="run nothing; read such files")
    made.add_argument("--page", action="store_true", help="put the table into docs/sampling.md")
    return made


def written(measured: Mapping[str, Measured]) -> dict[str, object]:
    """Return figures as `--json` writes them."""
    return {
        case: {metric: {method: asdict(found) for method, found in by.items()} for metric, by in rows.items()}
        for case, rows in measured.items()
    }


def read(file: Path) -> dict[str, Measured]:
    """Return the figures in a file that `--json` wrote."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    return {
        case: {
            metric: {method: Coverage(**each) for method, each in by.items()} for metric, by in rows.items()
        }
        for case, rows in kept.items()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
