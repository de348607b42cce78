"""The Dataset of one replication: the whole Ledger, with readable labels."""

from __future__ import annotations

import xarray as xr

from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.paths import path_names, paths_dataset
from diamondsim.results.provenance import Provenance


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
    dataset = paths_dataset(plan, draws, ledger, provenance, path_names(plan))
    dataset.attrs["replication"] = int(draws.replications[0])
    return dataset.isel(replication=0, drop=True)
