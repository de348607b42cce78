#!/usr/bin/env bash
# pymcdm: COPRAS prefers the dearest supplier, because it adds costs to benefits.
#
# Expected. Criteria of type -1 are costs: the lower the better. COPRAS (Zavadskas and others, 1994) sums the weighted
#   shares of the benefits of an alternative to S+ and those of its costs to S-. Its significance is
#   S+ + sum(S-) / (S- sum(1 / S-)), which falls as its costs rise.
# What happens. The term of the costs is computed as min(S-) S- / (S- min(S-) / S-). That is S-, so that the
#   significance is S+ + S-. Of three suppliers that differ in price alone the dearest comes first. The weight of
#   the price changes how far ahead it is, and a cost given as a benefit yields the same numbers. pyrepo-mcda ranks
#   as the formula does. TOPSIS of pymcdm puts the cheapest first.
# Version: pymcdm 1.4.0 and pyrepo-mcda 0.1.15 (numpy 2.4.6).
# What it means here. Such scores rank materials by criticality and suppliers by price, lead time and country risk.
#   One that is worse in all of them comes first. pymcdm warns that it is dominated, not that it wins. A guard: raise
#   one cost of one alternative; its score must fall.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    pymcdm==1.4.0 pyrepo-mcda==0.1.15 numpy==2.4.6
MPLCONFIGDIR="$folder" "$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from pymcdm.methods import COPRAS, TOPSIS
from pyrepo_mcda.mcda_methods import COPRAS as OTHER_COPRAS

print("pymcdm", version("pymcdm"), "pyrepo-mcda", version("pyrepo-mcda"))


def by_the_formula(matrix, weights, types):
    weighted = weights * matrix / matrix.sum(axis=0)
    benefits, costs = weighted[:, types == 1].sum(axis=1), weighted[:, types == -1].sum(axis=1)
    significance = benefits + costs.sum() / (costs * (1 / costs).sum())
    return significance / significance.max()


suppliers = np.array([[80.0, 10.0], [80.0, 20.0], [80.0, 40.0]])
types = np.array([1, -1])
print("three suppliers of 80 kt each, at a price of 10, 20 and 40; price is a cost")
for weight in (0.2, 0.5, 0.8):
    weights = np.array([1 - weight, weight])
    found, due = COPRAS()(suppliers, weights, types), by_the_formula(suppliers, weights, types)
    print(f"weight of the price {weight}: COPRAS {np.round(found, 3)}, by the formula {np.round(due, 3)}")
    assert np.argmax(found) == 2 and np.argmax(due) == 0 == np.argmax(TOPSIS()(suppliers, weights, types))
    assert np.allclose(OTHER_COPRAS()(suppliers, weights, types), due)
    as_benefit = (suppliers / suppliers.sum(axis=0)) @ weights
    assert np.allclose(found, as_benefit / as_benefit.max())

rng = np.random.default_rng(1)
types, weights, fewer = np.array([1, -1, 1, -1]), np.array([0.4, 0.3, 0.2, 0.1]), 0
for _ in range(200):
    matrix = rng.uniform(1, 10, (7, 4))
    due = by_the_formula(matrix, weights, types)
    assert np.allclose(OTHER_COPRAS()(matrix, weights, types), due)
    fewer += np.argmax(COPRAS()(matrix, weights, types)) != np.argmax(due)
print(f"200 random tables of seven alternatives: another one comes first in {fewer}")
assert fewer > 50
PY
echo "as described: COPRAS of pymcdm ranks the dearest supplier first"
