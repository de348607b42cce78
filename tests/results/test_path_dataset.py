"""Paths of some replications: their labels, and which of them a choice of variables needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diamondsim.ledger import Ledger
from diamondsim.results import paths_dataset, trace_dataset
from tests.engines.small_case import BANNED, control
from tests.results.hand_made import PROVENANCE, USES, plan_of


def three(*names):
    """Return paths of replications 7, 1030 and 2 in two ticks."""
    plan, draws = plan_of(n_ticks=2, replications=3, controls=[control("ban", states=[BANNED])])
    draws = replace(draws, replications=np.array([7, 1030, 2]))
    ledger = Ledger.empty(plan, 3)
    ledger["stock"][...] = [10.0, 20.0, 30.0]
    return paths_dataset(plan, draws, ledger, PROVENANCE, names)


def test_replications_have_the_numbers_of_the_draws():
    found = three("stock")
    assert found["replication"].values.tolist() == [7, 1030, 2]
    assert (found["stock"].sel(replication=1030) == 20.0).all()
    assert (found["stock"].sel(replication=2) == 30.0).all()


@pytest.mark.parametrize(
    "names, dims",
    [
        (["stock"], {"time", "node", "replication"}),
        (["output"], {"time", "source", "replication"}),
        (["stock", "control_state"], {"time", "node", "control", "replication"}),
    ],
)
def test_only_the_dimensions_of_the_variables_are_labelled(names, dims):
    found = three(*names)
    assert list(found.data_vars) == names
    assert {dim for label in found.coords.values() for dim in label.dims} == dims
    assert set(found.indexes) == dims
    if "node" in dims:
        assert found["node_region"].values.tolist() == [region for region, _, _ in USES]


def test_a_trace_says_which_replication_it_is():
    plan, draws = plan_of(n_ticks=2, replications=1)
    draws = replace(draws, replications=np.array([1030]))
    found = trace_dataset(plan, draws, Ledger.empty(plan, 1), PROVENANCE)
    assert found.attrs["replication"] == 1030
    assert "replication" not in found.coords
