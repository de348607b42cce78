#!/usr/bin/env bash
# scipy: quantiles of a beta distribution with a large and a very large shape are off by 29 standard deviations.
#
# Expected. scipy.stats.beta.ppf(q, a, b) is the inverse of scipy.stats.beta.cdf, for any shapes above 0, so that
#   cdf(ppf(q)) is q, and ppf rises with q.
# What happens. For a = 1000 and b = 1e9 (1,000 events in a billion trials) the quantiles from 0.1 % to
#   50 % are one and the same number, 1.9 times the mean, 28.6 standard deviations above it, and above the
#   quantiles of 60 and of 99 %. cdf is right, so the round trip gives 1 where 0.5 went in. beta.isf and
#   scipy.special.betaincinv give the same. Errors are noticeable (1e-6 of probability) from b = 3e6 on; for
#   b = 1e6 and below none was seen. Exchanging the shapes mirrors the error.
# Version: scipy 1.17.1 (numpy 2.4.6).
# What it means here. A Clopper-Pearson or a Jeffreys interval for a rare event, and the beta posterior of a
#   rate, are beta quantiles with the count and the number of trials as shapes: 1,000 short ticks among a
#   billion of a large Monte Carlo give an interval whose lower limit is above its upper one. The limits of
#   scipy.stats.binomtest are found otherwise and are right. A guard: compare cdf(ppf(q)) with q.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import scipy
from scipy import special, stats

print("scipy", scipy.__version__, "numpy", np.__version__)
a, b = 1000, 1e9
mean, sd = stats.beta.mean(a, b), stats.beta.std(a, b)
print(f"beta({a}, {b:g}): mean {mean:.4g}, standard deviation {sd:.3g}")
levels = np.array([0.001, 0.025, 0.25, 0.5, 0.6, 0.975])
quantiles = stats.beta.ppf(levels, a, b)
for level, value, back in zip(levels, quantiles, stats.beta.cdf(quantiles, a, b), strict=True):
    print(f"  ppf({level:5.3f}) = {value:.5g}, {(value - mean) / sd:+6.2f} sd; cdf of it {back:.4f}")
assert abs(stats.beta.cdf(mean, a, b) - 0.5) < 0.01  # the distribution function is right
assert (quantiles[3] - mean) / sd > 28 and stats.beta.cdf(quantiles[3], a, b) > 0.999
assert quantiles[1] == quantiles[2] == quantiles[3] and quantiles[3] > quantiles[5]

count, trials = 1000, 10**9
low = stats.beta.ppf(0.025, count, trials - count + 1)
high = stats.beta.ppf(0.975, count + 1, trials - count)
exact = stats.binomtest(count, trials).proportion_ci(method="exact")
print(f"Clopper-Pearson of {count} in {trials}: by beta quantiles {low:.4g} to {high:.4g},", end=" ")
print(f"by binomtest {exact.low:.4g} to {exact.high:.4g}")
assert low > high and exact.low < 1e-6 < exact.high

inner = np.linspace(0.001, 0.999, 333)
for other in (1e6, 1e7, 1e8, 1e9):
    worst = np.abs(special.betainc(a, other, special.betaincinv(a, other, inner)) - inner).max()
    print(f"  b = {other:g}: cdf(ppf(q)) differs from q by up to {worst:.2g}")
    assert (worst > 1e-6) == (other > 1e6)
PY
echo "as described: the median of beta(1000, 1e9) is 28.6 standard deviations too large"
