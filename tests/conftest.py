"""What all tests share: the hypothesis profile, and how numba compiles."""

import os

from hypothesis import settings

# Derandomised, so that a run tells about the code and not about the day.
# HYPOTHESIS_PROFILE=default searches anew.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Without optimisation numba compiles the kernel of the benchmarks in a third of the time, from the same
# statements. It reads this on import and again whenever it compiles.
os.environ.setdefault("NUMBA_OPT", "0")
