"""Running a block, and how many replications one should hold."""

from __future__ import annotations

from collections.abc import Collection

from diamondsim.draws import Draws
from diamondsim.engines.batch.arrange import Arrangement
from diamondsim.engines.batch.record import Recorder
from diamondsim.engines.batch.world import World
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan

LANE_ARRAY_BYTES = 2_000_000
"""Most that one (lane, replication) array may take. Larger blocks fall further out of the cache, smaller ones
pay the fixed cost of every array operation for too few numbers."""


def block_size(plan: Plan) -> int:
    """Return a good number of replications for one call of `run`: a power of two from 32 to 1024.

    Parameters
    ----------
    plan : Plan
        Gives the number of lanes.

    Returns
    -------
    int
        Replications; a caller with more runs blocks of this size one after the other, for instance with
        `Draws.select(slice(...))`. Results do not depend on it.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.scenario import load_scenario
    >>> block_size(compile_plan(load_scenario("calm")))
    1024
    """
    wanted = LANE_ARRAY_BYTES // (8 * max(plan.n_lanes, 1))
    size = 32
    while 2 * size <= min(wanted, 1024):
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
        Everything random about the R replications of the block.
    record : collection of str, optional
        Names in `diamondsim.ledger.FIELDS` to keep; all by default. The rest is not worked out where
        nothing else needs it.
    ledger : Ledger, optional
        Room from an earlier run of the same shapes and fields, which is overwritten and returned. Its own
        fields say what is kept where `record` is not given.

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
    arrangement = Arrangement.of(plan)
    plan, draws = arrangement.plan(plan), arrangement.draws(draws)
    world = World(
        plan, draws, track_origin="tracked" in ledger.arrays, track_lanes="pipeline" in ledger.arrays
    )
    recorder = Recorder(world, draws, arrangement, ledger)
    for t in range(plan.n_ticks):
        world.tick(t)
        recorder.record(t)
    return ledger
