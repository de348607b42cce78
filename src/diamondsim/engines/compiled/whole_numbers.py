"""Rounding to whole numbers in a kernel: only by additions, which work on all replications at once."""

from __future__ import annotations

from typing import Any

from diamondsim.engines.compiled.compilation import inlined
from diamondsim.engines.compiled.vector import where

TO_WHOLE = 4503599627370496.0
"""2 to the power of 52: adding and subtracting it rounds a number from 0 to itself to a whole one."""


@inlined
def rounded_up(number: Any) -> Any:
    """Return the least whole number that is no less than one from 0 (or rounded below it) to `TO_WHOLE`."""
    nearest = (number + TO_WHOLE) - TO_WHOLE
    return where(nearest < number, nearest + 1.0, nearest)


@inlined
def rounded_down(number: Any) -> Any:
    """Return the greatest whole number that is no more than one from 0 to `TO_WHOLE`."""
    nearest = (number + TO_WHOLE) - TO_WHOLE
    return where(nearest > number, nearest - 1.0, nearest)
