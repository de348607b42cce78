#!/usr/bin/env bash
# stockpyl: wagner_whitin charges the holding cost of the month of the order for all later months.
#
# Expected. wagner_whitin finds the cheapest plan of orders for a known demand. Its page lets the holding cost "per
#   item per period" be a list with a value for each period (the equation there has one rate, h). In the problem of
#   Wagner and Whitin (1958) each unit in stock from period t to t + 1 costs the rate of period t, so what is ordered
#   in March and used in May pays the rates of March and April.
# What happens. It pays the rate of March twice: the rate of the period of the order counts for all periods in which
#   the units lie. Where rates rise, stock looks too cheap. The cost that is reported is below that of the plan that
#   comes with it, and other plans are cheaper. The other convention, the rate of the period in which a unit
#   arrives from the one before, is further from the reported cost. Equal rates are treated as they should be.
# Version: stockpyl 1.0.2 (numpy 2.4.6, scipy 1.17.1).
# What it means here. Storage gets dearer when many firms build stocks before an export ban, or when interest rises,
#   and that is when one asks how much to order ahead. With a rate of 1 for two months and of 4 after that, stockpyl
#   orders the demand of five months at once for "200". This plan costs 380, and one for 220 exists. Add up the costs
#   of the plan, or solve the problem as a linear program with integers.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    stockpyl==1.0.2 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version
from itertools import product

from stockpyl.wagner_whitin import wagner_whitin

print("stockpyl", version("stockpyl"))
MONTHS, FIXED, DEMAND = 6, 50, 10


def cost_of(plan, rates, shift=0):
    stock = total = 0
    for month, ordered in enumerate(plan):
        stock += ordered - DEMAND
        total += FIXED * (ordered > 0) + rates[min(month + shift, MONTHS - 1)] * stock
    return total


def plans():
    """All plans that order whole months of demand when the stock is empty; one of them is optimal."""
    for later in product((False, True), repeat=MONTHS - 1):
        starts = [0, *(month for month, order in enumerate(later, start=1) if order), MONTHS]
        plan = [0] * MONTHS
        for start, end in zip(starts, starts[1:]):
            plan[start] = DEMAND * (end - start)
        yield plan


results = {}
for name, rates in (("equal", [2] * 6), ("a jump", [1, 1, 4, 4, 4, 4]), ("steady rise", [1, 2, 3, 4, 5, 6])):
    quantities, reported, *_ = wagner_whitin(MONTHS, rates, FIXED, DEMAND)
    plan = [int(quantity) for quantity in quantities[1:]]
    best = min(plans(), key=lambda candidate: cost_of(candidate, rates))
    cost, least = cost_of(plan, rates), cost_of(best, rates)
    print(f"{name}, rates {rates}: orders {plan} for {reported:.0f}; they cost {cost}", end=" ")
    print(f"({cost_of(plan, rates, shift=1)} by the rates of arrival); {best} cost {least}")
    results[name] = reported, cost, least
assert results["equal"] == (210, 210, 210)
assert results["a jump"] == (200, 380, 220)
assert results["steady rise"] == (200, 300, 230)
PY
echo "as described: a plan reported to cost 200 costs 380, and the cheapest 220"
