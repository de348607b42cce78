#!/usr/bin/env bash
# statsmodels: with frequency weights, the standard error of a survival curve is that of its logarithm.
#
# Expected. A frequency weight says how often a row was observed, so a table with weights must give the same curve and
#   the same errors as the table with its rows repeated, and weights of 1 must change nothing. The page of
#   SurvfuncRight describes surv_prob_se as the standard errors of surv_prob, with and without weights.
# What happens. Without weights the errors are Greenwood's. With weights the code takes the root of the sum of d / n^2,
#   by Tsiatis (1981), and stops there: that is the error of the cumulative hazard, the negative logarithm of the curve,
#   and still has to be multiplied by the curve. The error is too large by 1 / surv_prob; at a survival of 16 % it
#   is 0.22 with weights and 0.045 with repeated rows. It grows where it should shrink, and can exceed 0.5, the largest
#   deviation of a number between 0 and 1. The curve itself is right. summary(), quantile_ci and simultaneous_cb
#   use the wrong errors. The limits of lifelines are the same for rows and weights.
# Version: statsmodels 0.15.0, lifelines 0.30.3 (numpy 2.4.6, pandas 2.3.3, scipy 1.17.1).
# What it means here. Replications of a simulation share their durations (whole weeks), so a table of durations and
#   counts is the natural input. From 80 of them the median duration has limits of 5 and 6 weeks by rows, and of 3 weeks
#   and infinity by counts. Repeat the rows, or multiply the errors by the curve.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    statsmodels==0.15.0 lifelines==0.30.3 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import SurvfuncRight

print("statsmodels", version("statsmodels"), "lifelines", version("lifelines"), "numpy", np.__version__)
weeks = np.arange(1, 9)
ended = np.array([1, 1, 1, 0, 1, 1, 1, 0])
counts = np.full(8, 10)
rows, row_ended = np.repeat(weeks, counts), np.repeat(ended, counts)
by_rows = SurvfuncRight(rows, row_ended)
by_counts = SurvfuncRight(weeks, ended, freq_weights=counts)

at_risk = np.array([80, 70, 60, 40, 30, 20])  # at weeks 1, 2, 3, 5, 6 and 7, with 10 events in each
curve = np.cumprod(1 - 10 / at_risk)
greenwood = curve * np.sqrt(np.cumsum(10 / (at_risk * (at_risk - 10))))
of_logarithm = np.sqrt(np.cumsum(10 / at_risk**2))
print("survival              ", by_counts.surv_prob.round(3))
print("error by repeated rows", by_rows.surv_prob_se.round(3))
print("error by counts       ", by_counts.surv_prob_se.round(3))
print("times the survival    ", (by_counts.surv_prob_se * curve).round(3))
assert np.allclose(by_rows.surv_prob, curve) and np.allclose(by_counts.surv_prob, curve)
assert np.allclose(by_rows.surv_prob_se, greenwood)
assert np.allclose(by_counts.surv_prob_se, of_logarithm)
assert by_counts.surv_prob_se[-1] > 4.9 * by_rows.surv_prob_se[-1]

limits = by_rows.quantile_ci(0.5), by_counts.quantile_ci(0.5)
print("limits of the median: by rows {}, by counts {}".format(*(tuple(map(float, pair)) for pair in limits)))
assert limits == ((5, 6), (3, np.inf))

ones = SurvfuncRight(weeks, ended, freq_weights=np.ones(8)).surv_prob_se
none = SurvfuncRight(weeks, ended).surv_prob_se
print(f"eight rows, last error: without weights {none[-1]:.3f}, with weights of 1 {ones[-1]:.3f}")
assert ones[-1] > 0.69 and none[-1] < 0.15

by_lifelines = [
    KaplanMeierFitter().fit(times, events, weights=weights).confidence_interval_.to_numpy()
    for times, events, weights in ((rows, row_ended, None), (weeks, ended, counts))
]
print("lifelines, largest difference between the limits:", np.abs(by_lifelines[0] - by_lifelines[1]).max())
assert np.allclose(*by_lifelines)
PY
echo "as described: the error with weights is that of the logarithm of the curve"
