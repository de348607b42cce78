"""Run either engine on a `World`, with all its replications, and read the result by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from diamondsim.engines import batch, event
from diamondsim.ledger import FIELDS, Ledger
from tests.engines.world import World


class Outcome:
    """A Ledger whose series are read by the names of nodes, sources, lanes and markets (replication 0)."""

    def __init__(self, world: World, ledger: Ledger) -> None:
        self.world = world
        self.ledger = ledger

    def of(self, field: str, *names: str) -> list[float]:
        """Return the series of a field: `of("stock", "a")`, `of("allocated", "s", "a")`, `of("output", "s")`,
        `of("price", "grit", "here")`.
        """
        world = self.world
        match FIELDS[field].entity:
            case "node":
                row = world.node(*names)
            case "source":
                row = world.source(*names)
            case "lane":
                row = world.lane(*names)
            case "market":
                assert world.plan.prices is not None
                row = world.plan.prices.markets.index((names[0], names[1]))
        return self.ledger[field][:, row, 0].tolist()


def by_events(world: World) -> Outcome:
    """Run the event engine on each replication in turn."""
    plan, draws = world
    columns = [event.run(plan, draws, column=r)[0] for r in range(draws.n_replications)]
    arrays = {name: np.concatenate([c[name] for c in columns], axis=2) for name in FIELDS}
    return Outcome(world, Ledger(arrays))


def by_batch(world: World) -> Outcome:
    """Run the batch engine on all replications at once."""
    return Outcome(world, batch.run(*world))


Run: TypeAlias = Callable[[World], Outcome]

ENGINES: dict[str, Run] = {"event": by_events, "batch": by_batch}
