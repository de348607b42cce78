"""What all tests share: the hypothesis profile, how numba compiles, what the garbage collector looks at."""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Derandomised, so that a run tells about the code and not about the day.
# HYPOTHESIS_PROFILE=default searches anew.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Without optimisation numba compiles the kernel of the benchmarks in a third of the time, from the same
# statements. It reads this on import and again whenever it compiles.
os.environ.setdefault("NUMBA_OPT", "0")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep modules and collected tests out of the garbage collector's sight.

    There are millions of such objects, and they live until the end. Looking through them took a tenth of the
    time of all tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
