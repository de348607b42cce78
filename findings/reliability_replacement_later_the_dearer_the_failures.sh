#!/usr/bin/env bash
# reliability: with repairs that leave a machine as old as it was, dearer failures make it replace the machine later.
#
# Expected. optimal_replacement_time weighs the cost of preventive replacement, cost_PM, against that of a failure,
#   cost_CM. With q=1 failures follow a power law and a repair leaves the machine "as good as old": by its replacement
#   at time t it has failed (t / alpha)^beta times on average, so that a unit of time costs
#   (cost_PM + cost_CM (t / alpha)^beta) / t. This is lowest at alpha (cost_PM / (cost_CM (beta - 1)))^(1 / beta)
#   (Barlow and Hunter, "Optimum Preventive Maintenance Policies", 1960).
# What happens. The two costs have changed places: each failure costs a replacement, each replacement a failure. For
#   costs of 1 and 5, alpha 1,000 and beta 2.5 the machine is to be replaced at 1,619 in place of 447, at a cost said to
#   be 0.0051; it is 0.0109, and 0.0037 at best. If a failure costs 20, the time becomes 2,818 in place of 257. With
#   q=0, the default, costs are right, but times below 1 are not tried: 180 days become 1.0 year if asked in years.
# Version: reliability 0.9.0 (numpy 2.4.6, scipy 1.17.1).
# What it means here. The presses that make diamond are such machines: a broken anvil is replaced and the press goes on.
#   The dearer an outage, as in a shortage, the longer the press would be run until it fails. Use the formula.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    reliability==0.9.0 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3
MPLBACKEND=agg "$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from reliability.Repairable_systems import optimal_replacement_time

print("reliability", version("reliability"), "numpy", np.__version__)
ALPHA, BETA = 1000.0, 2.5


def found(failure_cost, q, alpha=ALPHA):
    result = optimal_replacement_time(
        1, failure_cost, alpha, BETA, q=q, show_time_plot=False, show_ratio_plot=False, print_results=False
    )
    return float(result.ORT), float(result.min_cost)


def simulated(time, failure_cost, lives=20_000):
    """Return the cost per unit of time: a machine fails where its cumulative hazard reaches a sum of exponentials."""
    hazards = np.random.default_rng(1).exponential(size=(lives, 150)).cumsum(axis=1)
    failures = (ALPHA * hazards ** (1 / BETA) <= time).sum(axis=1)
    assert failures.max() < 150
    return (1 + failure_cost * failures.mean()) / time


for failure_cost in (2, 5, 20):
    time, cost = found(failure_cost, q=1)
    best = ALPHA * (1 / (failure_cost * (BETA - 1))) ** (1 / BETA)
    paid, lowest = simulated(time, failure_cost), simulated(best, failure_cost)
    print(f"a failure costs {failure_cost:2}: replace at {time:5,.0f} for {cost:.4f}, simulated {paid:.4f};", end=" ")
    print(f"due {best:3.0f}, simulated {lowest:.4f}")
    exchanged = ALPHA * (failure_cost / (BETA - 1)) ** (1 / BETA)
    assert abs(time - exchanged) < 1e-6 and paid > 1.2 * lowest and paid > 1.05 * cost
    assert abs(lowest / ((1 + failure_cost * (best / ALPHA) ** BETA) / best) - 1) < 0.02

in_days, in_years = found(5, q=0, alpha=365.0)[0], found(5, q=0, alpha=1.0)[0]
print(f"q=0: replace at {in_days:.0f} days = {in_days / 365:.2f} years, or, asked in years, at {in_years:.2f}")
assert abs(in_days / 365 - 0.493) < 0.001 and in_years == 1.0
PY
echo "as described: the costs of replacements and of failures have changed places"
