"""A piece of work that never changes; its time shows the current speed of the machine."""

from __future__ import annotations

import time
from statistics import median

import numpy as np

_LOOPS = 30_000
_PASSES = 60
_NUMBERS = 32_768  # as large as a few rows of lanes, so that it stays in the cache
_REPEATS = 5


def yardstick() -> float:
    """Return the median time of a Python loop and some passes over an array, in seconds."""
    return median(_once() for _ in range(_REPEATS))


def _once() -> float:
    numbers = np.full(_NUMBERS, 0.5)
    begin = time.perf_counter()
    total = 0
    for number in range(_LOOPS):
        total += number & 7
    for _ in range(_PASSES):
        np.multiply(numbers, 0.999, out=numbers)
        np.minimum(numbers, 1.0, out=numbers)
    seconds = time.perf_counter() - begin
    assert total
    return seconds
