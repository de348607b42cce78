"""The Dataset of one replication: the whole Ledger, with readable labels."""

from __future__ import annotations

import xarray as xr

from diamondsim.draws import Draws
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import ControlState, NodeKind, Plan
from diamondsim.results.frame import described, labels, tick_times
from diamondsim.results.prices import RECORDED_FOR_PRICES
from diamondsim.results.provenance import Provenance

_FRACTIONS = frozenset({"belief", "paid", "price"})


def trace_dataset(plan: Plan, draws: Draws, ledger: Ledger, provenance: Provenance) -> xr.Dataset:
    """Return everything that happened in one replication.

    Parameters
    ----------
    plan : Plan
    draws : Draws
        Of this replication alone.
    ledger : Ledger
        Of this replication alone, with every field.
    provenance : Provenance

    Returns
    -------
    xarray.Dataset
        Every field of the Ledger, (time, node), (time, lane) or (time, source), with the names of nodes,
        lanes and sources; `control_state` (time, control) and `level` (time, desk). Only with prices: `price`
        (time, market), `paid` and `forgone` (time, node), and `start_price` (market).
    """
    assert draws.n_replications == 1, "a trace is of one replication"
    priced = draws.prices is not None
    variables = {
        name: described(
            xr.Variable(("time", field.entity), ledger[name][:, :, 0]),
            field.meaning,
            "1" if name in _FRACTIONS else "unit of the grade",
        )
        for name, field in FIELDS.items()
        if priced or name not in RECORDED_FOR_PRICES
    }
    if draws.prices is not None:
        variables["start_price"] = described(
            xr.Variable("market", draws.prices.start_usd[:, 0]),
            "price at the start",
            "USD per unit of the grade",
        )
    meanings = " ".join(f"{state.value}={state.name.lower()}" for state in ControlState)
    variables["control_state"] = described(
        xr.Variable(("time", "control"), draws.control_state[:, :, 0]),
        "state of each control",
        "1",
        states=meanings,
    )
    variables["level"] = described(
        xr.Variable(("time", "desk"), draws.level[:, :, 0]),
        "fraction of the reference flow that a desk lets pass",
        "1",
    )
    attrs = provenance.attrs(plan) | {"replication": int(draws.replications[0])}
    return xr.Dataset(variables, _coordinates(plan), attrs)


def _coordinates(plan: Plan) -> dict[str, xr.DataArray]:
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    lanes = range(plan.n_lanes)
    from_source = [plan.sources[i] for i in plan.lane_source]
    to_node = [plan.nodes[i] for i in plan.lane_node]
    return {
        "time": labels("time", tick_times(plan), "first day of the tick"),
        "node": labels("node", [n.name for n in plan.nodes], "node"),
        "node_kind": labels("node", [NodeKind(n.kind).name.lower() for n in plan.nodes], "what the node is"),
        "node_region": labels("node", [n.region for n in plan.nodes], "region of the node"),
        "node_use": labels(
            "node", [n.use or "" for n in plan.nodes], "use, empty for feed stocks and reserves"
        ),
        "node_grade": labels("node", [n.grade for n in plan.nodes], "grade of the node"),
        "node_unit": labels("node", [unit_of[n.grade] for n in plan.nodes], "unit of the grade"),
        "source": labels("source", [s.name for s in plan.sources], "source"),
        "source_producer": labels("source", [s.producer for s in plan.sources], "producer of the source"),
        "source_region": labels("source", [s.region for s in plan.sources], "region of the source"),
        "source_grade": labels("source", [s.grade for s in plan.sources], "grade of the source"),
        "source_unit": labels("source", [unit_of[s.grade] for s in plan.sources], "unit of the grade"),
        "lane": labels("lane", [plan.lane_name(i) for i in lanes], "lane"),
        "lane_source": labels("lane", [s.name for s in from_source], "source of the lane"),
        "lane_node": labels("lane", [n.name for n in to_node], "node of the lane"),
        "control": labels("control", [c.name for c in plan.controls], "export control"),
        "desk": labels("desk", [d.name for d in plan.desks], "licence desk"),
        **_markets(plan),
    }


def _markets(plan: Plan) -> dict[str, xr.DataArray]:
    if plan.prices is None:
        return {}
    markets = plan.prices.markets
    return {
        "market": labels("market", [f"{grade}.{zone}" for grade, zone in markets], "market"),
        "market_grade": labels("market", [grade for grade, _ in markets], "grade of the market"),
        "market_zone": labels("market", [zone for _, zone in markets], "price zone of the market"),
    }
