"""The uniforms that are drawn once in a replication, by name."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.plan import Plan
from diamondsim.plan.drawn_once import names_drawn_once
from diamondsim.sampling.block import Block
from diamondsim.sampling.random_streams import BLOCK


def uniforms_drawn_once(plan: Plan, *, seed: int, count: int) -> dict[str, FloatArray]:
    """Return the uniforms from which replications [0, count) draw what they draw once.

    Parameters
    ----------
    plan : Plan
    seed : int
        Root of all streams.
    count : int
        Number of replications.

    Returns
    -------
    dict of str to (count,) array
        By name, in the order of `names_drawn_once`; those of correlated inputs are the correlated ones.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.scenario import load_scenario
    >>> uniforms = uniforms_drawn_once(compile_plan(load_scenario("baseline-2026")), seed=1, count=5)
    >>> uniforms["facilities.georgia.nameplate"].shape
    (5,)
    """
    names = names_drawn_once(plan)
    parts: dict[str, list[FloatArray]] = {name: [] for name in names}
    for number in range(-(-count // BLOCK)):
        block = Block(
            seed,
            number,
            slice(0, min(count - number * BLOCK, BLOCK)),
            correlated=plan.correlated,
            sampling=plan.sampling,
            stream_names=plan.stream_names,
        )
        for name in names:
            parts[name].append(block.uniform(name))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}
