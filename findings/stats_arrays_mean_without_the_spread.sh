#!/usr/bin/env bash
# stats_arrays: the mean stated of a Weibull, gamma or extreme-value input is its location; the samples have another.
#
# Expected. `statistics` returns "mean, mode, median, and 95% confidence interval upper and lower values", and None for
#   what is not defined. A Weibull distribution of shape 2, scale 30 and location 1 has a mean of
#   1 + 30 sqrt(pi) / 2 = 27.6, a gamma distribution of shape 2, scale 30 and location 1 one of 61, a Gumbel
#   distribution of location 10 and scale 5 one of 10 + 5 x 0.5772 = 12.9. A triangular distribution from 0 to 10 with
#   mode 0 is above 10 (1 - sqrt(0.025)) = 8.42 in one of 40 draws, a uniform one above 9.75.
# What happens. The stated means are 1, 1 and 10: the location, whatever shape and scale are. The samples are right.
#   Without a location, 0 to the samples, the mean is NaN. The interval of the triangular distribution goes from the
#   1.25 % to the 98.75 % quantile, so that it holds 97.5 %, and that of the uniform from end to end, 100 %; those of
#   the beta and the PERT hold 95 %. There is no message.
# Version: stats_arrays 4.0 (numpy 2.4.6, scipy 1.17.1).
# What it means here. stats_arrays describes the uncertain inputs of Brightway, for life-cycle and material-flow
#   models. Weibull lifetimes of tools and Gumbel extremes of lead times are inputs of a study of supply; a table of
#   them made with `statistics` has a lifetime of 1 where the Monte Carlo draws 27.6 on average, and the ranges of two
#   experts' estimates cannot be compared. A guard: means and limits from `random_variables`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    stats_arrays==4.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version
from math import gamma, isnan

import numpy as np
import stats_arrays

print("stats_arrays", version("stats_arrays"), "numpy", np.__version__)
DRAWS = 400_000


def stated_and_drawn(name, **parameters):
    """Return what `statistics` says of a distribution, and a sample of it."""
    kind = getattr(stats_arrays, f"{name}Uncertainty")
    params = kind.from_dicts(parameters)
    kind.validate(params)
    return kind.statistics(params), kind.random_variables(params, DRAWS, np.random.RandomState(1)).ravel()


for name, parameters, mean in (
    ("Weibull", {"shape": 2.0, "scale": 30.0, "loc": 1.0}, 1 + 30 * gamma(1.5)),
    ("Gamma", {"shape": 2.0, "scale": 30.0, "loc": 1.0}, 1 + 2 * 30.0),
    ("GeneralizedExtremeValue", {"loc": 10.0, "scale": 5.0, "shape": 0.0}, 10 + 5 * np.euler_gamma),
):
    found, drawn = stated_and_drawn(name, **parameters)
    print(f"{name:24} mean {found['mean']:5.1f}, of a sample {drawn.mean():5.1f}, by formula {mean:5.1f}")
    assert found["mean"] == parameters["loc"] and np.isclose(drawn.mean(), mean, rtol=0.01)

for name in ("Weibull", "Gamma"):
    found, drawn = stated_and_drawn(name, shape=2.0, scale=30.0)
    print(f"{name:24} without a location: mean {found['mean']}, of a sample {drawn.mean():.1f}")
    assert isnan(found["mean"]) and drawn.mean() > 26

for name, parameters, share in (
    ("Triangular", {"minimum": 0.0, "maximum": 10.0, "loc": 0.0}, 0.975),
    ("Triangular", {"minimum": 0.0, "maximum": 10.0, "loc": 4.0}, 0.975),
    ("Uniform", {"minimum": 0.0, "maximum": 10.0}, 1.0),
    ("Beta", {"loc": 2.0, "shape": 3.0}, 0.95),
    ("BetaPERT", {"minimum": 0.0, "maximum": 10.0, "loc": 4.0}, 0.95),
):
    found, drawn = stated_and_drawn(name, **parameters)
    inside = np.mean((drawn >= found["lower"]) & (drawn <= found["upper"]))
    print(f"{name:24} 95 % from {found['lower']:.2f} to {found['upper']:.2f}: {100 * inside:.1f} % of a sample")
    assert abs(inside - share) < 0.002
PY
echo "as described: the stated means are 1, 1 and 10 where samples have 27.6, 61.0 and 12.9"
