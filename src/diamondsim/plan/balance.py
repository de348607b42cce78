"""The balance at the start: who makes, trades and uses how much, and what the fit leaves over.

Flows are per year in the grade's own unit, at central values and before dated drivers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan.compile import Derivation


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
    """A cell of the trade table, and what the contracts make of it."""

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
    """Yield the balance of each grade in each region where there is anything to balance."""
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
            fed = [n for n in bought if derived.cast.nodes[n].feeds is not None]
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
    """Yield each cell of the trade table in which anything is written or fitted."""
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
    for s, row in enumerate(derived.cast.sources):
        sold = float(derived.contracts.flow[s].sum()) * DAYS_PER_YEAR
        capacity = row.capacity.distribution.central() * DAYS_PER_YEAR
        yield CapacityUse(row.source.name, f"{units[row.source.grade]}/yr", sold, capacity)
