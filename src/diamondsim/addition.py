"""Addition of floats in a stated order, so that a seed gives the same numbers with every Python.

From Python 3.12 on, the built-in `sum` carries the rounding error of floats along: its last digits are other
than those of Python 3.11, and than those of numpy, which adds as here along an axis that is not the last.
"""

import functools
import operator
from collections.abc import Iterable


def sum_in_order(values: Iterable[float]) -> float:
    """Add numbers from the first to the last and round after each.

    Parameters
    ----------
    values : iterable of float
        Of any unit.

    Returns
    -------
    float
        0 if there are none.

    Examples
    --------
    >>> sum_in_order([0.1] * 10)
    0.9999999999999999
    """
    return functools.reduce(operator.add, values, 0.0)
