"""The public call `simulate`: one replication with everything that happens in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import xarray as xr

from diamondsim.arguments import require_integer
from diamondsim.engines import event
from diamondsim.notebook import html_facts, html_rows
from diamondsim.plan import compile_plan
from diamondsim.results import provenance_of, trace_dataset
from diamondsim.sampling import draw
from diamondsim.scenario import Scenario, require_scenario

LARGEST_REPLICATION = 2**63 - 1
"""The streams of random numbers count replications in 64 bits."""


_SHOWN = ("seed", "replication", "as_of", "legal_state", "legal_state_outdated", "changes")
"""The attributes that a notebook shows above the events."""


@dataclass(frozen=True)
class Trace:
    """One replication in full.

    Attributes
    ----------
    dataset : xarray.Dataset
        All quantities by tick, see `diamondsim.results.trace_dataset`.
    events : tuple of diamondsim.engines.event.Event
        The event log, by tick.

    Printed, it tells the events, a line each; a notebook shows them as a table.
    """

    dataset: xr.Dataset
    events: tuple[event.Event, ...]

    def __repr__(self) -> str:
        """Name the replication and count its events."""
        attrs = self.dataset.attrs
        number = f"replication {attrs['replication']} of seed {attrs['seed']}"
        return f"Trace({attrs['title']!r}, {number}, {len(self.events)} events)"

    def __str__(self) -> str:
        """Return the events with their dates and reasons."""
        lines = [f"{day}  {row.entity}: {row.kind} ({row.why})" for day, row in self._dated()]
        return "\n".join([repr(self), *lines])

    def _repr_html_(self) -> str:
        attrs = self.dataset.attrs
        facts = [(name.replace("_", " "), str(attrs[name])) for name in _SHOWN if name in attrs]
        rows = [(day, row.kind, row.entity, row.why) for day, row in self._dated()]
        head = ("date", "what happened", "to what", "why")
        return html_facts(f"Trace: {attrs['title']}", facts) + html_rows(f"{len(rows)} events", head, rows)

    def _dated(self) -> Iterator[tuple[str, event.Event]]:
        """Yield each event with its date."""
        start, tick_days = self.dataset["time"].values[0].astype(dt.datetime), self.dataset.attrs["tick_days"]
        for row in self.events:
            yield f"{start + dt.timedelta(days=row.tick * tick_days):%Y-%m-%d}", row


def simulate(scenario: Scenario, *, seed: int = 0, replication: int = 0) -> Trace:
    """Simulate one replication with the event engine.

    It is the replication with that number of `monte_carlo` with the same seed.

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
        If the scenario cannot be compiled, for example because a balance exceeds a capacity.
    ValueError
        If `seed` or `replication` is negative or not an integer, or `replication` above 2^63 - 1.
    TypeError
        If `scenario` is not a Scenario.

    Examples
    --------
    >>> import diamondsim as ds
    >>> trace = ds.simulate(ds.load_scenario("calm"), seed=1, replication=7)
    >>> trace.dataset.sizes["time"] > 100
    True
    """
    seed = require_integer("seed", seed, least=0)
    replication = require_integer("replication", replication, least=0, most=LARGEST_REPLICATION)
    require_scenario(scenario)
    plan = compile_plan(scenario)
    draws = draw(plan, seed=seed, first=replication, count=1)
    ledger, events = event.run(plan, draws)
    return Trace(trace_dataset(plan, draws, ledger, provenance_of(scenario, seed)), events)
