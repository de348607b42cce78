#!/usr/bin/env bash
# ema_workbench: the "uniform" Latin hypercube sampler draws real-valued parameters as whole numbers.
#
# Expected. The documentation calls RealParameter a "real valued model input parameter" with a lower and an
#   upper bound, and Samplers offers UNIFORM_LHS beside LHS; as its name and its code say, it takes a uniform
#   distribution between the bounds in place of the parameter's own. A Latin hypercube of n scenarios has n
#   different values of each real-valued parameter, one in each n-th part of its range. For a parameter that
#   is uniform anyway the two samplers should therefore do the same.
# What happens. UniformLHSSampler asks whether the distribution of the parameter is an instance of
#   scipy.stats.rv_continuous. It is a frozen distribution, which is not, so every RealParameter takes the
#   branch for integers: a share in [0, 1] is 0 or 1 and nothing between, a lead time of 1 to 12 months has 12
#   values. Nothing warns.
# Version: ema_workbench 2.5.3 (scipy 1.17.1, numpy 2.4.6).
# What it means here. A uniform sample between bounds is what one takes for deeply uncertain numbers: export
#   shares, approval rates, substitution shares, nearly all of which lie in [0, 1]. They become switches. The
#   mean of the sample is right, but the variance is three times that of a uniform share, so sensitivity
#   indices and the boxes of scenario discovery are those of another experiment. Use Samplers.LHS with uniform
#   parameters.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    ema_workbench==2.5.3 scipy==1.17.1 numpy==2.4.6 pandas==2.3.3
TQDM_DISABLE=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from ema_workbench import Model, RealParameter, Samplers, ScalarOutcome, SequentialEvaluator

SCENARIOS = 500


def shortage(share=0.0, months=0.0):
    """Months of supply lost when a share of it is late by some months."""
    return {"lost": share * months}


model = Model("supply", function=shortage)
model.uncertainties = [RealParameter("share", 0, 1), RealParameter("months", 1, 12)]
model.outcomes = [ScalarOutcome("lost")]

print("ema_workbench", version("ema_workbench"))
print(f"{SCENARIOS} scenarios of a share in [0, 1] and a lead time in [1, 12] months")
seen = {}
for sampler in (Samplers.LHS, Samplers.UNIFORM_LHS):
    np.random.seed(1)
    with SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(
            scenarios=SCENARIOS, uncertainty_sampling=sampler, reporting_interval=SCENARIOS + 1
        )
    share, months = experiments["share"].to_numpy(float), experiments["months"].to_numpy(float)
    seen[sampler.name] = share, months
    print(
        f"  {sampler.name:11s} share: {np.unique(share).size:3d} values, variance {share.var():.4f};"
        f" months: {np.unique(months).size:3d} values; variance of the outcome {outcomes['lost'].var():.2f}"
    )

share, months = seen["LHS"]
assert np.unique(share).size == np.unique(months).size == SCENARIOS
assert abs(share.var() - 1 / 12) < 0.001
share, months = seen["UNIFORM_LHS"]
print("  all values of the share by UNIFORM_LHS: ", np.unique(share))
print("  all values of the months by UNIFORM_LHS:", np.unique(months))
assert np.unique(share).tolist() == [0, 1]
assert np.unique(months).tolist() == list(range(1, 13))
assert abs(share.var() - 1 / 4) < 0.001
PY
echo "as described: real-valued parameters are sampled as whole numbers"
