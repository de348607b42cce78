#!/usr/bin/env bash
# inventorize: the expected profit of a newsvendor with Poisson demand leaves out what the order costs.
#
# Expected. EPP_singleperiod "calculates expected profit for a newsvendor model" with Poisson demand of mean
#   `lambda1`, for an order Q, a price p, a cost c, a salvage value g and a penalty b for each unit short. By definition
#   that is p E[min(D, Q)] + g E[max(Q - D, 0)] - c Q - b E[max(D - Q, 0)], which is largest at the critical ratio
#   and falls beyond it where c is above g. MPP_singleperiod gives the same for the best order.
# What happens. The formula runs over two lines without a sign that it goes on, so its second half, with the cost of the
#   order, is computed and thrown away; nor do its brackets group what they should. A cost of 0 or of 24 gives the same
#   profit. For a mean of 10 and an order of 12 it is 132.6 in place of 114.2, for 24 it is 384 in place of 76.4.
#   Expected sales and lost sales are right, and so is EPN_singleperiod, the function for a normal demand.
# Version: inventorize 1.2.6 (numpy 2.4.6, scipy 1.17.1).
# What it means here. A one-off purchase, such as a stock bought before a ban on exports, is a newsvendor's order, and
#   small whole numbers ask for a Poisson demand. A search for the order with the most profit by this
#   function ends at the largest one allowed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    inventorize==1.2.6 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import inventorize as inv
import numpy as np
from scipy.stats import norm, poisson

print("inventorize", version("inventorize"), "numpy", np.__version__)
mean, p, c, g, b = 10, 24.0, 10.9, 7.0, 0.0
demand = np.arange(200)
chance = poisson.pmf(demand, mean)


def due(order, cost=c):
    sold = np.minimum(demand, order)
    return chance @ (p * sold + g * (order - sold) - cost * order - b * (demand - sold))


orders = range(0, 25, 4)
given = [inv.EPP_singleperiod(order, mean, p, c, g, b) for order in orders]
profits = [float(row["expectedprofit"]) for row in given]
for order, row in zip(orders, given, strict=True):
    print(f"order {order:2}: expected profit {row['expectedprofit']:6.1f}, due {due(order):6.1f}")
    assert abs(row["expected_sales"] - chance @ np.minimum(demand, order)) < 1e-9
assert profits[1:] == sorted(profits[1:]) and profits[-1] > 5 * due(24)

best = max(range(60), key=due)
found = inv.MPP_singleperiod(mean, p, c, g, b)
print(f"best order {found['quantity']:.0f} (due {best}), its profit {found['expectedprofit']:.1f}, due {due(best):.1f}")
assert found["quantity"] == best and found["expectedprofit"] > 1.15 * due(best)
ends = [float(inv.EPP_singleperiod(12, mean, p, cost, g, b)["expectedprofit"]) for cost in (0.0, 24.0)]
print(f"order 12 at a cost of 0 or 24: {ends[0]:.1f} and {ends[1]:.1f}, due {due(12, 0.0):.1f} and {due(12, 24.0):.1f}")
assert ends[0] == ends[1]

order, sd = 12, mean**0.5  # the function for a normal demand is right
places = np.linspace(mean - 9 * sd, mean + 9 * sd, 200_001)
sold = np.minimum(places, order)
weights = norm.pdf(places, mean, sd)
normal = (weights @ (p * sold + g * (order - sold) - c * order)) / weights.sum()
print(f"normal demand: {inv.EPN_singleperiod(order, mean, sd, p, c, g, b)['profit']:.2f}, due {normal:.2f}")
assert abs(inv.EPN_singleperiod(order, mean, sd, p, c, g, b)["profit"] - normal) < 1e-3
PY
echo "as described: the expected profit with Poisson demand leaves out the cost of the order"
