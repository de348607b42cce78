#!/usr/bin/env bash
# sktime: a mean absolute error with weights is 3.8 where no forecast is off by more than 3.
#
# Expected. A weighted mean divides by the sum of the weights, so that it lies between the smallest and the largest
#   error, and whole-number weights are repeated periods. So do the function mean_absolute_error of sktime with
#   `horizon_weight` and scikit-learn with `sample_weight`. The pages say of `sample_weight`: used as weights.
# What happens. MeanAbsoluteError()(..., sample_weight=w) multiplies the errors by the weights and divides by the
#   number of periods: weights of 1, 2, 3, 0 and 4 double it, and weights that add up to 1 divide it by 5. The same
#   goes for MeanSquaredError and MeanAbsolutePercentageError, though not for MeanSquaredPercentageError.
#   MeanAbsoluteScaledError multiplies twice. geometric_mean_absolute_error with `horizon_weight` does not depend
#   on which period has which weight. Equal weights of 1 show nothing of this.
# Version: sktime 1.2.0 (numpy 2.4.6, pandas 3.0.6, scikit-learn 1.9.1).
# What it means here. A forecast of supply is often weighted, with the near months or the months of a shortage first.
#   Such an error compares neither with the unweighted one nor, for other weights, with another weighted one, and
#   with weights that add up to 1 it is as many times too small as there are periods. A guard: divide the weights by
#   their mean, and use no MeanAbsoluteScaledError with weights.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    sktime==1.2.0 numpy==2.4.6 pandas==3.0.6 scikit-learn==1.9.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from sklearn import metrics
from sktime.performance_metrics import forecasting as sk

print("sktime", version("sktime"), "scikit-learn", version("scikit-learn"))
seen, forecast = np.array([3.0, 5.0, 2.0, 8.0, 4.0]), np.array([2.2, 5.1, 4.0, 7.0, 1.0])
before = np.array([1.0, 4.0, 2.0, 6.0, 3.0, 5.0])
weights = np.array([1, 2, 3, 0, 4])
errors = np.abs(seen - forecast)
print("absolute errors", errors.round(2), "weights", weights)
due = errors[np.repeat(np.arange(5), weights)].mean()  # each period as often as its weight says
assert np.isclose(due, metrics.mean_absolute_error(seen, forecast, sample_weight=weights))
assert np.isclose(due, sk.mean_absolute_error(seen, forecast, horizon_weight=weights))
by_their_mean = weights / weights.mean()
for name, given in (("as they are", weights), ("adding up to 1", weights / 10), ("by their mean", by_their_mean)):
    found = sk.MeanAbsoluteError()(seen, forecast, sample_weight=given)
    print(f"mean absolute error, weights {name}: {found:.2f}, due {due:.2f}")
    assert np.isclose(found, due * given.mean())
assert sk.MeanAbsoluteError()(seen, forecast, sample_weight=weights) > errors.max()

for metric, factor in (("SquaredError", 2), ("AbsolutePercentageError", 2), ("SquaredPercentageError", 1)):
    found = getattr(sk, f"Mean{metric}")()(seen, forecast, sample_weight=weights)
    again = getattr(sk, f"Mean{metric}")()(np.repeat(seen, weights), np.repeat(forecast, weights))
    print(f"Mean{metric}: weighted {found:.3f}, of the repeated periods {again:.3f}")
    assert np.isclose(found, factor * again)

scale = np.abs(np.diff(before)).mean()
found = sk.MeanAbsoluteScaledError()(seen, forecast, y_train=before, sample_weight=weights)
print(f"MeanAbsoluteScaledError: {found:.3f}, due {due / scale:.3f}")
assert np.isclose(found, (errors * weights**2).mean() / scale)

due = np.exp(np.average(np.log(errors), weights=weights))
both = [sk.geometric_mean_absolute_error(seen, forecast, horizon_weight=w) for w in (weights, weights[::-1])]
print(f"geometric mean: {both[0]:.3f}, with the weights in reverse order {both[1]:.3f}, due {due:.3f}")
assert np.isclose(*both) and both[0] < due - 0.3
PY
echo "as described: a weighted mean absolute error is above the largest error"
