#!/usr/bin/env bash
# IneqPy: producers of equal size have a Hoover index of 1.5, and an Atkinson index depends on the unit.
#
# Expected. The Hoover index is half of sum(|x - mean|) / sum(x), as its page says: 0 for equal values, below 1
#   for any. An Atkinson index is within 0 and 1 too, says its page, and is 1 less the geometric by the arithmetic
#   mean for an aversion of 1. Neither changes if all values are doubled.
# What happens. `hoover` compares the values divided by their number with the mean of the whole ones. Four equal
#   values give 1.5, and ten give 4.5. 1 and 3 give 0.5, not 0.25. `atkinson(e=1)` subtracts the logarithm of the mean
#   once for each value rather than once. Output of 1, 2, 3 and 10 Mct gives 0.989, not 0.304; the same as shares
#   of a total gives -43.5. `theil` leaves out producers with nothing: one of four that has all gives 0, as
#   equality does, not log(4). Atkinson indices for other aversions are right.
# Version: ineqpy 0.4.1 (numpy 2.4.6, pandas 3.1.1).
# What it means here. Such indices measure how far the supply of a mineral is concentrated, and are compared by
#   threshold, between minerals and years. A monopoly looks like equality in one and equality like more than a
#   monopoly in another. A guard: test an index with equal values and with one that has all.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check ineqpy==0.4.1 numpy==2.4.6 pandas==3.1.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import ineqpy
import numpy as np

print("ineqpy", version("ineqpy"))


def hoover_by_hand(x):
    return np.abs(x - x.mean()).sum() / (2 * x.sum())


def atkinson_by_hand(x):
    return 1 - np.exp(np.log(x).mean()) / x.mean()


for x in (np.full(4, 5.0), np.full(10, 5.0), np.array([1.0, 3.0]), np.array([1.0, 2.0, 3.0, 10.0])):
    found, due = ineqpy.inequality.hoover(x), hoover_by_hand(x)
    print(f"Hoover index of {x}: {found:.3f}, due {due:.3f}")
    half_gap = np.abs(x / len(x) - x.mean()).sum() / 2
    assert abs(found - half_gap / x.mean()) < 1e-9 and found > due + 0.2

output = np.array([1.0, 2.0, 3.0, 10.0])
for name, x in (("in Mct", output), ("in kct", 1000 * output), ("as shares", output / output.sum())):
    found, due = ineqpy.inequality.atkinson(x, e=1), atkinson_by_hand(x)
    print(f"Atkinson index with aversion 1, output {name}: {found:.3f}, due {due:.3f}")
    once_each = 1 - np.exp(np.log(x).mean() - len(x) * np.log(x.mean()))
    assert abs(found - once_each) < 1e-9 and abs(due - 0.3042) < 1e-4 and abs(found - due) > 0.6
found, due = ineqpy.inequality.atkinson(output, e=0.5), 1 - np.sqrt(output).mean() ** 2 / output.mean()
print(f"Atkinson index with aversion 0.5: {found:.3f}, due {due:.3f}")
assert abs(found - due) < 1e-9

one_has_all, all_the_same = np.array([0.0, 0.0, 0.0, 1.0]), np.full(4, 0.25)
found = [float(ineqpy.inequality.theil(x)) for x in (one_has_all, all_the_same)]
print(f"Theil index where one of four has all {found[0]}, due {np.log(4):.3f}; where all are equal {found[1]}")
assert found == [0.0, 0.0]
PY
echo "as described: equal producers have a Hoover index of 1.5, and a monopoly a Theil index of 0"
