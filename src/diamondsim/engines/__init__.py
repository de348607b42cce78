"""Three engines for one model (`docs/model.md`).

`event` is written to be read, `batch` to be fast in numpy, `compiled` to be fast where numba is installed.
They share the Plan, the Draws and the Ledger, and nothing else. `ENGINES` declares each of them once: whoever
runs or compares engines reads the list there. An engine is imported when it first runs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from diamondsim.draws import Draws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan


class Run(Protocol):
    """Simulate all replications of the Draws and return the recorded fields."""

    def __call__(self, plan: Plan, draws: Draws, *, record: Collection[str] | None = None) -> Ledger:
        """Run; `record` names fields in `diamondsim.ledger.FIELDS`, all by default."""
        ...


@dataclass(frozen=True)
class Engine:
    """Declaration of an engine.

    Attributes
    ----------
    run : callable
        `run(plan, draws, record=...)` returns a Ledger of all replications of the Draws.
    needs : tuple of str
        Modules that it imports and that may not be installed.
    """

    run: Run
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Those of `needs` that are not installed."""
        return tuple(name for name in self.needs if find_spec(name) is None)


def _run_event(plan: Plan, draws: Draws, *, record: Collection[str] | None = None) -> Ledger:
    """Run the event engine, which takes one replication at a time; its event log is left out."""
    from diamondsim.engines import event  # noqa: PLC0415 - loads SimPy

    ledger = Ledger.empty(plan, draws.n_replications, record)
    for column in range(draws.n_replications):
        single, _ = event.run(plan, draws, column=column)
        for name, array in ledger.arrays.items():
            array[..., column] = single[name][..., 0]
    return ledger


def _run_batch(plan: Plan, draws: Draws, *, record: Collection[str] | None = None) -> Ledger:
    """Run the batch engine on all replications as one block."""
    from diamondsim.engines import batch  # noqa: PLC0415 - loads scipy.sparse

    return batch.run(plan, draws, record=record)


def _run_compiled(plan: Plan, draws: Draws, *, record: Collection[str] | None = None) -> Ledger:
    """Run the compiled engine on all replications, vector by vector."""
    from diamondsim.engines import compiled  # noqa: PLC0415 - loads numba

    return compiled.run(plan, draws, record=record)


ENGINES: Mapping[str, Engine] = {
    "event": Engine(_run_event, needs=("simpy",)),
    "batch": Engine(_run_batch, needs=("scipy",)),
    "compiled": Engine(_run_compiled, needs=("numba",)),
}
"""All engines of the library by name."""
