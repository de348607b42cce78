#!/usr/bin/env bash
# lifelines: a piecewise exponential fit mistakes the hazard at its breakpoints, and with it all of its rates.
#
# Expected. The page of PiecewiseExponentialFitter defines the hazard as 1/lambda_0 up to and including the first
#   breakpoint, as 1/lambda_1 after it up to and including the second, and so on. The lambda of greatest likelihood is
#   then known in closed form: the time at risk in an interval over the number of events in it.
# What happens. The hazard is an automatic derivative of the cumulative hazard, which takes the minimum of a time and a
#   breakpoint; where the two are equal, each gets one half. At a breakpoint the hazard is therefore the mean of those
#   on both sides, in hazard_at_times, in the log-likelihood and in the fit. For eight durations in weeks with
#   breakpoints at 4 and 8, the means are 3e13, 3.3 and 1.3 instead of 8.0, 5.3 and 4.0: in the first interval, with
#   four of the eight events, the fit has a hazard of 0. Moved up by 1e-6, the breakpoints give the right values.
# Version: lifelines 0.30.3 (numpy 2.4.6, pandas 2.3.3, scipy 1.17.1).
# What it means here. Simulated durations are multiples of a tick, and breakpoints are whole months or quarters, so
#   events at breakpoints are the rule. Durations with one constant chance of 10 % per tick look as if shortages ended
#   faster after the sixth tick (a mean of 9.3 after it, 10.6 before), with intervals of 95 % that do not overlap. Put
#   breakpoints just above a tick, as at 6.000001.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    lifelines==0.30.3 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from lifelines import PiecewiseExponentialFitter

print("lifelines", version("lifelines"), "numpy", np.__version__)


def closed_form(times, breaks):
    edges = [0.0, *breaks, np.inf]
    exposure = [(np.clip(times, low, high) - low).sum() for low, high in zip(edges, edges[1:])]
    events = [((times > low) & (times <= high)).sum() for low, high in zip(edges, edges[1:])]
    return np.array(exposure) / events


def log_likelihood(times, breaks, means):
    piece = np.searchsorted(breaks, times)  # a time at a breakpoint belongs to the piece that ends there
    exposure = np.diff(np.minimum([*breaks, np.inf], times[:, None]), prepend=0.0)
    return -np.log(np.asarray(means)[piece]).sum() - (exposure / means).sum()


weeks, breaks = np.array([4.0, 4, 4, 4, 8, 8, 8, 12]), [4.0, 8.0]
right = closed_form(weeks, breaks)
fit = PiecewiseExponentialFitter(breaks).fit(weeks)
means = fit.summary["coef"].to_numpy()
above = PiecewiseExponentialFitter([b + 1e-6 for b in breaks]).fit(weeks).summary["coef"].to_numpy()
print(f"durations {weeks}, breakpoints {breaks}\n  means {means}; closed form {right}; breakpoints + 1e-6 {above}")
assert means[0] > 1e6 and np.allclose(means[1:], [3.315, 1.260], atol=0.01)
assert np.allclose(right, [8, 16 / 3, 4]) and np.allclose(above, right, rtol=1e-3)
shown = fit.hazard_at_times([4.0, 8.0]).to_numpy()
print(f"  hazard at 4 and 8: {shown}; by the definition {1 / means[:2]}")
assert np.allclose(shown, (1 / means[:2] + 1 / means[1:]) / 2)
own, best = (log_likelihood(weeks, breaks, values) for values in (means, right))
print(f"  log-likelihood by the definition: {own:.1f} of these means, {best:.1f} of the closed form")
print(f"  reported: {fit.log_likelihood_:.1f}, more than the highest possible value")
assert own < best < fit.log_likelihood_

ticks = np.random.default_rng(0).geometric(0.1, size=20_000).astype(float)
print("20,000 durations with a chance of 10 % per tick; mean durations by the fit, with limits of 95 %")
for breaks in ([6.0, 12.0], [6.000001, 12.000001]):
    table = PiecewiseExponentialFitter(breaks).fit(ticks).summary
    limits = table[["coef lower 95%", "coef upper 95%"]].to_numpy()
    rows = (f"{mean:.2f} ({low:.2f} to {high:.2f})" for mean, (low, high) in zip(table["coef"], limits))
    print(f"  breakpoints {breaks}: {', '.join(rows)}")
    assert (limits[0, 0] > limits[1, 1]) == (breaks[0] == 6.0)
PY
echo "as described: the hazard at a breakpoint is the mean of its two sides"
