#!/usr/bin/env bash
# scipy: a gamma distribution fitted to symmetric data with one censored value has next to no spread.
#
# Expected. gamma.fit(data, floc=0) returns estimates of greatest likelihood; its page allows scipy.stats.CensoredData
#   as data. Of the durations 4, 5, ..., 12 with the longest censored, the estimate has shape 7.4 and scale 1.1; without
#   the censoring it has 8.8 and 0.91.
# What happens. The search begins at a shape of 4 divided by the square of the sample's skewness. A symmetric sample has
#   a skewness of 0; its search begins at a shape of 4e8 and ends at 57,000 when its number of steps is used up. The
#   log-likelihood is -44,112 instead of -21; the standard deviation is 0.04 instead of 3.0; the mean of 10.3 is above
#   seven of the nine values. No warning, no error. Without a censored value the solution is found in another way and
#   is right. With a start given by hand, gamma.fit(data, 1.0, floc=0), the estimates are right too.
# Version: scipy 1.17.1 (numpy 2.4.6).
# What it means here. Lead times and durations of a few whole weeks are often symmetric (5, 6, 7; or two values in equal
#   numbers), and the longest is censored when the horizon ends. By this fit every delay is 10.3 weeks, and the
#   chance of more than 10 weeks is 1 instead of 0.25. Give a start, and compare the log-likelihood with that of an
#   exponential distribution: it is a gamma distribution of shape 1 and cannot be better than the best.
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
shapes, scales = np.geomspace(0.5, 100, 300)[:, None, None], np.geomspace(0.02, 20, 300)[:, None]


def log_likelihood(shape, scale, times, censored):
    known = stats.gamma.logpdf(times[~censored], shape, scale=scale).sum(axis=-1)
    return known + stats.gamma.logsf(times[censored], shape, scale=scale).sum(axis=-1)


samples = {
    "4, 5, ..., 12": np.arange(4.0, 13.0),
    "2, 2, 3, 4, 4": np.array([2.0, 2, 3, 4, 4]),
    "10 of 3, 10 of 5": np.repeat([3.0, 5.0], 10),
}
for name, times in samples.items():
    censored = np.arange(times.size) == times.size - 1
    data = stats.CensoredData.right_censored(times, censored)
    print(f"{name}, the last one censored")
    values = {}
    for how, start in (("as it comes", ()), ("with a start", (1.0,))):
        shape, _, scale = stats.gamma.fit(data, *start, floc=0)
        values[how] = log_likelihood(shape, scale, times, censored)
        mean, deviation = stats.gamma.mean(shape, scale=scale), stats.gamma.std(shape, scale=scale)
        print(f"  {how:12}: shape {shape:,.4g}, mean {mean:.2f}, deviation {deviation:.3f},", end=" ")
        print(f"P(X > 10) {stats.gamma.sf(10, shape, scale=scale):.3f}, log-likelihood {values[how]:,.2f}")
        assert (shape > 10_000 and deviation < 0.05) == (how == "as it comes")
    best = log_likelihood(shapes, scales, times, censored).max()
    print(f"  the highest log-likelihood on a grid of shapes and scales: {best:.2f}")
    assert values["as it comes"] < -10_000
    assert best <= values["with a start"] < best + 0.05

shape, _, scale = stats.gamma.fit(samples["4, 5, ..., 12"], floc=0)
print(f"4, 5, ..., 12, none censored: shape {shape:.2f}, scale {scale:.3f}")
assert abs(shape - 8.825) < 0.01
PY
echo "as described: the fit of symmetric data with one censored value has next to no spread"
