#!/usr/bin/env bash
# chaospy: a PERT distribution has its most likely value where its mean belongs, and its mean further off.
#
# Expected. The page of chaospy.PERT(lower, mode, upper, gamma=4) calls the second argument the mode and defines the
#   distribution by its mean, (lower + gamma mode + upper) / (2 + gamma). It is a beta distribution between the two
#   limits with the shapes 1 + gamma (mode - lower) / (upper - lower) and 1 + gamma (upper - mode) / (upper - lower).
# What happens. The shapes are computed with that mean in the place of the mode, and the mean itself with 4 whatever
#   gamma is. For PERT(30, 60, 360) the mean should be 105 and is 135; the density is highest at 105 instead of at 60.
#   Both lie on the side of the longer tail. Only a symmetric PERT, the example of the page, is right. Sample, density,
#   quantiles and moments agree with each other, so that no check of one against another shows it.
# Version: chaospy 4.3.21 (numpy 2.4.6, scipy 1.17.1).
# What it means here. PERT is how an expert's lowest, most likely and highest value become a distribution. For a licence
#   that takes 30 to 360 days, most often 60, the mean delay is a month too long and the chance of more than half a
#   year 21 % instead of 9 %. Use chaospy.Beta(1 + 4 (mode - lower) / (upper - lower), 1 + 4 (upper - mode) / (upper -
#   lower), lower, upper).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    chaospy==4.3.21 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import chaospy
import numpy as np
from scipy import stats

print("chaospy", version("chaospy"), "numpy", np.__version__)


def by_definition(lower, mode, upper, gamma=4):
    width = upper - lower
    shapes = 1 + gamma * (mode - lower) / width, 1 + gamma * (upper - mode) / width
    return stats.beta(*shapes, loc=lower, scale=width)


for lower, mode, upper, gamma in ((30, 60, 360, 4), (20, 32, 54, 4), (0, 2, 10, 4), (0, 2, 10, 1), (0, 5, 10, 4)):
    found, right = chaospy.PERT(lower, mode, upper, gamma=gamma), by_definition(lower, mode, upper, gamma)
    grid = np.linspace(lower, upper, 100_001)[1:-1]
    highest, mean = grid[found.pdf(grid).argmax()], float(chaospy.E(found))
    documented = (lower + gamma * mode + upper) / (2 + gamma)
    sampled = found.sample(100_000, rule="sobol").mean()
    print(f"PERT({lower}, {mode}, {upper}, gamma={gamma}): density highest at {highest:.2f},", end=" ")
    print(f"mean {mean:.2f}, of a sample {sampled:.2f}; documented {documented:.2f}")
    assert np.isclose(right.mean(), documented)
    assert abs(grid[right.pdf(grid).argmax()] - mode) < 0.01
    assert abs(sampled - mean) < 0.001 * (upper - lower)
    middle = (lower + 4 * mode + upper) / 6
    assert abs(highest - middle) < 0.01
    assert np.isclose(mean, by_definition(lower, middle, upper, gamma).mean())
    assert np.isclose(mean, documented) == (2 * mode == lower + upper)

late = 1 - float(chaospy.PERT(30, 60, 360).cdf(182.5)), float(by_definition(30, 60, 360).sf(182.5))
repaired = float(chaospy.E(chaospy.Beta(1 + 4 * 30 / 330, 1 + 4 * 300 / 330, 30, 360)))
print(f"chance of more than 182.5 days: {late[0]:.3f}, by the definition {late[1]:.3f}; mean by Beta {repaired:.2f}")
assert late[0] > 2 * late[1]
assert np.isclose(repaired, 105)
PY
echo "as described: the mode of a PERT distribution is at (lower + 4 mode + upper) / 6"
