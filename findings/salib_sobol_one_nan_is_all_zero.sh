#!/usr/bin/env bash
# SALib: one NaN among the outputs makes every Sobol' index exactly 0.
#
# Expected. sobol.analyze says nothing about NaN. An estimate from data with a NaN should be NaN, as numpy's mean
#   and variance are and as the indices of SALib's fast, rbd_fast and pawn are, or an error. 0 is a possible
#   result: the input has no influence on the output.
# What happens. The outputs are normed with their mean and deviation, which are NaN, so all of them become NaN. The
#   variance is then NaN, not above the threshold below which an output counts as constant, and for a constant
#   output the answer is 0. All first-order and total indices are 0.0. With one output of 1,536 missing, two inputs
#   that explain all of the variance are reported as without influence.
# Version: SALib 1.6.0 (numpy 2.4.6, scipy 1.17.1).
# What it means here. In a simulation NaN stands for "never": no shortage in this replication, so no date on which it
#   began. A ranking of the inputs for that date is then all zeros, and a screening that drops inputs with a total
#   index below 0.01 drops all of them. Check the outputs with numpy.isfinite before.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    SALib==1.6.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from SALib.analyze import rbd_fast, sobol
from SALib.sample import latin
from SALib.sample import sobol as sobol_sample

print("SALib", version("SALib"), "numpy", np.__version__)
problem = {"num_vars": 2, "names": ["stock", "licences"], "bounds": [[0.0, 1.0]] * 2}


def onset(x):
    return 30 * x[:, 0] + 20 * x[:, 1]


sample = sobol_sample.sample(problem, 256, seed=1)
complete = onset(sample)
missing = complete.copy()
missing[7] = np.nan
for name, outputs in (("complete", complete), ("one NaN", missing)):
    found = sobol.analyze(problem, outputs, seed=1)
    print(f"{name} of {outputs.size:,} outputs: S1 {found['S1'].round(3)}, ST {found['ST'].round(3)}")
    if name == "complete":
        assert np.allclose(found["S1"], [9 / 13, 4 / 13], atol=0.02)
    else:
        assert (found["S1"] == 0).all() and (found["ST"] == 0).all()

cube = latin.sample(problem, 256, seed=1)
outputs = onset(cube)
outputs[7] = np.nan
other = np.array(rbd_fast.analyze(problem, cube, outputs, seed=1)["S1"], dtype=float)
print("rbd_fast with one NaN: S1", other)
assert np.isnan(other).all()
PY
echo "as described: one NaN makes all of the indices 0"
