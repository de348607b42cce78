"""What is licensed and what is diverted month by month (docs/evidence.md, section 4).

`python -m benchmarks.diversion_by_month` prints the table of the page, and the diversion to the United States
with two other limits of third countries, of which the page speaks below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws
from diamondsim.engines import batch
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, compile_plan
from diamondsim.results.admitted_flow import MONTHS as ALL_MONTHS
from diamondsim.results.admitted_flow import (
    RECORDED_FOR_ADMITTED,
    admitted_by_month,
    lanes_covered,
    over_contracts_by_month,
    over_lanes,
)
from diamondsim.sampling import draw
from diamondsim.scenario import Scenario, load_scenario

SCENARIO, CONTROL, TARGET = "reinstated-2027", "cn_55", "US"
REPLICATIONS, PART = 512, 128
MONTHS = (1, 2, 3, 4, 6, 9)
DIVERSION = f"controls.{CONTROL}.diversion"

BATCHES = "batches"
STEADY = "a steady flow"
AT_ONCE = "at once"
NO_LIMIT = "third countries that pass on all"
SAME_WEEK = "third countries that hold no stock"

CHANGES: Mapping[str, Mapping[str, object]] = {
    BATCHES: {},
    STEADY: {f"controls.{CONTROL}.licensing.any.any.batch": None},
    AT_ONCE: {
        f"{DIVERSION}.share": "beta(6 2)",
        **{f"{DIVERSION}.{key}": None for key in ("via", "relay", "ramp", "fade")},
    },
    NO_LIMIT: {f"{DIVERSION}.relay": "100%"},
    SAME_WEEK: {f"{DIVERSION}.relay_memory": "0 days"},
}
"""What each case changes in the scenario."""


@dataclass(frozen=True)
class Flows:
    """Means over the replications, as shares of the contract flow, by month of `MONTHS`.

    Attributes
    ----------
    licensed, diverted : (months,) array
        To the target: free or granted, and diverted before what is seized.
    exported : (months,) array
        To all destinations, both together.
    """

    licensed: FloatArray
    diverted: FloatArray
    exported: FloatArray


def flows(scenario: Scenario, replications: int = REPLICATIONS) -> Flows:
    """Simulate a scenario with seed 0, and return its flows."""
    plan = compile_plan(scenario)
    row = [each.name for each in plan.controls].index(CONTROL)
    found: dict[str, list[FloatArray]] = {"licensed": [], "diverted": [], "exported": []}
    for first in range(0, replications, PART):
        draws = draw(plan, seed=0, first=first, count=min(PART, replications - first))
        ledger = batch.run(plan, draws, record=(*RECORDED_FOR_ADMITTED, "diverted"))
        found["licensed"].append(admitted_by_month(plan, draws, ledger, control=row, region=TARGET))
        found["diverted"].append(_diverted(plan, draws, ledger, row, TARGET))
        licensed = admitted_by_month(plan, draws, ledger, control=row)
        found["exported"].append(licensed + _diverted(plan, draws, ledger, row, None))
    rows = [ALL_MONTHS.index(month) for month in MONTHS]
    return Flows(**{name: np.nanmean(np.hstack(parts)[rows], axis=1) for name, parts in found.items()})


def _diverted(plan: Plan, draws: Draws, ledger: Ledger, row: int, region: str | None) -> FloatArray:
    lanes = lanes_covered(plan, row, region) & ~plan.entrant
    diverted = over_lanes(ledger, "diverted", lanes)
    return over_contracts_by_month(plan, draws, diverted, control=row, lanes=lanes)


def lines(replications: int = REPLICATIONS) -> list[str]:
    """Return what is printed: the rows of the table, then what the other limits change."""
    scenario = load_scenario(SCENARIO)
    of = {name: flows(scenario.override(changes), replications) for name, changes in CHANGES.items()}
    made = [
        _row("month", [f"{month}" for month in MONTHS]),
        _row("all destinations", [_share(x) for x in of[BATCHES].exported]),
        _row("United States", _both(of[BATCHES])),
        _row(f"{STEADY}: United States", _both(of[STEADY])),
        _row(f"{AT_ONCE}: all destinations", [_share(x) for x in of[AT_ONCE].exported]),
        _row(f"{AT_ONCE}: United States", _both(of[AT_ONCE])),
    ]
    for name, other in ((BATCHES, STEADY), (NO_LIMIT, BATCHES), (SAME_WEEK, BATCHES)):
        more = of[name].diverted / of[other].diverted - 1
        made.append(f"diverted with {name}, less with {other}: " + ", ".join(f"{x:+.0%}" for x in more))
    return made


def _row(name: str, cells: list[str]) -> str:
    return "| " + " | ".join([name, *cells]) + " |"


def _share(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _both(found: Flows) -> list[str]:
    pairs = zip(found.licensed, found.diverted, strict=True)
    return [f"{_share(licensed)} + {_share(diverted)}" for licensed, diverted in pairs]


if __name__ == "__main__":
    print("\n".join(lines()))
