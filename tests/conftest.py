"""What all tests share: the hypothesis profile."""

import os

from hypothesis import settings

# Derandomised, so that a run tells about the code and not about the day.
# HYPOTHESIS_PROFILE=default searches anew.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
