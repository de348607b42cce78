#!/usr/bin/env bash
# lmoments3: a Wakeby distribution that is fitted to data with a mean of 3.5 has a mean of 6.5.
#
# Expected. `wak.lmom_fit` matches L-moments, the first of which is the mean. Its result is passed to `wak(**fit)`,
#   which then has the mean, the L-moments and about the quantiles of the data, as for the other distributions.
# What happens. `wak` is x = loc + scale ((1 - s^beta) / beta - gamma / delta (1 - s^-delta)), s the survival, as
#   its page says. `lmom_fit` and `lmom_ratios` have the scale in the first of the two terms only, so that gamma is
#   fitted `scale` times too large. Refitted to its own quantiles at a scale of 3, gamma is 1.2 rather than 0.4, and
#   the quantile of 99 % is 29.7 rather than 11.6. The smaller the unit, the further off. `lmom_ratios` of the fit
#   repeats the L-moments of the data, which looks like a check and has the same fault.
# Version: lmoments3 1.0.8 (numpy 2.4.6, scipy 1.17.1).
# What it means here. Five parameters make it the distribution for extremes that no other fits, such as the longest
#   closure or the highest price in a year. Its far quantiles set a reserve. A guard: compare the mean of the fit,
#   by its quantiles, with that of the data; or divide the fitted gamma by the fitted scale.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    lmoments3==1.0.8 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import lmoments3
import numpy as np
from lmoments3 import distr

print("lmoments3", version("lmoments3"))
survival = 1 - (np.arange(200_000) + 0.5) / 200_000
levels = [0.5, 0.9, 0.99]


def values(beta, gamma, delta, loc, scale):
    return loc + scale * ((1 - survival**beta) / beta - gamma / delta * (1 - survival**-delta))


for scale in (1.0, 3.0, 100.0):
    true = {"beta": 2.0, "gamma": 0.4, "delta": 0.2, "loc": 1.0, "scale": scale}
    data = values(**true)
    assert np.allclose(distr.wak.ppf(1 - survival, **true), data)
    fit = distr.wak.lmom_fit(data)
    mean = distr.wak.ppf(1 - survival, **fit).mean()
    print(f"scale {scale:5.0f}: gamma fitted {fit['gamma']:6.2f}, true 0.40; mean of the fit {mean:8.2f}", end=", ")
    print(f"of the data {data.mean():7.2f}; quantiles", np.round(distr.wak.ppf(levels, **fit), 1), end=" ")
    print("of the data", np.round(np.quantile(data, levels), 1))
    for name in ("beta", "delta", "scale"):
        assert abs(fit[name] / true[name] - 1) < 0.01
    assert abs(fit["gamma"] / scale - 0.4) < 0.01
    stated = distr.wak.lmom_ratios(nmom=4, **fit)
    assert np.allclose(stated, lmoments3.lmom_ratios(data, 4), rtol=1e-3)
    assert (abs(mean - data.mean()) < 0.01) == (scale == 1)
    repaired = distr.wak.ppf(1 - survival, **(fit | {"gamma": fit["gamma"] / fit["scale"]}))
    assert abs(repaired.mean() / data.mean() - 1) < 0.01

fit = distr.gev.lmom_fit(data)
print(f"a generalised extreme value distribution: mean of the fit {distr.gev(**fit).mean():.2f}")
assert abs(distr.gev(**fit).mean() / data.mean() - 1) < 0.01
PY
echo "as described: the fitted distribution has the mean of the data only where its scale is 1"
