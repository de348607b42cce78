#!/usr/bin/env bash
# numbagg: after a collapse from 1e9 kg the rolling variance is negative and a rolling correlation missing.
#
# Expected. A rolling statistic of a window depends on the values in that window. `move_var` of 1, 2 and 3 is 1. xarray
#   uses numbagg for rolling means, sums and the like when it is installed, and says nothing about its results.
# What happens. Sums of values and of squares are carried along, the value that leaves is subtracted, and the digits
#   that a large value has pushed out do not come back. After one month of 1e9 kg the variance of each later window of
#   three is -1.5 for 1, `move_std` is NaN, and so is the correlation of windows of four. After a fill value of 1e20
#   each rolling mean of xarray is 1 too low to the end of the series. Without numbagg xarray is right, and so is
#   pandas. Nothing warns.
# Version: numbagg 0.9.6 (xarray 2026.9.0, numpy 2.4.6, pandas 3.1.1, numba 0.68.1).
# What it means here. Exports under a ban fall from thousands of tonnes to samples, and the question is what follows.
#   The same call gives other numbers once a package is installed that nothing names. A guard:
#   `xr.set_options(use_numbagg=False)`, or rolling statistics of logarithms.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    numbagg==0.9.6 xarray==2026.9.0 numpy==2.4.6 pandas==3.1.1 numba==0.68.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numbagg
import numpy as np
import pandas as pd
import xarray as xr

print("numbagg", version("numbagg"), "xarray", version("xarray"))


def each_window(f, *series, size):
    return np.array([f(*(s[i - size : i] for s in series)) for i in range(size, len(series[0]) + 1)])


exports = np.array([1e9, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
prices = np.array([1.0, 2.0, 1.0, 3.0, 1.0, 4.0, 1.0])
found, due = numbagg.move_var(exports, window=3)[3:], each_window(lambda x: x.var(ddof=1), exports, size=3)[1:]
print("exports after a month of 1e9 kg", exports[1:])
print("variance of three months", found, "due", due, "pandas", pd.Series(exports).rolling(3).var()[3:].to_numpy())
assert (found < 0).all() and np.allclose(due, 1) and np.isnan(numbagg.move_std(exports, window=3)[3:]).all()

found = numbagg.move_corr(exports, prices, window=4)[4:]
due = each_window(lambda x, y: np.corrcoef(x, y)[0, 1], exports, prices, size=4)[1:]
print("correlation with the price of four months", found.round(3), "due", due.round(3))
assert np.isnan(found).all()
assert np.allclose(pd.Series(exports).rolling(4).corr(pd.Series(prices))[4:], due)

filled = xr.DataArray([1e20, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], dims="month")
given = filled.rolling(month=3).mean().to_numpy()[3:]
with xr.set_options(use_numbagg=False):
    without = filled.rolling(month=3).mean().to_numpy()[3:]
print("rolling mean of xarray after 1e20:", given, "without numbagg:", without)
assert np.allclose(given, without - 1) and np.allclose(without, [2, 3, 4, 5])
PY
echo "as described: a rolling statistic of numbagg depends on values that have left the window"
