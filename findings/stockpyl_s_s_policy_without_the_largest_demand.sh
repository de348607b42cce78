#!/usr/bin/env bash
# stockpyl: the cost of an (s, S) policy leaves out the month with the largest demand.
#
# Expected. s_s_cost_discrete returns the "exact cost" of an (s, S) policy; for a distribution of one's own it takes
#   the "list of pmf values for demand values 0, ..., hi" (`demand_pmf`, of length `demand_hi` + 1). By definition it is
#   the cost of a period, for orders, stock and shortages, averaged over all demands. s_s_discrete_exact looks for the
#   best policy by these costs.
# What happens. The costs of stock and shortages are summed up over demands 0, ..., hi - 1: the largest demand, the one
#   that empties the stock, costs nothing, whatever its probability. If three months in ten need 10 units and the others
#   none, the policy (2, 5) costs 20.0 a month, and 5.0 is returned. With Poisson demand the function is right, and so
#   it is if one more demand, of probability 0, ends the list.
# Version: stockpyl 1.0.2 (numpy 2.4.6, scipy 1.17.1).
# What it means here. Demand for a critical material comes in a few sizes, and the largest, such as buying ahead of a
#   ban, is what the stock is for. The policy that is returned as the best of the second example is said to cost 6.58,
#   costs 8.88, and is 39 % dearer than the best. End the list with a 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    stockpyl==1.0.2 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from scipy.stats import poisson
from stockpyl.ss import s_s_cost_discrete, s_s_discrete_exact

print("stockpyl", version("stockpyl"), "numpy", np.__version__)


def mean_cost(s, S, stockout_cost, fixed_cost, pmf):
    """Return the cost per period from the stationary distribution of the stock after ordering, s + 1 to S."""
    levels = range(s + 1, S + 1)
    moves, costs = np.zeros((len(levels), len(levels))), np.zeros(len(levels))
    for row, level in enumerate(levels):
        for demand, probability in enumerate(pmf):
            left = level - demand
            costs[row] += probability * (max(left, 0) + stockout_cost * max(-left, 0) + fixed_cost * (left <= s))
            moves[row, (S if left <= s else left) - s - 1] += probability
    equations = np.vstack([moves.T - np.eye(len(levels)), np.ones(len(levels))])
    shares = np.linalg.lstsq(equations, np.append(np.zeros(len(levels)), 1), rcond=None)[0]
    return shares @ costs


def returned(s, S, stockout_cost, fixed_cost, pmf):
    return s_s_cost_discrete(s, S, 1, stockout_cost, fixed_cost, False, demand_hi=len(pmf) - 1, demand_pmf=pmf)


lumpy = [0.7] + [0.0] * 9 + [0.3]
cost, due = returned(2, 5, 10, 5, lumpy), mean_cost(2, 5, 10, 5, lumpy)
with_zero = returned(2, 5, 10, 5, lumpy + [0.0])
print(f"demand 0 or 10, policy (2, 5): {cost:.2f} returned, {with_zero:.2f} with a last 0, {due:.2f} due")
assert abs(cost - 5) < 1e-9 and abs(due - 20) < 1e-9 and abs(with_zero - due) < 1e-9
by_poisson = s_s_cost_discrete(4, 10, 1, 4, 5, True, demand_mean=6)
assert abs(by_poisson - mean_cost(4, 10, 4, 5, poisson.pmf(range(60), 6))) < 1e-9

pmf = [0.1, 0.0, 0.0, 0.0, 0.1, 0.2, 0.6]
s, S, cost = s_s_discrete_exact(1, 9, 6, False, demand_hi=6, demand_pmf=pmf)
true = mean_cost(int(s), int(S), 9, 6, pmf)
best = min((mean_cost(low, high, 9, 6, pmf), low, high) for high in range(20) for low in range(-8, high))
print(f"demand up to 6: best by stockpyl ({s}, {S}) at {cost:.2f}, which costs {true:.2f};", end=" ")
print(f"the best of all, ({best[1]}, {best[2]}), costs {best[0]:.2f}")
assert (s, S) == (5, 11) and cost < 6.6 and true / best[0] > 1.38
PY
echo "as described: the largest demand costs nothing"
