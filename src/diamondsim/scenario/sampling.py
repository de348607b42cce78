"""How random numbers are spread over the replications, and how uncertain inputs are correlated."""

import re
from typing import Annotated, Literal

from pydantic import Field

from diamondsim.errors import NotationError, shown
from diamondsim.scenario.fields import Entity, FrozenMap, Map
from diamondsim.scenario.readers import Number, Reader
from diamondsim.units import Kind

TILDE = "~"
"""The separator of the two names of a pair."""

RankCorrelation = Annotated[float, Number(Kind.FRACTION, low=-1.0, high=1.0, plain=True)]
"""Spearman's rank correlation, a plain number from -1 to 1."""


def split_pair(key: str) -> tuple[str, str]:
    """Return the two names of a pair; the second is empty if the key is not a pair.

    Examples
    --------
    >>> split_pair("inventory_policy.any.cover ~ inventory_policy.any.queue_weight")
    ('inventory_policy.any.cover', 'inventory_policy.any.queue_weight')
    """
    first, _, second = key.partition(TILDE)
    return first.strip(), second.strip()


MOST_DIMENSIONS = 21_201
"""The number of dimensions of the generator of the Sobol' sequence."""


def _dimension(value: object) -> int:
    text = str(value)
    if re.fullmatch("0*[1-9][0-9]{0,9}", text) and int(text) <= MOST_DIMENSIONS:
        return int(text)
    allowed = f"a whole number from 1 to {MOST_DIMENSIONS}"
    raise NotationError(f"{shown(text)} is not a dimension", found=text, allowed=allowed)


class Sampling(Entity):
    """How numbers drawn once in a replication are spread: random, Sobol' sequence, Latin hypercubes."""

    method: Literal["random", "sobol", "latin"] = "random"
    """random, sobol (scrambled sequence) or latin (hypercubes); default random"""
    dimensions: Map[str, Annotated[int, Reader(_dimension, str, "a whole number from 1")]] = Field(
        default_factory=FrozenMap
    )
    """Dimension of the sequence by name of stream; other streams take free dimensions"""
