"""The numbers that are drawn once in a replication, by name."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.distributions import Constant, Distribution
from diamondsim.plan import Plan
from diamondsim.plan.drawn_once import names_drawn_once
from diamondsim.plan.structure import inputs
from diamondsim.sampling.block import Block
from diamondsim.sampling.random_streams import BLOCK


def numbers_drawn_once(plan: Plan, *, seed: int, count: int) -> dict[str, FloatArray]:
    """Return what replications [0, count) draw once, by name.

    Of what is drawn for each spell, sojourn or announcement it is the first draw.

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
        The values of the numbers (days, ct or cm2, ct/day, USD, fractions), a product of uncertain factors as
        one; and the uniforms where a draw chooses between outcomes, or where several numbers read one draw.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.scenario import load_scenario
    >>> numbers = numbers_drawn_once(compile_plan(load_scenario("baseline-2026")), seed=1, count=5)
    >>> bool((numbers["inventory_policy.polishing.cover"] > 20).all())
    True
    """
    read = _distributions(plan)
    alone = {name: found[0] for name, found in read.items() if len(found) == 1}
    names = [name for name in names_drawn_once(plan) if not _is_part(name, alone)]
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
            parts[name].append(block.read(alone[name], name) if name in alone else block.uniform(name))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}


def _distributions(plan: Plan) -> dict[str, list[Distribution]]:
    """Return the different distributions that are drawn from each stream."""
    read: dict[str, list[Distribution]] = {}
    for number in inputs(plan):
        name = number.first_stream
        if name is not None and not isinstance(number.distribution, Constant):
            found = read.setdefault(name, [])
            if number.distribution not in found:
                found.append(number.distribution)
    return read


def _is_part(name: str, wholes: dict[str, Distribution]) -> bool:
    """Say whether a stream is a further factor of a number that is drawn as a whole."""
    words = name.split("/")
    return any("/".join(words[:k]) in wholes for k in range(1, len(words)))
