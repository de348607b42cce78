#!/usr/bin/env bash
# scipy.stats.Mixture: the median can be a value of density 0, and icdf(0) and icdf(1) are arbitrary numbers.
#
# Expected. The reference page of icdf says: where a strict inverse does not exist, it is "the smallest value
#   within the support for which F(x) is at least p", and p may be anything from 0 to 1. For a mixture of two
#   normal distributions icdf(0) and icdf(1) are then minus and plus infinity, the ends that support() returns,
#   and those of each component's own icdf. For an equal mixture of [5, 6] and [100, 400], where F is 1/2 on
#   all of [6, 100], the median is 6.
# What happens. A root finder takes the first point at which F(x) - p is exactly 0, starting from a bracket that
#   has nothing to do with the distribution. The median of that mixture is 65.55, of density 0; that of [0, 1]
#   and [2, 3] is 1.5. icdf(0) and icdf(1) of the normal mixture are -127 and 31, points at which F happens to
#   be rounded to 0 and 1; icdf(1) of a lognormal mixture is 4096, a power of 2. Nothing is raised.
# Version: scipy 1.17.1 (numpy 2.4.6).
# What it means here. A mixture with a gap is how one writes "resolved within weeks or not for years". Its median
#   as a central assumption is then a duration that the model says cannot occur, and which one depends on the
#   width of the far component. Whoever reads the largest possible value off icdf(1) gets a finite bound for an
#   unbounded delay. For a p inside a gap take the quantile a little below; take the ends from support().
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import scipy
from scipy import stats
from scipy.stats import Mixture, Normal, Uniform

print("scipy", scipy.__version__, "numpy", np.__version__)

print("Median of an equal mixture of two uniform distributions")
for near, far in (((0, 1), (2, 3)), ((5, 6), (100, 400)), ((5, 6), (100, 800))):
    mixture = Mixture([Uniform(a=float(a), b=float(b)) for a, b in (near, far)], weights=[0.5, 0.5])
    median = float(mixture.median())
    below = float(mixture.icdf(0.5 - 1e-12))
    print(f"  {near} and {far}: {median:.2f}, of density {float(mixture.pdf(median))};", end=" ")
    print(f"the quantile at 1/2 - 1e-12 is {below:.6f}")
    assert near[1] < median < far[0] and mixture.pdf(median) == 0
    assert abs(below - near[1]) < 1e-6 and mixture.cdf(float(near[1])) == 0.5

print("Ends of unbounded mixtures")
assert Normal().icdf(0.0) == -np.inf and Normal().icdf(1.0) == np.inf
normals = Mixture([Normal(mu=0.0, sigma=1.0), Normal(mu=0.0, sigma=2.0)], weights=[0.5, 0.5])
ends = [float(normals.icdf(p)) for p in (0.0, 1.0)]
print("  two normal: support", [float(end) for end in normals.support()], "icdf(0), icdf(1)", ends)
assert normals.support() == (-np.inf, np.inf) and np.isfinite(ends).all()
assert ends[0] != -ends[1]

lognormal = stats.make_distribution(stats.lognorm)(s=1.0)
delays = Mixture([lognormal, Uniform(a=0.0, b=1.0)], weights=[0.5, 0.5])
longest = float(delays.icdf(1.0))
print("  lognormal and uniform: support up to", float(delays.support()[1]), "icdf(1)", longest)
assert lognormal.icdf(1.0) == np.inf and delays.support()[1] == np.inf and np.isfinite(longest)
PY
echo "as described: the median lies in the gap, and the ends of unbounded mixtures are finite"
