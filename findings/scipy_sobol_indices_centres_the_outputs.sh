#!/usr/bin/env bash
# scipy.stats.sobol_indices subtracts the mean from the arrays that the user's function returned.
#
# Expected. The reference page says that func is called with x of shape (d, n) and returns an array of shape
#   (s, n). It does not say that this array is changed. A function that keeps its outputs, because each is an
#   expensive simulation, can then be asked for their mean, their spread and their quantiles afterwards. Where
#   the outputs are given in a dictionary, they are copied.
# What happens. The arrays that func returned are centred in place, without a copy. The outputs that the function
#   kept for A, B and AB have a mean of 0 afterwards; indices, being differences, do not show it. A function
#   that returns part of its argument has the sample itself changed: the attribute of the result that holds A
#   is then no longer a sample of the distributions. Nothing is raised.
# Version: scipy 1.17.1 (numpy 2.4.6).
# What it means here. Runs of a simulation are kept to report the mean shortage from the same replications as the
#   indices. The mean is then 0, half of the "shortages" are negative, and a probability of shortage counted
#   from them is wrong; a second call with the kept outputs gives the right indices all the same. Return a copy
#   from func.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import scipy
from scipy.stats import sobol_indices, uniform

print("scipy", scipy.__version__, "numpy", np.__version__)
kept = []


def shortage(x):
    days = 100 + 30 * x[0] + 20 * x[1]
    kept.append((days, days.copy()))
    return days


result = sobol_indices(func=shortage, n=1024, dists=[uniform(), uniform()], rng=0)
print("first-order indices", result.first_order.round(3), "exact", np.round([9 / 13, 4 / 13], 3))
assert np.allclose(result.first_order, [9 / 13, 4 / 13], atol=0.01)
for name, (now, returned) in zip(("A", "B", "AB"), kept, strict=True):
    print(f"outputs for {name:2}: mean {returned.mean():.2f} when returned, {now.mean():.2f} after the call;", end=" ")
    print(f"smallest {returned.min():.1f} and {now.min():.1f}")
    assert 120 < returned.mean() < 130 and abs(now.mean()) < 0.1 and now.min() < 0

view = sobol_indices(func=lambda x: x[0], n=1024, dists=[uniform(), uniform()], rng=0)
print("sample of a uniform distribution on [0, 1] kept in the result: means", view._A.mean(axis=1).round(3))
assert abs(view._A[0].mean()) < 0.01 and abs(view._A[1].mean() - 0.5) < 0.01

ready = {
    "f_A": np.full((1, 4), 7.0) + np.arange(4),
    "f_B": np.full((1, 4), 8.0) + np.arange(4),
    "f_AB": np.full((2, 1, 4), 9.0) + np.arange(4),
}
sobol_indices(func=ready, n=4)
print("outputs given in a dictionary keep their mean:", ready["f_A"].mean())
assert ready["f_A"].mean() == 8.5
PY
echo "as described: the kept outputs have a mean of 0 after the call"
