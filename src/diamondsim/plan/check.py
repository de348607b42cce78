"""Check a scenario: what is derived from it, what does not add up, and what is only assumed.

Owns the report that a person reads before trusting a run. Flows are per year in the grade's own unit, at
central values.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from diamondsim.plan.balance import (
    BalanceRow,
    CapacityUse,
    DriverReport,
    OutputFit,
    StartPrice,
    TradeFit,
    balance,
    capacities,
    driver_reports,
    output_fits,
    start_prices,
    trade_fits,
)
from diamondsim.plan.compile import Derivation, derive
from diamondsim.plan.published_totals import TotalRow, published_totals
from diamondsim.plan.qmc_dimensions import refuse_misnamed
from diamondsim.plan.structure import NO_CEILING
from diamondsim.plan.warnings import warnings
from diamondsim.scenario import Scenario, require_scenario


@dataclass(frozen=True)
class LaneReport:
    """A derived lane.

    Attributes
    ----------
    source, node : str
        Its ends.
    share : float
        Contract share, of an entrant the share that it takes over.
    lead_days : float
        From dispatch to arrival.
    sourcing_limit : float or None
        Most that the node takes, as a share of its expected demand; None: no limit.
    tier : int
        0 is served first.
    entrant : bool
        Whether it opens later, or is that of a reserve.
    licensing_rules : tuple of str
        The licensing rules of the controls that cover it.
    """

    source: str
    node: str
    share: float
    lead_days: float
    sourcing_limit: float | None
    tier: int
    entrant: bool
    licensing_rules: tuple[str, ...]


@dataclass(frozen=True)
class NumberCount:
    """How many numbers of the file have one basis, and how many of them are uncertain.

    `basis` is ``sourced``, ``assumed`` (also where a source covers only a part), or ``none``. `changed`
    counts those set by an override.
    """

    basis: str
    numbers: int
    uncertain: int
    changed: int


@dataclass(frozen=True)
class CheckReport:
    """The results of `check`; `as_dict` is ready for JSON.

    Attributes
    ----------
    title, as_of, legal_state, scenario_hash
        As in the scenario.
    legal_state_outdated
        Why the legal state may no longer hold; None where it does.
    changes : tuple of str
        What was changed since the scenario was read, each as ``path=value``.
    balance : tuple of BalanceRow
        By region and grade.
    published_totals : tuple of TotalRow
        Each beside that of the contracts.
    trade, outputs : tuples of TradeFit and OutputFit
        What the fit leaves over.
    capacities : tuple of CapacityUse
        Contract flow against capacity, feed included.
    lanes : tuple of LaneReport
        In the order of the plan.
    drivers : tuple of DriverReport
        In the order of the file.
    prices : tuple of StartPrice
        By grade and zone; empty where the scenario has no prices.
    numbers : tuple of NumberCount
        Numbers by basis.
    without_basis : tuple of str
        Paths of the numbers that have neither a source nor an assumption.
    warnings : tuple of str
        What to look at again before a run.
    """

    title: str
    as_of: dt.date | None
    legal_state: str | None
    legal_state_outdated: str | None
    changes: tuple[str, ...]
    scenario_hash: str
    balance: tuple[BalanceRow, ...]
    published_totals: tuple[TotalRow, ...]
    trade: tuple[TradeFit, ...]
    outputs: tuple[OutputFit, ...]
    capacities: tuple[CapacityUse, ...]
    lanes: tuple[LaneReport, ...]
    drivers: tuple[DriverReport, ...]
    prices: tuple[StartPrice, ...]
    numbers: tuple[NumberCount, ...]
    without_basis: tuple[str, ...]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        """Name the scenario and count its warnings."""
        return f"CheckReport({self.title!r}, {len(self.lanes)} lanes, {len(self.warnings)} warnings)"

    def as_dict(self) -> dict[str, Any]:
        """Return the report as maps, lists, texts and numbers."""
        report = dataclasses.asdict(self)
        report["as_of"] = None if self.as_of is None else self.as_of.isoformat()
        return report


def check(scenario: Scenario) -> CheckReport:
    """Check a scenario.

    Parameters
    ----------
    scenario : Scenario
        A scenario that can be run.

    Returns
    -------
    CheckReport

    Raises
    ------
    ScenarioError
        Where the scenario cannot be run: see `diamondsim.plan.compile.compile_plan`. Also where a dimension
        of quasi-random numbers is given to a misspelt name.
    TypeError
        If `scenario` is not a Scenario.

    Examples
    --------
    >>> import diamondsim as ds
    >>> report = ds.check(ds.load_scenario("calm"))
    >>> jp_coarse = next(row for row in report.balance if (row.region, row.grade) == ("JP", "coarse"))
    >>> round(jp_coarse.use / 1e6, 3), jp_coarse.unit
    (16.1, 'ct/yr')
    """
    require_scenario(scenario)
    derived = derive(scenario)
    refuse_misnamed(scenario, derived.plan)
    return CheckReport(
        title=derived.plan.title,
        as_of=scenario.as_of,
        legal_state=scenario.legal_state,
        legal_state_outdated=scenario.outdated,
        changes=scenario.changes,
        scenario_hash=derived.plan.scenario_hash,
        balance=tuple(balance(derived)),
        published_totals=tuple(published_totals(derived, scenario)),
        trade=tuple(trade_fits(derived)),
        outputs=tuple(output_fits(derived)),
        capacities=tuple(capacities(derived)),
        lanes=tuple(_lanes(derived)),
        drivers=tuple(driver_reports(scenario)),
        prices=tuple(start_prices(derived.plan)),
        numbers=tuple(_count(scenario)),
        without_basis=tuple(number.path for number in scenario.numbers if number.basis == "none"),
        warnings=tuple(warnings(derived, scenario)),
    )


def _lanes(derived: Derivation) -> list[LaneReport]:
    plan = derived.plan
    reports = []
    for column in range(plan.n_lanes):
        share, lead, limit = (
            plan.numbers[key][column].distribution.central()
            for key in ("contract_share", "lead", "sourcing_limit")
        )
        rules = [plan.licensing_rules[d].name for d in plan.rule_of[:, column] if d >= 0]
        reports.append(
            LaneReport(
                source=plan.sources[plan.lane_source[column]].name,
                node=plan.nodes[plan.lane_node[column]].name,
                share=share,
                lead_days=lead,
                sourcing_limit=None if limit >= NO_CEILING * share else limit,
                tier=int(plan.tier[column]),
                entrant=bool(plan.entrant[column]),
                licensing_rules=tuple(rules),
            )
        )
    return reports


def _count(scenario: Scenario) -> list[NumberCount]:
    all_numbers: Counter[str] = Counter()
    uncertain: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for number in scenario.numbers:
        all_numbers[number.basis] += 1
        uncertain[number.basis] += number.uncertain
        changed[number.basis] += number.changed
    return [
        NumberCount(basis, all_numbers[basis], uncertain[basis], changed[basis])
        for basis in ("sourced", "assumed", "none")
    ]
