#!/usr/bin/env bash
# numpy: equal weights that add up to 1 give another quantile than no weights.
#
# Expected. The reference page of numpy.quantile says of method "inverted_cdf" with weights that the quantile at
#   q is a number x with P(Y < x) <= q and P(Y <= x) >= q, that weights=None stands for a weight of one each,
#   and it sets no rule for the sum of the weights: only their proportions count. So weights of 1/n each, the
#   usual form of the weights of a sample (they add up to 1), give the quantiles of the sample without weights.
# What happens. The cumulated weights are compared with q as they are rounded. Where they reach q exactly, as
#   the lower half of an even number of replications reaches 0.5, a sum of floating-point numbers often stops
#   just short, and the next larger observation is returned. With weights of 1/n the median of n = 12, 20, 40,
#   42, ... observations is one observation too high: of 417 of the 1,000 even n up to 2,000. Without weights,
#   and with weights of 1.0, it is right for all. Other levels are concerned too: 24 of the 100 sample sizes up
#   to 2,000 for which 0.95 n is whole.
# Version: numpy 2.4.6.
# What it means here. In a large sample without gaps the next observation is near. In survey and Monte Carlo
#   statistics it is not where results come in few values: of 12 replications of which 6 have no shortage and 6
#   a shortage of 100 days, the median is 0 without weights and 100 with equal ones, and changing the unit of
#   the weights changes it back. A weighted estimate that is checked against the unweighted one fails at some
#   sample sizes and passes at others. Use weights that are whole numbers, whose sums are exact, where there
#   are any; otherwise take the first observation whose cumulated weight is at least q less some 1e-9.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
from fractions import Fraction

import numpy as np

print("numpy", np.__version__)


def quantile(values, level, weights=None):
    return float(np.quantile(values, level, weights=weights, method="inverted_cdf"))


days = np.repeat([0.0, 100.0], 6)
print("Median of 6 replications with 0 days of shortage and 6 with 100")
medians = {
    "no weights": quantile(days, 0.5),
    "weights 1": quantile(days, 0.5, np.ones(12)),
    "weights 1/12": quantile(days, 0.5, np.full(12, 1 / 12)),
}
for name, median in medians.items():
    print(f"  {name:13s} {median:5.1f}")
assert list(medians.values()) == [0.0, 0.0, 100.0]

print("Sample sizes up to 2,000 at which the quantile of 1, 2, ..., n is not q n, of those where it is whole")
wrong = {}
for level in (Fraction(1, 2), Fraction(1, 4), Fraction(19, 20)):
    sizes = [n for n in range(2, 2001) if (level * n).denominator == 1]
    wrong[level] = [0, 0, 0]
    for n in sizes:
        values = np.arange(1.0, n + 1)
        for column, weights in enumerate((None, np.ones(n), np.full(n, 1 / n))):
            found = quantile(values, float(level), weights)
            assert found - level * n in (0, 1)
            wrong[level][column] += found != level * n
    without, ones, shares = wrong[level]
    print(f"  q = {float(level):.2f}: {without} without weights, {ones} with weights 1,", end=" ")
    print(f"{shares} with weights 1/n, of {len(sizes)}")
    assert (without, ones) == (0, 0) and shares > len(sizes) / 10

values = np.arange(1.0, 13)
tolerant = values[np.searchsorted(np.cumsum(np.full(12, 1 / 12)), 0.5 - 1e-9)]
print("With a tolerance of 1e-9 the median of 1, 2, ..., 12 is", float(tolerant))
assert tolerant == 6 == quantile(values, 0.5)
PY
echo "as described: with weights of 1/n the quantile is one observation too high at some sample sizes"
