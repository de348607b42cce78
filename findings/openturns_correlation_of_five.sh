#!/usr/bin/env bash
# OpenTURNS: the correlation of a Frank copula with a parameter of -15 is given as 5 and is -0.93.
#
# Expected. A correlation is between -1 and 1. The margins of a copula are uniform, so that its correlation is
#   Spearman's: 12 times the integral of the copula, less 3. A coefficient of tail dependence is a probability, and
#   for a copula with negative dependence it is 0. Both classes take negative parameters according to their pages.
# What happens. getCorrelation and getCovariance of FrankCopula are right for positive parameters and wrong for
#   negative ones: slightly at -2, -0.20 in place of -0.80 at -8, and 5 at -15. getSpearmanCorrelation, the
#   sample, and a JointDistribution of two uniform variables with this copula are right.
#   computeLowerTailDependenceMatrix of ClaytonCopula gives 4 at -0.5 and 1,024 at -0.1 in place of 0: in a
#   sample no pair has both values below 0.001. Nothing is raised.
# Version: openturns 1.27.post1 (numpy 2.4.6).
# What it means here. Negative dependence is that of supplies that replace one another, such as exports of one country
#   and licences of another. A parameter that is chosen so that this correlation is the one observed stands for
#   another dependence. A guard: use getSpearmanCorrelation, and no tail dependence below 0 or above 1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check openturns==1.27.post1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import openturns as ot

print("openturns", ot.__version__)
ot.RandomGenerator.SetSeed(1)
middles = (np.arange(2000) + 0.5) / 2000
u, v = middles[:, None], middles[None, :]
uniform = [ot.Uniform(0.0, 1.0)] * 2
print("Frank: parameter, getCorrelation, due, getSpearmanCorrelation, of a sample, of the joint distribution")
for theta, low, high in ((4.0, 0.557, 0.558), (-2.0, -0.316, -0.315), (-8.0, -0.2, -0.19), (-15.0, 4.9, 5.1)):
    frank = ot.FrankCopula(theta)
    copula = -np.log1p(np.expm1(-theta * u) * np.expm1(-theta * v) / np.expm1(-theta)) / theta
    due = 12 * copula.mean() - 3
    found, rank = frank.getCorrelation()[0, 1], frank.getSpearmanCorrelation()[0, 1]
    sample = np.corrcoef(np.array(frank.getSample(200_000)).T)[0, 1]
    joint = ot.JointDistribution(uniform, frank).getCorrelation()[0, 1]
    print(f"{theta:6} {found:8.4f} {due:8.4f} {rank:8.4f} {sample:8.4f} {joint:8.4f}")
    assert max(abs(rank - due), abs(joint - due)) < 1e-4 and abs(sample - due) < 0.01
    assert low < found < high and abs(frank.getCovariance()[0, 1] * 12 - found) < 1e-9

for theta in (-0.5, -0.1):
    clayton = ot.ClaytonCopula(theta)
    found = clayton.computeLowerTailDependenceMatrix()[0, 1]
    sample = np.array(clayton.getSample(200_000))
    both = np.mean((sample < 0.001).all(axis=1)) / 0.001
    print(f"Clayton {theta}: coefficient of lower tail dependence {found:g}, P(both < 0.001) / 0.001 {both:g}")
    assert abs(found - 2 ** (-1 / theta)) < 1e-6 and both == 0
PY
echo "as described: a correlation of 5 and a probability of 1,024 for copulas with negative dependence"
