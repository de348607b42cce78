"""Rank correlations between uncertain inputs: pairs of names, written ``NAME ~ NAME``."""

from typing import Annotated

from diamondsim.scenario.readers import Number
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
