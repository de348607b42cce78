"""The compiled engine: docs/model.md as one loop over ticks, compiled for the processor.

It is written from the page alone, independently of both other engines. It runs one vector of replications
from the first tick to the last, so that their state stays in the cache. It needs numba, which is an extra:
importing this package does not load it.
"""

from __future__ import annotations

from collections.abc import Collection

from diamondsim.draws import Draws
from diamondsim.engines.compiled.kernel_cache import can_be_kept, is_kept, load_kernel
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan

__all__ = ["can_be_kept", "is_kept", "load_kernel", "run"]


def run(
    plan: Plan, draws: Draws, *, record: Collection[str] | None = None, ledger: Ledger | None = None
) -> Ledger:
    """Run all replications of the Draws.

    Parameters
    ----------
    plan : Plan
    draws : Draws
        R replications.
    record : collection of str, optional
        Fields of the Ledger to record; all by default.
    ledger : Ledger, optional
        Filled and returned instead of a new one; its fields are then recorded.

    Returns
    -------
    Ledger

    Raises
    ------
    ImportError
        If numba is not installed, or cannot be loaded.
    """
    from diamondsim.engines.compiled.kernel_run import fill  # noqa: PLC0415 - loads numba

    return fill(plan, draws, Ledger.empty(plan, draws.n_replications, record) if ledger is None else ledger)
