"""What makes the scenario of `small.short_ban` cost money, and two policies for it."""

from __future__ import annotations

COSTS = {"uses.u.value": "10 USD/ct", "uses.u.holding_cost": "0.1 USD/ct/day"}
STOCK = {"inventory_policy.u.opening": "20 days", "inventory_policy.u.cover": "20 days"}
RESERVE = {
    "producers.plant.lead.home": "0 days",
    "reserves.store": {
        "region": "home",
        "grade": "g",
        "opening": "50 ct",
        "release": "100 ct/day",
        "trigger": "5%",
        "serves": ["u"],
        "holding_cost": "0.5 USD/ct/yr",
    },
}
