"""The paths of some replications: the Ledger and the legal states, tick by tick, with readable labels.

Owns the names, units and coordinates of what is known of every tick; a trace is one such path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import xarray as xr

from diamondsim.draws import Draws
from diamondsim.errors import nearest
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import ControlState, NodeKind, Plan
from diamondsim.results.frame import described, labels, tick_times
from diamondsim.results.prices import RECORDED_FOR_PRICES
from diamondsim.results.provenance import Provenance

_FRACTIONS = frozenset({"expected_fill_rate", "paid", "price"})
_STATE, _LEVEL, _START = "control_state", "approval_rate", "start_price"


def path_names(plan: Plan) -> tuple[str, ...]:
    """Return the names of all that is known of every tick, and `start_price` where there are prices."""
    priced = plan.prices is not None
    recorded = (name for name in FIELDS if priced or name not in RECORDED_FOR_PRICES)
    return (*recorded, _STATE, _LEVEL, *([_START] if priced else []))


def known_names(plan: Plan, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the names wanted, each once, in the order of `path_names`.

    Raises
    ------
    ValueError
        Where one is not known, with the nearest; where none is wanted.
    """
    known, asked = path_names(plan), list(wanted)
    for name in asked:
        if name not in known:
            close = nearest(name, known)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(known)}"
            why = " without prices" if name in (*RECORDED_FOR_PRICES, _START) else ""
            raise ValueError(f"there are no paths of {name!r}{why}" + ("" if why else f"; {hint}"))
    if not asked:
        raise ValueError(f"name at least one variable of {', '.join(known)}")
    return tuple(name for name in known if name in asked)


def paths_dataset(
    plan: Plan,
    draws: Draws,
    ledger: Ledger,
    provenance: Provenance,
    names: Iterable[str],
) -> xr.Dataset:
    """Return what happened in some replications, tick by tick.

    Parameters
    ----------
    plan : Plan
    draws : Draws
        Of these replications.
    ledger : Ledger
        Of these replications, of all nodes and sources, with the fields that are wanted. The Dataset shows
        its numbers and does not copy them.
    provenance : Provenance
    names : iterable of str
        Of `path_names`.

    Returns
    -------
    xarray.Dataset
        Fields of the Ledger, (time, node | lane | source | market, replication); `control_state` (time,
        control, replication), `level` (time, desk, replication), `start_price` (market, replication); with
        the coordinates of these dimensions.
    """
    variables = {name: _variable(plan, draws, ledger, name) for name in names}
    dims = {dim for variable in variables.values() for dim in variable.dims}
    known = _coordinates(plan)
    coordinates = {name: array for name, array in known.items() if dims >= set(array.dims)}
    coordinates["replication"] = xr.DataArray(
        draws.replications, dims="replication", attrs={"long_name": "replication", "units": "1"}
    )
    return xr.Dataset(variables, coordinates, provenance.attrs(plan))


def _variable(plan: Plan, draws: Draws, ledger: Ledger, name: str) -> xr.Variable:
    if name == _STATE:
        meanings = " ".join(f"{state.value}={state.name.lower()}" for state in ControlState)
        state = xr.Variable(("time", "control", "replication"), draws.control_state)
        return described(state, "state of each control", "1", states=meanings)
    if name == _LEVEL:
        level = xr.Variable(("time", "desk", "replication"), draws.approval_rate)
        return described(level, "fraction of the reference flow that a desk lets pass", "1")
    if name == _START:
        assert draws.prices is not None, "a plan with prices has draws with prices"
        start = xr.Variable(("market", "replication"), draws.prices.start_usd)
        return described(start, "price at the start", "USD per unit of the grade")
    field = FIELDS[name]
    return described(
        xr.Variable(("time", field.entity, "replication"), ledger[name]),
        field.meaning,
        "1" if name in _FRACTIONS else _unit(plan),
    )


def _unit(plan: Plan) -> str:
    units = set(plan.grade_units)
    return units.pop() if len(units) == 1 else "unit of the grade"


def _coordinates(plan: Plan) -> dict[str, xr.DataArray]:
    return {
        "time": labels("time", tick_times(plan), "first day of the tick"),
        **_nodes(plan),
        **_sources(plan),
        **_lanes(plan),
        "control": labels("control", [c.name for c in plan.controls], "export control"),
        "desk": labels("desk", [d.name for d in plan.licensing_rules], "licence desk"),
        **_markets(plan),
    }


def _unit_of(plan: Plan) -> Mapping[str, str]:
    return dict(zip(plan.grades, plan.grade_units, strict=True))


def _nodes(plan: Plan) -> dict[str, xr.DataArray]:
    unit = _unit_of(plan)
    nodes = plan.nodes
    return {
        "node": labels("node", [n.name for n in nodes], "node"),
        "node_kind": labels("node", [NodeKind(n.kind).name.lower() for n in nodes], "what the node is"),
        "node_region": labels("node", [n.region for n in nodes], "region of the node"),
        "node_use": labels("node", [n.use or "" for n in nodes], "use, empty for feed stocks and reserves"),
        "node_grade": labels("node", [n.grade for n in nodes], "grade of the node"),
        "node_unit": labels("node", [unit[n.grade] for n in nodes], "unit of the grade"),
    }


def _sources(plan: Plan) -> dict[str, xr.DataArray]:
    unit = _unit_of(plan)
    sources = plan.sources
    return {
        "source": labels("source", [s.name for s in sources], "source"),
        "source_producer": labels("source", [s.producer for s in sources], "producer of the source"),
        "source_region": labels("source", [s.region for s in sources], "region of the source"),
        "source_grade": labels("source", [s.grade for s in sources], "grade of the source"),
        "source_unit": labels("source", [unit[s.grade] for s in sources], "unit of the grade"),
    }


def _lanes(plan: Plan) -> dict[str, xr.DataArray]:
    unit = _unit_of(plan)
    sellers = [plan.sources[i] for i in plan.lane_source]
    buyers = [plan.nodes[i] for i in plan.lane_node]
    return {
        "lane": labels("lane", [plan.lane_name(i) for i in range(plan.n_lanes)], "lane"),
        "lane_source": labels("lane", [s.name for s in sellers], "source of the lane"),
        "lane_node": labels("lane", [n.name for n in buyers], "node of the lane"),
        "lane_seller": labels("lane", [s.producer for s in sellers], "producer that sells"),
        "lane_from": labels("lane", [s.region for s in sellers], "region of the source"),
        "lane_to": labels("lane", [n.region for n in buyers], "region of the node"),
        "lane_grade": labels("lane", [s.grade for s in sellers], "grade of the lane"),
        "lane_unit": labels("lane", [unit[s.grade] for s in sellers], "unit of the grade"),
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
