#!/usr/bin/env bash
# numba: Generator.poisson gives twice as many zeros as it should, from a mean of 10 on.
#
# Expected. numba supports numpy.random.Generator.poisson in compiled code, with numpy's algorithms: from the same
#   seed a compiled function draws what the same function draws without @njit, and the probability of a zero is
#   exp(-mean).
# What happens. From a mean of 10 on both use transformed rejection, which rounds a real number down to the
#   candidate and refuses negative ones. The compiled version converts with int(), which rounds towards zero:
#   numbers between -1 and 0, which numpy refuses as -1, become further zeros. With means of 10, 11 and 12 zeros
#   come twice as often as they should. At 9.99, where another algorithm is used, they are right, draw by draw.
#   After the first such zero the streams of numpy and of the compiled function differ for good.
# Version: numba 0.68.1 (numpy 2.4.6).
# What it means here. "No licence is granted in a month in which ten are expected" is the event that a simulation of
#   licensing counts. Its estimate is wrong by a factor of two, with 10 million draws by 21 standard errors, while
#   the mean agrees to the fourth digit. numpy.random.poisson, the older function, is right in compiled code too.
#   Draw with numpy outside the kernel.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check numba==0.68.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import math

import numba
import numpy as np

DRAWS = 10_000_000
print("numba", numba.__version__, "numpy", np.__version__)


@numba.njit
def compiled(rng, mean, n):
    drawn = np.empty(n, np.int64)
    for i in range(n):
        drawn[i] = rng.poisson(mean)
    return drawn


@numba.njit
def older(mean, n):
    np.random.seed(1)
    drawn = np.empty(n, np.int64)
    for i in range(n):
        drawn[i] = np.random.poisson(mean)
    return drawn


print(f"Zeros in {DRAWS:,} draws")
for mean in (9.99, 10.0, 11.0, 12.0):
    expected = DRAWS * math.exp(-mean)
    ours = compiled(np.random.default_rng(1), mean, DRAWS)
    plain = np.random.default_rng(1).poisson(mean, DRAWS)
    zeros = [int((drawn == 0).sum()) for drawn in (ours, plain, older(mean, DRAWS))]
    apart = np.flatnonzero(ours != plain)
    print(f"  mean {mean:5}: expected {expected:.0f}, compiled {zeros[0]}, numpy {zeros[1]}, older {zeros[2]};", end=" ")
    print(f"mean of the compiled {ours.mean():.3f};", end=" ")
    print(f"first difference from numpy at draw {apart[0]:,}" if apart.size else "the same draws as numpy")
    error = math.sqrt(expected)
    assert abs(zeros[1] - expected) < 5 * error and abs(zeros[2] - expected) < 5 * error
    if mean < 10:
        assert abs(zeros[0] - expected) < 5 * error and apart.size == 0
    else:
        assert zeros[0] > 1.5 * expected and apart.size > 0
        assert abs(ours.mean() - mean) < 0.01
PY
echo "as described: from a mean of 10 on the compiled generator gives twice as many zeros"
