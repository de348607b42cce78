#!/usr/bin/env bash
# stockpyl: the cumulative fill rate of a supplier is 100 % again once a shipment-pausing disruption ends.
#
# Expected. The fill rate is the share of demand that is met from stock when it arises; what is sent later was
#   late for good. The documentation of stockpyl.node_state_vars.NodeStateVars says the same:
#   `demand_met_from_stock` is the "demand ... met from stock at the node in the period", `fill_rate` is the
#   "cumulative fill rate ... in periods 0, ..., period", the cumulative first divided by the cumulative
#   demand. Backorders are treated so: when they are cleared, they do not count as met from stock. In no
#   period can more demand be met from stock than there is.
# What happens. In a shipment-pausing disruption (type 'SP': the node can order, its supplier cannot ship) the
#   goods wait at the supplier as outbound disrupted items. During it they do not count as met. In the period
#   in which it ends they are sent together, and all of them count as that period's demand met from stock:
#   below 60 units of a demand of 10. From then on the supplier's fill rate is 1.000, although 50 of 200 units
#   left one to five periods late (150 / 200 = 0.75). The consistency checks of the simulation are on and find
#   nothing. The stage after it, which suffers the same delay as backorders, counts it right.
#   A side remark of the same page fails too: "backorders_by_successor + outbound_disrupted_items should
#   always equal max{0, -inventory_level}"; in the last disrupted period that is 0 + 50 on the left and 0 on
#   the right.
# Version: stockpyl 1.0.2 (numpy 2.4.6, scipy 1.17.1).
# What it means here. A shipment pause is how one models an export ban or a held licence. If the service of a
#   supplier is read from its cumulative fill rate, such a ban costs nothing: a run that ends after the ban,
#   with enough stock behind it, shows 100 %. The fill rate of the stage after it does show the delay. To get
#   the supplier's, take what it shipped in a period less the disrupted items released in it, and at most the
#   demand of the period.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --quiet --disable-pip-version-check \
    stockpyl==1.0.2 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

from stockpyl.disruption_process import DisruptionProcess
from stockpyl.sim import simulation
from stockpyl.supply_chain_network import serial_system

PERIODS, DEMAND, BAN = 20, 10, range(5, 10)
SUPPLIER, BUYER = 2, 1


def run(disruption_type):
    """Simulate supplier -> buyer with constant demand; shipments to the buyer fail in periods 5 to 9."""
    network = serial_system(
        num_nodes=2,
        node_order_in_system=[SUPPLIER, BUYER],
        node_order_in_lists=[SUPPLIER, BUYER],
        shipment_lead_time=[1, 1],
        policy_type="BS",
        base_stock_level=[30, 20],
        demand_type="D",
        demand_list=[None, [DEMAND]],
        local_holding_cost=[1, 1],
        stockout_cost=[0, 10],
    )
    network.nodes_by_index[BUYER].disruption_process = DisruptionProcess(
        random_process_type="E",
        disruption_type=disruption_type,
        disruption_state_list=[period in BAN for period in range(PERIODS)],
    )
    simulation(network, PERIODS, rand_seed=1, progress_bar=False, consistency_checks="E")
    return network


print("stockpyl", version("stockpyl"))
network = run("SP")
node = network.nodes_by_index[SUPPLIER]
product = node.product_indices[0]
print("Supplier, shipments to the buyer paused in periods 5 to 9")
print("  period  demand  shipped  waiting  met from stock  fill rate")
shipped_at_once = 0
for period in range(PERIODS):
    state = node.state_vars[period]
    demand = state.inbound_order[BUYER][product]
    shipped = state.outbound_shipment[BUYER][product]
    waiting = state.outbound_disrupted_items[BUYER][product]
    met, fill_rate = state.demand_met_from_stock[product], state.fill_rate[product]
    shipped_at_once += 0 if period in BAN else min(demand, shipped)
    if 3 <= period <= 11 or period == PERIODS - 1:
        print(f"  {period:6d}  {demand:6.0f}  {shipped:7.0f}  {waiting:7.0f}  {met:14.0f}  {fill_rate:9.3f}")
    assert demand == DEMAND

released = node.state_vars[BAN.stop]
assert released.demand_met_from_stock[product] == 60 > released.inbound_order[BUYER][product] == DEMAND
assert node.state_vars[BAN.stop - 1].fill_rate[product] == 0.5
last = node.state_vars[PERIODS - 1].fill_rate[product]
print(f"  shipped in the period of the demand: {shipped_at_once:.0f} of {PERIODS * DEMAND}", end="")
print(f" = {shipped_at_once / (PERIODS * DEMAND):.2f}; reported {last:.3f}")
assert shipped_at_once == 150 and last == 1.0

paused = node.state_vars[BAN.stop - 1]
owed = paused.backorders_by_successor[BUYER][product] + paused.outbound_disrupted_items[BUYER][product]
print(f"  period {BAN.stop - 1}: backorders + outbound disrupted items {owed:.0f},", end="")
print(f" inventory level {paused.inventory_level[product]:.0f}")
assert owed == 50 and paused.inventory_level[product] == 20

print("Fill rate of the buyer at the end, which suffers the delay as backorders")
for disruption_type in ("SP", "TP"):
    buyer = run(disruption_type).nodes_by_index[BUYER]
    fill_rate = buyer.state_vars[PERIODS - 1].fill_rate[buyer.product_indices[0]]
    print(f"  {disruption_type}: {fill_rate:.3f}")
    assert abs(fill_rate - 0.8) < 1e-12
PY
echo "as described: the supplier's fill rate is 1 after the pause, though a quarter of its goods left late"
