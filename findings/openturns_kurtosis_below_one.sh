#!/usr/bin/env bash
# OpenTURNS: the kurtosis of a log-uniform distribution is given as 0.19, below the least one that is possible.
#
# Expected. getKurtosis is the fourth central moment divided by the square of the variance (its page; 3 for a normal
#   distribution). It is at least 1 plus the square of the skewness for any distribution (Pearson).
# What happens. LogUniform(0, 3), so values from 1 to 20.1, has a skewness of 0.98 and a given kurtosis of 0.19; it is
#   2.87. With all values doubled it is given as 0.10. Bernoulli(0.3) has 13.76, which is 12 too many:
#   Binomial(1, 0.3), the same distribution, has 1.76. getMoment and getCentralMoment of ChiSquare(10) give a mean
#   of 0.83 and a variance of 5.70 for 10 and 20, where Gamma(5, 0.5), again the same distribution, and getMean
#   are right. Neither raises nor warns.
# Version: openturns 1.27.post1 (numpy 2.4.6).
# What it means here. A log-uniform input stands for a quantity that is known to an order of magnitude, and Bernoulli
#   for an event such as a licence that is refused. The variance of an estimated variance, and so the number of
#   replications it needs, follows from the kurtosis. A guard: getCentralMoment, save for ChiSquare, or a sample.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check openturns==1.27.post1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import openturns as ot

print("openturns", ot.__version__)


def kurtosis_by_integral(low, high):
    """Of exp(u), u uniform: its raw moments are (exp(k high) - exp(k low)) / (k (high - low))."""
    m1, m2, m3, m4 = (np.exp([k * high, k * low]) @ [1, -1] / (k * (high - low)) for k in (1, 2, 3, 4))
    return (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / (m2 - m1**2) ** 2


ot.RandomGenerator.SetSeed(1)
for low, high in ((0.0, 3.0), (np.log(2), 3.0 + np.log(2)), (0.0, 7.0)):
    distribution = ot.LogUniform(low, high)
    given, skewness = distribution.getKurtosis()[0], distribution.getSkewness()[0]
    moments = distribution.getCentralMoment(4)[0] / distribution.getCentralMoment(2)[0] ** 2
    sample = distribution.getSample(1_000_000).computeKurtosis()[0]
    due = kurtosis_by_integral(low, high)
    print(f"log-uniform from {np.exp(low):.0f} to {np.exp(high):7.1f}: kurtosis {given:.3f}, due {due:.3f},", end=" ")
    print(f"by its moments {moments:.3f}, of its sample {sample:.3f}; least possible {1 + skewness**2:.3f}")
    assert abs(moments - due) < 1e-4 * due and abs(sample - due) < 0.03 * due
    assert given < 1 + skewness**2 < due

for p in (0.1, 0.3, 0.5):
    given, same = ot.Bernoulli(p).getKurtosis()[0], ot.Binomial(1, p).getKurtosis()[0]
    due = ((1 - p) ** 3 + p**3) / (p * (1 - p))
    print(f"Bernoulli({p}): kurtosis {given:.3f}, as a binomial {same:.3f}, due {due:.3f}")
    assert abs(same - due) < 1e-9 and abs(given - due - 12) < 1e-9

chi_square, gamma = ot.ChiSquare(10.0), ot.Gamma(5.0, 0.5, 0.0)
for name, distribution in (("ChiSquare(10)", chi_square), ("Gamma(5, 0.5)", gamma)):
    first, second, mean = distribution.getMoment(1)[0], distribution.getCentralMoment(2)[0], distribution.getMean()[0]
    print(f"{name}: getMean {mean:.2f}, getMoment(1) {first:.2f}, getCentralMoment(2) {second:.2f}")
    assert abs(mean - 10) < 1e-9
    assert (first < 1 and second < 6) if distribution is chi_square else abs(first - 10) + abs(second - 20) < 1e-6
PY
echo "as described: kurtosis below 1 for a log-uniform distribution and 12 too many for Bernoulli's"
