#!/usr/bin/env bash
# reliability: the rate of failures counts one failure that was not seen, and no time after the last one that was.
#
# Expected. ROCOF returns "the Rate of OCcurrence Of Failures", for a homogeneous Poisson process where no trend is
#   found, and takes `test_end` "if the test did not end at the time of the last failure". The rate of greatest
#   likelihood is the number of failures over the time observed, whether the test ends at a failure or at a time that
#   was set before (Rigdon and Basu, "Statistical Methods for the Reliability of Repairable Systems", 2000).
# What happens. test_end enters the test for a trend only. The rate is the number of failures plus one over the time of
#   the last failure: the same for seven failures by month 95 whether the watch ended in month 100, 120 or 160. For
#   month 120 it is 0.084 a month in place of 0.058, and for three failures by month 80 of 180 it is three times
#   the rate that is due. Without test_end the rate is right.
# Version: reliability 0.9.0 (numpy 2.4.6, scipy 1.17.1).
# What it means here. How often a supplier stops is estimated from a record that ends today, not at a stop. The quiet
#   time since the last stop, the best news in the record, does not count. With 0.05 stops a month, half of the records
#   of 60 months without a trend give more than 0.095. Divide the number of stops by the months yourself.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    reliability==0.9.0 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3
MPLBACKEND=agg "$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from reliability.Repairable_systems import ROCOF

print("reliability", version("reliability"), "numpy", np.__version__)


def estimated(times, end):
    """Return the rate where no trend is found, otherwise NaN."""
    found = ROCOF(failure_times=times, test_end=end, show_plot=False, print_results=False)
    return found.ROCOF if found.trend == "constant" else np.nan


stops = [13.0, 31.0, 42.0, 60.0, 71.0, 88.0, 95.0]
for times, end in ((stops, None), (stops, 100), (stops, 120), (stops, 160), ([30.0, 61.0, 80.0], 180)):
    rate, due = estimated(times, end), len(times) / (end or times[-1])
    print(f"{len(times)} failures by {times[-1]:.0f}, end {end}: {rate:.4f} a month, due {due:.4f}")
    if end is None:
        assert abs(rate - due) < 1e-12
    else:
        assert abs(rate - (len(times) + 1) / times[-1]) < 1e-12 and rate > 1.2 * due
assert abs(estimated([30.0, 61.0, 80.0], 180) - 3 * (3 / 180)) < 1e-12

random, true, months = np.random.default_rng(1), 0.05, 60
pairs = []
while len(pairs) < 2000:
    times = np.sort(random.uniform(0, months, random.poisson(true * months)))  # a Poisson process, given its count
    if times.size and np.isfinite(rate := estimated(times, months)):
        pairs.append((rate, times.size / months))
medians, means = np.median(pairs, axis=0), np.mean(pairs, axis=0)
print(f"2,000 records at {true} a month: median {medians[0]:.3f}, mean {means[0]:.3f};", end=" ")
print(f"of failures over months {medians[1]:.3f} and {means[1]:.3f}")
assert medians[0] > 1.8 * true and abs(medians[1] - true) < 0.01 and abs(means[1] - true) < 0.005
PY
echo "as described: the rate of failures does not depend on the end of the test"
