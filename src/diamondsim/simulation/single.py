"""The public call `simulate`: one replication told as a story."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from diamondsim.engines import event
from diamondsim.plan import compile_plan
from diamondsim.results import provenance_of, trace_dataset
from diamondsim.sampling import draw
from diamondsim.scenario import Scenario
from diamondsim.simulation.scenarios import require_scenario
from diamondsim.simulation.whole import whole_number


@dataclass(frozen=True)
class Trace:
    """One replication in full.

    Attributes
    ----------
    dataset : xarray.Dataset
        Everything that happened by tick, see `diamondsim.results.trace_dataset`.
    events : tuple of diamondsim.engines.event.Event
        The event log, by tick.
    """

    dataset: xr.Dataset
    events: tuple[event.Event, ...]


def simulate(scenario: Scenario, *, seed: int = 0, replication: int = 0) -> Trace:
    """Simulate one replication with the event engine.

    It is the replication of that number of `monte_carlo` with the same seed.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Root of all random numbers.
    replication : int
        Number of the replication, from 0.

    Returns
    -------
    Trace

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled, such as a balance that exceeds a capacity.
    ValueError
        Where `seed` or `replication` is negative or no whole number.

    Examples
    --------
    >>> import diamondsim as ds
    >>> trace = ds.simulate(ds.load_scenario("calm"), seed=1, replication=7)
    >>> trace.dataset.sizes["time"] > 100
    True
    """
    seed = whole_number("seed", seed, least=0)
    replication = whole_number("replication", replication, least=0)
    require_scenario(scenario)
    plan = compile_plan(scenario)
    draws = draw(plan, seed=seed, first=replication, count=1)
    ledger, events = event.run(plan, draws)
    return Trace(trace_dataset(plan, draws, ledger, provenance_of(scenario, seed)), events)
