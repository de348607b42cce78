#!/usr/bin/env bash
# stockpyl simulates a continuous uniform demand from the wrong interval: [lo, hi - lo] instead of [lo, hi].
#
# Expected. The documentation of stockpyl.demand_source.DemandSource says that for type 'UC' (uniform
#   continuous) `lo` and `hi` are the "low value of demand range" and the "high value of demand range", and
#   that the object "can generate demands from the specified distribution". Its `mean`, `standard_deviation`
#   and `demand_distribution` are those of a uniform distribution on [lo, hi].
# What happens. generate_demand(), and with it every simulation, draws between lo and hi - lo. (scipy's
#   uniform takes a location and a width, numpy's takes two ends; the width is given to numpy.) With lo = 0
#   the two agree, so that the obvious first test passes. With lo = 50, hi = 100 each demand is exactly 50;
#   with lo = 60, hi = 100 the demands lie between 40 and 60, below the range asked for. Nothing warns.
# Version: stockpyl 1.0.2 (numpy 2.4.6, scipy 1.17.1).
# What it means here. The newsvendor functions of the library, given the object's distribution, use the right
#   one, and its simulation another, so a base-stock level found by the first is judged wrongly by the second:
#   below, one period in ten should end short and none does, at a cost twice the expected one. To compare a
#   simulator with stockpyl, use 'UD', 'N' or lo = 0, or hand over the demands as a list (type 'D').
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    stockpyl==1.0.2 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from stockpyl.demand_source import DemandSource
from stockpyl.newsvendor import newsvendor_continuous
from stockpyl.sim import simulation
from stockpyl.supply_chain_network import single_stage_system

print("stockpyl", version("stockpyl"))

print("10,000 demands of DemandSource(type='UC', lo=lo, hi=hi)")
for lo, hi in [(0, 100), (20, 100), (50, 100), (60, 100)]:
    source = DemandSource(type="UC", lo=lo, hi=hi)
    np.random.seed(1)
    demand = np.array([source.generate_demand() for _ in range(10_000)])
    low, high = source.demand_distribution.ppf([0, 1])
    print(
        f"  lo {lo:2d}, hi {hi}: the object says [{low:.0f}, {high:.0f}] with mean {source.mean:.0f};"
        f" drawn [{demand.min():.2f}, {demand.max():.2f}] with mean {demand.mean():.2f}"
    )
    assert (low, high) == (lo, hi) and source.mean == (lo + hi) / 2
    wrong_low, wrong_high = sorted((lo, hi - lo))
    assert wrong_low <= demand.min() and demand.max() <= wrong_high
    assert abs(demand.mean() - hi / 2) < 1  # (lo + hi - lo) / 2

LO, HI, PERIODS = 50, 100, 2_000
source = DemandSource(type="UC", lo=LO, hi=HI)
distribution = source.demand_distribution
level, cost = newsvendor_continuous(holding_cost=1, stockout_cost=9, demand_distrib=distribution)
network = single_stage_system(
    demand_type="UC",
    lo=LO,
    hi=HI,
    policy_type="BS",
    base_stock_level=level,
    shipment_lead_time=1,
    local_holding_cost=1,
    stockout_cost=9,
)
total = simulation(network, PERIODS, rand_seed=7, progress_bar=False)
node = network.nodes[0]
product = node.product_indices[0]
states = node.state_vars[:PERIODS]
demand = [state.inbound_order[None][product] for state in states]
short = sum(state.inventory_level[product] < 0 for state in states)
print(f"Newsvendor, lo {LO}, hi {HI}: base-stock level {level:.1f}, expected cost a period {cost:.2f}")
print(f"  periods that end short: {0.1 * PERIODS:.0f} of {PERIODS} expected, {short} simulated")
print(f"  cost a period simulated {total / PERIODS:.2f}; demand between {min(demand)} and {max(demand)}")
assert abs(level - 95) < 0.01 and abs(cost - 22.5) < 0.01
assert min(demand) == max(demand) == LO
assert short == 0 and abs(total / PERIODS - (level - LO)) < 0.1
PY
echo "as described: the simulated demand is uniform on [lo, hi - lo]"
