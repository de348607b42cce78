"""Simulates replications of one scenario and writes their paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.engines import batch
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import Plan, compile_plan
from diamondsim.results import known_names, paths_dataset, provenance_of
from diamondsim.sampling import BLOCK, draw
from diamondsim.simulation.block_store import Arrays
from diamondsim.simulation.paths.path_store import PathStore
from diamondsim.simulation.runner import PartDone, RunSpec, Workspace, simulate_parts

MAX_FILE_BYTES = 2**27
"""Upper bound on the paths of one file in memory."""


@dataclass(frozen=True)
class WrittenPaths:
    """The result of a block of paths: their number, since the paths themselves are on disk."""

    replications: int

    def arrays(self) -> Arrays:
        """Return the result as arrays."""
        return {"replications": np.array(self.replications)}


@dataclass(frozen=True)
class PathSpec:
    """A run, the variables that are kept of it, their data type, and where they are written."""

    run: RunSpec
    variables: tuple[str, ...]
    dtype: str
    store: PathStore

    def runner(self, workspace: Workspace) -> PathRunner:
        """Return a runner for this run."""
        return PathRunner(self, compile_plan(self.run.scenario), workspace)


class PathRunner:
    """A compiled scenario, ready to be simulated for its paths.

    Parameters
    ----------
    spec : PathSpec
    plan : Plan
        Of its scenario.
    workspace : Workspace
        Shared only by runners that never run at the same time.
    """

    def __init__(self, spec: PathSpec, plan: Plan, workspace: Workspace) -> None:
        self._spec = spec
        self._plan = plan
        self._workspace = workspace
        self._record = _recorded(spec.variables)
        self._provenance = provenance_of(spec.run.scenario, spec.run.seed)

    def run(self, first: int, count: int, part_done: PartDone) -> WrittenPaths:
        """Simulate the replications [first, first + count) and write their paths to one file.

        Nothing is written if `part_done` returns False before the last part.
        """
        run, scratch = self._spec.run, self._workspace.draws
        draws = draw(self._plan, seed=run.seed, first=first, count=count, scratch=scratch)
        ledger = Ledger.empty(self._plan, count, self._record)
        done, last = 0, count
        if self._record:
            # The compiled engine fills whole arrays, and takes any number of replications equally fast.
            size = count if run.engine == "compiled" else min(count, batch.block_size(self._plan))
            for part, _ in simulate_parts(
                self._plan, draws, size, lambda columns: _select(ledger, columns), engine=run.engine
            ):
                last = part.n_replications
                done += last
                if done < count and not part_done(last):
                    return WrittenPaths(done)
        paths = paths_dataset(self._plan, draws, ledger, self._provenance, self._spec.variables)
        self._write(paths.assign_attrs(engine=run.engine))
        part_done(last)
        return WrittenPaths(count)

    def restore(self, arrays: Arrays) -> WrittenPaths:
        """Return the result whose `arrays` these are."""
        return WrittenPaths(int(arrays["replications"]))

    def _write(self, dataset: xr.Dataset) -> None:
        if self._spec.dtype != "float64":
            for name, variable in dataset.data_vars.items():
                if variable.dtype == np.float64:
                    dataset[name] = variable.astype(self._spec.dtype)
        self._spec.store.write(dataset)


def file_layout(plan: Plan, variables: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """Return what a file of paths holds.

    Returns
    -------
    tuple of str
        The variables, in the order of the Ledger.
    int
        The number of replications: a power of two that depends on plan and variables alone.

    Raises
    ------
    ValueError
        If a variable is not known.
    """
    names = known_names(plan, variables)
    one = Ledger.empty(plan, 1, _recorded(names))
    bytes_each = max(1, sum(array.nbytes for array in one.arrays.values()))
    fit = max(1, min(BLOCK, MAX_FILE_BYTES // bytes_each))
    return names, 1 << (fit.bit_length() - 1)


def _recorded(variables: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in variables if name in FIELDS)


def _select(ledger: Ledger, replications: slice) -> Ledger:
    return Ledger({name: array[..., replications] for name, array in ledger.arrays.items()})
