#!/usr/bin/env bash
# mcerp: a lognormal with a median of 1 is NaN throughout, and a Weibull distribution ignores its scale.
#
# Expected. `LogN(mu, sigma)` and `Weib(lamda, k)` have the parameters of the encyclopedia articles that the page of
#   mcerp names: mu and sigma are the mean and the deviation of the logarithm, lamda is the scale and k the shape. soerp
#   by the same author has the same two calls with these meanings.
# What happens. `LogN` passes mu as the scale, so that the median is mu and not exp(mu). For mu of 0 or below all values
#   are NaN, with at most a warning of numpy; so are the sums that they enter, while the probability that one exceeds
#   any limit is given as 1. `Weib` passes scale and shape as the two shapes of an exponentiated Weibull distribution
#   with a scale of 1: a scale of 20 years and a shape of 3 have a mean of 1.5 years, not 17.9.
# Version: mcerp 1.1.1 and soerp 1.0.1 (numpy 2.4.6, scipy 1.17.1).
# What it means here. Lognormal factors around 1 are the usual way to state an uncertain output or price, and Weibull
#   the usual lifetime of a press or a tool. That demand exceeds supply is certain, whatever the supply. A guard:
#   compare `percentile(0.5)` with the closed form.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    mcerp==1.1.1 soerp==1.0.1 numpy==2.4.6 scipy==1.17.1
MPLCONFIGDIR="$folder" "$folder/venv/bin/python" -W ignore - <<'PY'
import math
from importlib.metadata import version

import mcerp
import soerp

print("mcerp", version("mcerp"), "soerp", version("soerp"))

for mu in (-0.5, 0.0, 2.0):
    x, other = mcerp.LogN(mu, 0.5), soerp.LogN(mu, 0.5)
    due = math.exp(mu + 0.5**2 / 2)
    print(f"LogN({mu}, 0.5): mean {x.mean:.3f}, median {x.percentile(0.5):.3f}", end="; ")
    print(f"due {due:.3f} and {math.exp(mu):.3f}; mean of soerp {other.mean:.3f}")
    assert abs(other.mean - due) < 1e-3
    if mu <= 0:
        assert math.isnan(x.mean) and math.isnan(x.percentile(0.5))
    else:
        assert abs(x.percentile(0.5) - mu) < 0.01

demand = 10 * mcerp.LogN(0.0, 0.5)
for supply in (10, 1_000_000):
    print(f"P(10 LogN(0, 0.5) > {supply}): {demand > supply}, due {0.5 if supply == 10 else 0}")
    assert (demand > supply) == 1

for scale, shape in ((20.0, 3.0), (2.0, 3.0), (20.0, 1.0)):
    x, other = mcerp.Weib(scale, shape), soerp.Weib(scale, shape)
    due = scale * math.gamma(1 + 1 / shape)
    print(f"Weib({scale}, {shape}): mean {x.mean:.3f}, due {due:.3f}, of soerp {other.mean:.3f}")
    assert abs(other.mean - due) < 1e-3 * due and x.mean < 0.7 * due
PY
echo "as described: LogN takes its mu as the median, and Weib its scale as a shape"
