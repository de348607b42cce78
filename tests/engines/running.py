"""One way to run any engine on a `Case`: all its replications, read by name.

`ENGINES` follows the registry of engines, so that a new engine there is tested like the others. Only the
compiled one is left out: compiling takes most of the time of its tests, which are all in `test_kernel`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from diamondsim.engines import ENGINES as REGISTRY
from diamondsim.engines import Engine
from diamondsim.ledger import FIELDS, Ledger
from tests.engines.small_case import Case


class Outcome:
    """A Ledger whose series are read by the names of nodes, sources and lanes (replication 0)."""

    def __init__(self, case: Case, ledger: Ledger) -> None:
        self.case = case
        self.ledger = ledger

    def of(self, field: str, *names: str) -> list[float]:
        """Series of a field: `of("stock", "a")`, `of("allocated", "s", "a")`, `of("output", "s")`,
        `of("price", "grit", "here")`.
        """
        case = self.case
        match FIELDS[field].entity:
            case "node":
                row = case.node(*names)
            case "source":
                row = case.source(*names)
            case "lane":
                row = case.lane(*names)
            case "market":
                assert case.plan.prices is not None
                row = case.plan.prices.markets.index((names[0], names[1]))
        return self.ledger[field][:, row, 0].tolist()


Run: TypeAlias = Callable[[Case], Outcome]


def run_engine(engine: Engine, case: Case) -> Outcome:
    """Run an engine on all replications of a case."""
    return Outcome(case, engine.run(*case))


INTERPRETED: dict[str, Engine] = {name: engine for name, engine in REGISTRY.items() if name != "compiled"}
"""Every engine of the library that is not compiled, as declared."""

ENGINES: dict[str, Run] = {name: partial(run_engine, engine) for name, engine in INTERPRETED.items()}
"""Every engine of the library that is not compiled, by name."""
