#!/usr/bin/env bash
# squigglepy: an interval of 99 to 101 with t tails is drawn as 65 to 238.
#
# Expected. `tdist(low, high, t)` has a credible interval of 90 % from low to high, for which its page promises an
#   approximation. A t variable is its centre plus a scaled standard one: with low and high raised by 100, the
#   values rise by 100.
# What happens. The sampler divides the whole normal variable, with its centre, by the root of a chi-square variable, and
#   not its deviation alone. Around 0 that is the same. Far from 0 the tail is that of the centre:
#   `tdist(99, 101, 4)` draws 2 % of its values within the interval, where 83 % would be, and has a mean of 125.
#   `log_tdist` does so with logarithms: 990 to 1,010 kt has a median of 1,900 kt, and 0.99 to 1.01 Mt one of 1 Mt.
#   `norm` and `lognorm` are right.
# Version: squigglepy 0.30 (numpy 2.4.6, scipy 1.17.1).
# What it means here. A t distribution is the choice of an expert who states an interval and doubts its tails. Such
#   an output of a mine, known to a per cent, would double in one year of eleven. A guard: check that a sample has
#   the stated share within the stated interval.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    squigglepy==0.30 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
import squigglepy as sq
from scipy import stats

print("squigglepy", version("squigglepy"))
n = 200_000
sq.set_seed(1)


def drawn(distribution):
    return np.asarray(sq.sample(distribution, n=n, verbose=False))


def line(name, x, low, high):
    inside = np.mean((x >= low) & (x <= high))
    q = np.quantile(x, [0.05, 0.5, 0.95])
    print(f"{name:26} within {low} to {high}: {inside:6.1%}; quantiles {q.round(3)}")
    return inside, q


for t in (4, 20):
    half = stats.norm.ppf(0.95)
    due = stats.t(t, 0, 1 / half).cdf(1) - stats.t(t, 0, 1 / half).cdf(-1)
    for low, high in ((-1, 1), (99, 101)):
        inside, q = line(f"tdist({low}, {high}, t={t})", drawn(sq.tdist(low, high, t=t)), low, high)
        print(f"{'':26} of a t variable with that scale: {due:.1%}")
        assert abs(inside - due) < 0.005 if low == -1 else inside < 0.1
    root = np.sqrt(stats.chi2.ppf([0.95, 0.05], t) / t)
    assert np.allclose(q[[0, 2]], 100 / root, rtol=0.02)

for unit, scale in (("Mt", 1), ("kt", 1000)):
    low, high = 0.99 * scale, 1.01 * scale
    inside, q = line(f"log_tdist, {unit}", drawn(sq.log_tdist(low, high, t=4)), low, high)
    assert (inside > 0.8) == (scale == 1)
    inside, q = line(f"lognorm, {unit}", drawn(sq.lognorm(low, high)), low, high)
    assert abs(inside - 0.9) < 0.005
PY
echo "as described: a t interval is kept around 0 and not far from it"
