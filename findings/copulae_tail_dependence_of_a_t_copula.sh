#!/usr/bin/env bash
# copulae: the tail dependence of a t copula is right only where there is no correlation.
#
# Expected. lambda_ "computes the tail dependence index": the limit, far out in the tail, of the probability that one
#   variable is in its tail if the other is. For a t copula with v degrees of freedom and correlation r it is
#   2 T(-sqrt((v + 1) (1 - r) / (1 + r))), with T the distribution function of Student's t with v + 1 degrees of
#   freedom (Demarta and McNeil, "The t Copula and Related Copulas", 2005).
# What happens. The division by 1 + r is missing. Positive correlation makes the index too small, negative too large:
#   for 4 degrees of freedom it is 0.216 in place of 0.314 at r = 0.6, and 0.041 in place of 0.012 at r = -0.5. Samples
#   of the same object have the dependence that is due.
# Version: copulae 0.8.0 (numpy 2.4.6, scipy 1.17.1).
# What it means here. Whether suppliers fail together is a question of the tails, and a t copula is chosen in place of a
#   normal one for its tail dependence. For two suppliers at r = 0.6, "if one has its worst month in a thousand, the
#   other has it too with a probability of 22 %" is in truth 31 % or more. Use the formula.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    copulae==0.8.0 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from copulae import StudentCopula
from scipy import integrate, stats

print("copulae", version("copulae"), "numpy", np.__version__)
FAR = 1e-7  # a probability far out in the tail


def in_the_tail(freedom, r):
    """Return the probability that the second variable is below its quantile at FAR if the first one is."""
    edge = stats.t.ppf(FAR, freedom)

    def joint(first):
        spread = np.sqrt((freedom + first**2) * (1 - r**2) / (freedom + 1))
        return stats.t.pdf(first, freedom) * stats.t.cdf((edge - r * first) / spread, freedom + 1)

    return integrate.quad(lambda step: -edge * joint(edge / step) / step**2, 0, 1)[0] / FAR


for freedom, r in ((4, 0.6), (2, 0.6), (4, 0.9), (4, 0.0), (4, -0.5)):
    copula = StudentCopula(dim=2)
    copula.params = [freedom, r]
    found = float(np.squeeze(copula.lambda_.lower))
    due = 2 * stats.t.cdf(-np.sqrt((freedom + 1) * (1 - r) / (1 + r)), freedom + 1)
    sample = copula.random(1_000_000, seed=1)
    share = (sample < 0.001).all(axis=1).sum() / (sample[:, 0] < 0.001).sum()
    print(f"v = {freedom}, r = {r:4}: lambda_ {found:.3f}, due {due:.3f};", end=" ")
    print(f"joint share below {FAR:g} {in_the_tail(freedom, r):.3f}, in the sample below 0.001 {share:.3f}")
    assert abs(in_the_tail(freedom, r) - due) < 0.001 and abs(share - due) < 0.03
    assert (found < 0.85 * due) if r > 0 else (found > 3 * due) if r < 0 else abs(found - due) < 1e-9
PY
echo "as described: the division by 1 + r is missing"
