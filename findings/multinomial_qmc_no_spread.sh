#!/usr/bin/env bash
# scipy.stats.qmc.MultinomialQMC draws counts that hardly spread, and may not spread at all.
#
# Expected. The reference page of scipy.stats.qmc.MultinomialQMC says "QMC sampling from a multinomial
#   distribution": row after row should be a draw of that distribution. A quasi-random sample covers the
#   distribution more evenly than a pseudo-random one, but it has the same marginal distribution: over many
#   rows the count of a category with probability p has mean n p and variance n p (1 - p).
# What happens. One sequence of dimension 1 feeds all trials, and each row uses up the next n_trials points of
#   it. Consecutive points of a low-discrepancy sequence are spread evenly over [0, 1), so that evenness,
#   which should hold across rows, holds inside each row instead. Every row is close to the expected counts.
#   With the default engine (scrambled Sobol), n_trials = 16 and probabilities that are multiples of 1/16, all
#   rows are equal: the variance is 0, for every seed. More rows do not help. With the Halton engine of the
#   reference page's own example the variance is a small fraction of the right one. The example checks the
#   median only, and the median is right.
# Version: scipy 1.17.1 (numpy 2.4.6).
# What it means here. "How many of 16 licence applications are granted", "how many of 16 plants are down" are
#   multinomial counts, and the tails are what one simulates for. With a probability of 1/4 no application is
#   granted in 1 % of all cases; this sampler never shows such a case, and it warns of nothing. Means agree,
#   so a test of means passes. Give each trial a dimension of its own (Sobol(d=n_trials), compare with p), or
#   put one uniform number through the quantile function of the binomial distribution.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import warnings

import numpy as np
import scipy
from scipy.stats import binom, qmc

ROWS = 4096
APPLICATIONS = 16
print("scipy", scipy.__version__)


def show(name, granted):
    """Print mean, variance and the share of rows without a grant."""
    print(f"  {name:11s} mean {granted.mean():.3f}  variance {granted.var():.3f}", end="  ")
    print(f"P(none granted) {np.mean(granted == 0):.4f}  values {granted.min():.0f} to {granted.max():.0f}")


print(f"{APPLICATIONS} applications, each granted with probability 1/4; {ROWS} rows")
exact = binom(APPLICATIONS, 0.25)
print(f"  exact       mean {exact.mean():.3f}  variance {exact.var():.3f}", end="  ")
print(f"P(none granted) {exact.pmf(0):.4f}")
with warnings.catch_warnings():
    warnings.simplefilter("error")  # no warning is given for these numbers
    for seed in range(5):
        sampler = qmc.MultinomialQMC([0.25, 0.75], APPLICATIONS, rng=np.random.default_rng(seed))
        granted = sampler.random(ROWS)[:, 0]
        show(f"QMC, seed {seed}", granted)
        assert np.unique(granted).tolist() == [4.0]

pseudo = np.random.default_rng(0).multinomial(APPLICATIONS, [0.25, 0.75], ROWS)[:, 0]
show("numpy", pseudo)
assert abs(pseudo.var() - exact.var()) < 0.3

points = qmc.Sobol(APPLICATIONS, rng=np.random.default_rng(0)).random(ROWS)
one_dimension_each = np.sum(points < 0.25, axis=1)
show("Sobol, d=16", one_dimension_each)
assert abs(one_dimension_each.var() - exact.var()) < 0.3

print("The example of the reference page: Halton engine, n_trials=10, probabilities 0.2, 0.4, 0.4")
probabilities = np.array([0.2, 0.4, 0.4])
engine = qmc.Halton(d=1, rng=np.random.default_rng(0))
counts = qmc.MultinomialQMC(probabilities, 10, engine=engine).random(ROWS)
print("  mean    ", counts.mean(axis=0).round(3), "expected", 10 * probabilities)
print("  variance", counts.var(axis=0).round(3), "expected", 10 * probabilities * (1 - probabilities))
assert np.allclose(counts.mean(axis=0), 10 * probabilities, atol=0.01)
assert np.all(counts.var(axis=0) < 0.5 * 10 * probabilities * (1 - probabilities))
PY
echo "as described: the counts have the right mean and too little spread"
