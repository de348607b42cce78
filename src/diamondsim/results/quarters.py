"""What is kept of each calendar quarter: demand, shortage, shortfall and output (docs/results.md, R15-R19).

Counts and sums over replications only, which blocks add up exactly: quantities by week could not be added up
to quarters afterwards, since the quantile of a sum is not the sum of quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.bands import central_sum
from diamondsim.results.histogram import Axis, Histogram, compact
from diamondsim.results.moments import Moments
from diamondsim.results.quarter_grid import DAYS_PER_QUARTER, QuarterGrid
from diamondsim.results.region_uses import RegionUse
from diamondsim.results.replication_weights import weighted_count
from diamondsim.results.settings import Settings
from diamondsim.results.shortfall import shortfall
from diamondsim.results.use_metrics import UsePath


class Quarters:
    """Counts by quarter of some replications; blocks merge exactly, in any grouping.

    Parameters
    ----------
    plan : Plan
    settings : Settings
    region_uses : sequence of RegionUse
    facility_sources : sequence of sequence of int
        For each facility its sources, all counted in one unit.

    Attributes
    ----------
    grid : QuarterGrid
    short : (Q, use) int array
        Number of replications in which the shortfall of a quarter exceeds the threshold.
    shortfall, shortage : Histogram
        By use of a region.
    output : tuple of Histogram
        One per facility.
    moments : dict of str to Moments
        Of `demand`, `shortage`, `shortfall` (use) and `output` (facility); with prices also of `forgone`.
    """

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        region_uses: Sequence[RegionUse],
        facility_sources: Sequence[Sequence[int]],
    ) -> None:
        self.grid = QuarterGrid.of(plan)
        self._threshold = settings.threshold
        self._facility_sources = facility_sources
        rows, uses = len(self.grid), len(region_uses)
        flows = [central_sum(plan, "base_flow", each.all_nodes) * DAYS_PER_QUARTER for each in region_uses]
        outputs = [central_sum(plan, "capacity", each) * DAYS_PER_QUARTER for each in facility_sources]
        self.short: IntArray = np.zeros((rows, uses), dtype=np.int64)
        self.shortfall = Histogram(Axis(), rows, uses)
        self.shortage = tuple(Histogram(Axis(flow), rows, 1) for flow in flows)
        self.output = tuple(Histogram(Axis(output), rows, 1) for output in outputs)
        self.moments = {
            "demand": Moments(flows, rows),
            "shortage": Moments(flows, rows),
            "shortfall": Moments(np.ones(uses), rows),
            "output": Moments(outputs, rows),
        }
        if plan.prices is not None:
            self.moments["forgone"] = Moments(flows, rows)

    def totals(self, ledger: Ledger) -> QuarterTotals:
        """Return the totals of the quarters of a block, which `add_use` takes."""
        return QuarterTotals(self.grid, ledger)

    def add_use(
        self, number: int, path: UsePath, totals: QuarterTotals, counts: IntArray | None = None
    ) -> None:
        """Add one use of a region; `counts` (R,) says what each replication counts, if not one."""
        demands = [totals.added("demand", nodes) for nodes in path.region_use.nodes]
        shortages = [totals.added("shortage", nodes) for nodes in path.region_use.nodes]
        worst = shortfall(demands, shortages)
        shortage = _sum(shortages)
        self.short[:, number] += weighted_count(worst > self._threshold, counts)
        self.shortfall.add(number, worst, counts)
        self.shortage[number].add(0, shortage, counts)
        self.moments["demand"].add(number, _sum(demands), counts)
        self.moments["shortage"].add(number, shortage, counts)
        self.moments["shortfall"].add(number, worst, counts)
        if "forgone" in self.moments:
            forgone = totals.added("forgone", path.region_use.all_nodes)
            self.moments["forgone"].add(number, forgone, counts)

    def add_rest(self, ledger: Ledger, replications: int, counts: IntArray | None = None) -> None:
        """Add everything else, once for each block, after the uses."""
        for number, sources in enumerate(self._facility_sources):
            made = self.grid.total(ledger.added("output", sources))
            self.output[number].add(0, made, counts)
            self.moments["output"].add(number, made, counts)
        for moments in self.moments.values():
            moments.add_count(replications if counts is None else int(counts.sum()))

    def merge(self, other: Quarters) -> None:
        """Add the counts of other replications of the same run."""
        self.short += other.short
        added = other._histograms()
        for name, histogram in self._histograms().items():
            histogram.merge(added[name])
        for name, moments in self.moments.items():
            moments.merge(other.moments[name])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything that is kept, by name; `restore` is the inverse."""
        arrays: dict[str, npt.NDArray[Any]] = {"quarter.short": self.short}
        for name, histogram in self._histograms().items():
            arrays |= {f"{name}.counts": compact(histogram.counts), f"{name}.sums": histogram.sums}
        for name, moments in self.moments.items():
            arrays |= moments.arrays(f"quarter.moments.{name}")
        return arrays

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Replace everything by what `arrays` returned, for merging only, since the types stay small."""
        self.short = arrays["quarter.short"]
        for name, histogram in self._histograms().items():
            histogram.restore(arrays[f"{name}.counts"], arrays[f"{name}.sums"])
        for name, moments in self.moments.items():
            moments.restore(f"quarter.moments.{name}", arrays)

    def _histograms(self) -> dict[str, Histogram]:
        return {
            "quarter.shortfall": self.shortfall,
            **{f"quarter.shortage.{i}": histogram for i, histogram in enumerate(self.shortage)},
            **{f"quarter.output.{i}": histogram for i, histogram in enumerate(self.output)},
        }


class QuarterTotals:
    """Totals over the quarters of fields of the Ledger.

    A quarter adds a few short rows. Of all nodes together that takes as many calls as of one, and a block is
    summarised in small parts. Where several nodes make up a use, they are added first, tick by tick: in
    another order the last bits would differ.

    Parameters
    ----------
    grid : QuarterGrid
    ledger : Ledger
        Of nodes.
    """

    def __init__(self, grid: QuarterGrid, ledger: Ledger) -> None:
        self._grid = grid
        self._ledger = ledger
        self._of_nodes: dict[str, Ledger] = {}

    def added(self, field: str, nodes: Sequence[int]) -> FloatArray:
        """Return the totals of a field of the Ledger, added over some nodes, (Q, R)."""
        if len(nodes) > 1:
            return self._grid.total(self._ledger.added(field, nodes))
        if field not in self._of_nodes:
            total = self._grid.total(self._ledger[field])
            self._of_nodes[field] = replace(self._ledger, arrays={field: total})
        return self._of_nodes[field].added(field, nodes)


def _sum(paths: Sequence[FloatArray]) -> FloatArray:
    total = paths[0].copy()
    for path in paths[1:]:
        total += path
    return total
