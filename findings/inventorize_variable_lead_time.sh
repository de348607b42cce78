#!/usr/bin/env bash
# inventorize: with a lead time that varies, the safety stock is too small, in one function by a factor of 16.
#
# Expected. If the demand of a day has mean d and standard deviation s, and the lead time mean L and standard deviation
#   t, in days, the demand during the lead time has the variance L s^2 + d^2 t^2 (Silver, Pyke and Thomas, "Inventory
#   and Production Management in Supply Chains"; it is the law of total variance). reorderpoint_leadtime_variability
#   and dlsigmadl are documented as taking the variability of the lead time into account.
# What happens. Both have `^` in their formulas, which is "exclusive or" in Python. For whole numbers it gives a number
#   without a word; for others there is a TypeError. In the example of the first function's own documentation
#   (50, 5, 6 and 2) the deviation is 71.8 in place of 100.7, in the example of the second (100, 22, 12 and 3) it is
#   19.0 in place of 309.5, less than for a lead time that does not vary. total_logistics_cost of the same package
#   has the right formula.
# Version: inventorize 1.2.6 (numpy 2.4.6, scipy 1.17.1).
# What it means here. The risk that deliveries come late is what a stock of a critical material is held against. A
#   reorder point asked for at a service level of 90 % gives 82 %, and one at 95 % from the second function gives
#   54 %, as if deliveries were always on time.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    inventorize==1.2.6 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import inventorize as inv
import numpy as np
from scipy.stats import norm

print("inventorize", version("inventorize"), "numpy", np.__version__)
rng = np.random.default_rng(1)


def due(mean, sd, lead, lead_sd):
    formula = np.sqrt(lead * sd**2 + mean**2 * lead_sd**2)
    times = rng.gamma((lead / lead_sd) ** 2, lead_sd**2 / lead, 1_000_000)  # mean lead, deviation lead_sd
    simulated = (mean * times + sd * np.sqrt(times) * rng.standard_normal(times.size)).std()
    assert abs(simulated / formula - 1) < 0.01
    return formula


one, two = (50, 5, 6, 2), (100, 22, 12, 3)
for name, case, level, deviation in (
    ("reorderpoint_leadtime_variability", one, 0.90,
     inv.reorderpoint_leadtime_variability(*one, 0.90)["sigmadl"]),
    ("dlsigmadl", two, 0.95, inv.dlsigmadl(*two)["sigmadl"]),
):
    right = due(*case)
    served = norm.cdf(norm.ppf(level) * deviation / right)
    print(f"{name}{case}: {deviation:.2f}, due {right:.2f};", end=" ")
    print(f"a service level of {level:.0%} becomes {served:.0%}")
    assert deviation < 0.72 * right and served < level - 0.07

annual = inv.total_logistics_cost(100, 50 * 365, 5 * 365**0.5, 6, 2, 1, 0, 0.1, 1, 0.9)
print(f"total_logistics_cost for the first case: {annual['sigmadl']:.2f}")
assert abs(annual["sigmadl"] - due(*one)) < 1e-6
for lead_sd in (0, 1, 2, 3):
    deviation = inv.dlsigmadl(100, 22, 12, lead_sd)["sigmadl"]
    print(f"dlsigmadl(100, 22, 12, {lead_sd}): {deviation:.2f}, due {np.sqrt(12 * 484 + 1e4 * lead_sd**2):.2f}")
    assert deviation < 20
try:
    inv.reorderpoint_leadtime_variability(50, 5, 6, 2.0, 0.9)
except TypeError as error:
    print("a deviation of 2.0 days:", error)
else:
    raise SystemExit("a deviation of 2.0 days is taken now")
PY
echo "as described: the deviation of demand during a lead time that varies is too small"
