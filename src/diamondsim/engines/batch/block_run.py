"""Run a block of replications, and choose its size."""

from __future__ import annotations

from collections.abc import Collection

from diamondsim.draws import Draws
from diamondsim.engines.batch.batch_model import BatchModel
from diamondsim.engines.batch.memory_layout import MemoryLayout
from diamondsim.engines.batch.recording import Recorder
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan

MAX_LANE_ARRAY_BYTES = 2_200_000
"""Most that one (lane, replication) array may take. Larger blocks do not fit the cache of the processor; in
smaller ones the fixed cost of each array operation dominates."""


def block_size(plan: Plan) -> int:
    """Return a good number of replications for one call of `run`: a power of two from 32 to 1024.

    Parameters
    ----------
    plan : Plan
        Gives the number of lanes.

    Returns
    -------
    int
        Number of replications. To run more, run blocks of this size one after the other, for instance with
        `Draws.select(slice(...))`. Results do not depend on it.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.scenario import load_scenario
    >>> block_size(compile_plan(load_scenario("calm")))
    1024
    """
    target_size = MAX_LANE_ARRAY_BYTES // (8 * max(plan.n_lanes, 1))
    size = 32
    while 2 * size <= min(target_size, 1024):
        size *= 2
    return size


def run(
    plan: Plan, draws: Draws, *, record: Collection[str] | None = None, ledger: Ledger | None = None
) -> Ledger:
    """Run one block of replications.

    Parameters
    ----------
    plan : Plan
        The scenario in indices.
    draws : Draws
        All random quantities of the R replications of the block.
    record : collection of str, optional
        Names in `diamondsim.ledger.FIELDS` to record; all by default. Other fields are not computed unless
        something else needs them.
    ledger : Ledger, optional
        Ledger of an earlier run of the same shapes and fields, which is overwritten and returned. Without
        `record` its fields are those to record.

    Returns
    -------
    Ledger
        Arrays `(tick, entity, replication)`.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.sampling import draw
    >>> from diamondsim.scenario import load_scenario
    >>> plan = compile_plan(load_scenario("calm").override({"horizon.length": "8 weeks"}))
    >>> ledger = run(plan, draw(plan, seed=1, count=5), record={"shortage"})
    >>> ledger["shortage"].shape == (8, len(plan.nodes), 5)
    True
    """
    if ledger is None:
        ledger = Ledger.empty(plan, draws.n_replications, record)
    assert record is None or set(record) == set(ledger.arrays), "the ledger has other fields than `record`"
    memory_layout = MemoryLayout.of(plan)
    plan, draws = memory_layout.plan(plan), memory_layout.draws(draws)
    model = BatchModel(
        plan, draws, track_origin="tracked" in ledger.arrays, track_lanes="pipeline" in ledger.arrays
    )
    recorder = Recorder(model, draws, memory_layout, ledger)
    for t in range(plan.n_ticks):
        model.tick(t)
        recorder.record(t)
    return ledger
