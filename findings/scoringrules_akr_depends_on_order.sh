#!/usr/bin/env bash
# scoringrules: the CRPS estimator "akr" depends on the order in which the members of an ensemble are listed.
#
# Expected. crps_ensemble scores the empirical distribution of its members: its page gives the formula
#   E|X - y| - E|X - X'| / 2 and lists seven estimators of it for one argument, `estimator`. A distribution has
#   no order of members, so neither should its score; a further argument, sorted_ensemble, says that members may
#   come in ascending order.
# What happens. "akr" and "akr_circperm" take E|X - X'| from pairs of members that stand in fixed places of the
#   list ("akr" from each member and the one before it). That is right where neighbours are independent, as in
#   a list of random draws. In an ascending list neighbours are nearly equal, the spread that "akr" subtracts
#   is next to nothing, and its score is the mean absolute error of the members: more than twice the CRPS. That
#   of "akr_circperm" is a third of the CRPS there, and more than twice it in the order of a Sobol' sequence,
#   whose points follow each other in a pattern. The scores of the other five do not depend on the order.
# Version: scoringrules 0.10.0.
# What it means here. Ensembles are stored in ascending order where they are quantiles of a forecast, were cut
#   out of a sorted table; replications of a quasi-random run come in the order of their sequence. A comparison of
#   forecasts made with these two estimators then rewards the order of the file: the same members score 1.21 in
#   one and 0.48 in another. Use "qd", the default, or shuffle the members first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 scoringrules==0.10.0
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import scoringrules
from scipy import stats

print("scoringrules", scoringrules.__version__)
exact = float(scoringrules.crps_gamma(1.0, 2.0, 1.0))
drawn = np.random.default_rng(0).gamma(2.0, size=1024)
sequence = stats.gamma(2.0).ppf(stats.qmc.Sobol(1, rng=1).random(1024)[:, 0])
orders = {"as drawn": drawn, "ascending": np.sort(drawn), "Sobol'": sequence, "Sobol', shuffled": None}
orders["Sobol', shuffled"] = np.random.default_rng(2).permutation(sequence)
print(f"CRPS of a gamma distribution for an observation of 1: {exact:.3f}; from 1,024 members")
found = {}
for estimator in ("nrg", "fair", "pwm", "qd", "int", "akr", "akr_circperm"):
    for order, members in orders.items():
        found[estimator, order] = float(scoringrules.crps_ensemble(1.0, members, estimator=estimator))
    print(f"  {estimator:13s}", "  ".join(f"{order} {found[estimator, order]:.3f}" for order in orders))
for (estimator, order), score in found.items():
    if not estimator.startswith("akr"):
        assert abs(score - exact) < 0.02
error = float(np.abs(drawn - 1.0).mean())
print(f"Mean absolute error of the members drawn: {error:.3f}")
assert abs(found["akr", "ascending"] - error) < 0.02
assert found["akr", "ascending"] > 2.2 * found["qd", "ascending"]
assert found["akr_circperm", "ascending"] < 0.5 * found["qd", "ascending"]
assert found["akr_circperm", "Sobol'"] > 2.2 * exact
assert abs(found["akr", "as drawn"] - exact) < 0.05
PY
