#!/usr/bin/env bash
# scipy: with weights that add up to 1, the quantile at 1 is the smallest observation.
#
# Expected. The reference page of scipy.stats.quantile accepts "finite, non-negative real numbers" as weights and
#   says that for the methods "inverted_cdf" and "averaged_inverted_cdf" only the relative weights affect the
#   results; it warns of absolute weights for all other methods only. So these two give the same quantiles for
#   weights of 1, of 1/2 or of 1/n each, and the quantile at 1 is the largest observation.
# What happens. The index of the lower observation is looked up one unit of weight below p times the sum of the
#   weights. That is one observation lower if each weighs 1, and n observations lower if they weigh 1/n. Whenever
#   p times the sum is whole, the observation so found is the answer: with weights of 1/8 the quantile of 1 to 8
#   at 1 is 1, and with weights of 1/4 their median is 1. All weights below are powers of 2, so no sum is
#   rounded. Nothing is raised.
# Version: scipy 1.17.1 (numpy 2.4.6).
# What it means here. Weights of a conditioned Monte Carlo run are probabilities and add up to 1. Its largest
#   shortage, read off as the quantile at 1, is then its smallest. The median of the averaging method is not
#   the median either. numpy.quantile with method "inverted_cdf" gives the same for all of these weights. With
#   scipy, divide the weights by the smallest only if all become whole; otherwise use numpy.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import scipy
from scipy import stats

print("scipy", scipy.__version__, "numpy", np.__version__)
LEVELS = [0.25, 0.5, 0.75, 1.0]


def quantiles(values, weights, method):
    return [float(stats.quantile(values, level, method=method, weights=weights)) for level in LEVELS]


eight = np.arange(1.0, 9.0)
print("Quantiles at 0.25, 0.5, 0.75 and 1 of 1, 2, ..., 8 with equal weights")
right = {"inverted_cdf": [2.0, 4.0, 6.0, 8.0], "averaged_inverted_cdf": [2.5, 4.5, 6.5, 8.0]}
for method, expected in right.items():
    assert [float(stats.quantile(eight, level, method=method)) for level in LEVELS] == expected
    for weight in (2.0, 1.0, 0.5, 0.25, 0.125):
        found = quantiles(eight, np.full(8, weight), method)
        print(f"  {method:22s} weights {weight:<6} {found}")
        assert (found == expected) == (weight >= 1)
assert quantiles(eight, np.full(8, 0.125), "inverted_cdf")[-1] == eight.min()

values, weights = np.array([0.0, 20.0, 30.0, 100.0]), np.array([3.0, 1.0, 2.0, 2.0])
print("0, 20, 30 and 100 days of shortage with weights 3, 1, 2, 2, and with an eighth of each")
whole, shares = (quantiles(values, each, "inverted_cdf") for each in (weights, weights / 8))
print("  whole weights", whole)
print("  shares       ", shares)
assert whole == [0.0, 20.0, 30.0, 100.0] and shares == [0.0, 30.0, 100.0, 0.0]
for each in (weights, weights / 8):
    assert np.quantile(values, LEVELS, weights=each, method="inverted_cdf").tolist() == whole
print("  numpy gives the first line for both")
PY
echo "as described: with weights that add up to 1 the quantile at 1 is the minimum"
