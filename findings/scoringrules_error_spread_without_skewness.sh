#!/usr/bin/env bash
# scoringrules: the error-spread score divides the skewness of an ensemble by the number of its members.
#
# Expected. The error-spread score of Christensen, Moroz and Palmer (2015, doi 10.1002/qj.2375), which the page of
#   error_spread_score cites, is (s^2 - e^2 - e s g)^2 with the spread s, the skewness g and the error of the mean
#   e = m - y. The skewness of a sample is M / ((M - 1)(M - 2)) times the sum of the cubes of (x - m) / s, as
#   scipy.stats.skew(bias=False) computes it; the score of a large ensemble tends to that of its distribution.
# What happens. The factor M is missing, in both backends. A skewness of 2.1 counts as 0.42 among five members, and one
#   of 2 as 0.001 among 2,000, so that a large ensemble has the score of a symmetric one with the same mean and spread.
#   Nothing is raised, and a right score and a wrong one do not differ where the ensemble is symmetric.
# Version: scoringrules 0.10.0 (numpy 2.4.6, scipy 1.17.1).
# What it means here. Durations of shortages and losses are skewed: many short, few long. For durations with an
#   exponential distribution of mean 1 the true forecast has an expected score of 4 and a normal one with the same mean
#   and spread has 8; scoringrules gives 8 to both, and finds no advantage in a forecast with the right tail. Compute
#   the score from the three moments, or compare forecasts by their CRPS.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    scoringrules==0.10.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import scoringrules
from scipy import stats

print("scoringrules", scoringrules.__version__, "numpy", np.__version__)


def by_moments(observed, members, divisor=1):
    error = members.mean() - observed
    spread = members.std(ddof=1)
    skewness = stats.skew(members, bias=False) / divisor
    return (spread**2 - error**2 - error * spread * skewness) ** 2


weeks = np.array([1.0, 2.0, 2.0, 3.0, 12.0])
found = float(scoringrules.error_spread_score(7.0, weeks))
print(f"members {weeks}, skewness {stats.skew(weeks, bias=False):.3f}, observed 7:")
print(f"  score {found:.2f}; by the definition {by_moments(7.0, weeks):.2f}", end="; ")
print(f"with a fifth of the skewness {by_moments(7.0, weeks, 5):.2f}")
assert not np.isclose(found, by_moments(7.0, weeks), rtol=0.1)
assert np.isclose(found, by_moments(7.0, weeks, weeks.size), rtol=1e-9)

levels = (np.arange(4000) + 0.5) / 4000
observations = stats.expon.ppf(levels)  # the law of what happens, in equal shares
middle = (np.arange(2000) + 0.5) / 2000
for name, law, exact in (("exponential", stats.expon, 4), ("normal", stats.norm(1, 1), 8)):
    members = law.ppf(middle)
    right = float(by_moments(observations, members).mean())
    score = np.mean([scoringrules.error_spread_score(y, members) for y in observations])
    print(f"{name:11} forecast of {members.size:,} members: mean score {score:.2f}", end="; ")
    print(f"by the definition {right:.2f}, for the distribution itself {exact}")
    assert abs(score - 8) < 0.35 and abs(right - exact) < 0.35
PY
echo "as described: the skewness is divided by the number of members"
