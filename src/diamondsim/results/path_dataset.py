"""The paths of some replications: Ledger, control states, approval rates and prices, with readable labels.

Owns the names, units and coordinates of what is known tick by tick. A trace is the path of one replication.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import xarray as xr

from diamondsim.draws import Draws
from diamondsim.errors import nearest
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import ControlState, NodeKind, Plan
from diamondsim.results.frame import label_coordinate, tick_times, with_attrs
from diamondsim.results.run_provenance import Provenance

PRICE_FIELDS = ("paid", "forgone", "price")
"""The fields of the Ledger that exist only with prices."""
RENAMED_VARIABLES: Mapping[str, str] = {
    "lost": "lost_sales",
    "leaked": "diverted",
    "transit": "pipeline",
    "belief": "expected_fill_rate",
    "finished": "finished_stock",
    "level": "approval_rate",
}
"""New names of path variables by old name."""
_FRACTIONS = frozenset({"expected_fill_rate", "paid", "price"})
_STATE, _APPROVAL_RATE, _START_PRICE = "control_state", "approval_rate", "start_price"


def path_names(plan: Plan) -> tuple[str, ...]:
    """Return the names of all path variables; with prices also `start_price`, which has no time."""
    priced = plan.prices is not None
    recorded = (name for name in FIELDS if priced or name not in PRICE_FIELDS)
    return (*recorded, _STATE, _APPROVAL_RATE, *([_START_PRICE] if priced else []))


def known_names(plan: Plan, names: Iterable[str]) -> tuple[str, ...]:
    """Return some names of path variables, each once, in the order of `path_names`.

    Raises
    ------
    ValueError
        If a name is unknown, with the new name of an old one, or the nearest known name; if there is no name.
    """
    known, asked = path_names(plan), list(names)
    for name in asked:
        if name in RENAMED_VARIABLES:
            raise ValueError(f"there are no paths of {name!r}; it is now {RENAMED_VARIABLES[name]!r}")
        if name not in known:
            close = nearest(name, known)
            hint = f"did you mean {close!r}?" if close else f"expected one of {', '.join(known)}"
            if name in (*PRICE_FIELDS, _START_PRICE):
                raise ValueError(f"there are no paths of {name!r} without prices")
            raise ValueError(f"there are no paths of {name!r}; {hint}")
    if not asked:
        raise ValueError(f"expected at least one variable of {', '.join(known)}")
    return tuple(name for name in known if name in asked)


def paths_dataset(
    plan: Plan,
    draws: Draws,
    ledger: Ledger,
    provenance: Provenance,
    names: Iterable[str],
) -> xr.Dataset:
    """Return the paths of some replications.

    Parameters
    ----------
    plan : Plan
    draws : Draws
        Of these replications.
    ledger : Ledger
        Of these replications, of all nodes and sources, with the fields among `names`. The Dataset refers to
        its arrays and does not copy them.
    provenance : Provenance
    names : iterable of str
        Of `path_names`.

    Returns
    -------
    xarray.Dataset
        Fields of the Ledger, (time, node | lane | source | market, replication); `control_state` (time,
        control, replication), `approval_rate` (time, licensing_rule, replication), `start_price` (market,
        replication); with the coordinates of these dimensions.
    """
    variables = {name: _variable(plan, draws, ledger, name) for name in names}
    dims = {dim for variable in variables.values() for dim in variable.dims}
    known = _coordinates(plan)
    coordinates = {name: array for name, array in known.items() if dims >= set(array.dims)}
    coordinates["replication"] = xr.DataArray(
        draws.replications, dims="replication", attrs={"long_name": "replication", "units": "1"}
    )
    return xr.Dataset(variables, coordinates, provenance.attrs(plan))


def trace_dataset(plan: Plan, draws: Draws, ledger: Ledger, provenance: Provenance) -> xr.Dataset:
    """Return all path variables of one replication.

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
        lanes and sources; `control_state` (time, control) and `approval_rate` (time, licensing_rule). Only
        with prices: `price` (time, market), `paid` and `forgone` (time, node), and `start_price` (market).
    """
    assert draws.n_replications == 1, "a trace is of one replication"
    dataset = paths_dataset(plan, draws, ledger, provenance, path_names(plan))
    dataset.attrs["replication"] = int(draws.replications[0])
    return dataset.isel(replication=0, drop=True)


def _variable(plan: Plan, draws: Draws, ledger: Ledger, name: str) -> xr.Variable:
    if name == _STATE:
        meanings = " ".join(f"{state.value}={state.name.lower()}" for state in ControlState)
        state = xr.Variable(("time", "control", "replication"), draws.control_state)
        return with_attrs(state, "state of each control", "1", states=meanings)
    if name == _APPROVAL_RATE:
        rate = xr.Variable(("time", "licensing_rule", "replication"), draws.approval_rate)
        return with_attrs(rate, "fraction of the reference flow that a licensing rule admits", "1")
    if name == _START_PRICE:
        assert draws.prices is not None, "a plan with prices has draws with prices"
        start = xr.Variable(("market", "replication"), draws.prices.start_usd)
        return with_attrs(start, "price at the start", "USD per unit of the grade")
    field = FIELDS[name]
    return with_attrs(
        xr.Variable(("time", field.entity, "replication"), ledger[name]),
        field.meaning,
        "1" if name in _FRACTIONS else _unit(plan),
    )


def _unit(plan: Plan) -> str:
    units = set(plan.grade_units)
    return units.pop() if len(units) == 1 else "unit of the grade"


def _coordinates(plan: Plan) -> dict[str, xr.DataArray]:
    return {
        "time": label_coordinate("time", tick_times(plan), "first day of the tick"),
        **_nodes(plan),
        **_sources(plan),
        **_lanes(plan),
        "control": label_coordinate("control", [c.name for c in plan.controls], "export control"),
        "licensing_rule": label_coordinate(
            "licensing_rule", [rule.name for rule in plan.licensing_rules], "licensing rule of a control"
        ),
        **_markets(plan),
    }


def _unit_of(plan: Plan) -> Mapping[str, str]:
    return dict(zip(plan.grades, plan.grade_units, strict=True))


def _nodes(plan: Plan) -> dict[str, xr.DataArray]:
    unit = _unit_of(plan)
    nodes = plan.nodes
    kinds = [NodeKind(n.kind).name.lower() for n in nodes]
    return {
        "node": label_coordinate("node", [n.name for n in nodes], "node"),
        "node_kind": label_coordinate("node", kinds, "kind of the node"),
        "node_region": label_coordinate("node", [n.region for n in nodes], "region of the node"),
        "node_use": label_coordinate(
            "node", [n.use or "" for n in nodes], "use, empty for feed stocks and reserves"
        ),
        "node_grade": label_coordinate("node", [n.grade for n in nodes], "grade of the node"),
        "node_unit": label_coordinate("node", [unit[n.grade] for n in nodes], "unit of the grade"),
    }


def _sources(plan: Plan) -> dict[str, xr.DataArray]:
    unit = _unit_of(plan)
    sources = plan.sources
    return {
        "source": label_coordinate("source", [s.name for s in sources], "source"),
        "source_producer": label_coordinate(
            "source", [s.producer for s in sources], "producer of the source"
        ),
        "source_region": label_coordinate("source", [s.region for s in sources], "region of the source"),
        "source_grade": label_coordinate("source", [s.grade for s in sources], "grade of the source"),
        "source_unit": label_coordinate("source", [unit[s.grade] for s in sources], "unit of the grade"),
    }


def _lanes(plan: Plan) -> dict[str, xr.DataArray]:
    unit = _unit_of(plan)
    sellers = [plan.sources[i] for i in plan.lane_source]
    buyers = [plan.nodes[i] for i in plan.lane_node]
    return {
        "lane": label_coordinate("lane", [plan.lane_name(i) for i in range(plan.n_lanes)], "lane"),
        "lane_source": label_coordinate("lane", [s.name for s in sellers], "source of the lane"),
        "lane_node": label_coordinate("lane", [n.name for n in buyers], "node of the lane"),
        "lane_seller": label_coordinate("lane", [s.producer for s in sellers], "producer of the source"),
        "lane_from": label_coordinate("lane", [s.region for s in sellers], "region of the source"),
        "lane_to": label_coordinate("lane", [n.region for n in buyers], "region of the node"),
        "lane_grade": label_coordinate("lane", [s.grade for s in sellers], "grade of the lane"),
        "lane_unit": label_coordinate("lane", [unit[s.grade] for s in sellers], "unit of the grade"),
    }


def _markets(plan: Plan) -> dict[str, xr.DataArray]:
    if plan.prices is None:
        return {}
    markets = plan.prices.markets
    return {
        "market": label_coordinate("market", [f"{grade}.{zone}" for grade, zone in markets], "market"),
        "market_grade": label_coordinate("market", [grade for grade, _ in markets], "grade of the market"),
        "market_zone": label_coordinate("market", [zone for _, zone in markets], "price zone of the market"),
    }
