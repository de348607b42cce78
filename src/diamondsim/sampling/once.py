"""The inputs that a replication draws once: which they are, and what each replication draws of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.distributions import Constant, Distribution
from diamondsim.plan import Plan
from diamondsim.plan.drawn_once import paths_drawn_once
from diamondsim.plan.structure import inputs
from diamondsim.sampling.block import Block
from diamondsim.sampling.random_streams import BLOCK

_PART = re.compile("(factor|term|part)[0-9]+")


@dataclass(frozen=True)
class DrawnInput:
    """An input that a replication draws once; of what is drawn for each spell or the like, the first draw.

    Attributes
    ----------
    name : str
        Of its stream.
    path : str
        Where the scenario states the number; the first such place where several numbers read one draw.
    distribution : Distribution or None
        In canonical units; a product of uncertain factors is one input. None where the draw is a uniform
        number: it chooses between outcomes, or several numbers read it.
    """

    name: str
    path: str
    distribution: Distribution | None


def inputs_drawn_once(plan: Plan) -> tuple[DrawnInput, ...]:
    """Return the inputs that a replication draws once, in the order of `names_drawn_once`."""
    read = _distributions(plan)
    alone = {name: found[0] for name, found in read.items() if len(found) == 1}
    return tuple(
        DrawnInput(name, path, alone.get(name))
        for name, path in paths_drawn_once(plan).items()
        if not _is_part(name, alone)
    )


def drawn_blocks(
    plan: Plan, drawn: Sequence[DrawnInput], *, seed: int, count: int
) -> Iterator[list[FloatArray]]:
    """Yield what the replications [0, count) draw, block by block: an array (R,) for each input."""
    for first in range(0, count, BLOCK):
        columns = slice(0, min(count - first, BLOCK))
        block = Block.of_plan(plan, seed=seed, number=first // BLOCK, columns=columns)
        yield [
            block.uniform(each.name)
            if each.distribution is None
            else block.read(each.distribution, each.name)
            for each in drawn
        ]


def numbers_drawn_once(plan: Plan, *, seed: int, count: int) -> dict[str, FloatArray]:
    """Return what replications [0, count) draw once, by name.

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
        For each of `inputs_drawn_once` its values (days, ct or cm2, ct/day, USD, fractions), or the uniform
        numbers.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.scenario import load_scenario
    >>> numbers = numbers_drawn_once(compile_plan(load_scenario("baseline-2026")), seed=1, count=5)
    >>> bool((numbers["inventory_policy.polishing.cover"] > 20).all())
    True
    """
    drawn = inputs_drawn_once(plan)
    blocks = drawn_blocks(plan, drawn, seed=seed, count=count)
    columns = zip(*blocks, strict=True)
    return {each.name: np.concatenate(parts) for each, parts in zip(drawn, columns, strict=True)}


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
    """Say whether a stream is a further factor or term of a number that is drawn as a whole."""
    words = name.split("/")
    return any(
        "/".join(words[:k]) in wholes and all(map(_PART.fullmatch, words[k:])) for k in range(1, len(words))
    )
