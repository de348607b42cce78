#!/usr/bin/env bash
# scores: a rank correlation of 0.4 is given as -0.11 where some months are not observed yet.
#
# Expected. Spearman's coefficient is Pearson's coefficient of the ranks of the pairs. A pair with a missing value
#   counts for neither: pearsonr of scores leaves it out, and so do scipy with `nan_policy="omit"`, pandas and
#   xskillscore with `skipna`. Forecasts and observations in the same order then have a coefficient of 1.
# What happens. spearmanr ranks all forecasts and all observations, each among its own, and leaves out the pairs
#   afterwards. What remains are not ranks. Of a forecast for 12 months of which 5 have been observed, the coefficient
#   is -0.11 and that of the 5 pairs 0.4; three months in perfect order have 0.92. The same comes without any NaN if
#   the observations end earlier. Nothing is raised, and nothing on the page says so.
# Version: scores 2.7.0 (xarray 2026.9.0, numpy 2.4.6, scipy 1.17.1, pandas 3.0.6).
# What it means here. Forecasts of supply reach beyond what has been observed, and statistics of trade have gaps. The
#   ranking of models by this coefficient depends on forecasts that nothing has been compared with, and its sign can
#   be wrong. A guard: drop the pairs with a missing value first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    scores==2.7.0 xarray==2026.9.0 numpy==2.4.6 scipy==1.17.1 pandas==3.0.6
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats
from scores.continuous.correlation import pearsonr, spearmanr

print("scores", version("scores"), "scipy", version("scipy"))


def compare(name, forecast, observed):
    """Coefficients of a forecast and of observations of its first months only, as kt."""
    months = pd.date_range("2026-01-01", periods=len(forecast), freq="MS")
    ahead = xr.DataArray(forecast, dims="month", coords={"month": months})
    gaps = np.full(len(forecast), np.nan)
    gaps[: len(observed)] = observed
    with_gaps = xr.DataArray(gaps, dims="month", coords={"month": months})
    shorter = with_gaps.dropna("month")
    found, ends_earlier = float(spearmanr(ahead, with_gaps)), float(spearmanr(ahead, shorter))
    pairs_only = float(spearmanr(ahead.sel(month=shorter.month), shorter))
    due = stats.spearmanr(forecast, gaps, nan_policy="omit").statistic
    print(f"{name}: with NaN {found:.3f}, ending earlier {ends_earlier:.3f}, pairs only {pairs_only:.3f};", end=" ")
    print(f"scipy {due:.3f}, pandas {pd.Series(forecast).corr(pd.Series(gaps), method='spearman'):.3f}")
    assert np.isclose(pairs_only, due) and np.isclose(pd.Series(forecast).corr(pd.Series(gaps), method="spearman"), due)
    assert np.isclose(found, ends_earlier)
    linear = np.corrcoef(forecast[: len(observed)], observed)[0, 1]
    assert np.isclose(pearsonr(ahead, with_gaps), linear)
    return found, due


forecast = np.array([10, 120, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110.0])
found, due = compare("5 of 12 months", forecast, np.array([11, 14, 19, 25, 27.0]))
assert found < -0.1 and np.isclose(due, 0.4)
found, due = compare("the same order", np.array([10, 20, 90, 30, 40, 50, 60, 70, 80.0]), np.array([5, 8, 9.0]))
assert found < 0.95 and np.isclose(due, 1.0)
PY
echo "as described: the sign of a rank correlation depends on months that were not observed"
