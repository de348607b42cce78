#!/usr/bin/env bash
# lifelines: with weights that add up to 1 both limits of a Kaplan-Meier curve are 1, wherever the curve is.
#
# Expected. KaplanMeierFitter.fit takes weights "if providing a weighted dataset" and sets no rule for their sum.
#   The curve depends on their proportions only. For weights that are not whole it warns that the variance may be
#   biased, so limits may be too narrow or too wide; but limits of a curve contain it.
# What happens. The variance is computed with the number at risk converted to a whole number, uint64. Weights of 1/20
#   on 20 subjects leave less than 1 at risk, which becomes 0; the variance is minus infinity, its root NaN, and
#   NaN limits are filled with 1.0. Where the curve is at 0.42, both limits are 1. With weights of 1/2 the number at
#   risk is rounded down all the same. Beside it, a fit switches off numpy's warnings of divisions by zero and of
#   invalid operations for the rest of the process.
# Version: lifelines 0.30.3 (numpy 2.4.6, pandas 2.3.3).
# What it means here. Weights of a conditioned Monte Carlo run are probabilities and add up to 1. "42 % of the
#   shortages last longer, 95 % interval 1 to 1" is at least visible; that a 0/0 elsewhere in the program is now
#   silent is not. Multiply the weights by the effective sample size before the fit, and wrap the fit in
#   numpy.errstate().
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    lifelines==0.30.3 numpy==2.4.6 pandas==2.3.3
"$folder/venv/bin/python" - <<'PY'
import warnings
from importlib.metadata import version

import numpy as np

warnings.simplefilter("ignore")
before = np.geterr()
from lifelines import KaplanMeierFitter  # noqa: E402

print("lifelines", version("lifelines"), "numpy", np.__version__)
assert np.geterr() == before
times = np.arange(1.0, 21.0)
ended = np.arange(20) % 4 != 0
print("Share that lasts longer than 14 of 20 durations, and its limits")
for name, weights in (("none", None), ("1", np.ones(20)), ("1/2", np.full(20, 0.5)), ("1/20", np.full(20, 1 / 20))):
    fitted = KaplanMeierFitter().fit(times, ended, weights=weights)
    share = float(fitted.survival_function_.loc[14.0].iloc[0])
    low, high = (float(limit) for limit in fitted.confidence_interval_.loc[14.0])
    print(f"  weights {name:5} {share:.3f}, {low:.3f} to {high:.3f}")
    assert abs(share - 0.420) < 0.001
    assert low < share < high or (name == "1/20" and low == high == 1.0)
    inside = fitted.confidence_interval_.loc[2.0:19.0]
    assert (name == "1/20") == bool((inside == 1.0).all().all())

changed = {kind: (before[kind], now) for kind, now in np.geterr().items() if now != before[kind]}
print("numpy's error state before and after the fits:", changed)
assert changed == {"divide": ("warn", "ignore"), "invalid": ("warn", "ignore")}
PY
echo "as described: both limits are 1, and numpy no longer warns"
