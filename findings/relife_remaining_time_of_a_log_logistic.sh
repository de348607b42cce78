#!/usr/bin/env bash
# ReLife: a log-logistic duration with a mean of 79 days is expected to last 101 days from its beginning.
#
# Expected. The mean residual life `mrl(t)` is the integral of the survival function from t on, divided by its value at
#   t. At 0 it is the mean. For a log-logistic duration of shape 2 and scale s it is
#   s (pi / 2 - atan(t / s)) (1 + (t / s)^2).
# What happens. For LogLogistic(2, 1/50), with a median of 50 days, mrl(0) is 101.1 beside a mean of 78.5, which is
#   right. After 50 days it is 84.7 in place of 78.5, after 500 days 408 in place of 503, and with a shape of 3 it is
#   144 in place of 250. The integral is a quadrature of fixed degree from t to the duration that one in 10,000
#   exceeds, here 5,000 days, and another beyond. mrl of Weibull and Gompertz has formulas of its own and is right.
# Version: relife 3.0.0 (numpy 2.4.6, scipy 1.17.1).
# What it means here. The log-logistic is the usual distribution for times of repair and of restoration: most
#   disruptions end soon, and the longer one has lasted, the longer it will last. mrl answers how long a ban that has
#   been in force for 50 days is still to be expected, and with it how much stock to hold. A guard: compare mrl(0) with
#   mean(), and integrate sf.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    relife==3.0.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from relife.lifetime_models import Gompertz, LogLogistic, Weibull
from scipy import integrate

print("relife", version("relife"), "numpy", np.__version__)
scale = 50.0


def integrated(model, elapsed):
    """Mean residual life: sf from the elapsed time to infinity, in pieces, by its value at that time."""
    ends = [*np.geomspace(elapsed + 1, 1e8, 30), np.inf]
    pieces = [integrate.quad(lambda t: float(model.sf(t)), *ab)[0] for ab in zip([elapsed, *ends], ends)]
    return sum(pieces) / float(model.sf(elapsed))


model = LogLogistic(2.0, 1 / scale)
print(f"LogLogistic(2, 1/50): mean {float(model.mean()):.2f}, pi s / 2 = {np.pi * scale / 2:.2f}")
assert np.isclose(model.mean(), np.pi * scale / 2)
for elapsed, low, high in ((0, 1.28, 1.30), (50, 1.07, 1.09), (500, 0.80, 0.82)):
    found, z = float(model.mrl(float(elapsed))), elapsed / scale
    due = scale * (np.pi / 2 - np.arctan(z)) * (1 + z**2)
    again = integrated(model, elapsed)
    print(f"  after {elapsed:3} days: {found:6.1f} more, due {due:6.1f}, by integration {again:6.1f}")
    assert np.isclose(due, again, rtol=1e-4) and low < found / due < high

steeper = LogLogistic(3.0, 1 / scale)
found, due = float(steeper.mrl(500.0)), integrated(steeper, 500)
print(f"LogLogistic(3, 1/50) after 500 days: {found:.1f} more, due {due:.1f}")
assert found < 0.6 * due

for name, other in (("Weibull", Weibull(0.7, 0.02)), ("Gompertz", Gompertz(0.01, 0.1))):
    found, due = float(other.mrl(50.0)), integrated(other, 50)
    print(f"{name} after 50 days: {found:.3f} more, due {due:.3f}")
    assert np.isclose(found, due, rtol=1e-4)
PY
echo "as described: a duration with a mean of 78.5 days is expected to last 101.1 days from its beginning"
