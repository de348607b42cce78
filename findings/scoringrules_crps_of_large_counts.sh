#!/usr/bin/env bash
# scoringrules: the CRPS of a count is infinite or not a number from some 150 or 300 on.
#
# Expected. crps_poisson, crps_negbinom, crps_binomial and crps_hypergeometric score an observed count against a
#   forecast distribution of it. Their pages name no largest count. The score is of the size of the error: for an
#   observation of 250 and a Poisson forecast of mean 250 it is 3.7.
# What happens. Probabilities are computed from powers and factorials, which leave the range of a floating-point
#   number though the probabilities do not. The Poisson score is infinite at a mean and count of 144 and not a
#   number from a count of 171 on, whatever the mean; the binomial one is not a number from 1,040 trials on (in
#   steps of 20, probability one half), the negative binomial one from n = 330 (in steps of 10). There is no
#   error; numpy warns of an overflow or an invalid value, once for each place in the code.
# Version: scoringrules 0.10.0 (with numpy 2.4.6 and scipy 1.17.1).
# What it means here. Licences granted in a quarter, lots in a customs month and days of shortage are such counts.
#   A mean over months that leaves NaN out, as nanmean does, scores the quiet months only, and the forecast that
#   expects few licences wins. scipy.stats has the distribution functions; the score of a count is the sum of
#   (F(k) - 1{k >= y})^2 over k.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 scoringrules==0.10.0
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import scoringrules
from scipy import stats

np.seterr(all="ignore")
print("scoringrules", scoringrules.__version__)


def summed(distribution, count):
    k = np.arange(5000)
    return float(((distribution.cdf(k) - (k >= count)) ** 2).sum())


print("Observed count, forecast: score of the library, sum over counts")
cases = [
    ("Poisson 100", 100, scoringrules.crps_poisson, (100.0,), stats.poisson(100), True),
    ("Poisson 150", 160, scoringrules.crps_poisson, (150.0,), stats.poisson(150), False),
    ("Poisson 250", 250, scoringrules.crps_poisson, (250.0,), stats.poisson(250), False),
    ("binomial 500, 1/2", 260, scoringrules.crps_binomial, (500, 0.5), stats.binom(500, 0.5), True),
    ("binomial 2000, 1/2", 990, scoringrules.crps_binomial, (2000, 0.5), stats.binom(2000, 0.5), False),
    ("negative binomial 250, 1/2", 300, scoringrules.crps_negbinom, (250, 0.5), stats.nbinom(250, 0.5), True),
    ("negative binomial 800, 1/2", 820, scoringrules.crps_negbinom, (800, 0.5), stats.nbinom(800, 0.5), False),
]
for name, count, score, numbers, distribution, is_right in cases:
    got, exact = float(score(float(count), *numbers)), summed(distribution, count)
    print(f"  {count:4d}, {name:27s} {got:8.3f} {exact:8.3f}")
    assert np.isfinite(exact)
    assert (abs(got - exact) < 1e-6) if is_right else not np.isfinite(got)

equal = [m for m in range(1, 400) if not np.isfinite(scoringrules.crps_poisson(float(m), float(m)))]
counts = [y for y in range(1, 400) if not np.isfinite(scoringrules.crps_poisson(float(y), 10.0))]
trials = [n for n in range(20, 2001, 20) if not np.isfinite(scoringrules.crps_binomial(n // 2, n, 0.5))]
sizes = [n for n in range(10, 1001, 10) if not np.isfinite(scoringrules.crps_negbinom(n, n, 0.5))]
print(f"First without a finite score: Poisson with count = mean {equal[0]}, count {counts[0]} at a mean of 10;")
print(f"  binomial of {trials[0]} trials; negative binomial with n = {sizes[0]}")
assert (equal[0], counts[0], trials[0], sizes[0]) == (144, 171, 1040, 330)
assert len(equal) == 400 - 144
assert len(counts) == 400 - 171
PY
