"""How many replications a process draws and simulates at a time: what is fast, within bounds on its memory.

The bounds are bytes, so that a longer horizon or more to record makes parts smaller and not the process
larger; only the counts over time still grow with the ticks. Results do not depend on any of them
(docs/benchmarks.md has what each costs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diamondsim.engines import batch
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results import read_of, summed
from diamondsim.sampling import BLOCK

MAX_LEDGER_BYTES = 450_000_000
"""Upper bound on the Ledger of one process; what is recorded of every lane comes near it."""

_FLOAT_BYTES = 8


@dataclass(frozen=True)
class PartBounds:
    """Bounds on what a process of an engine holds at a time.

    Attributes
    ----------
    draws_bytes : int
        Of the tables by tick of the Draws.
    ledger_bytes : int
    least : int
        Replications: fewer take much longer each, so that these are simulated together up to
        `MAX_LEDGER_BYTES`.
    """

    draws_bytes: int
    ledger_bytes: int
    least: int


PART_BOUNDS: Mapping[str, PartBounds] = {
    "batch": PartBounds(draws_bytes=150_000_000, ledger_bytes=240_000_000, least=256),
    "compiled": PartBounds(draws_bytes=40_000_000, ledger_bytes=60_000_000, least=32),
}
"""By engine. The compiled engine runs 32 replications as fast as any number: in small parts it is drawing and
adding up that take longer."""


def part_size(plan: Plan, record: tuple[str, ...], engine: str) -> int:
    """Return the number of replications of a part.

    Parameters
    ----------
    plan : Plan
    record : tuple of str
        Fields of the Ledger that are recorded.
    engine : str
        `batch` or `compiled`.

    Returns
    -------
    int
        A power of two, which divides a block of draws: so all parts are of one size and share one Ledger.
    """
    one = Ledger.empty(plan, 1, record, read_of(plan), summed(plan))
    bytes_each = max(1, sum(array.nbytes for array in one.arrays.values()))
    bounds = PART_BOUNDS[engine]
    fastest = batch.block_size(plan) if engine == "batch" else BLOCK
    wanted = min(fastest, max(bounds.least, bounds.ledger_bytes // bytes_each))
    return _power_of_two(min(wanted, MAX_LEDGER_BYTES // bytes_each))


def drawn_size(plan: Plan, part: int, engine: str) -> int:
    """Return the number of replications that are drawn at a time.

    Parameters
    ----------
    plan : Plan
    part : int
        Replications of a part of the engine.
    engine : str
        `batch` or `compiled`.

    Returns
    -------
    int
        A power of two, at most a block of draws; no less than `part`.
    """
    return max(part, min(BLOCK, _power_of_two(PART_BOUNDS[engine].draws_bytes // table_bytes(plan))))


def table_bytes(plan: Plan) -> int:
    """Return the bytes of the tables by tick of one replication, by far the largest part of the Draws."""
    rows = len(plan.growth_groups) + len(plan.noise_rows) + len(plan.capacity_rows)
    rows += len(plan.licensing_rules) + 4 * len(plan.controls) + len(plan.project_slowings)
    if plan.prices is not None:
        rows += len(plan.prices.asking) + len(plan.prices.surcharges) + len(plan.prices.costs)
    return max(1, plan.n_ticks * _FLOAT_BYTES * rows)


def _power_of_two(most: int) -> int:
    """Return the largest power of two that is no more than `most`, or 1."""
    return 1 << (max(1, most).bit_length() - 1)
