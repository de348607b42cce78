#!/usr/bin/env bash
# numba: np.median of data with NaN is a number or NaN, depending on the order of the data.
#
# Expected. numba's page "Supported NumPy features" lists numpy.median ("only the first argument") among the
#   reductions, with no other restriction, so that a compiled function gives what the same function gives
#   without @njit. For data with a NaN numpy.median gives NaN, as numpy.mean, numpy.quantile and
#   numpy.percentile do, compiled or not; whoever wants NaNs left out calls numpy.nanmedian.
# What happens. The compiled numpy.median selects by comparisons, all of which are false for a NaN, and does
#   not look for NaNs. Its answer depends on where they stand: for some orders NaN, for others a number. For
#   1, 2, 3, 4, NaN it is 2, 3, 4 or NaN, and never 2.5, the median of the numbers. numpy.quantile(a, 0.5) and
#   numpy.percentile(a, 50), compiled, are NaN for every order, so the ways to the same median disagree.
# Version: numba 0.68.1 (numpy 2.4.6). Reported to numba as issue 10095.
# What it means here. In a simulation NaN stands for "never": no shortage in this replication, no recovery
#   before the horizon. The median onset is then a statistic of data full of NaNs. A kernel that is compared
#   with numpy on complete data agrees; on censored data it may give a plausible number that is far off and
#   changes with the order of the replications (below from 0.4 to 8.4, where the median of the numbers is
#   5.5). Use np.quantile(a, 0.5) where a NaN is possible, or code "never" as infinity.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check numba==0.68.1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PY'
from itertools import permutations

import numba
import numpy as np

print("numba", numba.__version__, "numpy", np.__version__)


@numba.njit
def median(values):
    return np.median(values)


@numba.njit
def middle_quantile(values):
    return np.quantile(values, 0.5)


@numba.njit
def middle_percentile(values):
    return np.percentile(values, 50)


@numba.njit
def nanmedian(values):
    return np.nanmedian(values)


print("All orders of 1, 2, 3, 4, NaN (numpy: NaN for each; median of the numbers: 2.5)")
answers = {}
for order in permutations([1.0, 2.0, 3.0, 4.0, np.nan]):
    values = np.array(order)
    assert np.isnan(np.median(values)) and nanmedian(values) == 2.5
    assert np.isnan(middle_quantile(values)) and np.isnan(middle_percentile(values))
    answer = str(median(values))
    answers[answer] = answers.get(answer, 0) + 1
for answer in sorted(answers):
    print(f"  {answer:4s} for {answers[answer]:3d} orders")
assert "nan" in answers and len(answers) > 2

print("1,001 onset days between 0 and 10, of which 400 NaN for 'never', in 200 orders")
rng = np.random.default_rng(0)
onset = rng.uniform(0, 10, 1001)
onset[rng.permutation(1001)[:400]] = np.nan
compiled = np.array([median(rng.permutation(onset)) for _ in range(200)])
numbers = compiled[~np.isnan(compiled)]
print(f"  numpy.median {np.median(onset)}, compiled numpy.quantile {middle_quantile(onset)},", end=" ")
print(f"median of the numbers {nanmedian(onset):.2f}")
missing = np.isnan(compiled).sum()
print(f"  compiled numpy.median: {missing} times nan, {numbers.size} times a number,", end=" ")
print(f"from {numbers.min():.2f} to {numbers.max():.2f}")
assert np.isnan(np.median(onset)) and np.isnan(middle_quantile(onset))
assert 0 < numbers.size < 200 and numbers.max() - numbers.min() > 5
PY
echo "as described: the compiled median of data with NaN depends on their order"
