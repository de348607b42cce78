"""What `check` reports of a scenario at the start: balance, fit, capacities, prices and dated drivers.

Flows are per year in the grade's own unit, at central values and before dated drivers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Constant, Distribution
from diamondsim.plan.compile import Derivation
from diamondsim.plan.structure import Plan
from diamondsim.scenario import Scenario


@dataclass(frozen=True)
class BalanceRow:
    """One grade in one region: output + imports = exports + use + feed.

    `output` is what the region's sources make for the contracts, `feed` what its processors need.
    """

    region: str
    grade: str
    unit: str
    output: float
    imports: float
    exports: float
    use: float
    feed: float


@dataclass(frozen=True)
class TradeFit:
    """A cell of the trade table, and the contracts fitted to it."""

    seller: str
    region: str
    unit: str
    table: float
    fitted: float


@dataclass(frozen=True)
class OutputFit:
    """A seller's sales of a grade: as its capacities split its row of the table, and as fitted."""

    seller: str
    grade: str
    unit: str
    aimed: float
    fitted: float


@dataclass(frozen=True)
class CapacityUse:
    """A source's contracts, feed of processors included, against its capacity."""

    source: str
    unit: str
    contracts: float
    capacity: float


def balance(derived: Derivation) -> Iterator[BalanceRow]:
    """Yield the balance of each grade in each region that has a supply of it."""
    plan, flow = derived.plan, derived.contracts.flow * DAYS_PER_YEAR
    for region in plan.regions:
        nodes = [n for n, node in enumerate(plan.nodes) if node.region == region]
        for grade, unit in zip(plan.grades, plan.grade_units, strict=True):
            sources = [s for s, source in enumerate(plan.sources) if source.grade == grade]
            home = [s for s in sources if plan.sources[s].region == region]
            away = [s for s in sources if plan.sources[s].region != region]
            bought = [n for n in nodes if plan.nodes[n].grade == grade]
            output = float(flow[home].sum())
            domestic = float(flow[home][:, bought].sum())
            fed = [n for n in bought if derived.entities.nodes[n].feeds is not None]
            feed = float(flow[:, fed].sum())
            row = BalanceRow(
                region=region,
                grade=grade,
                unit=f"{unit}/yr",
                output=output,
                imports=float(flow[away][:, bought].sum()),
                exports=output - domestic,
                use=float(flow[:, bought].sum()) - feed,
                feed=feed,
            )
            if row.output + row.imports > 0:
                yield row


def trade_fits(derived: Derivation) -> Iterator[TradeFit]:
    """Yield each cell of the trade table that is not 0."""
    regions = derived.plan.regions
    for fitted in derived.contracts.fits:
        left, table = fitted.fit.table_left * DAYS_PER_YEAR, fitted.table * DAYS_PER_YEAR
        for p, seller in enumerate(fitted.sellers):
            for r, region in enumerate(regions):
                if table[p, r] > 0:
                    cell, rest = float(table[p, r]), float(left[p, r])
                    yield TradeFit(seller, region, f"{fitted.unit}/yr", cell, cell + rest)


def output_fits(derived: Derivation) -> Iterator[OutputFit]:
    """Yield each grade that a producer makes."""
    for fitted in derived.contracts.fits:
        unit = f"{fitted.unit}/yr"
        for p, seller in enumerate(fitted.sellers):
            total, made = float(fitted.table[p].sum()), float(fitted.capacity[p].sum())
            for g, grade in enumerate(fitted.grades):
                if fitted.capacity[p, g] > 0:
                    aimed = total * float(fitted.capacity[p, g]) / made
                    rest = float(fitted.fit.output_left[p, g])
                    yield OutputFit(
                        seller, grade, unit, aimed * DAYS_PER_YEAR, (aimed + rest) * DAYS_PER_YEAR
                    )


def capacities(derived: Derivation) -> Iterator[CapacityUse]:
    """Yield the contracts and the capacity of each source."""
    plan = derived.plan
    units = dict(zip(plan.grades, plan.grade_units, strict=True))
    for s, row in enumerate(derived.entities.sources):
        sold = float(derived.contracts.flow[s].sum()) * DAYS_PER_YEAR
        capacity = row.capacity.distribution.central() * DAYS_PER_YEAR
        yield CapacityUse(row.source.name, f"{units[row.source.grade]}/yr", sold, capacity)


@dataclass(frozen=True)
class StartPrice:
    """The central price of a grade in a zone at the start, in USD for a `unit`."""

    grade: str
    zone: str
    usd: float
    unit: str
    uncertain: bool


def start_prices(plan: Plan) -> Iterator[StartPrice]:
    """Yield the prices of the markets of a plan; none where it has no prices."""
    if plan.prices is None:
        return
    units = dict(zip(plan.grades, plan.grade_units, strict=True))
    for (grade, zone), start in zip(plan.prices.markets, plan.prices.start_usd, strict=True):
        uncertain = not isinstance(start.distribution, Constant)
        yield StartPrice(grade, zone, start.distribution.central(), units[grade], uncertain)


@dataclass(frozen=True)
class DriverPoint:
    """A factor on demand from a date on: its mean, and its distribution as text, None where it is certain.

    The distribution comes with it because the mean of a skewed one is not its likeliest value.
    """

    date: str
    mean: float
    distribution: str | None


@dataclass(frozen=True)
class DriverReport:
    """A dated driver of demand: its label, the uses it acts on, and its factors by date.

    `confidence` is None where the file gives none.
    """

    driver: str
    name: str
    confidence: str | None
    uses: tuple[str, ...]
    points: tuple[DriverPoint, ...]


def driver_reports(scenario: Scenario) -> Iterator[DriverReport]:
    """Yield the drivers in the order of the file."""
    for key, driver in scenario.drivers.items():
        points = tuple(_point(date, driver.points[date]) for date in sorted(driver.points))
        yield DriverReport(key, driver.name or key, driver.confidence, driver.uses, points)


def _point(date: dt.date, factor: Distribution) -> DriverPoint:
    certain = isinstance(factor, Constant)
    return DriverPoint(date.isoformat(), factor.central(), None if certain else factor.text())
