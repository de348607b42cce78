#!/usr/bin/env bash
# causalimpact: the probability of a causal effect is 100 % whatever happens, as its test is of the prediction.
#
# Expected. The P-value of the summary answers how likely so large an effect would be by chance: among series in which
#   nothing happened, one in 20 has a P-value below 5 %, and a constant added to the series changes nothing. The
#   interval of the cumulative effect is that of a sum: with independent errors of 1, 100 periods after and 300 before,
#   its standard error is sqrt(100 + 100^2 / 300) = 11.5, and the interval +- 22.6.
# What happens. The score is (0 - predicted mean) / its spread, and the effect is not in it. In 20 of 20 series around
#   120 in which nothing happened the P-value is 0.0 % and the "Prob. of Causal Effect" 100.0 %; the interval of the
#   effect in the same table holds 0. Counted from 120, a series that fell by 2 has a P-value of 56 %. The limits of
#   the cumulative effect are sums of those of single periods, +- 196, nearly nine times too wide, and the ones called
#   lower lie above those called upper. There is no message.
# Version: causalimpact 0.2.6, the last release (pandas 2.0.3, statsmodels 0.14.4, scipy 1.15.3, pymc 5.25.1, numpy
#   1.26.4). With pandas 2.1 or statsmodels 0.15 it ends in an error.
# What it means here. The method is used to ask whether a control on exports or a quota changed trade, with other goods
#   or countries for comparison. By this table every control had an effect, and no total loss is ever certain. A
#   guard: apply it to dates on which nothing happened, and do without its P-value.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    causalimpact==0.2.6 pandas==2.0.3 statsmodels==0.14.4 pymc==5.25.1 arviz==0.21.0 xarray==2024.7.0 \
    numpy==1.26.4 scipy==1.15.3 matplotlib==3.8.4
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import contextlib
import io
from importlib.metadata import version

import numpy as np
import pandas as pd
import statsmodels.api as sm
from causalimpact import CausalImpact
from scipy import stats

print("causalimpact", version("causalimpact"), "pandas", pd.__version__, "statsmodels", sm.__version__)
BEFORE, AFTER = 300, 100


def series(seed, effect):
    """Return a series that follows its control with errors of 1, and changes by the effect afterwards."""
    rng = np.random.default_rng(seed)
    control = 100 + rng.normal(size=BEFORE + AFTER)
    exports = 1.2 * control + rng.normal(size=BEFORE + AFTER)
    exports[BEFORE:] += effect
    return pd.DataFrame({"exports": exports, "control": control})


def impact(data):
    """Return the P-value in percent that causalimpact states, the average effect and the cumulative one with limits."""
    model = CausalImpact(data, [0, BEFORE - 1], [BEFORE, BEFORE + AFTER - 1])
    with contextlib.redirect_stdout(io.StringIO()) as text:
        model.run()
        model.summary()
    p, = (float(line.split()[1][:-1]) for line in text.getvalue().splitlines() if line.startswith("P-value"))
    last = model.inferences.iloc[-1]
    found = np.array([last["cum_effect"], last["cum_effect_lower"], last["cum_effect_upper"]])
    return p, found


def regression(data):
    """Return the P-value in percent and the half width of 95 % of the summed effect, from a least-squares fit."""
    design = sm.add_constant(data["control"]).to_numpy()
    fit = sm.OLS(data["exports"][:BEFORE].to_numpy(), design[:BEFORE]).fit()
    total = (data["exports"].to_numpy() - fit.predict(design))[BEFORE:].sum()
    ones = design[BEFORE:].sum(axis=0)
    spread = np.sqrt(fit.scale * AFTER + ones @ fit.cov_params() @ ones)
    return 200 * stats.norm.sf(abs(total) / spread), 1.96 * spread


without = [series(seed, effect=0.0) for seed in range(20)]
stated = [impact(data) for data in without]
due = [regression(data) for data in without]
print("20 series in which nothing happened, P-value below 5 %:",
      sum(p < 5 for p, _ in stated), "by causalimpact,", sum(p < 5 for p, _ in due), "by regression")
assert all(p == 0 for p, _ in stated) and sum(p < 5 for p, _ in due) <= 3
inside = sum(upper < 0 < lower for _, (_, lower, upper) in stated)  # the lower limit is the upper one
print("  of these, interval of the effect holds 0:", inside)
assert inside == 20

(_, (total, lower, upper)), (_, half) = stated[0], due[0]
print(f"  cumulative effect {total:.1f}, from {lower:.1f} to {upper:.1f}; due +- {half:.1f}")
assert 190 < (lower - upper) / 2 < 215 and 20 < half < 25

fell = series(1, effect=-2.0)
p, (total, *_) = impact(fell)
away, (again, *_) = impact(fell.assign(exports=fell["exports"] - 120))
by_regression, _ = regression(fell)
print(f"a series that fell by 2: cumulative effect {total:.0f}, P-value {p} %; by regression {by_regression:.1g} %")
print(f"  counted from 120: cumulative effect {again:.0f}, P-value {away} %")
assert p == 0 and 40 < away < 60 and abs(total - again) < 1 and by_regression < 1e-6
PY
echo "as described: the P-value is 0 % where nothing happened, and 56 % where a series falls from 0 to -2"
